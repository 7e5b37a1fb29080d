import type { Expectation, SettlementLine } from "../../../../given/payment-system/settlement.ts";
import { createRandom } from "../../../../sim/prng.ts";
import { defineBench } from "../../../kit/bench.ts";
import { expected, START_MS, seededBooks, settled, TERMS } from "./books.ts";
import { referenceOf } from "./oracle.ts";
import { CountingStore } from "./streams.ts";

type Subject = typeof import("../../../../solutions/payment-system/reconciliation.ts");

const numbered = (n: number): string => `pay_${String(n).padStart(9, "0")}`;

/** Made as they are asked for; counts them, and knows the number of the last one. */
class Stream<Row> {
  last = -1;
  readonly #count: number;
  readonly #rowOf: (n: number) => Row;

  constructor(count: number, rowOf: (n: number) => Row) {
    this.#count = count;
    this.#rowOf = rowOf;
  }

  *[Symbol.iterator](): Generator<Row> {
    for (let n = 0; n < this.#count; n++) {
      this.last = n;
      yield this.#rowOf(n);
    }
  }
}

const booked = (n: number): Expectation =>
  expected({ reference: numbered(n), id: `entry_${n}`, amount: 100 + (n % 9_000) });

const random = (float: () => number) => createRandom(Math.floor(float() * 2 ** 32));

export default defineBench<Subject>([
  {
    kind: "count",
    name: "rows taken beyond a reference, of a million",
    workload: "500,000 captures and their lines in order; every thousandth line has an amount that is wrong",
    unit: "rows",
    // Each side holds the next reference, and has seen that it is over.
    atMost: 4,
    count({ reconcile }) {
      const ours = new Stream(500_000, booked);
      const theirs = new Stream(500_000, (n): SettlementLine => {
        const line = settled(booked(n));
        return n % 1_000 === 999 ? { ...line, amount: line.amount + 1 } : line;
      });
      let [beyond, findings] = [0, 0];
      for (const finding of reconcile(ours, theirs, TERMS)) {
        const n = Number(referenceOf(finding).slice(4));
        beyond = Math.max(beyond, ours.last - n + theirs.last - n);
        if (finding.type === "amount") findings++;
      }
      return findings === 500 ? beyond : Number.POSITIVE_INFINITY;
    },
  },
  {
    kind: "ratio",
    name: "reconcile",
    workload: "4,000 payments with one to three movements each, every twentieth with one fault",
    unit: "payments/s",
    threshold: 0.3,
    setup({ reconcile }, float) {
      const { expectations, lines } = seededBooks(4_000, 20, random(float));
      return {
        opsPerRun: 4_000,
        run() {
          const types = new Map<string, number>();
          for (const { type } of reconcile(expectations, lines, TERMS)) types.set(type, (types.get(type) ?? 0) + 1);
          return Object.fromEntries(types);
        },
      };
    },
  },
  {
    kind: "growth",
    name: "reconcile, by the lines of one reference",
    workload: "one reference with n captures of ten amounts, each settled in its time, in random order",
    order: "O(n log n)",
    n: 250,
    setup({ reconcile }, n, float) {
      const expectations = Array.from({ length: n }, (_, i) =>
        expected({ id: `e${i}`, amount: 1_000 + (i % 10), bookedAtMs: START_MS + i * 60_000 }),
      );
      const lines = random(float).shuffle(expectations.map((row) => settled(row)));
      return { opsPerRun: 1, run: () => [...reconcile(expectations, lines, TERMS)].length };
    },
  },
  {
    kind: "growth",
    name: "sort, by the number of rows",
    workload: "n rows in random order, the square root of n of them in memory",
    order: "O(n log n)",
    n: 1_024,
    setup({ sortByReference }, n, float) {
      const rows = random(float).shuffle(Array.from({ length: n }, (_, i) => ({ reference: numbered(i) })));
      return {
        opsPerRun: 1,
        run() {
          let last = "";
          const store = new CountingStore<{ reference: string }>();
          for (const { reference } of sortByReference(rows, store, Math.sqrt(n))) last = reference;
          return last;
        },
      };
    },
  },
]);
