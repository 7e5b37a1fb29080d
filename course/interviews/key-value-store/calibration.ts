import type { Calibration } from "../../interview.ts";

/** A candidate who has read the right blog posts. Plausible on a first hearing; the key says what is missing. */
export const calibration: Calibration = {
  level: "senior",
  intro:
    "Minutes 6 to 36 of an interview at senior level, shortened. Score the dimensions that it touches before you open the key, and write down the sentence that decided each. Two people who score it should differ by at most one point per dimension.",
  lines: [
    { minute: 6, who: "interviewer", text: "Which number decides something here?" },
    {
      minute: 6,
      who: "candidate",
      text: "Five billion keys times a kilobyte is five terabytes, times three is fifteen. So with two-terabyte disks we need eight nodes, and I'd take ten to be safe.",
    },
    { minute: 8, who: "interviewer", text: "And the writes?" },
    {
      minute: 8,
      who: "candidate",
      text: "It's an LSM tree, so writes are sequential and basically free. That's why everybody uses RocksDB.",
    },
    { minute: 14, who: "interviewer", text: "How do the replicas agree?" },
    {
      minute: 14,
      who: "candidate",
      text: "Like Cassandra: N is three, W is two, R is two. Since R plus W is greater than N, every read sees the latest write, so we have strong consistency.",
    },
    { minute: 16, who: "interviewer", text: "Every read? Also while a write is under way?" },
    {
      minute: 16,
      who: "candidate",
      text: "Yes, because the read quorum and the write quorum always overlap in at least one node. That's the pigeonhole principle.",
    },
    { minute: 20, who: "interviewer", text: "One replica is down. What happens to a write?" },
    {
      minute: 20,
      who: "candidate",
      text: "We use a sloppy quorum with hinted handoff, so another node takes it and hands it over later. Availability goes up and we keep the same consistency.",
    },
    { minute: 24, who: "interviewer", text: "Two clients write the same key at the same time." },
    {
      minute: 25,
      who: "candidate",
      text: "Last write wins with NTP-synchronized timestamps. Or vector clocks if the business needs it, where each client keeps its counter.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "New requirement: callers want to reserve stock, so a put must fail if the value has changed since they read it.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "Then we read the value with a quorum, compare it, and write it with a quorum. As I said, the quorum is strongly consistent, so that works.",
    },
    { minute: 32, who: "interviewer", text: "The machine loses power right after it said done." },
    {
      minute: 32,
      who: "candidate",
      text: "The write is in the write-ahead log, so we replay it. That's the whole point of the WAL.",
    },
    { minute: 35, who: "interviewer", text: "Is it in the log, or in the page cache?" },
    {
      minute: 36,
      who: "candidate",
      text: "Well, we append to the log before we answer. And we have three replicas anyway, so it doesn't really matter.",
    },
  ],
  keys: {
    senior: [
      {
        dimension: "estimation",
        score: 1,
        quote: "So with two-terabyte disks we need eight nodes",
        why: "The product is right, and then nothing is left for a merge, which needs room beside its inputs. The writes were waved away; with levels they, and not the bytes, ask for the machines.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "Then we read the value with a quorum, compare it, and write it with a quorum.",
        why: "A conditional write is a different operation, and belongs into the contract. Two callers that compare at the same time both succeed and reserve the same piece.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "every read sees the latest write, so we have strong consistency",
        why: "Overlap is a statement about completed writes. The interviewer pointed at a write under way and got the same sentence again. The sloppy quorum then even gives up the overlap, and the candidate says that nothing changes.",
      },
      {
        dimension: "trade-offs",
        score: 2,
        quote: "Availability goes up and we keep the same consistency.",
        why: "An alternative is named, and one of its two sides. No condition for regret, and vector clocks with an entry for each client would outgrow the value.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "And we have three replicas anyway, so it doesn't really matter.",
        why: "It matters when they share a power supply, and when a replica that forgot an acknowledged write comes back and still counts. The sync policy was asked for twice.",
      },
      {
        dimension: "communication",
        score: 2,
        quote: "Yes, because the read quorum and the write quorum always overlap in at least one node.",
        why: "Clear, quick, and does not notice that two questions in a row contained the counterexample.",
      },
    ],
  },
  verdict:
    "No hire to lean no. Each sentence is on a slide somewhere: LSM trees are fast, R plus W is greater than N, hints raise availability. The test is one schedule on the board: a write that has reached one replica, and two reads. A reader who scored correctness 3 has scored the pigeonhole principle, which is true and not the question.",
};
