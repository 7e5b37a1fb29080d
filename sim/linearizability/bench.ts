/**
 * Figures of the checker: `npx tsx sim/linearizability/bench.ts`. A driver with a wall clock; nothing imports it. Steps
 * are the same on every machine, times are not.
 */
import { check } from "./check.ts";
import type { History } from "./history.ts";
import type { Model } from "./model.ts";
import { keyValue, register } from "./models.ts";
import { keyValueWorkload, registerWorkload, type WorkloadOptions } from "./workload.ts";

const base: WorkloadOptions = { seed: 1, operations: 10_000, clients: 10, reads: 0.5, values: 5 };

measure("register, 10k operations, 10 clients, 50% reads", register(), registerWorkload(base));
measure("  90% reads", register(), registerWorkload({ ...base, reads: 0.9 }));
measure("  10% reads", register(), registerWorkload({ ...base, reads: 0.1 }));
measure("  1000 different values", register(), registerWorkload({ ...base, values: 1000 }));
measure("  1% of answers lost", register(), registerWorkload({ ...base, lost: 0.01 }));
measure("  impossible read at 99%", register(), registerWorkload({ ...base, stale: 0.99 }));
measure("  the same with 1000 different values", register(), registerWorkload({ ...base, values: 1000, stale: 0.99 }));
for (const operations of [5_000, 20_000, 80_000]) {
  measure(`register, ${operations} operations`, register(), registerWorkload({ ...base, operations }));
}
for (const keys of [10, 40, 160]) {
  const options = { ...base, operations: 100 * keys, keys };
  measure(`key-value, ${keys} keys, about 100 operations each`, keyValue(), keyValueWorkload(options));
}
const wide = keyValueWorkload({ ...base, operations: 1000, clients: 20, keys: 10 });
measure("key-value, 10 keys, 20 clients, 1000 operations", keyValue(), wide);
measure("  the same without partition by key", keyValue(), wide, { partition: false });

for (const operations of [20, 24, 28, 32]) {
  const history = registerWorkload({ ...base, clients: 4, operations, stale: 0.9 });
  measure(`impossible read in ${operations} operations, 4 clients`, register(), history);
  measurePlain("  plain Wing and Gong (no memo, no reductions)", register(), history);
}

/** The search without any of the improvements: every order that respects real time. Gives up after 50 million steps. */
function measurePlain<S, I, O>(name: string, model: Model<S, I, O>, history: History<I, O>): void {
  const limit = 50_000_000;
  let steps = 0;
  const place = (left: History<I, O>, state: S): boolean => {
    if (left.length === 0) return true;
    const firstReturn = Math.min(...left.map((op) => (op.status === "ok" ? op.return : Number.POSITIVE_INFINITY)));
    for (const op of left) {
      if (op.call > firstReturn || op.status !== "ok") continue;
      if (++steps > limit) return false;
      for (const next of model.step(state, op.input, op.output)) {
        if (
          place(
            left.filter((other) => other !== op),
            next,
          )
        )
          return true;
      }
    }
    return false;
  };
  const start = performance.now();
  const answer = place(history, model.init());
  const verdict = steps > limit ? "gave up" : answer ? "linearizable" : "not-linearizable";
  report(name, verdict, performance.now() - start, steps);
}

function measure<S, I, O>(
  name: string,
  model: Model<S, I, O>,
  history: History<I, O>,
  options: { partition?: boolean } = {},
): void {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    check(model, history, { ...options, explain: false });
    times.push(performance.now() - start);
  }
  const { verdict, steps, configurations } = check(model, history, { ...options, explain: false });
  const median = times.sort((a, b) => a - b)[1]!;
  report(name, verdict, median, steps, configurations);
}

function report(name: string, verdict: string, milliseconds: number, steps: number, configurations?: number): void {
  const figures = `${verdict.padEnd(17)}${milliseconds.toFixed(1).padStart(9)} ms${String(steps).padStart(11)} steps`;
  const kept = configurations === undefined ? "" : `${String(configurations).padStart(10)} configurations`;
  console.log(name.padEnd(52) + figures + kept);
}
