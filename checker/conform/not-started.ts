import { ts } from "./workspace.ts";

/**
 * True while every body that the exercise asks for is still the stub's `throw new NotStarted(…)`. What the stub gives
 * (types, helpers marked as given) has bodies of its own; they are also in the reference, word for word, and do not
 * count.
 */
export function isNotStarted(learner: ts.SourceFile, reference: ts.SourceFile): boolean {
  const given = new Set(bodies(reference).map(({ text }) => text));
  const own = bodies(learner);
  return own.some(({ isThrow }) => isThrow) && own.every(({ isThrow, text }) => isThrow || given.has(text));
}

interface Body {
  readonly isThrow: boolean;
  /** The tokens, so that the formatter's taste does not matter. */
  readonly text: string;
}

/** Outermost function bodies only: a body that throws has nothing inside. */
function bodies(source: ts.SourceFile): Body[] {
  const found: Body[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const body = node.body as ts.Node;
      found.push({ isThrow: throwsNotStarted(body), text: body.getText(source).replace(/\s+/g, "") });
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `{ throw new NotStarted("…"); }`, or with a `super(…)` call before it. */
function throwsNotStarted(body: ts.Node): boolean {
  if (!ts.isBlock(body)) return false;
  const statements = body.statements.filter((statement) => !isSuperCall(statement));
  const [only] = statements;
  return (
    statements.length === 1 &&
    only !== undefined &&
    ts.isThrowStatement(only) &&
    ts.isNewExpression(only.expression) &&
    ts.isIdentifier(only.expression.expression) &&
    only.expression.expression.text === "NotStarted"
  );
}

function isSuperCall(statement: ts.Statement): boolean {
  return (
    ts.isExpressionStatement(statement) &&
    ts.isCallExpression(statement.expression) &&
    statement.expression.expression.kind === ts.SyntaxKind.SuperKeyword
  );
}
