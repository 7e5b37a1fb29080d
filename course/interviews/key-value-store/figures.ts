import type { SpokenFigure } from "../../interview.ts";

/** Numbers that the sheets say aloud, each held to the estimate that computes it. */
export const figures: readonly SpokenFigure[] = [
  { number: "fleet.dataBytes", spoken: 5.2, times: 1e-12, says: "are 5.2 TB, three copies 15.6 TB" },
  { number: "fleet.storedBytes", spoken: 15.6, times: 1e-12, says: "are 5.2 TB, three copies 15.6 TB" },
  { number: "fleet.nodes", spoken: 16, says: "16 machines, 37,500 writes a second on each" },
  { number: "fleet.nodeWritesPerSecond", spoken: 37_500, says: "16 machines, 37,500 writes a second on each" },
  { number: "amplification.leveledWrites", spoken: 32, says: "written about 32 times and the writes need 50 machines" },
  { number: "amplification.leveledNodes", spoken: 50, says: "written about 32 times and the writes need 50 machines" },
  { number: "amplification.tieredWrites", spoken: 8, says: "with tiers 8 times and 13 machines" },
  { number: "amplification.tieredNodes", spoken: 13, says: "with tiers 8 times and 13 machines" },
  { number: "amplification.tieredRuns", spoken: 21, says: "The price is 21 runs to ask" },
  { number: "bloom.filterBytes", spoken: 1.1, times: 1e-9, says: "filters of 1.1 GB a node" },
  {
    number: "availability.allMinutes",
    spoken: 129,
    says: "down 129 minutes a month for writes, worse than one machine at 43",
  },
  {
    number: "availability.oneMinutes",
    spoken: 43,
    says: "down 129 minutes a month for writes, worse than one machine at 43",
  },
  { number: "availability.majorityMinutes", spoken: 8, times: 60, says: "Two of three: eight seconds" },
  { number: "syncs.atRisk", spoken: 375_000, says: "375,000 acknowledged writes of a node at risk" },
  { number: "spares.twoOfThree", spoken: 3, times: 100, says: "three in ten thousand" },
  { number: "vectors.byClient", spoken: 160, times: 1e-3, says: "Entries for clients would be 160 kB" },
  { number: "replacement.oneSourceHours", spoken: 11, says: "From one neighbor at 50 MB/s: 11 hours" },
  { number: "cost.dollarsPerGigabyte", spoken: 1.35, says: "A gigabyte costs 1.35 dollars a month" },
];
