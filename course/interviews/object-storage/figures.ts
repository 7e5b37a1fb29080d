import type { SpokenFigure } from "../../interview.ts";

/** Numbers that the sheets say aloud, each held to the estimate that computes it. */
export const figures: readonly SpokenFigure[] = [
  { number: "objects.meanBytes", spoken: 59.3, times: 1e-6, says: "100 PB over 59.3 MB is 1.69 billion objects" },
  { number: "objects.objectsFull", spoken: 1.69, times: 1e-9, says: "100 PB over 59.3 MB is 1.69 billion objects" },
  { number: "objects.metadataFull", spoken: 1.7, times: 1e-12, says: "At a kilobyte each the metadata is 1.7 TB" },
  { number: "disks.eightFour", spoken: 9_375, says: "9,375 disks of 20 TB with 8 + 4, 18,750 with three copies" },
  { number: "disks.copies", spoken: 18_750, says: "9,375 disks of 20 TB with 8 + 4, 18,750 with three copies" },
  { number: "schemes.eightFourNines", spoken: 13, says: "8 + 4 gives thirteen at 6.5 days of repair" },
  { number: "repair.spreadHours", spoken: 1.4, says: "repair: 1.4 h spread,<br/>30 h to one disk" },
  { number: "repair.spareHours", spoken: 30, says: "repair: 1.4 h spread,<br/>30 h to one disk" },
  { number: "heartbeats.mapBytes", spoken: 226, times: 1e-3, says: "226 kB that change about once a day" },
];
