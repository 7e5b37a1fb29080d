import type { Calibration } from "../../interview.ts";

/** A candidate who has read the right blog posts. Plausible on a first hearing; the keys say what is missing. */
export const calibration: Calibration = {
  level: "senior",
  design: "quorum",
  intro:
    "Minutes 2 to 42 of an interview at senior level, shortened. Score the dimensions that it touches before you open the key of your level, and write down the sentence that decided each. Two people who score it should differ by at most one point per dimension.",
  lines: [
    { minute: 2, who: "interviewer", text: "Assume what you need and tell me." },
    {
      minute: 2,
      who: "candidate",
      text: "Billions of keys, high write throughput, low latency, highly available. And strongly consistent, since it's our system of record.",
    },
    { minute: 6, who: "interviewer", text: "Which of your numbers decides something?" },
    {
      minute: 6,
      who: "candidate",
      text: "Five billion keys times a kilobyte is five terabytes, times three is fifteen. So with two-terabyte disks we need eight nodes, and I'd take ten to be safe.",
    },
    { minute: 8, who: "interviewer", text: "And the writes?" },
    {
      minute: 8,
      who: "candidate",
      text: "It's an LSM tree with size-tiered compaction, so writes are sequential and pretty much free. That's why everybody uses RocksDB.",
    },
    { minute: 14, who: "interviewer", text: "How do the replicas agree?" },
    {
      minute: 14,
      who: "candidate",
      text: "Like Cassandra: N is three, W is two, R is two. Since R plus W is greater than N, every read sees the latest write, so we have strong consistency. And we hash only the user's part of the key and sort the rest, so that a user's items can be scanned together.",
    },
    {
      minute: 18,
      who: "interviewer",
      text: "Two clients write the same key at the same moment. On your board, which part decides what is kept?",
    },
    {
      minute: 18,
      who: "candidate",
      text: "Last write wins with NTP-synchronized timestamps. Or vector clocks if the business needs it, where each client keeps its counter.",
    },
    { minute: 20, who: "interviewer", text: "Two of three and two of three. What if the write is still under way?" },
    {
      minute: 20,
      who: "candidate",
      text: "It's still fine, because the read quorum and the write quorum always overlap in at least one node. That's the pigeonhole principle.",
    },
    {
      minute: 23,
      who: "candidate",
      text: "Let me go deeper on availability. When a replica is down we use a sloppy quorum with hinted handoff, so another node takes the write and hands it over later. Availability goes up and we keep the same consistency.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "Callers want to reserve stock: a put must fail if the value has changed since they read it. And it must hold through a failure.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "Then we read the value with a quorum, compare it, and write it with a quorum. As I said, the quorum is strongly consistent, so that works.",
    },
    {
      minute: 32,
      who: "candidate",
      text: "For scaling we add nodes to the ring. Consistent hashing balances the load automatically, and gossip makes sure that everybody knows the members.",
    },
    { minute: 33, who: "interviewer", text: "A replica was away for two weeks and comes back with its disk." },
    {
      minute: 33,
      who: "candidate",
      text: "Anti-entropy with Merkle trees brings it up to date. That's exactly what it's for.",
    },
    { minute: 36, who: "interviewer", text: "The machine loses power right after it said done." },
    {
      minute: 36,
      who: "candidate",
      text: "The write is in the write-ahead log, so we replay it. RocksDB handles that for us, and we have three replicas anyway, so it doesn't really matter.",
    },
    { minute: 40, who: "interviewer", text: "One key takes a tenth of all reads. I give you twelve more machines." },
    {
      minute: 40,
      who: "candidate",
      text: "Great, then the ring spreads it. Maybe a Redis in front, with WAIT, so that the cache is safe.",
    },
    { minute: 41, who: "interviewer", text: "How do you roll out a new table format?" },
    {
      minute: 41,
      who: "candidate",
      text: "First a version that can read both formats on all nodes, then we turn on writing, one zone after the other.",
    },
  ],
  card: {
    shown: [
      { signal: "keys-for-scans", quote: "we hash only the user's part of the key and sort the rest" },
      { signal: "reads-before-writes", quote: "First a version that can read both formats on all nodes" },
    ],
    unseen: ["corrects-itself"],
    raisedBy: {
      numbers: "open-probe",
      "deciding-number": "open-probe",
      "overlap-schedule": "pointed-hint",
      resurrection: "open-probe",
      rollout: "open-probe",
    },
    redFlags: ["overlap-is-order"],
  },
  keys: {
    mid: [
      {
        dimension: "estimation",
        score: 2,
        quote: "So with two-terabyte disks we need eight nodes",
        why: "The order of magnitude is right and the copies are counted. Nothing is left for old versions and merging.",
      },
      {
        dimension: "design",
        score: 2,
        quote: "Like Cassandra: N is three, W is two, R is two.",
        why: "Three replicas and a rule for both paths, with names in place of a walk from client to disk.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "The write is in the write-ahead log, so we replay it.",
        why: "The question is whether the log was synced when the answer went out. Replicas were offered in place of a sync.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "writes are sequential and pretty much free",
        why: "Nothing is compared: a merge writes each byte again and again.",
      },
    ],
    senior: [
      {
        dimension: "framing",
        score: 1,
        quote: "And strongly consistent, since it's our system of record.",
        why: "A wish in place of a promise: no reader, no failure, no number.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "So with two-terabyte disks we need eight nodes",
        why: "The product is right, and no overhead is charged. With tiers the bytes alone take 27 machines, with levels the writes take 12; neither was computed.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "Then we read the value with a quorum, compare it, and write it with a quorum.",
        why: "A conditional write is an operation of its own, with consensus behind it. Two callers that compare at the same time both succeed and reserve the same piece.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "the read quorum and the write quorum always overlap in at least one node",
        why: "True, and about completed writes. The interviewer pointed at a write under way and got the same sentence again. The sloppy quorum then gives up even the overlap, and two weeks of absence bring deleted keys back.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "Availability goes up and we keep the same consistency.",
        why: "One of two sides. A vector with an entry for each client outgrows the value, and a clock drops acknowledged writes.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "Great, then the ring spreads it.",
        why: "Hashing spreads keys. One key has one owner, and WAIT in front of a cache is no promise.",
      },
    ],
    staff: [
      {
        dimension: "framing",
        score: 0,
        quote: "And strongly consistent, since it's our system of record.",
        why: "No team, no observable question, no purpose.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "Anti-entropy with Merkle trees brings it up to date.",
        why: "It also restores what was deleted. At this level the invariant is expected, and the rule that rebuilds.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "Or vector clocks if the business needs it, where each client keeps its counter.",
        why: "An alternative is named, without its size, without its cost and without a way back.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "gossip makes sure that everybody knows the members",
        why: "Suspicion and ownership are one to this candidate. No radius, no rehearsal, no cost.",
      },
    ],
  },
  verdict:
    "No hire at any level, although the keys are chosen well and the rollout is right. Each other sentence is on a slide somewhere: LSM trees are fast, R plus W is greater than N, hints raise availability, the ring balances. The test is one schedule on the board: a write that has reached one replica, and two reads. A reader who scored correctness 3 has scored the pigeonhole principle, which is true and not the question.",
};
