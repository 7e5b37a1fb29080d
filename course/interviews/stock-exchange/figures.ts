import type { SpokenFigure } from "../../interview.ts";

/** Numbers that the sheets say aloud, each held to the estimate that computes it. */
export const figures: readonly SpokenFigure[] = [
  {
    number: "fan-out.messagesPerSecond",
    spoken: 256_000,
    says: "With 256,000 messages a second, an outage of 20 ms is some 5,000 messages",
  },
  {
    number: "load.averagePerSecond",
    spoken: 43_000,
    says: "43,000 orders a second, and five times that at the peak, 214,000",
  },
  {
    number: "load.peakPerSecond",
    spoken: 214_000,
    says: "43,000 orders a second, and five times that at the peak, 214,000",
  },
  { number: "load.budgetNs", spoken: 4.7, times: 1e-3, says: "4.7 microseconds" },
  { number: "load.busy", spoken: 4, says: "four per cent busy" },
  { number: "load.headroom", spoken: 23, says: "23 times of headroom" },
  { number: "path.hops", spoken: 5, says: "five hand-overs through brokers are 2.5 milliseconds" },
  { number: "path.brokersUs", spoken: 2.5, times: 1e-3, says: "five hand-overs through brokers are 2.5 milliseconds" },
  { number: "path.ringsUs", spoken: 1.5, says: "through memory, 1.5 microseconds" },
  { number: "book.totalBytes", spoken: 680, times: 1e-6, says: "680 MB" },
  { number: "list.bookOrders", spoken: 50_000, times: 0.5, says: "walks 50,000 orders: a thousand times the budget" },
  { number: "wallet.shortfall", spoken: 214, says: "214 times too slow" },
  { number: "wallet.balancesBytes", spoken: 81, times: 1e-6, says: "All balances are some 81 MB" },
  { number: "ring.slots", spoken: 4_096, says: "a pause of 10 ms: 4,096 slots" },
  { number: "journal.group", spoken: 34, says: "groups of about 34" },
  {
    number: "journal.bytesPerDay",
    spoken: 64,
    times: 1e-9,
    says: "64 GB a day, 242 TB in five years with three copies: 5,600 dollars a month",
  },
  {
    number: "journal.keptBytes",
    spoken: 242,
    times: 1e-12,
    says: "64 GB a day, 242 TB in five years with three copies: 5,600 dollars a month",
  },
  {
    number: "cost.keptDollars",
    spoken: 5_600,
    says: "64 GB a day, 242 TB in five years with three copies: 5,600 dollars a month",
  },
  { number: "downtime.detectMs", spoken: 100, says: "noticed after 100 ms, fenced and switched after 250" },
  { number: "downtime.failoverMs", spoken: 250, says: "noticed after 100 ms, fenced and switched after 250" },
  { number: "recovery.snapshotSeconds", spoken: 26, says: "a replay from a snapshot is 26, eleven times over" },
  { number: "recovery.overBudget", spoken: 11, says: "a replay from a snapshot is 26, eleven times over" },
  {
    number: "gap.missed",
    spoken: 5_000,
    says: "With 256,000 messages a second, an outage of 20 ms is some 5,000 messages",
  },
  { number: "cost.dollarsPerMonth", spoken: 29_000, says: "Machines are 29,000 dollars a month" },
];
