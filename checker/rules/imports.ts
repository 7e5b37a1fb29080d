/**
 * Who may import whom. The same table as in the course's architecture, kept this short:
 *
 *   given                  its own system, given/common
 *   solutions, exercises   given, exercises that they use, Node built-ins and packages that the manifest allows
 *   sim, course            themselves, and small libraries
 *   checker                course, sim, given, the code under test
 *   site                   course, sim, given, solutions
 */

import { posix } from "node:path";
import { ts } from "ts-morph";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  given: ["given"],
  solutions: ["solutions", "given"],
  exercises: ["exercises", "given"],
  sim: ["sim"],
  course: ["course"],
  checker: ["checker", "course", "sim", "given", "solutions", "exercises"],
  site: ["site", "course", "sim", "given", "solutions", "diagrams", "docs"],
};

/** Rooms that must run unchanged in the browser, and the small libraries that do so too. */
const UNIVERSAL: Readonly<Record<string, readonly string[]>> = {
  given: [],
  solutions: [],
  sim: ["fast-check"],
  course: [],
};

export interface Allowance {
  /** Bare specifiers that the file may import although its room is universal. */
  readonly packages: readonly string[];
}

/** Every specifier that `source` imports, statically, dynamically or as a type. */
export function importsOf(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map((each) => each.fileName);
}

/** What is wrong with one import; null when nothing is. `path` is the importing file, relative to the root. */
export function importProblem(path: string, specifier: string, allowance: Allowance = { packages: [] }): string | null {
  const room = path.split("/")[0]!;
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return null;
  const target = localTarget(path, specifier);
  if (target === null) {
    const libraries = UNIVERSAL[room];
    if (libraries === undefined || libraries.includes(specifier) || allowance.packages.includes(specifier)) return null;
    const isNode = specifier.startsWith("node:");
    return `imports "${specifier}"${isNode ? `: ${room}/ must run in the browser` : ", which is not allowed there"}`;
  }
  const [targetRoom, targetSystem] = target.split("/");
  if (!allowed.includes(targetRoom!)) return `imports ${target}: ${room}/ may import ${allowed.join(", ")}`;
  const isOther = targetSystem !== path.split("/")[1] && targetSystem !== "common";
  if (room === "given" && isOther) return `imports ${target}, of another system`;
  return null;
}

/** Path below the root that a relative or `@site/` import leads to; null for packages. */
function localTarget(path: string, specifier: string): string | null {
  if (specifier.startsWith("@site/")) return specifier.slice("@site/".length);
  if (!specifier.startsWith(".")) return null;
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

const TIMERS = new Set(["setTimeout", "setInterval", "setImmediate", "requestAnimationFrame"]);

/** What a file must contain to be worth parsing. */
const SUSPECT = /Math\.random|Date|performance|crypto|setTimeout|setInterval|setImmediate|requestAnimationFrame/;

/** Uses of the wall clock, of unseeded randomness and of timers: `Date.now (line 3)`. */
export function impurities(source: string): string[] {
  if (!SUSPECT.test(source)) return [];
  const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    found.push(`${what} (line ${file.getLineAndCharacterOfPosition(node.getStart()).line + 1})`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText();
      if (/^(?:globalThis\.)?(?:Math\.random|Date\.now|performance\.now|crypto\.\w+)$/.test(text)) report(node, text);
    }
    if (ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments?.length ?? 0) === 0) {
      report(node, "new Date()");
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && TIMERS.has(node.expression.text)) {
      report(node, node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
