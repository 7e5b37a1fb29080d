import type { Transcript } from "../../interview.ts";

/** A candidate who leads, computes, draws one schedule, and repairs a mistake of their own. */
export const hired: Transcript = {
  level: "senior",
  design: "log",
  intro:
    "An interview at senior level that ended in a hire, shortened. Read it with the sheet beside you, and look for the sentence behind each signal before you open the card. The candidate is wrong once and does not mention two things that the sheet listens for.",
  lines: [
    {
      minute: 1,
      who: "candidate",
      text: "Before I draw anything: how large is a value, how many reads and writes at peak, does a second region write, and which reads must be current?",
    },
    { minute: 2, who: "interviewer", text: "Assume what you need and tell me." },
    {
      minute: 2,
      who: "candidate",
      text: "Then five billion keys of about a kilobyte, 200,000 writes and a million reads a second at peak, one region with three zones. A zone may go, and no acknowledged write goes with it. Most reads may be a second old; the callers that reserve something need current ones. Values above a megabyte are out, they go to an object store, and so are secondary indexes.",
    },
    { minute: 6, who: "interviewer", text: "Which of your numbers decides something?" },
    {
      minute: 6,
      who: "candidate",
      text: "Not the 15.6 terabytes with three copies, that is nine disks. The overhead. With levels a byte is written 34 times, log included, and stored 1.14 times. With tiers it is written seven times and stored up to three times. On a drive that writes two gigabytes a second I need 12 machines with levels and 27 with tiers. Below 0.8 gigabytes a second it flips. Which drive do we rent?",
    },
    { minute: 7, who: "interviewer", text: "Local NVMe. Take your two gigabytes." },
    {
      minute: 7,
      who: "candidate",
      text: "Then levels, and the reads do not overrule it: filters take 1.6 gigabytes on a machine and answer for the other runs. Only scans would change my mind, at about a third of all reads.",
    },
    { minute: 10, who: "interviewer", text: "A caller wants to add to a counter. Does your interface allow it?" },
    {
      minute: 10,
      who: "candidate",
      text: "Not as get and put. A put may carry the context of a read, and is refused if the value has moved on. And a put that times out is unknown, not failed: a retried increment carries an id, or it counts twice.",
    },
    {
      minute: 13,
      who: "candidate",
      text: "The picture. I hash only the first part of the key, so that one user's keys stay together and a scan or a batch stays inside a shard. A router finds the group in its copy of the map; the map itself lives in a small consensus group and no request waits for it. Three replicas in three zones, one leads, two disks have synced the record before the client is told.",
    },
    {
      minute: 18,
      who: "interviewer",
      text: "Two clients write the same key at the same moment. On your board, which part decides what is kept?",
    },
    {
      minute: 18,
      who: "candidate",
      text: "The leader of the range. Both writes are records in its log, and the second one sees the first.",
    },
    { minute: 20, who: "interviewer", text: "Wait for all three replicas. Then nothing can be lost." },
    {
      minute: 20,
      who: "candidate",
      text: "Nothing more is kept, and writes stop more often. At 99.9 percent for each machine, all of three are down 129 minutes a month, and one machine alone 43. Two of three: eight seconds of double failures, and about a second for an election if each machine restarts once. That assumes independent failures, and a bad deployment is not one.",
    },
    {
      minute: 22,
      who: "candidate",
      text: "I would like to go into two things: the log with its crash, and the leader's death. If there is time, a hot key. Does that suit you?",
    },
    { minute: 22, who: "interviewer", text: "Go ahead." },
    {
      minute: 23,
      who: "candidate",
      text: "An fsync takes about 160 microseconds on such a drive, so 6,250 a second, and a machine has to take 50,000 writes. So about eight share one: while a sync runs the arrivals queue, and the next one takes them all. The answer goes out after the sync. If fsync fails I stop the log, because the pages may be marked clean and a second call would report success.",
    },
    {
      minute: 25,
      who: "candidate",
      text: "Now a crash during a flush. The table is written and synced, the manifest is written under another name, synced, and renamed. After the rename the old log can go.",
    },
    { minute: 26, who: "interviewer", text: "The power fails right after the rename." },
    {
      minute: 26,
      who: "candidate",
      text: "Then I was wrong. The rename may not be on the disk: the directory is not synced, the old manifest comes back, and it names the log that I have deleted. So: table, manifest, rename, sync the directory, and only then delete the log.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "A second region has to take writes too, also while the link between the regions is down.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "Then one leader for each range no longer does for all tables, because the side without a majority refuses. I would ask each team: when the link is down, should the write be refused, or accepted and perhaps undone? A basket is accepted on both sides and merged by its type. Stock is refused on one side, or each region holds a share that it may sell without asking. It is written into the table's definition.",
    },
    {
      minute: 32,
      who: "candidate",
      text: "The leader's death. A majority acknowledged the record, a majority elects, they share a replica, and that replica supports only a log at least as complete as its own: the later term first, then the length. Length alone would let a leader that was cut off win.",
    },
    {
      minute: 33,
      who: "interviewer",
      text: "A colleague proposes three replicas, two for writes and two for reads, and no leader, because that is strongly consistent too.",
    },
    {
      minute: 34,
      who: "candidate",
      text: "It overlaps, and that is no order. Say the write has reached A only. Reader one asks A and B and returns the new value. Reader two, later, asks B and C and returns the old one. No completed write was missed, and still a later read is older. The reader could write back to a majority first. A reservation needs more than that: without a leader it is a Paxos round for the key.",
    },
    {
      minute: 36,
      who: "candidate",
      text: "Our own reads have a problem, too: a leader that was cut off still answers. So before a current read it asks a majority whether it still leads, or it holds a lease, and then we trust a bound on clock drift.",
    },
    { minute: 39, who: "interviewer", text: "It is Monday morning and writes get slower by the minute." },
    {
      minute: 39,
      who: "candidate",
      text: "I would look at CPU and at the network first, then at the time of an fsync.",
    },
    { minute: 39, who: "interviewer", text: "What does the disk do besides your writes?" },
    {
      minute: 40,
      who: "candidate",
      text: "It merges, and it may be behind. Then the bytes that wait for a merge are the number to alarm on: it rises long before reads slow down. Slow writers a little, early, and stop repair first.",
    },
    {
      minute: 41,
      who: "interviewer",
      text: "How do you roll out a new table format?",
    },
    {
      minute: 41,
      who: "candidate",
      text: "A version that reads the new format everywhere, before one that writes it, zone by zone, with leadership handed over before each restart. Otherwise the first rollback is the last.",
    },
    { minute: 43, who: "interviewer", text: "Sum it up, and say when you would regret it." },
    {
      minute: 44,
      who: "candidate",
      text: "A log with a leader for each range, done on two synced disks of three, levels on fast drives. I would regret the levels if the drives become network volumes below 0.8 gigabytes a second, and the leader if most tables had to take writes on both sides of a cut.",
    },
  ],
  card: {
    shown: [
      { signal: "loss-by-failure", quote: "A zone may go, and no acknowledged write goes with it." },
      {
        signal: "freshness-per-read",
        quote: "Most reads may be a second old; the callers that reserve something need current ones.",
      },
      { signal: "out-with-reason", quote: "Values above a megabyte are out, they go to an object store" },
      { signal: "amplification-machines", quote: "I need 12 machines with levels and 27 with tiers." },
      { signal: "device-break-even", quote: "Below 0.8 gigabytes a second it flips." },
      {
        signal: "conditional-put",
        quote: "A put may carry the context of a read, and is refused if the value has moved on.",
      },
      { signal: "unknown-outcome", quote: "a put that times out is unknown, not failed" },
      { signal: "map-apart", quote: "the map itself lives in a small consensus group and no request waits for it" },
      {
        signal: "keys-for-scans",
        quote: "I hash only the first part of the key, so that one user's keys stay together",
      },
      { signal: "sync-then-answer", quote: "The answer goes out after the sync. If fsync fails I stop the log" },
      {
        signal: "flush-order",
        quote: "table, manifest, rename, sync the directory, and only then delete the log",
      },
      {
        signal: "electors-share",
        quote: "A majority acknowledged the record, a majority elects, they share a replica",
      },
      { signal: "reads-prove", quote: "before a current read it asks a majority whether it still leads" },
      {
        signal: "all-or-majority",
        quote: "all of three are down 129 minutes a month, and one machine alone 43",
      },
      {
        signal: "regret-condition",
        quote: "I would regret the levels if the drives become network volumes below 0.8 gigabytes a second",
      },
      { signal: "alert-early", quote: "the bytes that wait for a merge are the number to alarm on" },
      {
        signal: "reads-before-writes",
        quote: "A version that reads the new format everywhere, before one that writes it",
      },
      { signal: "offers-dives", quote: "If there is time, a hot key. Does that suit you?" },
      { signal: "corrects-itself", quote: "Then I was wrong. The rename may not be on the disk" },
    ],
    unseen: [],
    raisedBy: {
      numbers: "unprompted",
      "deciding-number": "open-probe",
      conditional: "open-probe",
      crash: "unprompted",
      "stale-read": "open-probe",
      "elected-log": "unprompted",
      debt: "pointed-hint",
      rollout: "open-probe",
    },
    redFlags: [],
  },
  verdict:
    "Hire. The arithmetic picks the engine and comes with its break-even; one schedule is drawn, and one proof is given in three sentences. The mistake at minute 25 costs nothing, because the candidate finds the consequence and repairs the order. Missing: the hours of a rebuild were never computed, and the Monday morning took a pointed hint. A stronger interview would have asked for the machine that is gone.",
};
