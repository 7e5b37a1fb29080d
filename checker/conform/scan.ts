/**
 * What a file may not do before it is worth running: import what it may not, reach for the clock, for randomness or for
 * the host, rewrite the language under the suite. Walks the syntax tree once; names are resolved, so that a parameter
 * called `process` is nobody's business.
 *
 * This is a first line for honest code. It cannot see through `object[key]`; the kit's integrity check and the
 * supervised process are there for that.
 */

import type { Problem } from "../subject/problem.ts";
import { type Imports, importProblem } from "./imports.ts";
import { HOST, INTRINSICS, REWRITERS, TIME_AND_CHANCE } from "./rules.ts";
import { type Laid, ts } from "./workspace.ts";

export interface ScanRules extends Imports {
  /** Time and randomness are injected: the wall clock is out of bounds. */
  readonly pure: boolean;
}

export function scan(laid: Laid, rules: ScanRules): Problem[] {
  return new Scanner(laid, rules).run();
}

class Scanner {
  readonly #source: ts.SourceFile;
  readonly #checker: ts.TypeChecker;
  readonly #rules: ScanRules;
  readonly #problems: Problem[] = [];

  constructor({ source, program }: Laid, rules: ScanRules) {
    this.#source = source;
    this.#checker = program.getTypeChecker();
    this.#rules = rules;
  }

  run(): Problem[] {
    ts.forEachChild(this.#source, (node) => this.#visit(node));
    return this.#problems;
  }

  #visit(node: ts.Node): void {
    this.#imports(node);
    if (ts.isExpressionWithTypeArguments(node)) {
      this.#visit(node.expression);
      return;
    }
    // Types do nothing at run time.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      this.#typeImports(node);
      return;
    }
    if (ts.isIdentifier(node)) this.#identifier(node);
    else if (ts.isPropertyAccessExpression(node)) this.#property(node, node.name.text);
    else if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
      this.#property(node, node.argumentExpression.text);
    else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      this.#report(
        node,
        "`import.meta` is used",
        "It tells where the file lies, and that must not matter",
        "Leave it out",
      );
    if (isAssignment(node)) this.#assignment(node.left);
    else if (ts.isDeleteExpression(node)) this.#assignment(node.expression);
    else if (ts.isCallExpression(node)) this.#call(node);
    if (ts.isObjectLiteralElement(node) || ts.isClassElement(node)) this.#memberName(node);
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  #imports(node: ts.Node): void {
    let specifier: ts.Expression | undefined;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier;
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      specifier = node.moduleReference.expression;
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const why = "What a file needs is imported at its top, where it can be read";
      this.#report(node, "`import()` is called", why, "Use an import declaration");
      return;
    }
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) this.#specifier(specifier);
  }

  /** `import("../../solutions/…").TokenBucket` as a type is as good as a look at the solution. */
  #typeImports(node: ts.Node): void {
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      this.#specifier(node.argument.literal);
    ts.forEachChild(node, (child) => this.#typeImports(child));
  }

  #specifier(specifier: ts.StringLiteralLike): void {
    const problem = importProblem(specifier.text, this.#rules);
    if (problem !== null) this.#report(specifier, `"${specifier.text}" is imported`, problem.why, problem.next);
  }

  #identifier(node: ts.Identifier): void {
    const host = this.#rules.allow.includes(node.text) ? undefined : HOST.get(node.text);
    const clock = this.#rules.pure ? TIME_AND_CHANCE.get(node.text) : undefined;
    const isAliased = node.text === "Date" || node.text === "Math" || INTRINSICS.has(node.text);
    if (host === undefined && clock === undefined && !isAliased) return;
    if (!this.#isGlobal(node)) return;
    const rule = host ?? clock;
    if (rule !== undefined) this.#report(node, `\`${node.text}\` is used`, rule.why, rule.next);
    else if (this.#rules.pure && node.text === "Date") this.#date(node);
    else if (this.#rules.pure && node.text === "Math") this.#math(node);
  }

  /** `new Date(ms)` computes; `new Date()`, `Date()` and `Date.now()` look at the wall clock. */
  #date(node: ts.Identifier): void {
    const { parent } = node;
    if (ts.isNewExpression(parent) && parent.expression === node && (parent.arguments?.length ?? 0) > 0) return;
    if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return;
    if (ts.isPropertyAccessExpression(parent) && (parent.name.text === "UTC" || parent.name.text === "parse")) return;
    const used = ts.isPropertyAccessExpression(parent)
      ? parent.getText()
      : ts.isNewExpression(parent)
        ? "new Date()"
        : "Date";
    const why = "Time is an argument here, so that a test can set it and a failing run can be replayed";
    this.#report(node, `\`${used}\` is used`, why, "Use the time that the caller passes in");
  }

  #math(node: ts.Identifier): void {
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent) && parent.name.text !== "random") return;
    const what = ts.isPropertyAccessExpression(parent) ? "`Math.random` is used" : "`Math` is used as a value";
    const why = "Randomness is an argument here, so that a seed replays a failing run";
    const next = ts.isPropertyAccessExpression(parent)
      ? "Use the generator that the caller passes in, or none"
      : "Call its functions by name, as in `Math.floor(x)`";
    this.#report(node, what, why, next);
  }

  /** `x.constructor` is a way to `Function`; only looking at its name or comparing it is harmless. */
  #property(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, name: string): void {
    if (name === "__proto__") this.#rewrite(node, "`__proto__` is used");
    if (name === "asymmetricMatch" || name === "$$typeof") this.#matcher(node, name);
    if (name !== "constructor" || node.expression.kind === ts.SyntaxKind.ThisKeyword) return;
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent) && parent.name.text === "name") return;
    if (ts.isBinaryExpression(parent) && isComparison(parent.operatorToken.kind)) return;
    const why = "Through it code can be made from text, which nobody can check before it runs";
    this.#report(node, "`.constructor` is used as a value", why, "Name the class instead");
  }

  #memberName(node: ts.ObjectLiteralElement | ts.ClassElement): void {
    const { name } = node;
    if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name))) return;
    if (name.text === "asymmetricMatch" || name.text === "$$typeof") this.#matcher(name, name.text);
  }

  #matcher(node: ts.Node, name: string): void {
    const why = "An object with it decides for itself what it equals, and the suite compares";
    this.#report(node, `\`${name}\` is used`, why, "Return plain values");
  }

  /** `Array.prototype.x = …`, `Math.random = …`, `Date = …`, `delete Array.prototype.x`. */
  #assignment(target: ts.Expression): void {
    const owner = rootOf(target);
    if (!ts.isIdentifier(owner) || !INTRINSICS.has(owner.text) || !this.#isGlobal(owner)) return;
    this.#rewrite(target, `\`${target.getText(this.#source)}\` is rewritten`);
  }

  /** `Object.defineProperty(Array.prototype, …)`, `Object.assign(Math, …)`, `Reflect.set(Date, …)`. */
  #call(node: ts.CallExpression): void {
    const { expression } = node;
    if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.expression)) return;
    if (!REWRITERS.get(expression.expression.text)?.has(expression.name.text)) return;
    const [target] = node.arguments;
    if (target === undefined) return;
    const owner = rootOf(target);
    if (!ts.isIdentifier(owner) || !INTRINSICS.has(owner.text) || !this.#isGlobal(owner)) return;
    this.#rewrite(target, `\`${target.getText(this.#source)}\` is rewritten`);
  }

  #rewrite(node: ts.Node, what: string): void {
    const why = "It belongs to the language, and the suite stands on it";
    this.#report(node, what, why, "Write a function of your own instead");
  }

  /** True unless the file itself declares what the name means. `declare const process: …` declares nothing. */
  #isGlobal(node: ts.Identifier): boolean {
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
    if (isName(node)) return false;
    const symbol = ts.isShorthandPropertyAssignment(parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(parent)
      : this.#checker.getSymbolAtLocation(node);
    const declarations = symbol?.declarations ?? [];
    return declarations.every((declaration) => declaration.getSourceFile() !== this.#source || isAmbient(declaration));
  }

  #report(node: ts.Node, what: string, why: string, next: string): void {
    const line = this.#source.getLineAndCharacterOfPosition(node.getStart(this.#source)).line + 1;
    this.#problems.push({ line, what, why, next });
  }
}

function isAssignment(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isComparison(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken ||
    kind === ts.SyntaxKind.EqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsToken
  );
}

/** `Array` of `(Array.prototype as any)["x"]`. */
function rootOf(expression: ts.Expression): ts.Expression {
  let node = expression;
  while (isWrapper(node)) node = node.expression;
  return node;
}

function isWrapper(node: ts.Expression): node is ts.Expression & { readonly expression: ts.Expression } {
  return (
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  );
}

/** The identifier names something (a property, a parameter, a label) and refers to nothing. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return true;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return parent.propertyName === node;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return true;
  return (
    (parent as { name?: ts.Node }).name === node && (ts.isObjectLiteralElement(parent) || ts.isClassElement(parent))
  );
}

function isAmbient(declaration: ts.Declaration): boolean {
  for (let node: ts.Node = declaration; !ts.isSourceFile(node); node = node.parent) {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword))
      return true;
  }
  return false;
}
