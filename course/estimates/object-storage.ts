import { defineEstimates } from "../estimate.ts";
import { index, seeks, writes } from "./object-storage/arms.ts";
import { cost, disks, objects, requests } from "./object-storage/capacity.ts";
import { published, repair, schemes, scrub, traffic } from "./object-storage/durability.ts";
import { heartbeats, power, quorum, racks } from "./object-storage/placement.ts";

/** In the order in which the chapter uses them. */
export const objectStorageEstimates = defineEstimates("object-storage", [
  objects,
  requests,
  disks,
  schemes,
  cost,
  writes,
  seeks,
  published,
  repair,
  traffic,
  scrub,
  power,
  quorum,
  heartbeats,
  racks,
  index,
]);
