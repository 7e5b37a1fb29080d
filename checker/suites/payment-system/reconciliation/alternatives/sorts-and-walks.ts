/**
 * Alternative: iterators by hand, no queues (each step sorts what is left by what must agree and then by time, and
 * walks both lists once), BigInt for fees, and a merge that keeps its heads in a sorted list.
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { Run, RunStore } from "../../given/payment-system/run-store.ts";
import type { Expectation, Movement, SettlementLine } from "../../given/payment-system/settlement.ts";

export interface FeeTerms {
  readonly movement: Movement;
  readonly currency: string;
  readonly basisPoints: number;
  readonly fixed: number;
}

export interface Terms {
  readonly fees: readonly FeeTerms[];
  readonly clockWindowMs: number;
  readonly valueDays: number;
  readonly cutoffMs: number;
}

export type Finding =
  | { readonly type: "missing"; readonly expectation: Expectation }
  | { readonly type: "pending"; readonly expectation: Expectation }
  | { readonly type: "unexpected"; readonly line: SettlementLine }
  | { readonly type: "doubled"; readonly line: SettlementLine }
  | { readonly type: "amount"; readonly expectation: Expectation; readonly line: SettlementLine }
  | { readonly type: "currency"; readonly expectation: Expectation; readonly line: SettlementLine }
  | { readonly type: "date"; readonly expectation: Expectation; readonly line: SettlementLine }
  | { readonly type: "value-date"; readonly expectation: Expectation; readonly line: SettlementLine }
  | {
      readonly type: "fee";
      readonly expectation: Expectation;
      readonly line: SettlementLine;
      readonly expectedFee: number;
    };

export function feeOf(amount: number, { basisPoints, fixed }: Pick<FeeTerms, "basisPoints" | "fixed">): number {
  const tenThousandths = BigInt(amount) * BigInt(basisPoints);
  return Number((tenThousandths + 5_000n) / 10_000n) + fixed;
}

/** An entry of either side, with the fields that both have under one name. */
interface Entry {
  readonly atMs: number;
  readonly id: string;
  readonly rest: readonly (string | number)[];
  readonly amount: number;
  readonly currency: string;
  readonly movement: Movement;
  readonly reference: string;
  readonly expectation?: Expectation;
  readonly line?: SettlementLine;
  free: boolean;
}

type Compare = (a: Entry, b: Entry) => number;

const order = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const byTime: Compare = (a, b) =>
  order(a.atMs, b.atMs) ||
  order(a.id, b.id) ||
  order(a.amount, b.amount) ||
  order(a.currency, b.currency) ||
  order(a.rest[0] ?? 0, b.rest[0] ?? 0) ||
  order(a.rest[1] ?? 0, b.rest[1] ?? 0);
const byCurrency: Compare = (a, b) => order(a.currency, b.currency);
const byMoney: Compare = (a, b) => order(a.amount, b.amount) || byCurrency(a, b);

const ofExpectation = (row: Expectation): Entry => {
  requireInteger("an expected amount", row.amount, 1, Number.MAX_SAFE_INTEGER);
  return { ...row, atMs: row.bookedAtMs, rest: [], expectation: row, free: true };
};

const ofLine = (row: SettlementLine): Entry => {
  requireInteger("a settled amount", row.amount, 1, Number.MAX_SAFE_INTEGER);
  requireInteger("a fee", row.fee, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return { ...row, id: row.lineId, atMs: row.processedAtMs, rest: [row.fee, row.valueDay], line: row, free: true };
};

export function reconcile(
  expectations: Iterable<Expectation>,
  lines: Iterable<SettlementLine>,
  terms: Terms,
): IterableIterator<Finding> {
  requireInteger("clockWindowMs", terms.clockWindowMs, 0, 2 ** 45);
  requireInteger("valueDays", terms.valueDays, 0, 366);
  requireInteger("cutoffMs", terms.cutoffMs, 0, Number.MAX_SAFE_INTEGER);
  const fees = new Map<string, FeeTerms>();
  for (const fee of terms.fees) {
    requireInteger("basisPoints", fee.basisPoints, 0, 5_000);
    requireInteger("fixed", fee.fixed, 0, 1e9);
    const name = `${fee.movement}/${fee.currency}`;
    if (fees.has(name)) throw new RangeError(`${name} has two fees`);
    fees.set(name, fee);
  }
  return merge(groupsOf(expectations, ofExpectation), groupsOf(lines, ofLine), (group) => settle(group, terms, fees));
}

/** The entries of one reference after the other. */
function* groupsOf<Row extends { readonly reference: string }>(
  rows: Iterable<Row>,
  entryOf: (row: Row) => Entry,
): Generator<Entry[]> {
  let group: Entry[] = [];
  for (const row of rows) {
    const entry = entryOf(row);
    if (group.length > 0 && group[0]!.reference !== entry.reference) {
      if (group[0]!.reference > entry.reference) throw new RangeError("the rows are not in order of their references");
      yield group;
      group = [];
    }
    group.push(entry);
  }
  if (group.length > 0) yield group;
}

function* merge(
  ours: Generator<Entry[]>,
  theirs: Generator<Entry[]>,
  use: (group: Entry[]) => Iterable<Finding>,
): Generator<Finding> {
  try {
    let a = ours.next();
    let b = theirs.next();
    while (a.done !== true || b.done !== true) {
      const nameA = a.done === true ? undefined : a.value[0]!.reference;
      const nameB = b.done === true ? undefined : b.value[0]!.reference;
      const name = nameB === undefined || (nameA !== undefined && nameA <= nameB) ? nameA! : nameB;
      const group: Entry[] = [];
      if (nameA === name) for (const entry of a.value as Entry[]) group.push(entry);
      if (nameB === name) for (const entry of b.value as Entry[]) group.push(entry);
      // A later row that is refused must not take the findings of this reference with it.
      yield* use(group);
      if (nameA === name) a = ours.next();
      if (nameB === name) b = theirs.next();
    }
  } finally {
    ours.return(undefined);
    theirs.return(undefined);
  }
}

function settle(group: Entry[], terms: Terms, fees: ReadonlyMap<string, FeeTerms>): Finding[] {
  const findings: Finding[] = [];
  for (const movement of ["capture", "refund", "chargeback"]) {
    const some = group.filter((entry) => entry.movement === movement).sort(byTime);
    const ours = each(some.filter((entry) => entry.expectation !== undefined));
    const theirs = each(some.filter((entry) => entry.line !== undefined));
    const pairUp = (alike: Compare, windowMs: number): void =>
      walk(ours, theirs, alike, windowMs, (a, b) => {
        findings.push(...compare(a.expectation!, b.line!, terms, fees.get(`${movement}/${b.currency}`)));
      });
    pairUp(byMoney, terms.clockWindowMs);
    pairUp(byMoney, Infinity);
    const money = new Set(ours.map(({ amount, currency }) => currency + amount));
    for (const entry of theirs) {
      if (!entry.free || !money.has(entry.currency + entry.amount)) continue;
      entry.free = false;
      findings.push({ type: "doubled", line: entry.line! });
    }
    pairUp(byCurrency, terms.clockWindowMs);
    pairUp(() => 0, terms.clockWindowMs);
    for (const { expectation, free } of ours) {
      if (!free) continue;
      const isPending = expectation!.bookedAtMs >= terms.cutoffMs - terms.clockWindowMs;
      findings.push({ type: isPending ? "pending" : "missing", expectation: expectation! });
    }
    for (const { line, free } of theirs) if (free) findings.push({ type: "unexpected", line: line! });
  }
  return findings;
}

/** Sorted entries, each once: those that agree in all fields stand side by side. */
function each(entries: readonly Entry[]): Entry[] {
  return entries.filter((entry, i) => i === 0 || byTime(entries[i - 1]!, entry) !== 0);
}

function walk(
  ours: readonly Entry[],
  theirs: readonly Entry[],
  alike: Compare,
  windowMs: number,
  found: (a: Entry, b: Entry) => void,
): void {
  const inOrder: Compare = (a, b) => alike(a, b) || byTime(a, b);
  const left = ours.filter(({ free }) => free).sort(inOrder);
  const right = theirs.filter(({ free }) => free).sort(inOrder);
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [a, b] = [left[i]!, right[j]!];
    const difference = alike(a, b);
    if (difference < 0 || (difference === 0 && b.atMs - a.atMs > windowMs)) i++;
    else if (difference > 0 || a.atMs - b.atMs > windowMs) j++;
    else {
      a.free = false;
      b.free = false;
      found(a, b);
      i++;
      j++;
    }
  }
}

function compare(
  expectation: Expectation,
  line: SettlementLine,
  { clockWindowMs, valueDays }: Terms,
  fee: FeeTerms | undefined,
): Finding[] {
  const day = (line.processedAtMs - (line.processedAtMs % 86_400_000)) / 86_400_000;
  const expectedFee = fee === undefined ? 0 : feeOf(line.amount, fee);
  const off = line.processedAtMs - expectation.bookedAtMs;
  const all: [boolean, Finding][] = [
    [line.fee !== expectedFee, { type: "fee", expectation, line, expectedFee }],
    [line.valueDay < day || line.valueDay > day + valueDays, { type: "value-date", expectation, line }],
    [off < -clockWindowMs || off > clockWindowMs, { type: "date", expectation, line }],
    [line.currency !== expectation.currency, { type: "currency", expectation, line }],
    [
      line.currency === expectation.currency && line.amount !== expectation.amount,
      { type: "amount", expectation, line },
    ],
  ];
  return all.filter(([isWrong]) => isWrong).map(([, finding]) => finding);
}

export function sortByReference<Row extends { readonly reference: string }>(
  rows: Iterable<Row>,
  store: RunStore<Row>,
  rowsInMemory: number,
): IterableIterator<Row> {
  requireInteger("rowsInMemory", rowsInMemory, 2, 2 ** 24);
  return sorting(rows, store, rowsInMemory);
}

function* sorting<Row extends { readonly reference: string }>(
  rows: Iterable<Row>,
  store: RunStore<Row>,
  limit: number,
): Generator<Row> {
  const runs: Run<Row>[] = [];
  try {
    let some: Row[] = [];
    for (const row of rows) {
      some.push(row);
      if (some.length === limit) {
        runs.push(store.write(some.sort((a, b) => order(a.reference, b.reference))));
        some = [];
      }
    }
    // What is left need not be written when it is all there is.
    some.sort((a, b) => order(a.reference, b.reference));
    if (runs.length === 0) {
      yield* some;
      return;
    }
    if (some.length > 0) runs.push(store.write(some));
    some = [];
    // The oldest first: all runs of a pass before any of the next.
    for (let inPass = runs.length; inPass > limit; inPass = runs.length) {
      for (let left = inPass; left > 0; left -= limit) {
        const count = Math.min(left, limit);
        runs.push(store.write(together(runs.slice(0, count))));
        for (let i = 0; i < count; i++) runs.shift()!.delete();
      }
    }
    yield* together(runs);
  } finally {
    for (const run of runs) run.delete();
  }
}

interface Head<Row> {
  readonly row: Row;
  readonly from: Iterator<Row>;
}

/** The heads in descending order: the next row is at the end. */
function* together<Row extends { readonly reference: string }>(runs: readonly Run<Row>[]): Generator<Row> {
  const heads: Head<Row>[] = [];
  const add = (from: Iterator<Row>): void => {
    const next = from.next();
    if (next.done === true) return;
    const row = next.value;
    let [low, high] = [0, heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (heads[middle]!.row.reference > row.reference) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { row, from });
  };
  for (const run of runs) add(run.read()[Symbol.iterator]());
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    yield head.row;
    add(head.from);
  }
}
