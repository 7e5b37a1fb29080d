import type { Sheet } from "../../interview.ts";
import { staffBoards } from "./boards.ts";
import { localCode, oldTerm, oneDisk, petabyte, rackPower, twelveWrong, witness } from "./follow-ups.ts";

export const staff: Sheet = {
  level: "staff",
  opening:
    "We pay a cloud provider for a hundred petabytes. Leadership asks whether we should build our own object store, and whether it would be as safe. What do you tell them?",
  after:
    "Do you take durability apart into what the code buys, what placement buys and what only operations buy? Can you state invariants with a proof or a counterexample, and say how the thing is migrated to, run, paid for and left again? The interviewer should only choose where to look.",
  phases: [
    {
      title: "Framing",
      startMinute: 0,
      endMinute: 8,
      goal: "What is bought today, what safe means, what it costs to be wrong; build or buy.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 16,
      goal: "One picture that meets the numbers, and the number that breaks it.",
    },
    {
      title: "Three deep dives",
      startMinute: 16,
      endMinute: 40,
      goal: "What the nines leave out; consensus for the map; bugs and deletions; invariants stated.",
    },
    {
      title: "Migration, cost, people",
      startMinute: 40,
      endMinute: 43,
      goal: "How a hundred petabytes move, how it is reversed, who is on call.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Recommendation, conditions, first quarter." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Where do you start?",
      modelAnswer:
        "With what we would be giving up. The provider's figure is a design target over three zones; with it come their scrubbing, their audits and their operations. Our disks would cost about 109,000 dollars a month with 8 + 4 at my prices, 1.09 a terabyte. People, buildings, network and the first two years of mistakes come on top. So the question is whether our access pattern is far enough from theirs, not whether we can code fragments. I would also ask what must never be lost, and keep that in two places whatever we decide.",
      probe: "reframe",
    },
    {
      minute: 9,
      line: "Suppose we build. What is the simplest thing that could be right?",
      modelAnswer:
        "Names in a consistent, sharded store that we already run. Bytes as 8 + 4 in twelve racks, written once under new ids, the name last. Five placement nodes with a replicated log and a versioned map. Volumes on the nodes. Repair and scrubbing from the first day. 9,375 disks, 261 machines. What breaks first is small objects: below about 16 MB the arm is most of the cost.",
    },
    {
      minute: 13,
      line: "Which number would break it?",
      modelAnswer:
        "Movements of the arm: 750,000 whole half-megabyte reads a second if objects lie in one piece, 114,000 if each is cut in eight. And the repair traffic of a lost rack, which is why a rack waits. The bytes never break it.",
      probe: "breaking-number",
    },
    {
      minute: 17,
      line: "You wrote thirteen nines on the board. Defend them or take them down.",
      modelAnswer:
        "They stand for one sentence: independent disks at 1.57 per cent a year, 6.5 days of repair, a binomial tail. Even there the fixed periods forget losses across their borders, a factor of five for m of four. Then: racks and batches fail together, so placement by domains, and a grace. Silent rot has a repair time of nine days until the scrubber comes. A bug writes twelve wrong fragments. A script deletes. The code helps against the first line only. So: thirteen nines against disks, and for the rest I can say what we do, not how many nines it is.",
      probe: "nines",
    },
    {
      minute: 24,
      line: "Prove to me that a new placement leader knows every decision of the old one.",
      modelAnswer:
        "A decision counts when a majority has it durably. A leader needs votes of a majority. The two share a node, and a voter refuses a candidate whose log is behind: a lower last term, or the same and shorter. So the first later leader has it, and by induction every later one, because it only appends. The trap: an entry of an older term on a majority is not yet decided, since a candidate with a higher last term may win without it; so the leader counts only its own term's entries. And votes must be on disk before they are sent.",
      probe: "proof",
    },
    {
      minute: 32,
      line: "How would you know on Tuesday that Monday's release corrupts objects?",
      modelAnswer:
        "Not from fragments: they agree with each other. From end to end: a checksum taken where the bytes enter, a decode from random eight before the acknowledgement for a share of the puts, audits that read through the normal path, a release that first gets one domain and a small share, and stays there as long as an audit takes. Overwritten versions are kept for longer than that. Then Monday's objects are known by id and release, and the older versions are there.",
      probe: "release",
    },
    {
      minute: 40,
      line: "Move a hundred petabytes without a day of risk.",
      modelAnswer:
        "New puts go to both, the old one answers. Then copy in the background with checksums compared at both ends; at 10 GB/s that is 116 days, and egress is billed, so compute that before anything else. Reads are compared in the shadow, then switched by bucket, smallest and least critical first. The old copy stays for a quarter after the last switch, so each step can be undone. The end of the migration is the day on which we delete there, and that is a decision of its own.",
      probe: "migration",
    },
    {
      minute: 44,
      line: "So what do you tell them?",
      modelAnswer:
        "As safe against disks: yes, that is arithmetic. As safe against ourselves: not in the first two years. Build only if the saving pays a team of a dozen and we keep a second copy of what must not be lost elsewhere until we have rehearsed the bad days. I would first move the coldest, largest, most repeatable data, and decide again with numbers after two quarters.",
    },
  ],
  boards: staffBoards,
  hintBudget: 1,
  probes: [
    {
      id: "reframe",
      dimension: "framing",
      lookingFor: "Build or buy as a question of access pattern, people and the cost of being wrong.",
      open: "Where do you start?",
      pointed: "What do we buy today, besides disks?",
      giveaway: "Their operations, and their years of mistakes.",
      modelAnswer: "What is given up, unit cost, what must never be lost, second place.",
    },
    {
      id: "breaking-number",
      dimension: "estimation",
      lookingFor: "Movements of the arm and repair of a rack, not bytes.",
      open: "Which number would break it?",
      pointed: "What if the objects are small?",
      giveaway: "Each read moves eight arms.",
      modelAnswer: "750,000 against 114,000 reads a second; a rack's repair.",
    },
    {
      id: "nines",
      dimension: "correctness",
      lookingFor: "The model's parameters and a list of what it leaves out, each with its remedy.",
      open: "Defend them or take them down.",
      pointed: "Which failure that you have seen in your life is in that formula?",
      giveaway: "Only a single disk's.",
      modelAnswer: "Independent disks, repair time; domains, scrubbing, end-to-end checks, retention.",
    },
    {
      id: "proof",
      dimension: "correctness",
      lookingFor: "Leader completeness with the old-term trap and durable votes.",
      open: "Prove that a new leader knows every decision.",
      pointed: "An entry of an old term is on three of five. Is it decided?",
      giveaway: "Not before an entry of the leader's own term is.",
      modelAnswer: "Majorities share a node that refuses; own term only; votes durable.",
    },
    {
      id: "release",
      dimension: "operations",
      lookingFor: "End-to-end detection, blast radius by domain, retention longer than detection.",
      open: "How would you know that a release corrupts objects?",
      pointed: "All twelve fragments agree with each other.",
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
      line: "The provider says eleven nines. If we have thirteen, we are safer. Right?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, by two orders of magnitude, because we chose a better code.",
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
            "Ours is a formula about independent disks. Theirs is a target over three zones that includes how they operate. What loses data in practice is neither: a release, a deletion, a key that was lost. I would compare how each of us finds out, how far it spreads, and how long the old bytes are kept.",
          moves: [
            { dimension: "framing", by: 2, why: "Replaces the number by the question behind it." },
            { dimension: "operations", by: 1, why: "Detection, blast radius, retention." },
          ],
        },
      ],
    },
    {
      id: "consensus",
      minute: 21,
      line: "Why not put placement into the metadata database that you already have?",
      replies: [
        {
          grade: "weak",
          reply: "Raft is the standard for this. A database would be too slow.",
          moves: [{ dimension: "trade-offs", by: -1, why: "The map changes about once a day." }],
        },
        {
          grade: "acceptable",
          reply: "We could, if it is consistent. It is one dependency more for the data path.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Sees that the need is small." }],
        },
        {
          grade: "strong",
          reply:
            "We could, and I would try to: 226 kB that change about once a day need no code of ours. What must be apart is failure: if the metadata database stores its own data on this object store, or shares its racks and releases, then neither starts without the other. So: its own small, boring, bought consensus store, with a start from nothing that we have rehearsed.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Sizes the need, finds the circular dependency." },
            { dimension: "operations", by: 1, why: "Thinks of the cold start." },
          ],
        },
      ],
    },
    {
      id: "delete",
      minute: 36,
      line: "A team asks for a hard delete that frees space within the hour, for cost.",
      replies: [
        {
          grade: "weak",
          reply: "We can add a flag that skips the retention.",
          moves: [{ dimension: "operations", by: -2, why: "The flag is what the wrong script will use." }],
        },
        {
          grade: "acceptable",
          reply: "I would say no: retention protects from mistakes.",
          moves: [{ dimension: "operations", by: 1, why: "Holds the line, without looking for the need." }],
        },
        {
          grade: "strong",
          reply:
            "Space comes back through compaction anyway, volume by volume, so within the hour is not on offer. If they churn scratch data, give them a bucket class with a short life that is declared in advance, packed into its own volumes, which can then be dropped whole. What I keep: no operation destroys bytes of the ordinary class within a week, whoever asks, and deletions a minute have a limit.",
          moves: [
            { dimension: "operations", by: 2, why: "Meets the need with a mechanism and keeps the invariant." },
            { dimension: "design", by: 1, why: "Lifetime as a placement input." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Legal says: every object must survive the loss of a whole building, and there are three buildings.",
    breaks:
      "Twelve fragments over three buildings are four in each: losing one building leaves exactly eight, and nothing to spare. One more dead disk anywhere loses objects, for as long as the building is gone.",
    modelAnswer:
      "Four in each building survives the building and nothing else, so it is not what legal means. Options. More parity: 9 + 9 with six in each building: one building gone leaves twelve of eighteen, three to spare, at twice the bytes. A code inside each building and an exclusive or across them, as f4 did between data centers: about 2.1 times in their case, and repair stays local. Or two full copies in two buildings, each as 8 + 4: three times. I would take the second if local repair matters and the first otherwise, and say that writes now wait for the link between buildings, or the promise holds only after a stated delay.",
  },
  signals: {
    framing: [
      { id: "asks-being-wrong", says: "Asks what being wrong costs." },
      { id: "separates-data-may", says: "Separates data by what may be lost." },
      { id: "challenges-nines-goal", says: "Challenges the nines as a goal." },
    ],
    estimation: [
      { id: "cost-terabyte", says: "Cost a terabyte." },
      { id: "arm-breaking-number", says: "The arm as the breaking number." },
      { id: "duration-egress-migration", says: "Duration and egress of a migration." },
    ],
    interfaces: [{ id: "retention-lifetimes-part", says: "Retention and lifetimes as part of the contract." }],
    design: [
      { id: "simplest-first-growth", says: "Simplest first, growth named." },
      { id: "circular-dependency-between", says: "No circular dependency between placement and what it places." },
    ],
    correctness: [
      { id: "leader-completeness-old", says: "Leader completeness with the old-term trap." },
      { id: "counts-fragments-per", says: "Counts fragments per building." },
      { id: "knows-which-invariant", says: "Knows which invariant each mechanism gives." },
    ],
    "trade-offs": [
      { id: "build-buy-regret", says: "Build or buy with regret conditions." },
      { id: "reversible-steps", says: "Reversible steps." },
    ],
    operations: [
      { id: "end-end-checks", says: "End-to-end checks." },
      { id: "blast-radius-within", says: "Blast radius within m." },
      { id: "deletion-limited-delayed", says: "Deletion is limited and delayed." },
      { id: "rehearsed-cold-start", says: "Rehearsed cold start." },
    ],
    communication: [
      { id: "conversation-among-peers", says: "A conversation among peers." },
      { id: "opinion", says: "Says what is opinion." },
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
  followUps: [twelveWrong, petabyte, rackPower, oneDisk, oldTerm, witness, localCode],
};
