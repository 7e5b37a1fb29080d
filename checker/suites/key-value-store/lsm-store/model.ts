/**
 * A sorted map beside the store: what may be done to both, and how their answers are compared; and the work that is
 * crashed everywhere.
 */

import type { Disk } from "../../../../given/common/disk.ts";
import type { LsmOptions, LsmStore, Reader, Write } from "../../../../solutions/key-value-store/lsm-store.ts";
import { everyCrash, SimDisk } from "../../../kit/crashes.ts";
import { expect, fc, step, violated } from "../../../kit/index.ts";
import { ascending, bytesOf, textOf } from "../values.ts";

/** Opens the store under test. */
export type Open = (disk: Disk, options: LsmOptions) => LsmStore;

export type Model = Map<string, string>;

/** Few, so that they meet; some that other orders than that of strings would put elsewhere. */
export const KEYS = ["", "a", "ab", "10", "9", "é", "__proto__", "\ud800", "\u{1f600}", "\uffff"];
export const put = (key: string, value: string): Write => ({ kind: "put", key, value: bytesOf(value) });
export const remove = (key: string): Write => ({ kind: "delete", key });

export function applyTo(model: Model, batch: readonly Write[]): void {
  for (const each of batch) {
    if (each.kind === "put") model.set(each.key, textOf(each.value));
    else model.delete(each.key);
  }
}

export const sorted = (model: Model): [string, string][] => [...model].sort(([a], [b]) => ascending(a, b));
export const scanned = (reader: Reader, range?: { from?: string; to?: string }): [string, string][] =>
  Array.from(reader.scan(range), ([key, value]): [string, string] => [key, textOf(value)]);
export const got = (reader: Reader, key: string): string | undefined => {
  const value = reader.get(key);
  return value === undefined ? undefined : textOf(value);
};

export function agrees(reader: Reader, model: Model): void {
  for (const key of KEYS) expect(got(reader, key), `get(${JSON.stringify(key)})`).toBe(model.get(key));
  expect(scanned(reader), "scan()").toEqual(sorted(model));
}

export const shown = (batch: readonly Write[]): string =>
  batch.map((each) => (each.kind === "put" ? `${each.key}=${textOf(each.value)}` : `delete ${each.key}`)).join(", ");

export type Action =
  | { readonly kind: "write"; readonly batch: readonly Write[] }
  | { readonly kind: "reopen" | "flush" | "compact" }
  | { readonly kind: "scan"; readonly from: string; readonly to: string };

export const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...KEYS), fc.string({ unit: "binary-ascii", maxLength: 6 }))
      .map(([key, value]) => put(key, value)),
  },
  { weight: 2, arbitrary: fc.constantFrom(...KEYS).map(remove) },
);

export function actions(kinds: readonly ("reopen" | "flush" | "compact")[]): fc.Arbitrary<Action[]> {
  const action: fc.Arbitrary<Action> = fc.oneof(
    { weight: 6, arbitrary: fc.array(anyWrite, { maxLength: 3 }).map((batch) => ({ kind: "write", batch }) as const) },
    { weight: 2, arbitrary: fc.constantFrom(...kinds).map((kind) => ({ kind }) as const) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...KEYS))
        .map(([from, to]) => ({ kind: "scan", from, to }) as const),
    },
  );
  return fc.array(action, { maxLength: 25 });
}

/** Runs the actions against the store and a sorted map, and compares after each. */
export function compare(open: Open, input: readonly Action[], options: LsmOptions): void {
  const disk = new SimDisk();
  let store = open(disk, options);
  const model: Model = new Map();
  for (const action of input) {
    switch (action.kind) {
      case "write":
        step(`write [${shown(action.batch)}]`);
        store.write(action.batch);
        applyTo(model, action.batch);
        break;
      case "scan": {
        const { from, to } = action;
        const expected = sorted(model).filter(([key]) => key >= from && key < to);
        step(`scan from ${JSON.stringify(from)} to ${JSON.stringify(to)}`);
        expect(scanned(store, { from, to })).toEqual(expected);
        expect(scanned(store, { from }), "without an end").toEqual(sorted(model).filter(([key]) => key >= from));
        expect(scanned(store, { to }), "from the first key on").toEqual(sorted(model).filter(([key]) => key < to));
        break;
      }
      case "reopen":
        step("open again");
        store = open(disk, options);
        break;
      default:
        step(`${action.kind}()`);
        store[action.kind]();
    }
    agrees(store, model);
  }
}

export const BATCHES: readonly (readonly Write[])[] = [
  [put("a", "1"), put("b", "1")],
  [put("c", "2".repeat(40))],
  [remove("a"), put("d", "3")],
  [put("b", "4".repeat(30))],
  [put("a", "5"), remove("c")],
  [remove("d"), put("e", "6".repeat(40))],
  [put("c", "7"), put("a", "7")],
  [remove("b")],
];

/** Everything of the state after each number of batches. */
export const STATES = Array.from({ length: BATCHES.length + 1 }, (_, n) => {
  const model: Model = new Map();
  for (const batch of BATCHES.slice(0, n)) applyTo(model, batch);
  return JSON.stringify(sorted(model));
});

export const begin = (): Work => ({ steps: [], durable: 0, prepared: 0 });

export interface Work {
  readonly steps: string[];
  /** Batches that must survive. */
  durable: number;
  /** Disk operations before the work itself began; a crash in them says nothing. */
  prepared: number;
}

/** Writes the batches; what survives a crash anywhere must be one of the states, no older than what was durable. */
export function crashRun(
  open: Open,
  options: LsmOptions,
  after: (n: number, store: LsmStore, work: Work) => void = () => {},
): void {
  everyCrash<Work>({
    setup: begin,
    disk: { tearUnitBytes: 16 },
    outcomesMax: 60,
    outcomesMin: 50,
    run(disk, work) {
      work.steps.push(`open a new store, ${JSON.stringify(options)}`);
      const store = open(disk, options);
      BATCHES.forEach((batch, i) => {
        work.steps.push(`write [${shown(batch)}]`);
        store.write(batch);
        if (options.sync !== "manual") work.durable = i + 1;
        after(i + 1, store, work);
      });
    },
    check(disk, work) {
      holdsAState(open(disk, options), work.durable);
      // What was opened must also be fit for use, with the names and numbers that the crash left behind.
      const store = open(disk, options);
      store.put("z", bytesOf("after"));
      store.flush();
      const state = new Map([...scanned(store)].filter(([key]) => key !== "z"));
      holdsAState(open(disk, options), work.durable, JSON.stringify([...state]));
    },
  });
}

export function holdsAState(store: LsmStore, durable: number, exactly?: string): void {
  const found = JSON.stringify(scanned(store).filter(([key]) => key !== "z"));
  if (exactly === undefined ? STATES.lastIndexOf(found) >= durable : found === exactly) return;
  violated({
    expected:
      exactly ??
      `the state after n batches, n at least ${durable}, which were durable; after ${durable}: ${STATES[durable]}`,
    got: found,
  });
}
