import type { Sheet } from "../../interview.ts";
import { contractBoard, ninesBoard, pathBoard, scopeBoard, summaryBoard } from "./boards.ts";
import { localCode, oneDisk, petabyte, powerCut, removedLeader, twelveWrong, witness } from "./follow-ups.ts";
import { designs } from "./staff-designs.ts";

export const staff: Sheet = {
  level: "staff",
  opening:
    "We pay a cloud provider for a hundred petabytes. Leadership asks whether we should build our own object store, and whether it would be as safe. What do you tell them?",
  after:
    "Do you take durability apart into what the scheme buys, what placement buys and what only operations buy? Can you state invariants with a proof or a counterexample, and say how the store is reached, run, paid for and left again? The interviewer should only choose where to look.",
  phases: [
    {
      title: "Framing",
      startMinute: 0,
      endMinute: 8,
      goal: "The things that are bought today, the meaning of safe, the cost of being wrong; build or buy.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 22,
      goal: "One picture that meets the numbers, and the number that breaks it.",
    },
    {
      title: "The candidate leads",
      startMinute: 22,
      endMinute: 38,
      goal: "Three parts in depth, each with its invariant: losses outside of the nines, the map, deletions and releases.",
    },
    {
      title: "Migration, cost, people",
      startMinute: 38,
      endMinute: 43,
      goal: "How a hundred petabytes move, how each step is reversed, who is on call.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Recommendation, conditions, first quarter." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Where do you start?",
      modelAnswer:
        "With the things that we would give up. The provider's figure is a design target over three zones; with it come their scrubbing, their audits and their operations. Our disks would cost about 109,000 dollars a month with 8 + 4 at my prices, 1.09 a terabyte, against 2.3 million at list price. People, buildings, network and the first two years of mistakes come on top. So the question is whether we can operate it, not whether we can code fragments. I would also ask what must never be lost, and keep that in two places in any case.",
      probe: "reframe",
    },
    {
      minute: 9,
      line: "Suppose we build. What is the simplest thing that could be right?",
      modelAnswer:
        "Names in a consistent, sharded store that we already run. Bytes in different racks, written once under new ids, the name last. Five placement nodes with a replicated log and a versioned map. Volumes on the nodes. Repair and scrubbing from the first day. 9,375 disks with 8 + 4, 261 machines. Small objects break it first: below a mean of 220 kB the names cost more than the bytes.",
    },
    {
      minute: 13,
      line: "Which number would break it?",
      modelAnswer:
        "Movements of the arm and the count of objects, not bytes. Cut in eight, small objects allow 57,000 gets a second at half of the arms, in one piece 390,000; our 20,000 leave room for a factor of three. With ten kilobytes each there are ten trillion names. And the day on which a machine is declared dead too early: rebuilding one reads almost five petabytes.",
      probe: "breaking-number",
    },
    {
      minute: 39,
      line: "Move a hundred petabytes without a day of risk.",
      modelAnswer:
        "New puts go to both, the old one answers. Then copy in the background with checksums compared at both ends; at 10 GB/s that is 116 days, and egress is billed, so compute that before anything else. Reads are compared in the shadow, then switched by bucket, smallest and least critical first. The old copy stays for a quarter after the last switch, so each step can be undone. The migration ends on the day on which we delete there, and that is a decision of its own.",
      probe: "migration",
    },
    {
      minute: 43,
      line: "So what do you tell them?",
      modelAnswer:
        "As safe against disks: yes, that is arithmetic. As safe against ourselves: not in the first two years. Build only if the saving pays a team of a dozen, and keep elsewhere a second copy of the data that must not be lost until we have rehearsed the bad days. I would first move the coldest, largest, most repeatable data, and decide again with numbers after two quarters.",
    },
  ],
  boards: [scopeBoard, contractBoard, pathBoard, ninesBoard, summaryBoard],
  hintBudget: 1,
  probes: [
    {
      id: "reframe",
      dimension: "framing",
      lookingFor: "Build or buy as a question of operations, people and the cost of being wrong.",
      open: "Where do you start?",
      pointed: "What do we buy today, besides disks?",
      giveaway: "Their operations, and their years of mistakes.",
      modelAnswer: "The things given up, unit cost, data that must never be lost, a second place.",
    },
    {
      id: "breaking-number",
      dimension: "estimation",
      lookingFor: "Movements of the arm, counts of objects, rebuilding a machine; not bytes.",
      open: "Which number would break it?",
      pointed: "What if the objects are small?",
      giveaway: "Each read moves eight arms, and names outweigh bytes.",
      modelAnswer: "57,000 against 390,000 gets a second; ten trillion names; five petabytes for a machine.",
    },
    {
      id: "nines",
      dimension: "correctness",
      lookingFor: "The model's parameters and a list of the losses that it leaves out, each with its remedy.",
      open: "You wrote nines on the board. Defend them or take them down.",
      pointed: "Which failure that you have seen in your life is in that formula?",
      giveaway: "Only a single disk's.",
      modelAnswer: "Independent disks, repair time; width and groups, scrubbing, end-to-end checks, retention.",
    },
    {
      id: "proof",
      dimension: "correctness",
      lookingFor: "Leader completeness with the old-term trap and durable votes.",
      open: "Prove to me that a new placement leader knows every decision of the old one.",
      pointed: "An entry of an old term is on three of five. Is it decided?",
      giveaway: "Not before an entry of the leader's own term is.",
      modelAnswer: "Majorities share a node that refuses; own term only; votes durable.",
    },
    {
      id: "release",
      dimension: "operations",
      lookingFor: "End-to-end detection, blast radius by domain, retention longer than detection.",
      open: "How would you know on Tuesday that Monday's release corrupts objects?",
      pointed: "All fragments agree with each other.",
      giveaway: "Then only a checksum from before the encoder can tell.",
      modelAnswer: "Checksum at entry, decode before ack, audits, one domain, old versions kept.",
    },
    {
      id: "migration",
      dimension: "operations",
      lookingFor: "Reversible steps, comparison, time and egress computed, who deletes last.",
      open: "Move a hundred petabytes without a day of risk.",
      pointed: "How long does it take, and what does leaving cost?",
      giveaway: "Months, and egress for every byte.",
      modelAnswer: "Write both, copy and compare, switch by bucket, keep the old copy.",
    },
  ],
  forks: [
    {
      id: "safe",
      minute: 6,
      line: "The provider says eleven nines. By your formula we have twenty-one. So we are safer, right?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, by ten orders of magnitude, because we chose a better code.",
          moves: [{ dimension: "framing", by: -2, why: "Compares a design target with a formula." }],
        },
        {
          grade: "acceptable",
          reply: "The numbers come from different models, so I would not compare them.",
          moves: [{ dimension: "framing", by: 1, why: "Right, and stops there." }],
        },
        {
          grade: "strong",
          reply:
            "Ours is a formula about independent disks. Theirs is a target over three zones that includes how they operate. In practice data is lost to something else: a release, a deletion, a key that was lost. I would compare how each of us finds out, how far it spreads, and how long the old bytes are kept.",
          moves: [
            { dimension: "framing", by: 2, why: "Replaces the number by the question behind it." },
            { dimension: "operations", by: 1, why: "Detection, blast radius, retention." },
          ],
        },
      ],
    },
    {
      id: "consensus",
      minute: 15,
      line: "Why not put placement into the metadata database that you already have?",
      replies: [
        {
          grade: "weak",
          reply: "Raft is the standard for this. A database would be too slow.",
          moves: [{ dimension: "trade-offs", by: -1, why: "The map changes less than once a day." }],
        },
        {
          grade: "acceptable",
          reply: "We could, if it is consistent. It is one dependency more for the data path.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Sees that the need is small." }],
        },
        {
          grade: "strong",
          reply:
            "We could, and I would try to: 226 kB that change less than once a day need no code of ours. Failure must be apart, though: if the metadata database stores its own data on this object store, or shares its racks and releases, then neither starts without the other. So: its own small, boring, bought consensus store, with a start from nothing that we have rehearsed. S3 had not restarted its index and placement for years when it had to, in 2017.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Sizes the need, finds the circular dependency." },
            { dimension: "operations", by: 1, why: "Thinks of the cold start, with an incident." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Legal says: every object must survive the loss of a whole building, and there are three buildings.",
    breaks:
      "Pieces over three buildings: of twelve fragments four are in each, so losing one leaves exactly eight and nothing to spare; of three copies one is in each, so losing one leaves two for as long as the building is gone.",
    modelAnswer:
      "Four fragments in each building survives the building and nothing else, so it is not what legal means. Options. More parity: 9 + 9 with six in each building: one building gone leaves twelve of eighteen, three to spare, at twice the bytes. A code inside each building and an exclusive or across them, as f4 did between data centers: about 2.1 times in their case, and repair stays local. Or full copies in two buildings, each as 8 + 4: three times. I would take the second if local repair matters and the first otherwise, and say that writes now wait for the link between buildings, or the promise holds only after a stated delay.",
  },
  designs,
  signals: {
    framing: [
      { id: "cost-of-wrong", says: "Asks what being wrong costs, and what must never be lost." },
      { id: "challenges-nines", says: "Challenges the nines as a goal." },
    ],
    estimation: [
      { id: "unit-cost", says: "Says what a terabyte and month costs, built and bought." },
      { id: "breaks-first", says: "Finds arms or counts of objects as the number that breaks it." },
    ],
    interfaces: [{ id: "retention-in-contract", says: "Makes retention and lifetimes part of the contract, unasked." }],
    design: [
      { id: "simplest-first", says: "Draws the simplest design first and names what triggers the next step." },
      { id: "no-circle", says: "Keeps placement from depending on the bytes that it places." },
    ],
    correctness: [
      { id: "completeness", says: "Argues leader completeness with the trap of old terms." },
      { id: "outside-the-nines", says: "Lists losses that the model leaves out, each with its remedy." },
      { id: "invariant-each", says: "Says which invariant each mechanism gives." },
    ],
    "trade-offs": [{ id: "reversible", says: "Prefers steps that can be undone, and says until when." }],
    operations: [
      { id: "end-to-end", says: "Checks from end to end, before the acknowledgement and after." },
      { id: "blast-radius", says: "Bounds each release by failure domain and time to notice." },
      { id: "slow-delete", says: "Delays and limits deletion." },
      { id: "cold-start", says: "Rehearses a start from nothing." },
    ],
    communication: [
      { id: "among-peers", says: "Leads a conversation among peers, and cuts a branch when the clock asks for it." },
      { id: "marks-opinion", says: "Says what is opinion." },
    ],
  },
  redFlags: [
    {
      id: "nines-compare",
      dimension: "framing",
      behavior: "Recommends building because of more nines, after the difference of the models was pointed out.",
    },
    {
      id: "two-leaders",
      dimension: "correctness",
      behavior: "Lets both sides of a split decide after the consequence was pointed out.",
    },
    {
      id: "big-bang",
      dimension: "operations",
      behavior: "Migrates in one step, or deletes the old copy at the switch.",
    },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [twelveWrong, petabyte, powerCut, oneDisk, removedLeader, witness, localCode],
};
