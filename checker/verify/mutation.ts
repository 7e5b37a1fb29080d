/** From Stryker's results to a score: what survived, and which survivors no test could stop. Pure functions. */

/** A mutation as it is written down: independent of line numbers, so that a moved line stays the same mutation. */
export interface Mutation {
  /** Stryker's name of the kind, e.g. `EqualityOperator`. */
  readonly mutator: string;
  /** The whole line, trimmed. */
  readonly line: string;
  /** What was replaced, on one line. */
  readonly original: string;
  readonly replacement: string;
}

/** A survivor that behaves like the original; `equivalent.json` of the exercise lists them. */
export interface Equivalent extends Mutation {
  readonly reason: string;
}

export interface MutationScore {
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Mutations that were tried, without the equivalent ones. */
  readonly mutants: number;
  /** Failed a test, or never ended. */
  readonly killed: number;
  readonly survivors: readonly Mutation[];
  readonly equivalent: readonly Equivalent[];
}

/** The committed document `checker/verify/stryker.json`. */
export interface MutationDocument {
  readonly version: 1;
  readonly exercises: readonly MutationScore[];
}

/** What this file needs of Stryker's `MutantResult`. */
export interface StrykerResult {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string | undefined;
  /** Lines and columns from 1; the end is exclusive. */
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

const KILLED = new Set(["Killed", "Timeout", "RuntimeError", "CompileError"]);
const SURVIVED = new Set(["Survived", "NoCoverage"]);

export interface Scored {
  readonly score: MutationScore;
  /** Listed as equivalent, and not among the survivors: killed by now, or the line has changed. */
  readonly stale: readonly Equivalent[];
}

export function scoreOf(
  id: string,
  source: string,
  results: readonly StrykerResult[],
  listed: readonly Equivalent[],
): Scored {
  const keyed = new Map(listed.map((each) => [keyOf(each), each]));
  const tried = results.map((result) => ({ status: result.status, mutation: mutationOf(source, result) }));
  // A busy machine stops a mutation that only costs time, and an idle one does not: what is listed stays listed.
  const outlives = tried.filter(
    ({ status, mutation }) => SURVIVED.has(status) || (status === "Timeout" && keyed.has(keyOf(mutation))),
  );
  const stopped = tried.filter((each) => KILLED.has(each.status) && !outlives.includes(each));
  const equivalent = outlives.flatMap(({ mutation }) => keyed.get(keyOf(mutation)) ?? []);
  const survivors = outlives.map(({ mutation }) => mutation).filter((each) => !keyed.has(keyOf(each)));
  const found = new Set(equivalent.map(keyOf));
  const killed = stopped.length;
  return {
    score: { id, mutants: killed + survivors.length, killed, survivors, equivalent },
    stale: listed.filter((each) => !found.has(keyOf(each))),
  };
}

/** Share of the mutations that the suite stops, 0 to 1; 1 when there was nothing to stop. */
export function shareKilled({ mutants, killed }: MutationScore): number {
  return mutants === 0 ? 1 : killed / mutants;
}

export function mutationOf(source: string, { mutatorName, replacement, location }: StrykerResult): Mutation {
  const lines = source.split("\n");
  const offsetOf = ({ line, column }: { line: number; column: number }): number =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, column - 1);
  return {
    mutator: mutatorName,
    line: (lines[location.start.line - 1] ?? "").trim(),
    original: oneLine(source.slice(offsetOf(location.start), offsetOf(location.end))),
    replacement: oneLine(replacement ?? ""),
  };
}

export function mergeScores(
  before: MutationDocument | null,
  fresh: readonly MutationScore[],
  catalogIds: readonly string[],
): MutationDocument {
  const byId = new Map([...(before?.exercises ?? []), ...fresh].map((score) => [score.id, score]));
  return { version: 1, exercises: catalogIds.flatMap((id) => byId.get(id) ?? []) };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
const keyOf = ({ mutator, line, original, replacement }: Mutation): string =>
  [mutator, line, original, replacement].map(oneLine).join("\u0000");
