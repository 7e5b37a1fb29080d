import { defineEstimates } from "../estimate.ts";
import { downtime, journal, recovery } from "./stock-exchange/durability.ts";
import { fanOut, gap } from "./stock-exchange/market-data.ts";
import { book, list, load, orderBytes, path, ring, wallet } from "./stock-exchange/matching.ts";
import { cost, cross } from "./stock-exchange/operations.ts";

/** In the order in which the chapter uses them. */
export const stockExchangeEstimates = defineEstimates("stock-exchange", [
  load,
  path,
  book,
  list,
  orderBytes,
  journal,
  ring,
  wallet,
  fanOut,
  gap,
  downtime,
  recovery,
  cross,
  cost,
]);
