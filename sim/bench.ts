/**
 * Events per second of the simulator, and states per second of `exploreAll`, with trivial nodes:
 * `npx tsx sim/bench.ts`. Prints figures; nothing is gated on them. Virtual work is the same on every machine; only the seconds differ. With a
 * real core: `npx tsx checker/suites/object-storage/raft/states.ts`.
 */
import { type ClusterOptions, simulate } from "./cluster.ts";
import { exploreAll } from "./explore-all.ts";
import { type Faults, faults } from "./faults.ts";
import type { Context, Node } from "./node.ts";
import type { Scenario } from "./scenario.ts";

/** Passes a token on: one delivery and one send an event. */
function relay(context: Context<{ hops: number }>): Node<{ hops: number }> {
  const next = context.peers[0]!;
  return {
    onStart() {
      for (let i = 0; i < 10; i++) context.send(next, { hops: 0 });
    },
    onMessage(_, message) {
      context.send(next, { hops: message.hops + 1 });
    },
  };
}

const scenario = (invariants: Scenario["invariants"] = {}) => ({
  nodes: { n1: relay, n2: relay, n3: relay, n4: relay, n5: relay },
  invariants,
});

function measure(name: string, changes: Partial<ClusterOptions> & { faults: Faults }): void {
  let best = 0;
  let events = 0;
  for (let round = 0; round < 5; round++) {
    const options = {
      scenario: () => scenario(),
      seed: 1,
      durationMs: 20_000,
      settleMs: 0,
      eventsMax: 1e9,
      ...changes,
    };
    const started = performance.now();
    ({ events } = simulate(options));
    best = Math.max(best, events / ((performance.now() - started) / 1000));
  }
  console.log(`${name.padEnd(34)} ${events.toLocaleString("en").padStart(10)} events  ${rate(best)}`);
}

function rate(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString("en").padStart(10)} events/s`;
}

const quiet = faults("calm");
/** Tokens lost for good would end the work, so the lossy run loses none. */
const noisy = faults("lossy", { loss: 0, duplication: 0 });
measure("calm", { faults: quiet });
measure("calm, one invariant a step", {
  faults: quiet,
  scenario: () => scenario({ "time is positive": (world) => (world.now >= 0 ? undefined : "negative") }),
});
measure("reordering", { faults: noisy });
measure("calm, with a trace", { faults: quiet, durationMs: 5000, trace: true });

/** Says three numbers to its neighbor and hears three: 16 pasts a node, 16 to the fourth states. */
function sayer({ peers, send }: Context<number>): Node<number> {
  return {
    onStart() {
      for (let i = 0; i < 3; i++) send(peers[0]!, i);
    },
    onMessage() {},
  };
}

/** A ring: the first of the peers of each is another node. */
const ring = () => ({
  nodes: {
    n1: sayer,
    n2: (context: Context<number>) => sayer({ ...context, peers: ["n3"] }),
    n3: (context: Context<number>) => sayer({ ...context, peers: ["n4"] }),
    n4: sayer,
  },
});

let states = 0;
let most = 0;
for (let round = 0; round < 5; round++) {
  const started = performance.now();
  ({ states } = exploreAll({ scenario: ring, bounds: { depth: Number.POSITIVE_INFINITY } }));
  most = Math.max(most, states / ((performance.now() - started) / 1000));
}
const perSecond = `${Math.round(most).toLocaleString("en").padStart(10)} states/s`;
console.log(
  `${"every schedule of 12 messages".padEnd(34)} ${states.toLocaleString("en").padStart(10)} states  ${perSecond}`,
);
