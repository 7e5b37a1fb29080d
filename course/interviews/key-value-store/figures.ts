import type { SpokenFigure } from "../../interview.ts";

/** Numbers that the interview says aloud, each the chapter's. */
export const figures: readonly SpokenFigure[] = [
  { number: "fleet.dataBytes", spoken: 5.2, times: 1e-12, says: "are 5.2 TB, three copies 15.6 TB" },
  { number: "fleet.storedBytes", spoken: 15.6, times: 1e-12, says: "Not the 15.6 terabytes with three copies" },
  { number: "fleet.disks", spoken: 9, says: "That is nine disks of 2 TB before any overhead" },
  { number: "engine.leveledNodes", spoken: 12, says: "I need 12 machines with levels and 27 with tiers" },
  { number: "engine.tieredNodes", spoken: 27, says: "I need 12 machines with levels and 27 with tiers" },
  { number: "engine.leveledWrites", spoken: 34, says: "With levels a byte is written 34 times" },
  { number: "engine.tieredWrites", spoken: 7, says: "With tiers it is written seven times" },
  { number: "engine.leveledSpace", spoken: 1.14, says: "stored 1.14 times" },
  { number: "reads.filterBytes", spoken: 1.6, times: 1e-9, says: "filters take 1.6 gigabytes on a machine" },
  { number: "syncs.nodeWritesPerSecond", spoken: 50_000, says: "each takes 50,000" },
  { number: "syncs.commitsPerSecond", spoken: 6_250, says: "so 6,250 a second" },
  { number: "syncs.syncMs", spoken: 160, times: 1_000, says: "An fsync takes about 160 microseconds" },
  { number: "syncs.group", spoken: 8, says: "So about eight share one" },
  { number: "syncs.atRisk", spoken: 500_000, says: "500,000 acknowledged writes of that machine" },
  { number: "availability.allMinutes", spoken: 129, says: "all of three are down 129 minutes a month" },
  { number: "availability.oneMinutes", spoken: 43, says: "one machine alone 43" },
  { number: "availability.majorityMinutes", spoken: 8, times: 60, says: "eight seconds of double failures" },
  { number: "vectors.byClient", spoken: 160, times: 1e-3, says: "160 kilobytes for a value of one" },
  { number: "replacement.oneSourceHours", spoken: 8, says: "From one neighbor at 50 MB/s: eight hours" },
  { number: "replacement.spreadHours", spoken: 1, says: "From eight, those of the other zones: about one" },
  { number: "cost.perGigabyteUsd", spoken: 2, says: "A gigabyte costs about two dollars a month" },
];
