import { type Entry, type Membership, NOTHING_STORED } from "../../../../given/object-storage/replicated-log.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/raft-log.ts");

const FIVE: Membership = { voters: ["n1", "n2", "n3", "n4", "n5"], next: null };

const entries = (from: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ index: from + i, term: 1, payload: { kind: "no-op" } }));

export default defineBench<Subject>([
  {
    kind: "ratio",
    name: "append, store and compact",
    workload: "batches of 16 entries, each put in and taken out for storage; a snapshot after every 64th batch",
    unit: "entries/s",
    threshold: 0.3,
    setup({ RaftLog }) {
      const log = new RaftLog(NOTHING_STORED, FIVE);
      return {
        opsPerRun: 1_024,
        run() {
          for (let batch = 0; batch < 64; batch++) {
            log.replaceFrom(entries(log.lastIndex + 1, 16));
            log.takeChange();
          }
          return log.compact(log.lastIndex, null);
        },
      };
    },
  },
  {
    kind: "growth",
    name: "an entry at the end, by the length of the log",
    workload: "one entry replaced at the end of a log of n, and taken out for storage",
    order: "O(1)",
    n: 1_000,
    setup({ RaftLog }, n) {
      const log = new RaftLog({ ...NOTHING_STORED, entries: entries(1, n) }, FIVE);
      const last = entries(n, 1);
      return {
        opsPerRun: 1,
        run() {
          log.replaceFrom(last);
          return log.takeChange();
        },
      };
    },
  },
]);
