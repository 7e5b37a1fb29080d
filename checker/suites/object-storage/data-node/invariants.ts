/** What the chapter states about a data node and its suite checks. Every id is an `<Invariant id>` of the chapter. */

import { invariant } from "../../../kit/violation.ts";

const HAYSTACK =
  "Beaver, Kumar, Li, Sobel, Vajgel, Finding a Needle in Haystack: Facebook's Photo Storage, OSDI 2010, section 3";

export const acknowledgedSurvives = invariant(
  "object-storage",
  "volume-acknowledged-survives",
  "Bytes that were acknowledged after their sync are read back after any crash, byte for byte; others may be " +
    "there whole, or not at all.",
  "POSIX.1-2017 fsync(); Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020",
);

export const damageIsReported = invariant(
  "object-storage",
  "volume-damage-is-reported",
  "Damage is found by the checksum, named, and costs the fragment it hit; it is never returned, and never taken " +
    "for the end of the volume.",
);

export const rangeReads = invariant(
  "object-storage",
  "a-range-reads-what-holds-it",
  "A range is served from the blocks that hold it, each of them checked, and from no others: one read of the " +
    "disk of a data node, and of a stripe only the fragments that the range touches, while they are sound.",
);

export const compactionKeepsLive = invariant(
  "object-storage",
  "compaction-keeps-the-live-set",
  "Compaction changes where fragments lie and which bytes are free, never what a read returns; a crash at any " +
    "step leaves one volume or the other in force.",
  HAYSTACK,
);

export const indexIsDerived = invariant(
  "object-storage",
  "index-is-derived",
  "The index holds nothing that the volumes do not: lost, it is built again to the same content.",
  HAYSTACK,
);
