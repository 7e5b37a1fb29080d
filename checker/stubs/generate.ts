/**
 * A stub is the solution with its answers taken out: contract, types and signatures stay, bodies throw `NotStarted`.
 * Works on the syntax tree only, by cutting spans out of the solution's own text, so that what stays is what was
 * written.
 */

import {
  type ArrowFunction,
  type ClassDeclaration,
  type ClassExpression,
  type ConstructorDeclaration,
  type FunctionExpression,
  type JSDoc,
  Node,
  Project,
  type SourceFile,
  type Statement,
  SyntaxKind,
} from "ts-morph";
import { wrap } from "../text/wrap.ts";
import { cleanJsDoc, hasTag, stageTag } from "./tags.ts";

export interface StubContext {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly stages: readonly string[];
  /** Path of the chapter in the repository, e.g. `docs/infrastructure/rate-limiter.mdx`. */
  readonly chapter: string;
}

/** The solution cannot become a stub as it is written; the message says what to change. */
export class StubError extends Error {
  constructor(id: string, problem: string) {
    super(`solutions/${id}.ts: ${problem}`);
    this.name = "StubError";
  }
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * One kept top-level statement: its text with the cuts applied, and the cuts, so that references inside them do not
 * count.
 */
interface Kept {
  readonly statement: Statement;
  readonly text: string;
  readonly cuts: readonly Edit[];
}

/**
 * Unformatted stub of `source`.
 * @throws StubError when a public signature would change (no return type), or when kept code needs a dropped helper.
 */
export function generateStub(source: string, context: StubContext): string {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  const file = project.createSourceFile("/solution.ts", source);
  const generator = new Generator(file, context);
  return generator.run();
}

/** Of a line in a comment: what the house allows, `checker/rules`. */
const COMMENT_COLUMNS = 120;

class Generator {
  readonly #file: SourceFile;
  readonly #context: StubContext;
  readonly #exportedByName: ReadonlySet<string>;

  constructor(file: SourceFile, context: StubContext) {
    this.#file = file;
    this.#context = context;
    this.#exportedByName = namesInExportLists(file);
  }

  run(): string {
    const kept = this.#withReferencedTypes(this.#keptStatements());
    const imports = this.#keptImports(kept);
    const throws = kept.some((each) => each.text.includes("new NotStarted("));
    const notStarted = throws ? ['import { NotStarted } from "../not-started.ts";'] : [];
    return [
      this.#header(),
      [...notStarted, ...imports].join("\n"),
      ...kept.sort((a, b) => a.statement.getPos() - b.statement.getPos()).map((each) => each.text),
    ]
      .filter((block) => block !== "")
      .join("\n\n");
  }

  #header(): string {
    const { title, summary, stages, chapter, id } = this.#context;
    return `/*
${wrap(`${title}. ${summary}`, COMMENT_COLUMNS, " * ")}
 *
 * Start with stage 1: ${stages[0]}.
 * Chapter: ${chapter}
 * Grade it: npx bp check ${id}
 */`;
  }

  #keptStatements(): Kept[] {
    const kept: Kept[] = [];
    for (const statement of this.#file.getStatements()) {
      if (Node.isImportDeclaration(statement)) continue;
      if (isGiven(statement)) kept.push(verbatim(statement));
      else if (Node.isExportDeclaration(statement) || Node.isExportAssignment(statement))
        kept.push(verbatim(statement));
      else if (this.#isExported(statement)) kept.push(this.#stubbed(statement));
    }
    if (kept.length === 0) throw this.#error("it exports nothing, so there is nothing to build");
    return kept;
  }

  #isExported(statement: Statement): boolean {
    if (Node.isExportable(statement) && statement.isExported()) return true;
    return declaredNames(statement).some((name) => this.#exportedByName.has(name));
  }

  #stubbed(statement: Statement): Kept {
    if (Node.isClassDeclaration(statement)) return this.#stubbedClass(statement);
    const edits: Edit[] = [];
    if (Node.isFunctionDeclaration(statement)) {
      const body = statement.getBody();
      if (body !== undefined) {
        this.#requireReturnType(statement, statement.getName() ?? "default");
        edits.push(this.#thrown(body, statement));
      }
    } else if (Node.isVariableStatement(statement)) {
      for (const declaration of statement.getDeclarations()) {
        const initializer = declaration.getInitializer();
        if (initializer === undefined) continue;
        const typed = declaration.getTypeNode() !== undefined;
        edits.push(...this.#functionsIn(initializer, declaration.getName(), typed));
      }
    }
    return { statement, text: render(statement, edits), cuts: edits };
  }

  #stubbedClass(declaration: ClassDeclaration): Kept {
    const edits = this.#classEdits(declaration);
    return { statement: declaration, text: render(declaration, edits), cuts: edits };
  }

  /** Cuts that turn a class into its public shell. */
  #classEdits(declaration: ClassDeclaration | ClassExpression): Edit[] {
    const edits: Edit[] = [];
    const open = declaration.getFirstChildByKindOrThrow(SyntaxKind.OpenBraceToken).getEnd();
    let previousEnd = open;
    for (const member of declaration.getMembersWithComments()) {
      const signatures = [...overloadsOf(member), member];
      const start = lastJsDoc(signatures[0]!)?.getStart() ?? signatures[0]!.getStart();
      // Comments and blank lines between members are the solution's; the formatter sets its own.
      edits.push({ start: previousEnd, end: start, text: previousEnd === open ? "\n" : "\n\n" });
      previousEnd = member.getEnd();
      if (Node.isCommentClassElement(member) || Node.isClassStaticBlockDeclaration(member) || isPrivate(member)) {
        edits.push({ start, end: previousEnd, text: "" });
        continue;
      }
      for (const docs of signatures.map(lastJsDoc)) if (docs !== undefined) edits.push(...jsDocEdits(docs));
      if (isGiven(member)) continue;
      edits.push(...this.#memberEdits(member, declaration));
    }
    return edits;
  }

  #memberEdits(member: Node, owner: ClassDeclaration | ClassExpression): Edit[] {
    if (Node.isConstructorDeclaration(member)) return this.#constructorEdits(member, owner);
    if (Node.isMethodDeclaration(member) || Node.isGetAccessorDeclaration(member)) {
      const body = member.getBody();
      if (body === undefined) return [];
      this.#requireReturnType(member, `${owner.getName() ?? "class"}.${member.getName()}`);
      return [this.#thrown(body, member)];
    }
    if (Node.isSetAccessorDeclaration(member)) {
      const body = member.getBody();
      return body === undefined ? [] : [this.#thrown(body, member)];
    }
    if (Node.isPropertyDeclaration(member)) {
      const initializer = member.getInitializer();
      const typed = member.getTypeNode() !== undefined;
      return initializer === undefined ? [] : this.#functionsIn(initializer, member.getName(), typed);
    }
    return [];
  }

  #constructorEdits(member: ConstructorDeclaration, owner: ClassDeclaration | ClassExpression): Edit[] {
    const body = member.getBody();
    if (body === undefined) return [];
    // A derived class must call super() even if it throws right after.
    const superCall = owner.getExtends() === undefined ? undefined : superCallOf(member);
    if (superCall === undefined) return [this.#thrown(body, member)];
    return [
      { start: body.getStart(), end: superCall.getStart(), text: "{ " },
      { start: superCall.getEnd(), end: body.getEnd(), text: ` ${this.#throwStatement(member)} }` },
    ];
  }

  /**
   * Replaces the body of every outermost function below `expression`: arrows, functions, methods of object literals,
   * classes.
   */
  #functionsIn(expression: Node, name: string, typed: boolean): Edit[] {
    const edits: Edit[] = [];
    const visit = (node: Node): void => {
      if (Node.isClassExpression(node)) {
        edits.push(...this.#classEdits(node));
        return;
      }
      const isFunction = Node.isArrowFunction(node) || Node.isFunctionExpression(node);
      if (isFunction || Node.isMethodDeclaration(node) || Node.isGetAccessorDeclaration(node)) {
        if (!typed) this.#requireReturnType(node, name);
        edits.push(this.#thrown((node as ArrowFunction | FunctionExpression).getBody(), node));
        return;
      }
      if (Node.isSetAccessorDeclaration(node)) {
        edits.push(this.#thrown(node.getBodyOrThrow(), node));
        return;
      }
      node.forEachChild(visit);
    };
    visit(expression);
    return edits;
  }

  #thrown(body: Node, where: Node): Edit {
    return { start: body.getStart(), end: body.getEnd(), text: `{ ${this.#throwStatement(where)} }` };
  }

  #throwStatement(where: Node): string {
    const stage = stageOf(where);
    const title = this.#context.stages[stage - 1];
    if (title === undefined) {
      throw this.#error(`it names stage ${stage}, and the manifest has ${this.#context.stages.length} stages`);
    }
    return `throw new NotStarted(${JSON.stringify(`stage ${stage}: ${title}`)});`;
  }

  #requireReturnType(node: Node, name: string): void {
    if (Node.isReturnTyped(node) && node.getReturnTypeNode() === undefined) {
      throw this.#error(`"${name}" has no return type, so its stub would have another signature; write the type out`);
    }
  }

  /** Adds types that kept code refers to, and stops when it refers to a helper that was not given. */
  #withReferencedTypes(first: readonly Kept[]): Kept[] {
    const kept = [...first];
    const statements = new Set(kept.map((each) => each.statement));
    for (let i = 0; i < kept.length; i++) {
      for (const declaration of referencesOf(kept[i]!)) {
        const statement = topLevelStatement(declaration);
        if (statement === undefined || statements.has(statement) || Node.isImportDeclaration(statement)) continue;
        if (!Node.isInterfaceDeclaration(statement) && !Node.isTypeAliasDeclaration(statement)) {
          const name = declaredNames(statement)[0] ?? "?";
          throw this.#error(`what the stub keeps refers to "${name}", which is not given; mark it with /** @given */`);
        }
        statements.add(statement);
        kept.push(verbatim(statement));
      }
    }
    return kept;
  }

  /** Imports of given parts stay whole: what is given is worth seeing. Of others, what the stub still uses. */
  #keptImports(kept: readonly Kept[]): string[] {
    const used = new Set<Node>();
    for (const each of kept) for (const declaration of referencesOf(each)) used.add(declaration);
    const lines: string[] = [];
    for (const declaration of this.#file.getImportDeclarations()) {
      const from = declaration.getModuleSpecifierValue();
      if (from.startsWith("../../given/")) {
        lines.push(declaration.getText());
        continue;
      }
      const names = declaration.getNamedImports().filter((specifier) => used.has(specifier));
      const namespaceImport = declaration.getNamespaceImport();
      const defaultImport = declaration.getDefaultImport();
      const clause = declaration.getImportClause();
      const parts = [
        ...(defaultImport !== undefined && clause !== undefined && used.has(clause) ? [defaultImport.getText()] : []),
        ...(namespaceImport !== undefined && used.has(namespaceImport.getParentOrThrow())
          ? [`* as ${namespaceImport.getText()}`]
          : []),
        ...(names.length > 0 ? [`{ ${names.map((name) => name.getText()).join(", ")} }`] : []),
      ];
      if (parts.length === 0) continue;
      const type = declaration.isTypeOnly() ? "type " : "";
      lines.push(`import ${type}${parts.join(", ")} from ${JSON.stringify(from)};`);
    }
    return lines;
  }

  #error(problem: string): StubError {
    return new StubError(this.#context.id, problem);
  }
}

function namesInExportLists(file: SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.getStatements()) {
    if (Node.isExportDeclaration(statement) && statement.getModuleSpecifier() === undefined) {
      for (const specifier of statement.getNamedExports()) names.add(specifier.getName());
    }
    if (Node.isExportAssignment(statement)) names.add(statement.getExpression().getText());
  }
  return names;
}

function declaredNames(statement: Statement): string[] {
  if (Node.isVariableStatement(statement)) return statement.getDeclarations().map((each) => each.getName());
  if (Node.hasName(statement)) return [statement.getName()];
  return [];
}

function verbatim(statement: Statement): Kept {
  return { statement, text: render(statement, []), cuts: [] };
}

/** The statement from its last JSDoc to its end, with `edits` applied and the generator's own tags removed. */
function render(statement: Statement, edits: readonly Edit[]): string {
  const docs = lastJsDoc(statement);
  const start = docs?.getStart() ?? statement.getStart();
  const all = [...edits, ...(docs === undefined ? [] : jsDocEdits(docs))];
  all.sort((a, b) => a.start - b.start || a.end - b.end);
  const source = statement.getSourceFile().getFullText();
  let text = "";
  let at = start;
  for (const edit of all) {
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at, statement.getEnd());
}

function jsDocEdits(docs: JSDoc): Edit[] {
  const before = docs.getText();
  const after = cleanJsDoc(before);
  return after === before ? [] : [{ start: docs.getStart(), end: docs.getEnd(), text: after }];
}

function lastJsDoc(node: Node): JSDoc | undefined {
  return Node.isJSDocable(node) ? node.getJsDocs().at(-1) : undefined;
}

/** Marked by a `@given` tag in its JSDoc or by a `// @given` line above it. */
function isGiven(node: Node): boolean {
  const docs = lastJsDoc(node);
  if (docs !== undefined && hasTag(docs.getText(), "given")) return true;
  return node.getLeadingCommentRanges().some((range) => /^\/\/\s*@given\b/.test(range.getText()));
}

function isPrivate(member: Node): boolean {
  if (Node.isConstructorDeclaration(member)) return false;
  if (Node.isModifierable(member) && member.hasModifier(SyntaxKind.PrivateKeyword)) return true;
  return Node.hasName(member) && member.getName().startsWith("#");
}

/** The nearest `@stage n` at or above `node`; 1 when there is none. */
function stageOf(node: Node): number {
  for (let at: Node | undefined = node; at !== undefined; at = at.getParent()) {
    const stage = stageTag(lastJsDoc(at)?.getText() ?? "");
    if (stage !== undefined) return stage;
  }
  return 1;
}

/** Overload signatures above a method or constructor: ts-morph does not count them as members. */
function overloadsOf(member: Node): Node[] {
  return Node.isOverloadable(member) ? member.getOverloads() : [];
}

function superCallOf(member: ConstructorDeclaration): Statement | undefined {
  return member
    .getStatements()
    .find(
      (statement) =>
        Node.isExpressionStatement(statement) &&
        Node.isCallExpression(statement.getExpression()) &&
        statement.getExpression().getFirstChildByKind(SyntaxKind.SuperKeyword) !== undefined,
    );
}

/** Declarations that the kept text of a statement refers to. */
function referencesOf({ statement, cuts }: Kept): Node[] {
  const found: Node[] = [];
  statement.forEachDescendant((node, traversal) => {
    if (cuts.some((cut) => node.getStart() >= cut.start && node.getEnd() <= cut.end)) {
      traversal.skip();
      return;
    }
    if (!Node.isIdentifier(node)) return;
    const parent = node.getParent();
    const symbol = Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : node.getSymbol();
    for (const declaration of symbol?.getDeclarations() ?? []) found.push(declaration);
  });
  return found;
}

function topLevelStatement(node: Node): Statement | undefined {
  let at: Node | undefined = node;
  while (at !== undefined && !Node.isSourceFile(at.getParent())) at = at.getParent();
  return at !== undefined && Node.isStatement(at) ? at : undefined;
}
