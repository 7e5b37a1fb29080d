import { defineEstimates } from "../estimate.ts";
import { cost, disks, index, objects, seeks } from "./object-storage/capacity.ts";
import { published, repair, schemes, scrub, traffic } from "./object-storage/durability.ts";
import { heartbeats, quorum, racks } from "./object-storage/placement.ts";

/** In the order in which the chapter uses them. */
export const objectStorageEstimates = defineEstimates("object-storage", [
  objects,
  disks,
  schemes,
  published,
  repair,
  traffic,
  seeks,
  index,
  scrub,
  quorum,
  heartbeats,
  racks,
  cost,
]);
