import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import { localCode, multipart, oldTerm, oneDisk, rackPower, rangeRead, witness } from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening:
    "Design an object store for a hundred petabytes. Objects of any size, kept for years, read whole or in part. It must not lose anything.",
  after:
    "Can you compute what a scheme costs and loses, and say which assumption the result hangs on? Two components in depth: the code with its repair, and who decides where fragments are.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; durability as a statement about failures and time; what is out.",
    },
    {
      title: "The deciding estimates",
      startMinute: 5,
      endMinute: 8,
      goal: "Disks, failures a day, and loss by scheme.",
    },
    {
      title: "Contract and data",
      startMinute: 8,
      endMinute: 12,
      goal: "Names apart from bytes; ids that are used once; what an acknowledgement promises.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "Put, get, degraded get; map and heartbeats beside the data path.",
    },
    {
      title: "Two deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "Coding and repair; placement and its consensus, with a failure each.",
    },
    {
      title: "Failure, rollout, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "A dark rack, a new volume format, dollars a terabyte.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, promise, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "100 PB, objects of half a megabyte to 200 MB, 59 MB on average, 1.7 billion of them. Replaced, never edited. Read your writes for get and list. Less than one object in a billion lost a year by a stated model, which means: failure rate, repair time, independent disks. Survive a dark rack. Out: other regions, editing in place.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "Copies or a code? Give me a number that decides.",
      modelAnswer:
        "9,375 disks of 20 TB with 8 + 4, 18,750 with three copies, at 80 per cent full. 1.57 per cent fail in a year: 147 disks, one every two or three days. At 6.5 days of repair, three copies lose 1.2 in a billion objects a year, 8 + 4 less than one in ten trillion. And 4 + 2, at the same overhead as 8 + 4, is 20 times worse than copies.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "What exactly does your put promise when it returns?",
      modelAnswer:
        "That twelve fragments are durable in twelve racks and the name points to them: it survives any four losses from now on, and every later get and list sees it. A put that times out may have happened; repeating it is harmless, since it makes a new version with a new id. The name is written last, by one conditional write at the shard's leader.",
      probe: "promise",
    },
    {
      minute: 15,
      line: "Follow a get of one megabyte out of the middle of a large object, while one disk is dead.",
      modelAnswer:
        "The name gives id and size; the map and the id give nodes. The code is systematic, so the megabyte lies in one unit, or two: one node, one read, block checksums. If that is the dead disk: the same range of any eight others, eight reads, one megabyte computed. Nothing else of the object is touched.",
      probe: "degraded",
    },
    {
      minute: 23,
      line: "How long may a repair take?",
      modelAnswer:
        "An object is lost when five of twelve fail within one repair time, so the yearly loss goes with its fourth power. One spare disk: 30 hours for 16 TB. Spread over 261 machines at 100 MB/s each: 1.4 hours, although eight times as much is read. So fragments of one disk have their partners everywhere, and the plan goes by how few are left. A silent rack is not repaired at once.",
      probe: "repair",
    },
    {
      minute: 31,
      line: "Your placement service splits in two. What can go wrong?",
      modelAnswer:
        "Two leaders could assign the same fragment to different nodes. With five nodes and a replicated log only the side with three can commit a change; the other can think what it likes. Votes and terms are on disk before they are sent, or a restart votes twice. A leader that was cut off must not answer from memory: it confirms with a majority first. And a router with an old map is refused by the data node, which knows its version.",
      probe: "split",
    },
    {
      minute: 38,
      line: "A rack of forty machines goes dark at noon.",
      modelAnswer:
        "Every object loses at most one fragment, so nothing is unreadable. Had I placed at random over 24 racks, 131,000 objects would have more than four fragments there. New puts avoid the rack by a new map; repair waits half an hour, because the disks are well. Degraded reads cost eight for one, so scrubbing and compaction stop meanwhile.",
      probe: "rack",
    },
    {
      minute: 41,
      line: "How do you roll out a new volume format?",
      modelAnswer:
        "Every node reads both formats first. Then one failure domain writes the new one, never more than m domains within the time in which we would notice that it is bad: that is the code's budget, applied to our own mistakes. Compaction converts the rest.",
      probe: "rollout",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "If most objects turn out tiny: then eight movements of an arm for each, and I should pack before I code. If a few are read by everybody: then copies or a cache. If buildings are far apart: then local parities.",
    },
  ],
  boards: seniorBoards,
  hintBudget: 2,
  probes: [
    {
      id: "numbers",
      dimension: "framing",
      lookingFor: "Durability as failure rate, repair time and independence, unasked.",
      open: "Assume what you need and tell me.",
      pointed: "Not lose anything: against what, and within which time?",
      giveaway: "A rate of failures, a time to repair, and whether they are independent.",
      modelAnswer: "Sizes, counts, freshness, a model of loss, a dark rack.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "Disks and loss by scheme, computed with a stated repair time.",
      open: "Give me a number that decides.",
      pointed: "Which is safer at the same overhead: 4 + 2 or 8 + 4? And three copies?",
      giveaway: "8 + 4, then three copies, then 4 + 2.",
      modelAnswer: "Half the disks; a binomial tail within a repair time.",
    },
    {
      id: "promise",
      dimension: "interfaces",
      lookingFor: "What acknowledged means, and unknown outcomes.",
      open: "What exactly does your put promise when it returns?",
      pointed: "Ten of twelve have answered, and the client has waited long enough.",
      giveaway: "Then it survives two losses and not four; say so or wait.",
      modelAnswer: "Twelve durable, name last; time-outs may have happened; new id each time.",
    },
    {
      id: "degraded",
      dimension: "correctness",
      lookingFor: "Systematic reads, ranges by byte position, any eight.",
      open: "Follow a get of a range while a disk is dead.",
      pointed: "Does it have to read the whole object?",
      giveaway: "No: the same range of any eight fragments.",
      modelAnswer: "One fragment normally; the same range of eight others when degraded.",
    },
    {
      id: "repair",
      dimension: "correctness",
      lookingFor: "Loss as the m-th power of repair time, and spreading.",
      open: "How long may a repair take?",
      pointed: "What happens to the loss if it takes ten times as long?",
      giveaway: "With four parities, ten thousand times as much.",
      modelAnswer: "Fourth power; 30 hours to a spare, 1.4 spread; urgency; grace for racks.",
    },
    {
      id: "split",
      dimension: "correctness",
      lookingFor: "Majority commits, durable votes, checked reads, stale maps refused at the node.",
      open: "Your placement service splits in two.",
      pointed: "The old leader still believes in itself. Whom can it hurt?",
      giveaway: "Readers of its memory, and routers with its map.",
      modelAnswer: "Only the majority commits; read index; the node refuses old versions.",
    },
    {
      id: "rack",
      dimension: "operations",
      lookingFor: "Distinct racks with the number behind it, and a grace before repair.",
      open: "A rack of forty machines goes dark.",
      pointed: "How many fragments of one object are in it?",
      giveaway: "At most one, if racks are part of the rule.",
      modelAnswer: "One each; new map; wait; shed background work.",
    },
    {
      id: "rollout",
      dimension: "operations",
      lookingFor: "Readers before writers, and at most m domains at risk.",
      open: "How do you roll out a new volume format?",
      pointed: "It turns out bad after a day. How many fragments of an object are bad?",
      giveaway: "As many as domains that you had changed.",
      modelAnswer: "Read both, write in one domain, stay within m until proven.",
    },
  ],
  forks: [
    {
      id: "nines",
      minute: 16,
      line: "Marketing wants eleven nines. Do we have them?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, erasure coding has eleven nines.",
          moves: [{ dimension: "estimation", by: -1, why: "A slogan; the figure belongs to one set of parameters." }],
        },
        {
          grade: "acceptable",
          reply: "By the usual model, yes: 8 + 4 gives thirteen at 6.5 days of repair.",
          moves: [{ dimension: "estimation", by: 1, why: "Names model and parameters." }],
        },
        {
          grade: "strong",
          reply:
            "By the model, thirteen, and sixteen or more with a day's repair. But the model knows only independent disks. Racks, batches, our own releases and deletions are not in it, and undetected rot starts its clock when the scrubber comes, nine days on average. I would publish what we designed for, and put the next effort into those.",
          moves: [
            { dimension: "estimation", by: 2, why: "Knows the figure and what it leaves out." },
            { dimension: "operations", by: 1, why: "Turns the gaps into work." },
          ],
        },
      ],
    },
    {
      id: "heartbeats",
      minute: 26,
      line: "Put each heartbeat into the Raft log, so that all placement nodes know who is alive.",
      replies: [
        {
          grade: "weak",
          reply: "Good, then the state survives a failover.",
          moves: [{ dimension: "design", by: -1, why: "Twenty-two million entries a day that say nothing." }],
        },
        {
          grade: "acceptable",
          reply: "That is a lot of entries. I would keep heartbeats in memory and log changes.",
          moves: [{ dimension: "design", by: 1, why: "The right split." }],
        },
        {
          grade: "strong",
          reply:
            "261 a second is no load, but 22 million entries a day are no information. The leader keeps last-heard times in memory and logs a change of state, about one a day for disks. A new leader has heard nobody, so it waits a whole timeout before it declares anyone dead; otherwise each election would lose the cluster.",
          moves: [
            { dimension: "design", by: 2, why: "Rate against information, and the failover case." },
            { dimension: "correctness", by: 1, why: "Sees the mass false positive after an election." },
          ],
        },
      ],
    },
    {
      id: "stale",
      minute: 33,
      line: "A router writes by a map that is two versions old.",
      replies: [
        {
          grade: "weak",
          reply: "It refreshes the map every few seconds, so that is rare.",
          moves: [{ dimension: "correctness", by: -1, why: "Rare times a billion objects, and nobody notices." }],
        },
        {
          grade: "acceptable",
          reply: "The router should check the version with the placement service before writing.",
          moves: [{ dimension: "correctness", by: 1, why: "Right, at the price of five machines in every path." }],
        },
        {
          grade: "strong",
          reply:
            "The data node refuses: the request carries its map version, and the node knows a newer one. The router cannot be trusted to know that it is stale. For nodes that have not heard of the new map either, the placement service waits for a lease or for acknowledgements before it reuses a place.",
          moves: [
            { dimension: "correctness", by: 2, why: "The check stands where the effect is, both sides considered." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "A new customer brings ten billion objects of four kilobytes each. It is only forty terabytes.",
    breaks:
      "Objects, not bytes: the number of names grows sevenfold, each object becomes twelve fragments of half a kilobyte, and a read moves eight arms for four kilobytes.",
    modelAnswer:
      "Do not code them one by one. Append them to large extents, in three copies while an extent is open; when it is full, code the whole extent as 8 + 4, so that an object lies whole in one fragment and a read is one movement of one arm. The name maps to extent, offset and size. Metadata is now twelve terabytes, more than the data would suggest: check shards and the cost a request, and charge for requests or for a minimum size. Deletes leave holes; compaction of an extent recodes it, so it waits until enough is dead.",
  },
  signals: {
    framing: [
      { id: "durability-model", says: "Durability with a model." },
      { id: "acknowledgement-promises", says: "What an acknowledgement promises." },
    ],
    estimation: [
      { id: "failures-day", says: "Failures a day." },
      { id: "loss-scheme-repair", says: "Loss by scheme with a repair time." },
      { id: "movements-arm-small", says: "Movements of the arm for small objects." },
    ],
    interfaces: [
      { id: "ids-used-once", says: "Ids that are used once." },
      { id: "time-outs-unknown", says: "Time-outs are unknown outcomes." },
    ],
    design: [
      { id: "names-last", says: "Names last." },
      { id: "control-beside-data", says: "Control beside the data path, not in it." },
    ],
    correctness: [
      { id: "any-k-checksums", says: "Any k, checksums that turn wrong into missing." },
      { id: "durable-votes-checked", says: "Durable votes, checked reads." },
      { id: "stale-maps-refused", says: "Stale maps are refused where the effect is." },
    ],
    "trade-offs": [
      { id: "copies-code-local", says: "Copies, code and local code by size, heat and distance." },
      { id: "regret-conditions-number", says: "Regret conditions with a number." },
    ],
    operations: [
      { id: "grace-racks", says: "A grace for racks." },
      { id: "rollout-within-budget", says: "Rollout within the budget of m." },
      { id: "scrubbing-part-durability", says: "Scrubbing as part of durability." },
    ],
    communication: [
      { id: "drives-checks-phase", says: "Drives, checks in at phase ends." },
      { id: "cuts-branch-when", says: "Cuts a branch when the clock asks for it." },
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
  followUps: [oneDisk, rackPower, rangeRead, oldTerm, witness, localCode, multipart],
};
