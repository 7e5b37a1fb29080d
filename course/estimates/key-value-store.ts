import { defineEstimates } from "../estimate.ts";
import { growth, hotkey, replacement } from "./key-value-store/growth.ts";
import { availability, failover, hints, merkle, spares, vectors } from "./key-value-store/replication.ts";
import { cost, engine, fleet, reads, syncs } from "./key-value-store/storage.ts";

/** In the order in which the chapter uses them. */
export const keyValueStoreEstimates = defineEstimates("key-value-store", [
  fleet,
  engine,
  reads,
  availability,
  syncs,
  failover,
  vectors,
  hints,
  merkle,
  spares,
  growth,
  replacement,
  hotkey,
  cost,
]);
