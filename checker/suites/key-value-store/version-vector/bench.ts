import type { Siblings, VersionVector } from "../../../../solutions/key-value-store/version-vector.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/key-value-store/version-vector.ts");

/** Vectors of `entries` servers, of which every pair is likely to be concurrent. */
function vectors(entries: number, count: number, random: () => number): VersionVector[] {
  return Array.from({ length: count }, () =>
    Object.fromEntries(Array.from({ length: entries }, (_, i) => [`server-${i}`, 1 + Math.floor(random() * 20)])),
  );
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "entries after 10,000 writes of 1,000 clients",
    workload:
      "five servers, random clients; nine writes of ten after a read at the same server, an exchange after every tenth",
    unit: "entries",
    atMost: 5,
    count({ NOTHING, put, join }, random) {
      const held = Array.from({ length: 5 }, () => NOTHING as Siblings<string>);
      for (let i = 0; i < 10_000; i++) {
        const at = Math.floor(random() * 5);
        const context = random() < 0.9 ? held[at]!.seen : {};
        held[at] = put(held[at]!, `server-${at}`, context, `by client ${Math.floor(random() * 1_000)}`);
        const other = Math.floor(random() * 5);
        if (i % 10 === 0) held[other] = join(held[other]!, held[at]!);
      }
      return Math.max(...held.map(({ seen }) => Object.keys(seen).length));
    },
  },
  {
    kind: "ratio",
    name: "compare",
    workload: "1,000 pairs of vectors of 5 entries",
    unit: "compares/s",
    // `Object.entries(…).every(…)` makes ten arrays a compare and reaches an eighth: style, not a wrong order of
    // growth.
    threshold: 0.05,
    setup({ compare }, random) {
      const all = vectors(5, 1_001, random);
      return {
        opsPerRun: 1_000,
        run() {
          let concurrent = 0;
          for (let i = 0; i < 1_000; i++) if (compare(all[i]!, all[i + 1]!) === "concurrent") concurrent++;
          return concurrent;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "compare, by the number of entries",
    workload: "two equal vectors of n entries: neither direction ends before the last one",
    order: "O(n)",
    n: 200,
    setup({ compare }, n, random) {
      const [a] = vectors(n, 1, random) as [VersionVector];
      const b = { ...a };
      return { opsPerRun: 1, run: () => compare(a, b) };
    },
  },
  {
    kind: "ratio",
    name: "read, write, exchange",
    workload: "three servers; a client reads, writes, and two servers exchange, 300 times",
    unit: "writes/s",
    threshold: 0.3,
    setup({ NOTHING, put, join }, random) {
      const turns = Array.from({ length: 300 }, () => [Math.floor(random() * 3), Math.floor(random() * 3)] as const);
      return {
        opsPerRun: turns.length,
        run() {
          const held = Array.from({ length: 3 }, () => NOTHING as Siblings<number>);
          turns.forEach(([at, other], i) => {
            held[at] = put(held[at]!, `server-${at}`, held[at]!.seen, i);
            held[other] = join(held[other]!, held[at]!);
          });
          return held;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "merge, by the number of entries",
    workload: "two vectors of n entries",
    order: "O(n)",
    n: 200,
    setup({ merge }, n, random) {
      const [a, b] = vectors(n, 2, random) as [VersionVector, VersionVector];
      return { opsPerRun: 1, run: () => merge(a, b) };
    },
  },
  {
    kind: "growth",
    name: "join, by the number of siblings",
    workload: "two servers that hold n siblings each, half of them the same",
    order: "O(n log n)",
    n: 200,
    setup({ NOTHING, put, join }, n) {
      let both: Siblings<number> = NOTHING;
      for (let i = 0; i < n / 2; i++) both = put(both, "r", {}, i);
      let [one, two] = [both, both];
      for (let i = 0; i < n / 2; i++) {
        one = put(one, "s", {}, i);
        two = put(two, "t", {}, i);
      }
      return { opsPerRun: 1, run: () => join(one, two) };
    },
  },
]);
