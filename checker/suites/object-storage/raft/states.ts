/**
 * For authors: how many states of the reference a search looks at in a second of processor time, so that what else
 * runs on the machine hardly counts.
 *   npx tsx checker/suites/object-storage/raft/states.ts
 */

import { exploreAll } from "../../../../sim/index.ts";
import { Raft } from "../../../../solutions/object-storage/raft.ts";
import { electionsAndACrash, twoTermsAndTwoProposals } from "./every-schedule.ts";

const ROUNDS = 5;

for (const world of [twoTermsAndTwoProposals, electionsAndACrash]) {
  const { space, referenceStates: _, ...options } = world((each) => new Raft(each));
  let [states, best] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    ({ states } = exploreAll(options));
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, states / ((user + system) / 1e6));
  }
  console.log(`${space}: ${states} states, ${Math.round(best)} a second, the best of ${ROUNDS} rounds`);
}
