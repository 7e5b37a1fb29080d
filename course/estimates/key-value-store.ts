import { defineEstimates } from "../estimate.ts";
import { availability, failover, hints, merkle, replacement, spares, vectors } from "./key-value-store/replication.ts";
import { amplification, bloom, cost, fleet, syncs } from "./key-value-store/storage.ts";

/** In the order in which the chapter uses them. */
export const keyValueStoreEstimates = defineEstimates("key-value-store", [
  fleet,
  amplification,
  bloom,
  availability,
  syncs,
  failover,
  spares,
  vectors,
  hints,
  merkle,
  replacement,
  cost,
]);
