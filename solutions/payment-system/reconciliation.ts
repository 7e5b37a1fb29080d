/**
 * Reconciliation: the PSP's settlement file against what our ledger expects, every difference by its kind, and none
 * that is not there. It is the last line of defense: each mistake of idempotency, retries and webhooks shows here.
 *
 * Both sides come in order of their references, so that one pass over both is enough and only one reference has to be
 * in memory (`reconcile`). A file that comes in another order is sorted first, in memory that is bounded too
 * (`sortByReference`).
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { Run, RunStore } from "../../given/payment-system/run-store.ts";
import type { Expectation, Movement, SettlementLine } from "../../given/payment-system/settlement.ts";

/** What the PSP takes of a movement in a currency. */
export interface FeeTerms {
  readonly movement: Movement;
  readonly currency: string;
  /** Hundredths of a percent of the amount, 0 to 5,000: 290 is 2.9 %. */
  readonly basisPoints: number;
  /** Minor units on top, 0 to 10^9. */
  readonly fixed: number;
}

/** The contract with the PSP. A value that is not as described is a RangeError. */
export interface Terms {
  /** At most one for a movement and currency. Without one, the fee is 0. */
  readonly fees: readonly FeeTerms[];
  /**
   * How far the PSP's time of processing may lie from our time of booking, before or after: our clock, its clock, and
   * the way between. 0 to 2^45.
   */
  readonly clockWindowMs: number;
  /**
   * The bank pays on the day (UTC) on which the PSP processed, or up to so many days later: weekends and holidays are
   * in it. 0 to 366.
   */
  readonly valueDays: number;
  /** The file holds what the PSP processed before this, by the PSP's clock. 0 to 2^53 - 1. */
  readonly cutoffMs: number;
}

export type Finding =
  /** Should be in the file and is not. */
  | { readonly type: "missing"; readonly expectation: Expectation }
  /**
   * Is not in the file and need not be: `bookedAtMs + clockWindowMs` is at or after the cutoff. The next file has it.
   */
  | { readonly type: "pending"; readonly expectation: Expectation }
  /** Our ledger knows nothing of it. */
  | { readonly type: "unexpected"; readonly line: SettlementLine }
  /** Settled once more than expected. */
  | { readonly type: "doubled"; readonly line: SettlementLine }
  | { readonly type: "amount"; readonly expectation: Expectation; readonly line: SettlementLine }
  /** Another currency; amounts of two currencies are not compared. */
  | { readonly type: "currency"; readonly expectation: Expectation; readonly line: SettlementLine }
  /** Processed outside the clock window around the booking. */
  | { readonly type: "date"; readonly expectation: Expectation; readonly line: SettlementLine }
  /** Paid before the day of processing, or too many days later. */
  | { readonly type: "value-date"; readonly expectation: Expectation; readonly line: SettlementLine }
  | {
      readonly type: "fee";
      readonly expectation: Expectation;
      readonly line: SettlementLine;
      /** `feeOf` the line's amount. */
      readonly expectedFee: number;
    };

/**
 * The fee for one movement of `amount` minor units: `basisPoints` of it, rounded to the nearest minor unit, halves up,
 * and then `fixed`. Exact for every amount from 1 to 2^53 - 1. Rounded for each line, as PSPs do: the fee of a sum is
 * another number.
 * @stage 2
 */
export function feeOf(amount: number, { basisPoints, fixed }: Pick<FeeTerms, "basisPoints" | "fixed">): number {
  // The product of both does not fit the integers of a double.
  const whole = Math.floor(amount / 10_000);
  const rest = amount % 10_000;
  return whole * basisPoints + Math.floor((2 * rest * basisPoints + 10_000) / 20_000) + fixed;
}

/**
 * Compares both sides and yields what does not agree, in order of the references.
 *
 * Both come in order of `reference` as `<` orders strings, by UTF-16 code units (PostgreSQL: `COLLATE "C"` for ASCII;
 * the collation of a language is another order). Within a reference they come in any order, and which findings come out
 * does not depend on it. A row that is there twice and agrees in every field, its id too, is one row that was delivered
 * twice: the same file once more changes nothing.
 *
 * **Memory.** Nothing is taken before the first finding is asked for. A side is read a reference ahead at most: when a
 * finding comes out, each side has been taken no further than one row beyond the reference that comes next there.
 * O(rows of a reference) of memory, O(n log n) of time in all, also when all rows have one reference.
 *
 * **Pairing.** A capture is paired with captures only, a refund with refunds, a chargeback with chargebacks, of the
 * same reference. Of each, in five steps; each step goes through the lines that are left in order of their time, and
 * gives each the earliest expectation that is left and agrees as the step says. Order of time: of `bookedAtMs` or
 * `processedAtMs`, then of id, then of amount, currency, fee, value day; texts as `<` orders them.
 *
 * 1. Same amount, same currency, times within the clock window of each other.
 * 2. Same amount, same currency: `date`.
 * 3. A line that is left with the amount and currency of any expectation is `doubled`: all such expectations have been
 *    settled by other lines.
 * 4. Same currency, within the window: `amount`.
 * 5. Within the window: `currency`.
 *
 * Then an expectation that is left is `missing` or `pending`, and a line that is left is `unexpected`. Of every pair,
 * whichever step made it, the fee and the value day are checked too: a pair may have several findings, each type once.
 *
 * When the caller takes no more findings, or a row is refused, both sides are closed, as `for … of` closes what it
 * leaves.
 *
 * The order of findings within a reference is yours, but the same for the same rows. The rows in findings are those
 * that came in.
 *
 * @throws RangeError when the terms are not as described, at once; and while findings are taken: when an amount or a
 * fee is not an integer in its range, and when a side is not in order, rather than call everything missing that came
 * early.
 * @stage 1
 */
export function reconcile(
  expectations: Iterable<Expectation>,
  lines: Iterable<SettlementLine>,
  terms: Terms,
): IterableIterator<Finding> {
  requireTerms(terms);
  return findingsOf(expectations, lines, terms);
}

function* findingsOf(
  expectations: Iterable<Expectation>,
  lines: Iterable<SettlementLine>,
  terms: Terms,
): Generator<Finding> {
  const ours = new Groups("expectations", expectations, requireExpectation);
  const theirs = new Groups("lines", lines, requireLine);
  try {
    ours.start();
    theirs.start();
    for (;;) {
      const reference = earlier(ours.reference, theirs.reference);
      if (reference === undefined) return;
      const open = { expectations: ours.take(reference), lines: theirs.take(reference) };
      for (const movement of MOVEMENTS) yield* findingsOfMovement(ofMovement(open, movement), terms);
    }
  } finally {
    ours.close();
    theirs.close();
  }
}

const MOVEMENTS: readonly Movement[] = ["capture", "refund", "chargeback"];

/** What is not paired yet, both in order of time. */
interface Open {
  readonly expectations: readonly Expectation[];
  readonly lines: readonly SettlementLine[];
}

function ofMovement({ expectations, lines }: Open, movement: Movement): Open {
  return {
    expectations: expectations.filter((row) => row.movement === movement).sort(byTime),
    lines: lines.filter((row) => row.movement === movement).sort(byTime),
  };
}

function findingsOfMovement(all: Open, terms: Terms): Finding[] {
  const findings: Finding[] = [];
  const check = (expectation: Expectation, line: SettlementLine): void => {
    findings.push(...differences(expectation, line, terms));
  };
  let open = pair(all, amountAndCurrency, terms.clockWindowMs, check);
  open = pair(open, amountAndCurrency, Number.POSITIVE_INFINITY, check);

  const expected = new Set(all.expectations.map(amountAndCurrency));
  const isDoubled = (line: SettlementLine): boolean => expected.has(amountAndCurrency(line));
  for (const line of open.lines) if (isDoubled(line)) findings.push({ type: "doubled", line });
  open = { ...open, lines: open.lines.filter((line) => !isDoubled(line)) };

  open = pair(open, ({ currency }) => currency, terms.clockWindowMs, check);
  open = pair(open, () => "", terms.clockWindowMs, check);
  for (const expectation of open.expectations) {
    const isDue = expectation.bookedAtMs + terms.clockWindowMs < terms.cutoffMs;
    findings.push({ type: isDue ? "missing" : "pending", expectation });
  }
  for (const line of open.lines) findings.push({ type: "unexpected", line });
  return findings;
}

/**
 * Gives each line the earliest expectation of the same key that lies within the window of it. Both sides go forward in
 * time only: what is too early for a line is too early for all later ones. Returns what is left.
 */
function pair(
  open: Open,
  keyOf: (row: Expectation | SettlementLine) => string,
  windowMs: number,
  found: (expectation: Expectation, line: SettlementLine) => void,
): Open {
  if (open.expectations.length === 0 || open.lines.length === 0) return open;
  const queues = new Map<string, { readonly rows: Expectation[]; next: number }>();
  for (const expectation of open.expectations) {
    const key = keyOf(expectation);
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, { rows: [expectation], next: 0 });
    else queue.rows.push(expectation);
  }
  const paired = new Set<Expectation | SettlementLine>();
  for (const line of open.lines) {
    const queue = queues.get(keyOf(line));
    if (queue === undefined) continue;
    const { rows } = queue;
    while (queue.next < rows.length && rows[queue.next]!.bookedAtMs < line.processedAtMs - windowMs) queue.next++;
    const expectation = rows[queue.next];
    if (expectation === undefined || expectation.bookedAtMs > line.processedAtMs + windowMs) continue;
    queue.next++;
    paired.add(expectation).add(line);
    found(expectation, line);
  }
  return {
    expectations: open.expectations.filter((row) => !paired.has(row)),
    lines: open.lines.filter((row) => !paired.has(row)),
  };
}

function differences(expectation: Expectation, line: SettlementLine, terms: Terms): Finding[] {
  const findings: Finding[] = [];
  if (line.currency !== expectation.currency) findings.push({ type: "currency", expectation, line });
  else if (line.amount !== expectation.amount) findings.push({ type: "amount", expectation, line });
  if (Math.abs(line.processedAtMs - expectation.bookedAtMs) > terms.clockWindowMs) {
    findings.push({ type: "date", expectation, line });
  }
  const daysLater = line.valueDay - Math.floor(line.processedAtMs / DAY_MS);
  if (daysLater < 0 || daysLater > terms.valueDays) findings.push({ type: "value-date", expectation, line });
  const fee = terms.fees.find((each) => each.movement === line.movement && each.currency === line.currency);
  const expectedFee = fee === undefined ? 0 : feeOf(line.amount, fee);
  if (line.fee !== expectedFee) findings.push({ type: "fee", expectation, line, expectedFee });
  return findings;
}

const DAY_MS = 86_400_000;

const amountAndCurrency = ({ amount, currency }: Expectation | SettlementLine): string => `${amount} ${currency}`;

/** One side, a reference at a time. Holds one row of the next reference. */
class Groups<Row extends Expectation | SettlementLine> {
  readonly #name: string;
  readonly #rows: Iterator<Row>;
  readonly #require: (row: Row) => void;
  #next: Row | undefined;
  #isOpen = true;

  constructor(name: string, rows: Iterable<Row>, require: (row: Row) => void) {
    this.#name = name;
    this.#rows = rows[Symbol.iterator]();
    this.#require = require;
  }

  start(): void {
    this.#advance();
  }

  /** Of the rows that come next; undefined at the end. */
  get reference(): string | undefined {
    return this.#next?.reference;
  }

  /** All rows of `reference`, each once; none when another one is next. */
  take(reference: string): Row[] {
    const rows: Row[] = [];
    for (; this.#next?.reference === reference; this.#advance()) rows.push(this.#next);
    if (rows.length < 2) return rows;
    return [...new Map(rows.map((row) => [JSON.stringify(fieldsOf(row)), row])).values()];
  }

  close(): void {
    if (this.#isOpen) this.#rows.return?.();
  }

  #advance(): void {
    const before = this.#next?.reference;
    this.#next = this.#pull();
    if (this.#next === undefined) return;
    this.#require(this.#next);
    if (before !== undefined && this.#next.reference < before) {
      const got = `${JSON.stringify(this.#next.reference)} after ${JSON.stringify(before)}`;
      throw new RangeError(`${this.#name}: reference ${got}, expected the order of UTF-16 code units; sort them first`);
    }
  }

  #pull(): Row | undefined {
    // What throws or is done is not closed again.
    this.#isOpen = false;
    const { done, value } = this.#rows.next();
    if (done === true) return undefined;
    this.#isOpen = true;
    return value;
  }
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/** In the order in which rows of a movement are ordered. */
function fieldsOf(row: Expectation | SettlementLine): readonly (string | number)[] {
  const { movement, amount, currency } = row;
  if ("lineId" in row) return [row.processedAtMs, row.lineId, amount, currency, row.fee, row.valueDay, movement];
  return [row.bookedAtMs, row.id, amount, currency, movement];
}

function byTime(a: Expectation | SettlementLine, b: Expectation | SettlementLine): number {
  const [ofA, ofB] = [fieldsOf(a), fieldsOf(b)];
  for (let i = 0; i < ofA.length; i++) if (ofA[i] !== ofB[i]) return ofA[i]! < ofB[i]! ? -1 : 1;
  return 0;
}

function requireTerms({ fees, clockWindowMs, valueDays, cutoffMs }: Terms): void {
  requireInteger("clockWindowMs", clockWindowMs, 0, 2 ** 45);
  requireInteger("valueDays", valueDays, 0, 366);
  requireInteger("cutoffMs", cutoffMs, 0, Number.MAX_SAFE_INTEGER);
  const seen = new Set<string>();
  for (const { movement, currency, basisPoints, fixed } of fees) {
    const name = `${movement} ${currency}`;
    requireInteger(`basisPoints of ${name}`, basisPoints, 0, 5_000);
    requireInteger(`fixed of ${name}`, fixed, 0, 1_000_000_000);
    if (seen.has(name)) throw new RangeError(`fees has ${name} twice, expected at most one`);
    seen.add(name);
  }
}

function requireExpectation({ id, amount }: Expectation): void {
  requireInteger(`amount of expectation ${JSON.stringify(id)}`, amount, 1, Number.MAX_SAFE_INTEGER);
}

function requireLine({ lineId, amount, fee }: SettlementLine): void {
  requireInteger(`amount of line ${JSON.stringify(lineId)}`, amount, 1, Number.MAX_SAFE_INTEGER);
  requireInteger(`fee of line ${JSON.stringify(lineId)}`, fee, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/**
 * The same rows in order of `reference` as `<` orders strings; rows of one reference in any order.
 *
 * **Memory.** At no time are more than `rowsInMemory` rows held: taken from `rows` or from a run, and neither given to
 * the store nor to the caller yet. So it writes sorted runs of so many rows, and merges up to so many runs at once, in
 * as many passes as that needs: of n rows in r runs each row is written `max(1, ceil(log(r) / log(rowsInMemory)))`
 * times at most. A store of a million rows with a thousand in memory is written once. O(n log n).
 *
 * Nothing is taken before the first row is asked for. When it is over, no run is left: also when the caller takes no
 * more rows, and when `rows` or the store throws.
 *
 * `rowsInMemory` is an integer from 2 to 2^24.
 * @throws RangeError when it is not, at once.
 * @stage 4
 */
export function sortByReference<Row extends { readonly reference: string }>(
  rows: Iterable<Row>,
  store: RunStore<Row>,
  rowsInMemory: number,
): IterableIterator<Row> {
  requireInteger("rowsInMemory", rowsInMemory, 2, 2 ** 24);
  return sorted(rows, store, rowsInMemory);
}

function* sorted<Row extends { readonly reference: string }>(
  rows: Iterable<Row>,
  store: RunStore<Row>,
  rowsInMemory: number,
): Generator<Row> {
  /** Those that are to be deleted. */
  const live = new Set<Run<Row>>();
  const write = (each: Iterable<Row>): Run<Row> => {
    const run = store.write(each);
    live.add(run);
    return run;
  };
  try {
    let runs = [...batches(rows, rowsInMemory, (batch) => write(batch.sort(byReference)))];
    while (runs.length > rowsInMemory) {
      const longer: Run<Row>[] = [];
      for (let i = 0; i < runs.length; i += rowsInMemory) {
        const some = runs.slice(i, i + rowsInMemory);
        longer.push(write(merged(some)));
        for (const run of some) {
          live.delete(run);
          run.delete();
        }
      }
      runs = longer;
    }
    yield* merged(runs);
  } finally {
    for (const run of live) run.delete();
  }
}

function* batches<Row, Result>(rows: Iterable<Row>, size: number, use: (batch: Row[]) => Result): Generator<Result> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    const full = batch;
    batch = [];
    yield use(full);
  }
  if (batch.length > 0) yield use(batch);
}

interface Head<Row> {
  row: Row;
  readonly rest: Iterator<Row>;
}

/** A binary heap of the runs' next rows: the smallest reference is at 0. */
function* merged<Row extends { readonly reference: string }>(runs: readonly Run<Row>[]): Generator<Row> {
  const heap: Head<Row>[] = [];
  for (const run of runs) {
    const rest = run.read()[Symbol.iterator]();
    const { done, value } = rest.next();
    if (done !== true) heap.push({ row: value, rest });
  }
  heap.sort((a, b) => byReference(a.row, b.row));
  while (heap.length > 0) {
    const first = heap[0]!;
    yield first.row;
    const { done, value } = first.rest.next();
    if (done !== true) first.row = value;
    else if (heap.length === 1) return;
    else heap[0] = heap.pop()!;
    sink(heap);
  }
}

/** Moves the head at 0 down to its place. */
function sink<Row extends { readonly reference: string }>(heap: Head<Row>[]): void {
  const head = heap[0]!;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.row.reference < heap[child]!.row.reference) child++;
    if (heap[child]!.row.reference >= head.row.reference) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = head;
}

function byReference(a: { readonly reference: string }, b: { readonly reference: string }): number {
  return a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0;
}
