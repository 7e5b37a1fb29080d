import type { SpokenFigure } from "../../interview.ts";

/** Numbers that are said in this interview, and the estimates that they come from. */
export const figures: readonly SpokenFigure[] = [
  { number: "rate.meanPerSecond", spoken: 12, says: "A million a day is 12 a second" },
  { number: "rate.peakPerSecond", spoken: 116, says: "116 at a tenfold peak" },
  { number: "rate.used", spoken: 15, says: "15 percent of what one drive can flush" },
  { number: "pool.inFlightPeak", spoken: 231, says: "At two seconds each, 231 calls wait at peak" },
  { number: "pool.inFlightSlow", spoken: 347, says: "347 calls wait at the mean rate" },
  { number: "pool.inFlight", spoken: 23, says: "some 23 calls wait" },
  { number: "pool.fullPeak", spoken: 0.86, says: "a hundred threads are full at 0.86 seconds" },
  { number: "unknowns.perDay", spoken: 1_000, says: "1,000 payments a day end without an answer" },
  { number: "unknowns.clearedPerDay", spoken: 160, says: "one person clears 160" },
  { number: "unknowns.people", spoken: 6, says: "six people who do nothing else" },
  { number: "window.ageHours", spoken: 61, says: "61 hours old" },
  { number: "window.keyHours", spoken: 24, says: "24 hours" },
  { number: "hot-row.locked", spoken: 566, says: "a locked row per balance does 566 transfers a second" },
  { number: "hot-row.batched", spoken: 5_500, says: "one writer with many transfers a commit does some 5,500" },
  { number: "standby.oneMinutes", spoken: 86, says: "86 minutes a month" },
  { number: "standby.anyMinutes", spoken: 43, says: "43 minutes" },
  { number: "matching.rows", spoken: 5, times: 1e-6, says: "five million rows of ours" },
  { number: "cost.fee", spoken: 1.75, says: "1.75 dollars a payment" },
];
