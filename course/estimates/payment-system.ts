import { defineEstimates } from "../estimate.ts";
import { cost, hotRow, standby } from "./payment-system/books.ts";
import { pool, rate, storage, unknowns } from "./payment-system/load.ts";
import { matching, window } from "./payment-system/time.ts";

/** In the order in which the chapter uses them. */
export const paymentSystemEstimates = defineEstimates("payment-system", [
  rate,
  pool,
  unknowns,
  storage,
  hotRow,
  window,
  matching,
  standby,
  cost,
]);
