import type { Sheet } from "../../interview.ts";
import { contractBoard, pathBoard, scopeBoard, summaryBoard } from "./boards.ts";
import { localCode, oldTerm, oneDisk, positions, powerCut, rackPower, rangeRead, witness } from "./follow-ups.ts";
import { designs } from "./senior-designs.ts";

export const senior: Sheet = {
  level: "senior",
  opening:
    "Design an object store for a hundred petabytes. Objects of any size, kept for years, read whole or in part. It must not lose anything.",
  after:
    "Can you compute the loss and the price of a scheme, and say which assumption the result hangs on? Two parts in depth, chosen by you, each with a failure: redundancy with its repair, who decides where bytes are, packing, or lists that are never stale.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; loss as a statement about failures and time; what is out.",
    },
    { title: "The deciding estimates", startMinute: 5, endMinute: 9, goal: "Disks, loss and price by scheme." },
    {
      title: "Contract and data",
      startMinute: 9,
      endMinute: 13,
      goal: "Names apart from bytes; ids that are used once; what an acknowledgement promises.",
    },
    {
      title: "End to end",
      startMinute: 13,
      endMinute: 22,
      goal: "Put, get, get with a dead disk; map and heartbeats beside the path of the bytes.",
    },
    {
      title: "The candidate leads",
      startMinute: 22,
      endMinute: 38,
      goal: "Two parts in depth, announced with a reason, a failure in each.",
    },
    {
      title: "Failure, rollout, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "A dark rack, a new volume format.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, promise, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "100 PB, objects of half a megabyte to 200 MB, 59 MB on average, 1.7 billion of them. Replaced, never edited. Read your writes for get and list. Less than one object in a billion lost a year by a stated model: failure rate, repair time, independent disks. Survive a dark rack. Out: other regions, editing in place.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "Three copies, or a code? Give me a number that decides.",
      modelAnswer:
        "9,375 disks of 20 TB with 8 + 4, 18,750 with three copies, at 80 percent full. 1.36 percent fail in a year: 128 disks, one in about three days. Detection and a repair that is spread over all machines take 1.6 hours. At that, three copies lose less than one object in ten trillion a year, four orders below the limit, and 8 + 4 far less. So durability does not decide; 109,000 dollars a month do, and they pay four more engineers from about 73 PB on.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "What exactly does your put promise when it returns?",
      modelAnswer:
        "That all copies or fragments are durable in different racks and the name points to them: it survives any two losses, or four, from now on, and every later get and list sees it. A put that times out may have happened; repeating it is harmless, since it makes a new version with a new id. The name is written last, by one conditional write at the shard's leader.",
      probe: "promise",
    },
    {
      minute: 15,
      line: "Follow a get of one megabyte out of the middle of a large object, while one disk is dead.",
      modelAnswer:
        "The name gives id and size; map and id give the nodes. With copies, the blocks of that megabyte from any other copy. With a code, the megabyte lies in one unit, or two: one node, one read, block checksums. If that is the dead disk: the same range of any eight others, eight reads, one megabyte computed. Nothing else of the object is touched.",
      probe: "degraded",
    },
    {
      minute: 39,
      line: "A rack goes dark at noon.",
      modelAnswer:
        "Eleven machines. Every object loses at most one piece, so nothing is unreadable. Had I placed fragments at random over 24 racks, 131,000 objects would have more than four there. New puts avoid the rack by a new map; repair waits, because the disks are well and one machine alone takes two days to rebuild. Scrubbing and compaction stop, because degraded reads cost eight for one.",
      probe: "rack",
    },
    {
      minute: 41,
      line: "How do you roll out a new volume format?",
      modelAnswer:
        "Every node reads both formats first. Then one failure domain writes the new one, never more domains than an object may lose within the time in which we would notice that it is bad: that is the redundancy's budget, applied to our own mistakes. Compaction converts the rest.",
      probe: "rollout",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "If most objects turn out tiny: then names cost more than bytes and arms are the limit, and I should pack before I code. If one object is read by everyone: then copies or a cache. If buildings are far apart: then local parities.",
    },
  ],
  boards: [scopeBoard, contractBoard, pathBoard, summaryBoard],
  hintBudget: 2,
  probes: [
    {
      id: "numbers",
      dimension: "framing",
      lookingFor: "Loss as failure rate, repair time and independence, unasked.",
      open: "Assume what you need and tell me.",
      pointed: "Not lose anything: against which failures, and within which time?",
      giveaway: "A rate of failures, a time to repair, and whether they are independent.",
      modelAnswer: "Sizes, counts, freshness, a model of loss, a dark rack.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "Disks and loss by scheme with the design's own repair time, and that price decides.",
      open: "Give me a number that decides.",
      pointed: "How long does your own repair take, and do copies pass at that?",
      giveaway: "Copies pass by orders; the price decides.",
      modelAnswer: "Half the disks; a binomial tail within 1.6 hours; 109,000 dollars a month.",
    },
    {
      id: "promise",
      dimension: "interfaces",
      lookingFor: "Meaning of an acknowledgement, and unknown outcomes.",
      open: "What exactly does your put promise when it returns?",
      pointed: "All but two have answered, and the client has waited long enough.",
      giveaway: "Then it survives fewer losses than promised; say so or write elsewhere.",
      modelAnswer: "All durable, name last; time-outs may have happened; new id each time.",
    },
    {
      id: "degraded",
      dimension: "correctness",
      lookingFor: "A range costs its blocks, also with a disk dead.",
      open: "Follow a get of a range while a disk is dead.",
      pointed: "Does it have to read the whole object?",
      giveaway: "No: the same range from another copy, or of any eight fragments.",
      modelAnswer: "One read normally; another copy, or the same range of eight others.",
    },
    {
      id: "repair",
      dimension: "correctness",
      lookingFor: "Loss as a power of repair time, spreading, and waiting before repair.",
      open: "How long may a repair take, and when does it begin?",
      pointed: "What happens to the loss if it takes ten times as long?",
      giveaway: "With four parities, ten thousand times as much.",
      modelAnswer: "Fourth power; 18 hours to a spare, 1.4 spread; by urgency; hours of grace for a machine.",
    },
    {
      id: "split",
      dimension: "correctness",
      lookingFor:
        "Majority commits, durable votes, stale maps refused at the node, leases for nodes as old as the router.",
      open: "Your placement service splits in two. What can go wrong?",
      pointed: "A router and its data nodes have the same old map. Which of them can tell?",
      giveaway: "None by the map. Both by time: a lease.",
      modelAnswer:
        "Only the majority commits; the node refuses old versions; its lease ends before it is declared lost.",
    },
    {
      id: "rack",
      dimension: "operations",
      lookingFor: "Distinct racks with the number behind it, and a grace before repair.",
      open: "A rack goes dark at noon.",
      pointed: "How many pieces of one object are in it?",
      giveaway: "At most one, if racks are part of the rule.",
      modelAnswer: "One each; new map; wait; shed background work.",
    },
    {
      id: "rollout",
      dimension: "operations",
      lookingFor: "Readers before writers, and domains at risk within the redundancy.",
      open: "How do you roll out a new volume format?",
      pointed: "It turns out bad after a day. How many pieces of an object are bad?",
      giveaway: "As many as domains that you had changed.",
      modelAnswer: "Read both, write in one domain, stay within the budget until proven.",
    },
  ],
  forks: [
    {
      id: "nines",
      minute: 8,
      line: "Marketing wants eleven nines. Do we have them?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, erasure coding has eleven nines.",
          moves: [{ dimension: "estimation", by: -1, why: "A slogan; the figure belongs to one set of parameters." }],
        },
        {
          grade: "acceptable",
          reply: "By the usual model, yes: even three copies have thirteen at our repair time.",
          moves: [{ dimension: "estimation", by: 1, why: "Names model and parameters." }],
        },
        {
          grade: "strong",
          reply:
            "By the model three copies have 13 and 8 + 4 has 21 at our repair time. But the model knows only independent disks. Power, batches, our own releases and deletions are not in it, and rot starts its clock when the scrubber comes, nine days on average. I would publish the design target, and put the next effort into those.",
          moves: [
            { dimension: "estimation", by: 2, why: "Knows the figure and what it leaves out." },
            { dimension: "operations", by: 1, why: "Turns the gaps into work." },
          ],
        },
      ],
    },
    {
      id: "heartbeats",
      minute: 18,
      line: "Put each heartbeat into the Raft log, so that all placement nodes know which nodes are alive.",
      replies: [
        {
          grade: "weak",
          reply: "Good, then the state survives a failover.",
          moves: [{ dimension: "design", by: -1, why: "22.6 million entries a day that say nothing." }],
        },
        {
          grade: "acceptable",
          reply: "That is a lot of entries. I would keep heartbeats in memory and log changes.",
          moves: [{ dimension: "design", by: 1, why: "The right split." }],
        },
        {
          grade: "strong",
          reply:
            "261 a second a log could take, but 22.6 million entries a day carry no information. The leader keeps times in memory and logs a change of state, less than one a day for disks. A new leader has heard no node, so it waits a whole timeout before it declares one lost; otherwise each election would lose the cluster.",
          moves: [
            { dimension: "design", by: 2, why: "Rate against information, and the failover case." },
            { dimension: "correctness", by: 1, why: "Sees the mass false positive after an election." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "The numbers were wrong: most objects have ten kilobytes. The total stays.",
    breaks:
      "Objects, not bytes: ten trillion names of a kilobyte are ten petabytes on SSD and cost more than the bytes, and a cut read moves eight arms for ten kilobytes.",
    modelAnswer:
      "Do not store them one by one. Append them to large extents, in three copies while an extent is open; when it is full, code the whole extent as 8 + 4, so that an object lies whole in one fragment and a read is one movement of one arm. The name shrinks to extent, offset and size, and is itself packed by range. Requests now decide the price, so charge for them or for a minimum size. Deletes leave holes; an extent is compacted when enough of it is dead.",
  },
  designs,
  signals: {
    framing: [
      { id: "loss-model", says: 'Puts a failure rate, a repair time and independence beside "not lose anything".' },
      { id: "leaves-out", says: "Says what is left out, and why it changes nothing here." },
    ],
    estimation: [
      { id: "disks-by-scheme", says: "Computes disks for copies and for a code, and uses the difference." },
      { id: "own-repair", says: "Computes the loss with the repair time of the own design." },
    ],
    interfaces: [
      { id: "means-durable", says: "Says what an acknowledgement promises." },
      { id: "unknown-outcome", says: "Treats a missing answer as unknown, and makes the retry harmless." },
    ],
    design: [
      { id: "name-last", says: "Writes the name last, and says what each order leaves after a crash." },
      { id: "map-beside", says: "Keeps the map beside the path of the bytes, not in it." },
    ],
    correctness: [
      { id: "repair-power", says: "Derives that loss goes with a power of the repair time." },
      { id: "range-is-enough", says: "Reads only the range, with its checksum, also with a disk dead." },
      { id: "majority-map", says: "Lets only a majority change the map, and has the node refuse an old one." },
    ],
    "trade-offs": [{ id: "price-decides", says: "Says which quantity decides between copies and a code." }],
    operations: [
      { id: "waits-first", says: "Waits before repairing a machine or a rack, and says why." },
      { id: "rot-is-scrubbed", says: "Counts undetected rot into the repair time." },
      { id: "rollout-in-budget", says: "Rolls out within the number of losses that an object survives." },
    ],
    communication: [
      { id: "chooses-depth", says: "Chooses the parts to go into, with a reason." },
      { id: "checks-a-claim", says: "Checks a claim before relying on it, or takes it back." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a put from client to disks at minute 30." },
    {
      id: "nines-by-name",
      dimension: "estimation",
      behavior: "Defends a number of nines without a failure rate and a repair time after being asked for them.",
    },
    {
      id: "two-leaders",
      dimension: "correctness",
      behavior: "Lets both sides of a split change the map after the consequence was pointed out.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [oneDisk, rackPower, powerCut, rangeRead, positions, oldTerm, witness, localCode],
};
