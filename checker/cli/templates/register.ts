/**
 * Writes an exercise into `course/systems/<system>.ts`, and a new system into the manifest. Edits the syntax tree, so
 * that comments stay.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Node, Project, type SourceFile, SyntaxKind } from "ts-morph";
import { STAGES } from "./exercise.ts";
import type { Names, TemplateFile } from "./names.ts";

/** New texts of the files of `course/` that have to know, not yet formatted. */
export function registrations(root: string, names: Names): TemplateFile[] {
  const path = `course/systems/${names.system}.ts`;
  const known = existsSync(join(root, path));
  const system: TemplateFile = {
    path,
    what: known ? "the exercise in its system" : "the system, with the exercise in it",
    text: addExercise(known ? readFileSync(join(root, path), "utf8") : emptySystem(names), names),
  };
  if (known) return [system];
  const manifest = "course/manifest.ts";
  const text = addSystem(readFileSync(join(root, manifest), "utf8"), names);
  return [system, { path: manifest, what: "the system in its part", text }];
}

export function addExercise(source: string, { exercise, exerciseTitle }: Names): string {
  const file = parse(source);
  const list = arrayOf(file, "exercises");
  const stages = STAGES.map((title) => JSON.stringify(title)).join(", ");
  list.addElement(
    `{ slug: "${exercise}", title: ${JSON.stringify(exerciseTitle)}, summary: "What the learner builds, ` +
      `in one line.", level: "mid", topics: [], minutes: 45, stages: [${stages}] }`,
  );
  return file.getFullText();
}

export function addSystem(source: string, { system, part, variable }: Names): string {
  const file = parse(source);
  file.addImportDeclaration({ moduleSpecifier: `./systems/${system}.ts`, namedImports: [variable] });
  const home = file
    .getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression)
    .find((object) => object.getProperty("slug")?.getText() === `slug: "${part}"`);
  const systems = home?.getPropertyOrThrow("systems").getFirstChildByKind(SyntaxKind.ArrayLiteralExpression);
  if (systems === undefined) throw new Error(`course/manifest.ts has no part "${part}"`);
  systems.addElement(variable);
  return file.getFullText();
}

const emptySystem = ({ system, systemTitle, variable }: Names): string => `import type { System } from "../types.ts";

export const ${variable}: System = {
  slug: "${system}",
  title: ${JSON.stringify(systemTitle)},
  question: "The question that the chapter answers?",
  exercises: [],
};
`;

function arrayOf(file: SourceFile, name: string) {
  const property = file.getDescendantsOfKind(SyntaxKind.PropertyAssignment).find((one) => one.getName() === name);
  const value = property?.getInitializer();
  if (!Node.isArrayLiteralExpression(value)) throw new Error(`no list "${name}" in the file`);
  return value;
}

const parse = (source: string): SourceFile =>
  new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true }).createSourceFile("/file.ts", source);
