/**
 * The weather of the Raft suites. All of it is the hostile preset, with some knobs turned so that short runs meet what
 * they are after.
 */

import { type Faults, faults, type Plan, type PlanEvent } from "../../../sim/index.ts";

/** Messages are lost, repeated, overtaken and cut off; nobody crashes. */
export function cuts(): Faults {
  return faults("hostile", { crashesPerSecond: 0, partitionsPerSecond: 2.5, partitionMeanMs: 250 });
}

/** Many crashes, in the middle of handlers too, so that whatever was not stored is missed. */
export function restarts(): Faults {
  return faults("hostile", { crashesPerSecond: 5, downMeanMs: 60, partitionsPerSecond: 1.5, partitionMeanMs: 250 });
}

/** Few losses and long partitions, so that a short run with three nodes shows one thing at a time. */
export function splits(): Faults {
  const cut = { partitionsPerSecond: 4, partitionMeanMs: 300, loss: 0.05 };
  return faults("hostile", { crashesPerSecond: 0, pausesPerSecond: 0, ...cut });
}

/**
 * n1 and n3 never hear each other; n2 crashes as soon as it has given its first vote, and hears the other one when it
 * is back.
 */
export function crashAfterTheVote(): Plan {
  const early = Array.from({ length: 60 }, (_, i) => i + 1);
  const cut = early.flatMap((nth): PlanEvent[] => [
    { kind: "drop", from: "n1", to: "n3", nth },
    { kind: "drop", from: "n3", to: "n1", nth },
  ]);
  const late = early.map((nth): PlanEvent => ({ kind: "delay", from: "n3", to: "n2", nth, ms: 15 }));
  // Its first effects are to store the vote and to send it.
  return [{ kind: "delays", ms: 5 }, ...cut, ...late, { kind: "crash-at-effect", at: 0, forMs: 3, node: "n2", nth: 3 }];
}
