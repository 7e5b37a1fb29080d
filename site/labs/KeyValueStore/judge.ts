import type { NodeId } from "../../../given/key-value-store/replica.ts";

/** A get or a put, as its client saw it. */
export interface Operation {
  readonly index: number;
  readonly client: string;
  readonly kind: "read" | "write";
  readonly via: NodeId;
  /** Simulated ms. */
  readonly calledAt: number;
  /** Calls and ends in the order in which they happened, for those within one millisecond. */
  readonly calledPosition: number;
  /** "unknown": no answer; a write may have happened, or may happen yet. */
  status: "open" | "done" | "unknown";
  /** What was read, or the one value that was written. */
  values: readonly string[];
  /** Of a write: everything that its client had read, which it replaces. */
  readonly replaced: readonly string[];
  /** The nodes that had answered when the client was. */
  countedOn: readonly NodeId[];
  endedAt?: number;
  endedPosition?: number;
}

/**
 * stale: misses a write that was acknowledged before the read began. back: misses what an earlier read had returned.
 */
export type Verdict =
  | { readonly kind: "current" | "waiting" | "unanswered" }
  | { readonly kind: "stale"; readonly write: Operation }
  | { readonly kind: "back"; readonly value: string; readonly earlier: Operation };

/**
 * Of one read, by what clients saw alone. A value is not missed when what was read has replaced it, directly or not.
 */
export function judge(read: Operation, operations: readonly Operation[]): Verdict {
  if (read.status === "open") return { kind: "waiting" };
  if (read.status === "unknown") return { kind: "unanswered" };
  const covered = coveredBy(read.values, operations);
  const before = operations.filter(
    ({ status, endedPosition }) => status === "done" && endedPosition! < read.calledPosition,
  );
  const write = before.findLast(({ kind, values }) => kind === "write" && !covered.has(values[0]!));
  if (write !== undefined) return { kind: "stale", write };
  const earlier = before.findLast(({ kind, values }) => kind === "read" && values.some((value) => !covered.has(value)));
  if (earlier === undefined) return { kind: "current" };
  return { kind: "back", earlier, value: earlier.values.find((value) => !covered.has(value))! };
}

/** These values, and all that they replaced, directly or not. */
export function coveredBy(values: readonly string[], operations: readonly Operation[]): ReadonlySet<string> {
  const replacedBy = new Map(
    operations.flatMap((each) => (each.kind === "write" ? [[each.values[0]!, each.replaced]] : [])),
  );
  const covered = new Set<string>();
  const visit = (value: string): void => {
    if (covered.has(value)) return;
    covered.add(value);
    for (const other of replacedBy.get(value) ?? []) visit(other);
  };
  for (const value of values) visit(value);
  return covered;
}

/** The acknowledged writes that these values miss, oldest first. */
export function missed(values: readonly string[], operations: readonly Operation[]): readonly string[] {
  const covered = coveredBy(values, operations);
  return operations.flatMap(({ kind, status, values: [value] }) =>
    kind === "write" && status === "done" && !covered.has(value!) ? [value!] : [],
  );
}
