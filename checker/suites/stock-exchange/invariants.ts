/**
 * The rules of the chapter that the suites of the order book and of market data cite; each id is the anchor of an
 * `<Invariant>` there.
 */

import { invariant } from "../../kit/index.ts";

const rule = (id: string, text: string, source?: string) => invariant("stock-exchange", id, text, source);

export const priceTimePriority = rule(
  "price-time-priority",
  "The best price trades first, and among equal prices the order that came first.",
);

export const makerPrice = rule("maker-price", "A trade is at the price of the order that rested.");

export const neverCrossed = rule("never-crossed", "After every command the highest bid is below the lowest ask.");

export const quantityConserved = rule(
  "quantity-conserved",
  "Every lot that was submitted has traded, was canceled, or rests: one of the three, once.",
);

export const rejectedChangesNothing = rule(
  "rejected-changes-nothing",
  "A command that cannot be obeyed is rejected with its reason, and changes nothing.",
);

export const replaceKeepsOrLosesPlace = rule(
  "replace-priority",
  "Fewer lots at the same price keep the place in line; any other change goes to the back. What has traded counts.",
);

export const noSelfTrade = rule("no-self-trade", "An account never trades with itself.");

export const sameLogSameBook = rule(
  "same-log-same-book",
  "The same commands in the same order cause the same events and lead to the same state.",
);

export const deltasRebuild = rule(
  "deltas-rebuild",
  "Whoever applies every change in order to a snapshot has the book that the engine has.",
);

export const gapIsNoticed = rule(
  "gap-is-noticed",
  "A client that has missed a message knows it at the next one, and shows no book until it has closed the gap.",
  "Nasdaq, MoldUDP64 specification: sequence numbers and heartbeats",
);

export const snapshotJoins = rule(
  "snapshot-joins",
  "A snapshot names the last change that it contains: changes up to it are dropped, the next is applied, and none is missing or applied twice.",
);

export const conflationIsTrue = rule(
  "conflation-is-true",
  "A conflated feed may leave out steps, but what it shows was true at one moment, for all prices together.",
);

export const candlesBounded = rule(
  "candles-bounded",
  "Candles are computed from trades and the time in the input alone, in memory that does not grow with the day.",
);
