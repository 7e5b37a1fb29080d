import type { Sheet } from "../../interview.ts";
import { codeBoard, contractBoard, copiesBoard, pathBoard, scopeBoard, summaryBoard, tieredBoard } from "./boards.ts";
import { signs, whichDesign } from "./designs.ts";
import { localCode, oldTerm, oneDisk, positions, powerCut, rackPower, rangeRead, witness } from "./follow-ups.ts";

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
  designs: {
    minute: 20,
    line: whichDesign,
    branches: [
      {
        ...signs.copies,
        boards: [copiesBoard],
        prompts: [
          {
            minute: 21,
            line: "Your disks cost twice as much as a code would. Why is that right?",
            modelAnswer:
              "Both meet the limit at my own repair time, so the price decides: 18,750 disks against 9,375, about 109,000 dollars a month. Against that stand four more engineers for a code, about 80,000. So below about 73 PB copies are cheaper, and here the code wins by little. Copies buy the least busy disk for each read, three arms for a put in place of twelve, and a repair that reads one. I would stay while objects are small or the store is, and I say the size at which I change.",
            probe: "copies-price",
          },
        ],
        probes: [
          {
            id: "copies-price",
            dimension: "trade-offs",
            lookingFor: "The price of copies in disks and money, what they buy, and where it flips.",
            open: "Why is that right?",
            pointed: "At which size of store would you change?",
            giveaway: "At about 73 petabytes the saving pays four engineers.",
            modelAnswer: "Twice the disks; simple repair, cheap small puts; flips near 73 PB.",
          },
        ],
        forks: [
          {
            id: "power",
            minute: 33,
            line: "The power fails everywhere, and one machine in a hundred does not come back.",
            replies: [
              {
                grade: "weak",
                reply: "Three copies are in three racks, so nothing is lost.",
                moves: [
                  { dimension: "correctness", by: -1, why: "Five machines hold all copies of hundreds of objects." },
                ],
              },
              {
                grade: "acceptable",
                reply:
                  "With objects placed anywhere, some object has all its copies on those machines. I would lose a few.",
                moves: [{ dimension: "correctness", by: 1, why: "Sees that every triple is some object's." }],
              },
              {
                grade: "strong",
                reply:
                  "Five of 521. With 1.7 billion objects every three machines hold all copies of some object, so I lose about 700 for certain. Fixed groups of three help: with four thousand groups the chance of any loss is two in a thousand, and then it is a whole group. I prefer rare, because each incident has a fixed price.",
                moves: [
                  { dimension: "correctness", by: 2, why: "Counts sets, not copies." },
                  { dimension: "trade-offs", by: 1, why: "Rare and large against frequent and small." },
                ],
              },
            ],
          },
        ],
        change: {
          minute: 28,
          line: "Finance wants half of the disks back within a year.",
          breaks:
            "Three copies are the design: with two of them a single lost disk leaves objects that hang on one more.",
          modelAnswer:
            "Not two copies. Code what is cold: seal extents that were not written to for a month, code each as 8 + 4 into twelve racks, check it by decoding, switch the extent's places in one write, then free the copies. That takes a while and reads everything once: 100 PB at a share of the arms is months. Young and small objects stay in copies. At the end I pay one and a half for most bytes and three for the rest, and I have a second path to test.",
        },
        signals: {
          correctness: [{ id: "counts-sets", says: "Counts the sets of machines that can lose an object together." }],
          "trade-offs": [{ id: "copies-flip", says: "Says at which size of store or object copies stop being right." }],
        },
      },
      {
        ...signs.code,
        boards: [codeBoard],
        prompts: [
          {
            minute: 21,
            line: "A put waits for twelve nodes, and a small get moves eight arms. When does that hurt?",
            modelAnswer:
              "For half a megabyte a put takes 123 ms of disk time against 36 with copies, and 11 percent of puts meet a slow node in place of 3. From about 15 MB on the code is the cheaper writer, because it moves half the bytes. A cut read of a small object takes 82 ms of disk time against 12. At 20,000 gets a second that is a third of what the arms may give, so it holds today; beyond 57,000 I pack small objects into extents and code those.",
            probe: "arms",
          },
        ],
        probes: [
          {
            id: "arms",
            dimension: "trade-offs",
            lookingFor: "Movements of the arm as the price of a code, with the load or size at which it flips.",
            open: "When does that hurt?",
            pointed: "Count disk time for half a megabyte, cut and whole.",
            giveaway: "82 ms against 12; at three times our load it is the limit.",
            modelAnswer: "Small puts and gets pay in arms; 15 and 20 MB; 57,000 gets a second.",
          },
        ],
        forks: [
          {
            id: "joins",
            minute: 33,
            line: "A node joins. Which fragments move?",
            replies: [
              {
                grade: "weak",
                reply: "Its share of everything, that is the point of consistent hashing.",
                moves: [
                  { dimension: "correctness", by: -1, why: "The others keep their bytes and lose their numbers." },
                ],
              },
              {
                grade: "acceptable",
                reply: "Its share. And I would make sure that the others stay as they are.",
                moves: [{ dimension: "correctness", by: 1, why: "The right property, without its mechanism." }],
              },
              {
                grade: "strong",
                reply:
                  "Only what it takes over. A ring gives a list of twelve, and a node that enters near its front shifts all behind it: the bytes stay and fragment four is looked for where fragment five lies. So I choose each position by itself; a survivor keeps its position, and only the positions that the new node takes, or whose rack is now taken, move.",
                moves: [{ dimension: "correctness", by: 2, why: "Fragments are not copies: positions." }],
              },
            ],
          },
        ],
        signals: {
          correctness: [{ id: "positions-stay", says: "Keeps each fragment at its position when the map changes." }],
          "trade-offs": [
            { id: "arms-flip", says: "Prices a code in movements of the arm, and says where that flips." },
          ],
        },
      },
      {
        ...signs.tiered,
        boards: [tieredBoard],
        prompts: [
          {
            minute: 21,
            line: "An object is in an open extent. Which losses does it survive, and when does that change?",
            modelAnswer:
              "Three copies of the extent in three racks: any two. When it is full it is sealed. A worker writes 8 + 4 into twelve racks, decodes a sample and compares, then changes the places of the extent by one write, and only then the copies are freed. Before that write the copies count, after it the fragments. The promise of the put is therefore two losses at first and four later, and I say so.",
            probe: "seal-order",
          },
        ],
        probes: [
          {
            id: "seal-order",
            dimension: "trade-offs",
            lookingFor: "The order of sealing, and the price of writing everything twice.",
            open: "Which losses does it survive, and when does that change?",
            pointed: "The worker that codes dies half-way. And how often is a byte written?",
            giveaway: "Copies go last; four and a half times.",
            modelAnswer: "Code, check, switch, free; 3 + 1.5 times written; two losses, then four.",
          },
        ],
        forks: [
          {
            id: "holes",
            minute: 33,
            line: "Half of all objects are deleted within a month. What does that do to coded extents?",
            replies: [
              {
                grade: "weak",
                reply: "Deleting frees their space, so nothing.",
                moves: [{ dimension: "trade-offs", by: -1, why: "The parities cover the dead bytes, too." }],
              },
              {
                grade: "acceptable",
                reply: "They get holes, and compaction cleans them up.",
                moves: [{ dimension: "trade-offs", by: 1, why: "The mechanism without its price." }],
              },
              {
                grade: "strong",
                reply:
                  "An extent that is half dead stores three bytes for each living one, as many as copies. So I code after a month and not after a day, compact before I code, and put objects of a similar age together. Compacting a coded extent writes its living half four and a half times again.",
                moves: [
                  { dimension: "trade-offs", by: 2, why: "Turns the delete rate into the age at which coding pays." },
                ],
              },
            ],
          },
        ],
        change: {
          minute: 28,
          line: "The next customer brings only large objects, 200 MB each.",
          breaks: "Every byte is then written four and a half times for nothing: a large object needs no extent.",
          modelAnswer:
            "Code large objects at once. From about 15 MB on a code is cheaper to write than copies, and it survives four losses from the first moment. So the router decides by size: above that, cut and code; below, append to an open extent. The name says which of the two it is. The extents stay for what is small.",
        },
        signals: {
          correctness: [
            { id: "copies-last", says: "Frees the copies only after the coded extent is checked and pointed to." },
          ],
          "trade-offs": [{ id: "double-writing", says: "Prices writing twice and the holes that deletes leave." }],
        },
      },
    ],
  },
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
