import type { SpokenFigure } from "../../interview.ts";

/** Numbers that are said in this interview, and the estimates that they come from. */
export const figures: readonly SpokenFigure[] = [
  { number: "memory.tokenBucketRaw", spoken: 160, times: 1e-6, says: "160 MB raw" },
  { number: "memory.tokenBucketTotal", spoken: 1.3, times: 1e-9, says: "about 1.3 GB with the keys" },
  { number: "memory.slidingLogRaw", spoken: 8, times: 1e-9, says: "A log of 100 time stamps is 800 bytes a key: 8 GB" },
  { number: "checks.shards", spoken: 17, says: "a million over 60,000 per shard is 17" },
  { number: "checks.oneShard", spoken: 60_000, says: "below 60,000 a second one shard would do" },
  { number: "hop-budget.trips", spoken: 2, says: "a question in the zone takes half a millisecond, so two fit" },
  { number: "hop-budget.crossZoneQueryMs", spoken: 1.25, says: "Another zone takes 1.25 ms and does not fit" },
  { number: "hop-budget.regionOverBudget", spoken: 80, says: "another region is 80 times over" },
  { number: "timeout.waitingLong", spoken: 20_000, says: "a second of waiting holds 20,000 requests" },
  { number: "timeout.waitingShort", spoken: 100, says: "five milliseconds hold 100" },
  { number: "even-split.share", spoken: 8, says: "eight percent" },
  { number: "token-bucket.bound", spoken: 620, says: "so 620 in a minute" },
  { number: "leases.outstanding", spoken: 1_000, says: "add 1,000 to 61,000 in a minute" },
  { number: "leases.centralBound", spoken: 61_000, says: "add 1,000 to 61,000 in a minute" },
  { number: "leases.overshoot", spoken: 1.6, says: "1.6 percent" },
  { number: "leases.messagesPerSecond", spoken: 50, says: "for 50 messages a second in place of a thousand" },
  { number: "hot-key.overload", spoken: 4, says: "four shards' worth" },
  { number: "hot-key.cachedChecksPerSecond", spoken: 500, says: "500 checks a second remain" },
  { number: "cost.dollarsPerMonth", spoken: 1_300, says: "At some 1,300 dollars a month" },
  { number: "cost.dollarsPerBillion", spoken: 1.2, says: "1.2 dollars per billion checks" },
];
