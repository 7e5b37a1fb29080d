/** The weather of the Raft suites. All of it is the hostile preset, with some knobs turned so that short runs meet what they are after. */

import { type Faults, faults } from "../../../sim/index.ts";

/** Messages are lost, repeated, overtaken and cut off; nobody crashes. */
export function cuts(): Faults {
  return faults("hostile", { crashesPerSecond: 0, partitionsPerSecond: 2.5, partitionMeanMs: 250 });
}

/** Many crashes, in the middle of handlers too, so that whatever was not stored is missed. */
export function restarts(): Faults {
  return faults("hostile", { crashesPerSecond: 5, downMeanMs: 60, partitionsPerSecond: 1.5, partitionMeanMs: 250 });
}
