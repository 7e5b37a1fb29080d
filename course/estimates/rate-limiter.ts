import { defineEstimates } from "../estimate.ts";
import { boundaryBurst, integers, memory, slidingCounter, tokenBucket } from "./rate-limiter/algorithms.ts";
import {
  checks,
  cost,
  evenSplit,
  hopBudget,
  hotKey,
  leases,
  leaseWorth,
  retryStorm,
  timeout,
} from "./rate-limiter/fleet.ts";

/** In the order in which the chapter uses them. */
export const rateLimiterEstimates = defineEstimates("rate-limiter", [
  memory,
  checks,
  hopBudget,
  timeout,
  boundaryBurst,
  slidingCounter,
  tokenBucket,
  integers,
  evenSplit,
  leases,
  leaseWorth,
  hotKey,
  retryStorm,
  cost,
]);
