/**
 * Does the file export what the exercise asks for? Both files are reduced to declarations without private members, so
 * that two classes with different insides are compared by what a caller sees; then each export, and each member of an
 * exported class, is one assignment in a generated file, and the compiler says which of them does not hold.
 */

import { dirname, join } from "node:path";
import type { Problem } from "../subject/problem.ts";
import { editDistance } from "../text/closest.ts";
import { type Laid, ts, type Workspace } from "./workspace.ts";

export function signatureProblems(workspace: Workspace, laid: Laid): Problem[] {
  const expected = publicView(laid.program, laid.referencePath);
  const actual = publicView(laid.program, laid.learnerPath);
  const problems: Problem[] = [];
  const checks: Check[] = [];
  for (const [name, wanted] of expected.values) {
    const found = actual.values.get(name);
    if (found === undefined) problems.push(missingExport(name, wanted, actual));
    else if (found.kind !== wanted.kind) problems.push(wrongKind(name, wanted, found, laid));
    else checks.push(...checksOf(name, wanted, found, laid, problems));
  }
  return [...problems, ...failedChecks(workspace, laid, expected.text, actual.text, checks)];
}

/** The declarations of a file, as a caller sees them. */
interface PublicView {
  readonly text: string;
  readonly values: ReadonlyMap<string, Exported>;
}

interface Exported {
  readonly kind: "class" | "function" | "value";
  /** The declaration on one line. */
  readonly shown: string;
  /** Public members of a class by name, `static ` before the name of a static one. */
  readonly members: ReadonlyMap<string, Member>;
}

interface Member {
  /** The declaration on one line. */
  readonly shown: string;
  /**
   * A method with one signature and no type parameters, which does not speak of the class itself: its parameters can be
   * compared strictly. (A learner's class may have more members than the reference's; `merge(other: Tally)` still
   * fits.)
   */
  readonly isPlainMethod: boolean;
}

/** One assignment of the generated file, and what it means when it fails. */
interface Check {
  readonly code: string;
  readonly problem: Problem;
}

function publicView(program: ts.Program, path: string): PublicView {
  let text = "";
  const write: ts.WriteFileCallback = (name, content) => {
    if (name.endsWith(".d.ts")) text = content;
  };
  // The last argument forces declarations also for a file with errors: those are reported on their own.
  (program.emit as (...args: unknown[]) => void)(program.getSourceFile(path), write, undefined, true, undefined, true);
  const source = ts.createSourceFile("view.d.ts", text, ts.ScriptTarget.ES2022, true);
  const cuts: { start: number; end: number }[] = [];
  const values = new Map<string, Exported>();
  const reexported = namesInExportLists(source);
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement)) {
      for (const member of statement.members) {
        if (isHidden(member)) cuts.push({ start: member.getFullStart(), end: member.end });
      }
    }
    for (const [local, exported] of declared(statement, source)) {
      const names = isExported(statement) ? [local] : (reexported.get(local) ?? []);
      for (const name of names) values.set(name, exported);
    }
  }
  for (const { start, end } of cuts.reverse()) text = text.slice(0, start) + text.slice(end);
  return { text, values };
}

function declared(statement: ts.Statement, source: ts.SourceFile): [string, Exported][] {
  const classes = source.statements.filter(ts.isClassDeclaration).map(({ name }) => name?.text ?? "");
  const shown = oneLine(statement.getText(source));
  if (ts.isFunctionDeclaration(statement) && statement.name !== undefined)
    return [[statement.name.text, { kind: "function", shown, members: new Map() }]];
  if (ts.isClassDeclaration(statement) && statement.name !== undefined) {
    const members = new Map<string, Member>();
    for (const member of statement.members) {
      if (isHidden(member)) continue;
      const key = memberKey(member, source);
      const shown = oneLine(member.getText(source));
      const isSimple = ts.isMethodDeclaration(member) && !member.typeParameters && !members.has(key);
      members.set(key, { shown, isPlainMethod: isSimple && !classes.some((name) => mentions(shown, name)) });
    }
    return [[statement.name.text, { kind: "class", shown: `class ${statement.name.text}`, members }]];
  }
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => [
      declaration.name.getText(source),
      { kind: "value", shown: oneLine(declaration.getText(source)), members: new Map() },
    ]);
  }
  if (ts.isEnumDeclaration(statement)) return [[statement.name.text, { kind: "value", shown, members: new Map() }]];
  return [];
}

/** Local name to exported names of `export { a, b as c }`. */
function namesInExportLists(source: ts.SourceFile): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) continue;
    if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) continue;
    for (const { name, propertyName } of statement.exportClause.elements) {
      const local = (propertyName ?? name).text;
      names.set(local, [...(names.get(local) ?? []), name.text]);
    }
  }
  return names;
}

function checksOf(name: string, wanted: Exported, found: Exported, laid: Laid, problems: Problem[]): Check[] {
  const line = lineOf(laid.source, name);
  const mismatch = (what: string, expected: string, got: string, at: number | null): Problem => ({
    line: at,
    what: `${what} has another type than the exercise asks for`,
    why: `Asked for is \`${expected}\`, found was \`${got}\``,
    next: "Change the signature back; what happens inside is yours",
  });
  const whole: Check = {
    code: `const whole_${name}: typeof Expected.${name} = actual.${name};`,
    problem: mismatch(`\`${name}\``, wanted.shown, found.shown, line),
  };
  if (wanted.kind !== "class") return [whole];

  const checks: Check[] = [];
  for (const [key, { shown, isPlainMethod }] of wanted.members) {
    const at = lineOf(laid.source, name, key) ?? line;
    const got = found.members.get(key);
    if (got === undefined && key !== "constructor") {
      problems.push({
        line,
        what: `\`${name}\` has no public member \`${key}\``,
        why: `The exercise asks for \`${shown}\``,
        next:
          `Write it; its contract is in the stub, which \`npx bp reset ${laid.id}\` brings back (your file is ` +
          "kept)",
      });
      continue;
    }
    checks.push({
      code: memberCheck(name, key, isPlainMethod),
      problem: mismatch(`\`${name}\`: \`${key}\``, shown, got?.shown ?? "no constructor of its own", at),
    });
  }
  // The whole class last: it fails for every failed member too, and is heard only when no member says it better.
  return [...checks, whole];
}

function memberCheck(name: string, key: string, isPlainMethod: boolean): string {
  const id = `${name}_${key.replace(/\W/g, "_")}`;
  if (key === "constructor") {
    const parameters = `ConstructorParameters<typeof Expected.${name}>`;
    return `const new_${id}: new (...given: ${parameters}) => unknown = actual.${name};`;
  }
  const isStatic = key.startsWith("static ");
  const property = memberProperty(isStatic ? key.slice("static ".length) : key);
  const owner = isStatic ? `(typeof Expected.${name})` : `InstanceType<typeof Expected.${name}>`;
  const wanted = `${owner}[${property.type}]`;
  const got = isStatic ? `actual.${name}` : `got_${id}`;
  const declared = isStatic ? "" : `declare const ${got}: InstanceType<typeof Actual.${name}>; `;
  const loose = `const member_${id}: ${wanted} = ${got}[${property.value}];`;
  // The compiler lets a method take less than it promises; as a function type it may not.
  const strict =
    `const strict_${id}: (...given: Parameters<${wanted}>) => ReturnType<${wanted}> = ` + `${got}[${property.value}];`;
  return `${declared}${loose}${isPlainMethod ? ` ${strict}` : ""}`;
}

/** `[Symbol.iterator]` is a value there and a `typeof` here. */
function memberProperty(key: string): { readonly type: string; readonly value: string } {
  const computed = /^\[(.*)\]$/.exec(key)?.[1];
  if (computed !== undefined) return { type: `typeof ${computed}`, value: computed };
  return { type: JSON.stringify(key), value: JSON.stringify(key) };
}

function failedChecks(
  workspace: Workspace,
  laid: Laid,
  expected: string,
  actual: string,
  checks: readonly Check[],
): Problem[] {
  const folder = dirname(laid.referencePath);
  const path = join(folder, ".check.ts");
  const header = [
    'import type * as Expected from "./.expected.d.ts";',
    'import type * as Actual from "./.actual.d.ts";',
    "declare const actual: typeof Actual;",
  ];
  workspace.put(join(folder, ".expected.d.ts"), expected);
  workspace.put(join(folder, ".actual.d.ts"), actual);
  // Each check is one line in a block of its own, so that names cannot collide and a diagnostic's line names it.
  workspace.put(path, [...header, ...checks.map(({ code }) => code), "export {};"].join("\n"));
  const program = workspace.program();
  const source = program.getSourceFile(path)!;
  const failed = new Set<number>();
  for (const { start } of program.getSemanticDiagnostics(source)) {
    if (start !== undefined) failed.add(source.getLineAndCharacterOfPosition(start).line - header.length);
  }
  const problems = [...failed].sort((a, b) => a - b).map((index) => checks[index]?.problem);
  const isWhole = (problem: Problem) =>
    checks.some(({ code, problem: own }) => own === problem && code.startsWith("const whole_"));
  const told = problems.filter((problem) => problem !== undefined);
  return told.some((problem) => !isWhole(problem)) ? told.filter((problem) => !isWhole(problem)) : told;
}

function missingExport(name: string, wanted: Exported, actual: PublicView): Problem {
  const near = [...actual.values.keys()].find((other) => editDistance(name, other) <= 2 + name.length / 4);
  return {
    line: null,
    what: `\`${name}\` is not exported`,
    why: `The exercise asks for \`export ${wanted.shown.replace(/^(export )?(declare )?/, "")}\``,
    next:
      near === undefined
        ? "Export it under exactly this name"
        : `Export it under exactly this name; if \`${near}\` is meant to be it, rename that`,
  };
}

function wrongKind(name: string, wanted: Exported, found: Exported, laid: Laid): Problem {
  return {
    line: lineOf(laid.source, name),
    what: `\`${name}\` is a ${found.kind}, not a ${wanted.kind}`,
    why: `The exercise asks for a ${wanted.kind}, and the suite uses it as one`,
    next: `Make it a ${wanted.kind}`,
  };
}

/** 1-based line of a top-level declaration, or of one member of it. */
function lineOf(source: ts.SourceFile, name: string, member?: string): number | null {
  for (const statement of source.statements) {
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map((declaration) => declaration.name.getText(source))
      : [(statement as { name?: ts.Node }).name?.getText(source)];
    if (!names.includes(name)) continue;
    const owner = member === undefined || !ts.isClassDeclaration(statement) ? undefined : statement;
    const node = owner?.members.find((candidate) => memberKey(candidate, source) === member);
    if (member !== undefined && node === undefined) return null;
    return source.getLineAndCharacterOfPosition((node ?? statement).getStart(source)).line + 1;
  }
  return null;
}

function memberKey(member: ts.ClassElement, source: ts.SourceFile): string {
  if (ts.isConstructorDeclaration(member)) return "constructor";
  const name = member.name?.getText(source).replace(/^["']|["']$/g, "") ?? "";
  return hasModifier(member, ts.SyntaxKind.StaticKeyword) ? `static ${name}` : name;
}

/**
 * Private and protected members make a class nominal. A private constructor stays: it is part of what a caller sees.
 */
function isHidden(member: ts.ClassElement): boolean {
  if (ts.isConstructorDeclaration(member)) return false;
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return true;
  return hasModifier(member, ts.SyntaxKind.PrivateKeyword) || hasModifier(member, ts.SyntaxKind.ProtectedKeyword);
}

function isExported(statement: ts.Statement): boolean {
  return hasModifier(statement, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}

function mentions(text: string, name: string): boolean {
  return text.split(/[^\w$]+/).includes(name);
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/^export (declare )?/, "")
    .replace(/;$/, "");
}
