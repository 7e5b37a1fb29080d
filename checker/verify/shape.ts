/**
 * What can be seen without running anything: an exercise has its parts, and they agree with the manifest and the
 * chapter.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CallExpression, Node, Project, type SourceFile, SyntaxKind } from "ts-morph";
import { readChapter } from "../../course/chapter.ts";
import type { CatalogEntry } from "../../course/manifest.ts";
import { specimensOf } from "../specimens/specimens.ts";
import { suiteFolder } from "../subject/rooms.ts";

/** From `unit.md` of the course's plan: a unit with less is not whole. */
const MUTANTS_MIN = 4;
const ALTERNATIVES_MIN = 1;
const RUNGS_MIN = 3;
const RUNGS_MAX = 5;

/** Every way in which the exercise's files fall short; empty when whole. */
export function shapeProblems(entry: CatalogEntry, root: string): string[] {
  const { id, exercise, system, part } = entry;
  const folder = suiteFolder(id);
  const suite = `${folder}/suite.ts`;
  const chapter = `docs/${part.slug}/${system.slug}.mdx`;
  const parts = ["bench.ts", "hints.md", "mutants.md"].map((name) => `${folder}/${name}`);
  const problems = [`solutions/${id}.ts`, suite, ...parts, `exercises/${id}.test.ts`, chapter]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${path} is missing`);

  const { mutants, alternatives } = specimensOf(id, { root });
  if (mutants.length < MUTANTS_MIN) problems.push(`${mutants.length} mutants, at least ${MUTANTS_MIN} are asked for`);
  if (alternatives.length < ALTERNATIVES_MIN)
    problems.push("no alternative: nothing shows that the suite judges behavior");

  const hints = read(root, `${folder}/hints.md`);
  if (hints !== null) problems.push(...hintProblems(hints, exercise.stages.length));
  const sources = codeIn(root, folder);
  if (existsSync(join(root, suite))) problems.push(...stageProblems(sources, exercise.stages));
  const prose = read(root, chapter);
  if (prose !== null) problems.push(...invariantProblems(citedInvariants(system.slug, root), system.slug, prose));
  return problems;
}

/** Rungs are `## 1. <title> (stage 1)`, counted from 1, three to five. */
export function hintProblems(markdown: string, stages: number): string[] {
  const headings = markdown.split("\n").filter((line) => line.startsWith("## "));
  const problems: string[] = [];
  if (headings.length < RUNGS_MIN || headings.length > RUNGS_MAX) {
    problems.push(`${headings.length} hints, ${RUNGS_MIN} to ${RUNGS_MAX} are asked for`);
  }
  headings.forEach((heading, index) => {
    const match = /^## (\d+)\. .+ \(stage (\d+)\)$/.exec(heading);
    if (match === null || Number(match[1]) !== index + 1) {
      problems.push(`hint heading "${heading}" must read "## ${index + 1}. <title> (stage <n>)"`);
    } else if (Number(match[2]) < 1 || Number(match[2]) > stages) {
      problems.push(`hint ${index + 1} names stage ${match[2]}, and there are ${stages}`);
    }
  });
  return problems;
}

/**
 * A suite's `stage(n, "title", …)` calls, in whichever of its files, must be the manifest's stages: all of them, each
 * in one place.
 */
export function stageProblems(sources: readonly string[], stages: readonly string[]): string[] {
  const found = sources
    .flatMap((source) => callsTo(parse(source), "stage"))
    .map((call) => call.getArguments().slice(0, 2).map(literal).join(". "))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const expected = stages.map((title, index) => `${index + 1}. ${title}`);
  if (found.join("\n") === expected.join("\n")) return [];
  return [`the suite's stages are ${list(found)}, the manifest's are ${list(expected)}`];
}

export interface CitedInvariant {
  readonly system: string;
  readonly id: string;
  /** Repository path of the citing file. */
  readonly where: string;
}

/** Every invariant that the suites of a system cite. */
export function citedInvariants(system: string, root: string): CitedInvariant[] {
  return codePaths(root, `checker/suites/${system}`).flatMap((where) =>
    invariantsIn(readFileSync(join(root, where), "utf8")).map((cited) => ({ ...cited, where })),
  );
}

/** Code of a suite folder and of what lies below, without the solutions in it and without tests. */
function codePaths(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === "alternatives" ? [] : codePaths(root, path);
      return entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") ? [path] : [];
    });
}

const codeIn = (root: string, folder: string): string[] =>
  codePaths(root, folder).map((path) => readFileSync(join(root, path), "utf8"));

/** `invariant("system", "id", …)`, and calls of a local function that passes its parameter on as the id. */
export function invariantsIn(source: string): { readonly system: string; readonly id: string }[] {
  const file = parse(source);
  return callsTo(file, "invariant").flatMap((call) => {
    const [systemNode, idNode] = call.getArguments();
    const system = literal(systemNode) ?? "";
    if (idNode === undefined || !Node.isIdentifier(idNode)) return [{ system, id: literal(idNode) ?? "" }];
    const wrapper = call.getFirstAncestor((node) => Node.isArrowFunction(node) || Node.isFunctionDeclaration(node));
    if (wrapper === undefined) return [{ system, id: "" }];
    const { name, parameters } = signatureOf(wrapper);
    const index = parameters.indexOf(idNode.getText());
    return callsTo(file, name).map((use) => ({ system, id: literal(use.getArguments()[index]) ?? "" }));
  });
}

function signatureOf(wrapper: Node): { name: string; parameters: string[] } {
  const owner = Node.isFunctionDeclaration(wrapper) ? wrapper : wrapper.getParent();
  const name = Node.isFunctionDeclaration(owner) || Node.isVariableDeclaration(owner) ? (owner.getName() ?? "") : "";
  const parameters = Node.isParametered(wrapper) ? wrapper.getParameters().map((each) => each.getName()) : [];
  return { name, parameters };
}

export function invariantProblems(cited: readonly CitedInvariant[], system: string, chapter: string): string[] {
  // Boxed in the text or quiet in an exercise's panel: both have an anchor.
  const anchors = new Set(readChapter(chapter).invariants.map(({ id }) => id));
  const missing = cited.filter((each) => each.system !== system || !anchors.has(each.id));
  const unique = new Map(missing.map((each) => [`${each.system}/${each.id}`, each]));
  return [...unique.values()].map(({ system: of, id, where }) =>
    of === system
      ? `${where} cites invariant "${id}", and the chapter has no <Invariant id="${id}">`
      : `${where} cites an invariant of "${of}", and belongs to "${system}"`,
  );
}

function parse(source: string): SourceFile {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  return project.createSourceFile("suite.ts", source);
}

function callsTo(file: SourceFile, name: string): CallExpression[] {
  return file.getDescendantsOfKind(SyntaxKind.CallExpression).filter((call) => call.getExpression().getText() === name);
}

function literal(node: Node | undefined): string | null {
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralText();
  return Node.isNumericLiteral(node) ? node.getText() : null;
}

function read(root: string, path: string): string | null {
  const full = join(root, path);
  return existsSync(full) ? readFileSync(full, "utf8") : null;
}

const list = (items: readonly string[]): string =>
  items.length === 0 ? "missing" : items.map((item) => `"${item}"`).join(", ");
