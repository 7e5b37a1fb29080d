import type { Calibration } from "../../interview.ts";

/** A candidate who knows the words. Plausible on a first hearing; the keys say what is missing, level by level. */
export const calibration: Calibration = {
  level: "senior",
  design: "central",
  intro:
    "Minutes 9 to 35 of an interview at senior level, shortened. Score the dimensions that it touches before you open the key, and write down the sentence that decided each. Two people who score it should differ by at most one point per dimension.",
  lines: [
    {
      minute: 9,
      who: "candidate",
      text: "I'd go with a token bucket in Redis, that's the industry standard. Redis is single-threaded, so we don't have race conditions.",
    },
    { minute: 10, who: "interviewer", text: "What does the gateway send to Redis?" },
    {
      minute: 10,
      who: "candidate",
      text: "It reads the bucket with HGETALL, computes the refill, and if there are tokens it writes the new value back with HSET. Two commands, both O(1), so it's very fast.",
    },
    {
      minute: 11,
      who: "candidate",
      text: "The limits sit in a config service that pushes them to the gateways, so nothing is looked up per request.",
    },
    { minute: 12, who: "interviewer", text: "How large is all this?" },
    {
      minute: 12,
      who: "candidate",
      text: "Ten million users times, say, a kilobyte is ten gigabytes, so we need a cluster. I'd start with six nodes, and we can always scale horizontally.",
    },
    { minute: 15, who: "interviewer", text: "What does your token bucket promise, exactly?" },
    {
      minute: 15,
      who: "candidate",
      text: "It guarantees that a user never makes more than 100 requests in any minute. The capacity is 100 and we refill 100 per minute.",
    },
    { minute: 16, who: "interviewer", text: "In any minute?" },
    {
      minute: 17,
      who: "candidate",
      text: "Yes, that's the advantage over the fixed window, which has the boundary problem. The token bucket smooths it out.",
    },
    { minute: 22, who: "interviewer", text: "Two gateways handle the same user at the same time. Walk me through it." },
    {
      minute: 23,
      who: "candidate",
      text: "Redis processes one command at a time, so one of them goes first. For extra safety we could add a distributed lock with Redlock around it, but I'd measure first.",
    },
    {
      minute: 25,
      who: "candidate",
      text: "Next I'd go into failover, because that is where the risk is, and leave the algorithm as it stands.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "New requirement: during a failover Redis hangs for thirty seconds. The API has to stay up.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "We'd have replicas, so the failover is automatic. And we fail open, so requests just go through if Redis is down. That's what Stripe does.",
    },
    { minute: 30, who: "interviewer", text: "It isn't down. It hangs." },
    {
      minute: 31,
      who: "candidate",
      text: "Right, then the client library times out and we fail open as well. So it's covered.",
    },
    { minute: 33, who: "interviewer", text: "After how long does it time out?" },
    {
      minute: 33,
      who: "candidate",
      text: "I'd leave it at the default. We can tune that in production with dashboards.",
    },
    {
      minute: 35,
      who: "candidate",
      text: "I'd regret it if Redis became the bottleneck. Then we would count locally in each gateway and sync every second.",
    },
  ],
  card: {
    shown: [
      { signal: "rules-apart", quote: "a config service that pushes them to the gateways" },
      { signal: "regret-named", quote: "I'd regret it if Redis became the bottleneck." },
      { signal: "leads", quote: "Next I'd go into failover, because that is where the risk is" },
    ],
    unseen: ["numbers-unasked", "limiting-not-shedding", "left-out", "rule-like-code", "right-alerts"],
    raisedBy: {
      "deciding-number": "open-probe",
      "exact-bound": "pointed-hint",
      "store-hangs": "pointed-hint",
    },
    redFlags: ["no-timeout", "false-exact"],
  },
  keys: {
    mid: [
      {
        dimension: "estimation",
        score: 1,
        quote: "Ten million users times, say, a kilobyte is ten gigabytes",
        why: "A mid candidate has to be right to a factor of two: this is off by eight against two numbers and a key, and the six nodes follow from nothing.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "if there are tokens it writes the new value back with HSET",
        why: "The store is described and the client is not: no status, no wait, no cost.",
      },
      {
        dimension: "design",
        score: 2,
        quote: "I'd go with a token bucket in Redis",
        why: "State in one shared place, which the level asks for. A path from client to answer is not on the board.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "Redis processes one command at a time, so one of them goes first.",
        why: "Asked for the order of the steps, and gave a slogan. With that hint a mid candidate should find the two reads.",
      },
      {
        dimension: "operations",
        score: 2,
        quote: "we fail open, so requests just go through if Redis is down",
        why: "An answer exists, though not by rule, and the time-out is left at its default.",
      },
    ],
    senior: [
      {
        dimension: "estimation",
        score: 1,
        quote: "Ten million users times, say, a kilobyte is ten gigabytes",
        why: "Off by a factor of eight against two numbers and a key, and it decides nothing: the rate, not the memory, asks for shards. Six is not derived from anything.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote:
          "It reads the bucket with HGETALL, computes the refill, and if there are tokens it writes the new value back with HSET.",
        why: "Two commands with a gap between them, and the contract to the client (429, when to come back) is never mentioned.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "Redis processes one command at a time, so one of them goes first.",
        why: "Each command is atomic, the pair is not: both gateways read the same level. The interviewer asked for the interleaving and got a slogan. The bound is wrong too: a bucket of 100 with 100 per minute admits up to 199 in a minute, and the claim was repeated after a challenge.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "that's the industry standard",
        why: "No alternative was compared on anything that the problem asks for. A lock is offered for extra safety without its price, and the way out that is named at the end, counts that are synced, has no bound.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "I'd leave it at the default.",
        why: "One precedent is named correctly, and the hang was not understood: with the default time-out every request waits, and the gateway runs out of connections long before any dashboard is read. The hang had been spelled out, so this is a red flag.",
      },
      {
        dimension: "communication",
        score: 2,
        quote: "Yes, that's the advantage over the fixed window",
        why: "Clear and fast, and deaf to hints: three probes in a row repeated the candidate's own words with a question mark.",
      },
    ],
    staff: [
      {
        dimension: "framing",
        score: 1,
        quote: "I'd go with a token bucket in Redis, that's the industry standard.",
        why: "Nine minutes in, a product stands where the protected thing should: nothing was asked about what is promised to whom.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "we can always scale horizontally",
        why: "The number that breaks the design is one hot key, and it does not scale horizontally.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "It guarantees that a user never makes more than 100 requests in any minute.",
        why: "A false invariant, defended after the challenge. A staff candidate states the bound and proves it.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "We can tune that in production with dashboards.",
        why: "No objective, no rehearsal, no owner. The limiter's own failure is left to be found by customers.",
      },
    ],
  },
  verdict:
    "No hire. It sounds fluent because each sentence names a real thing: token bucket, single thread, Redlock, fail open. None of them is used to exclude a failure. A reader who scores correctness 3 has scored vocabulary; the test is whether the candidate could have drawn the race when asked.",
};
