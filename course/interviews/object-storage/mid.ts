import type { Sheet } from "../../interview.ts";
import { midBoards } from "./boards.ts";
import { multipart, oneDisk, rackPower, rangeRead, whyNotFiles } from "./follow-ups.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "Design an object store like S3. People put files of any size under a name, and get them back years later. It holds a hundred petabytes.",
  after:
    "Can you follow an object from a client to several disks and back, with one disk gone? Names apart from bytes, one scheme of redundancy understood, one failure walked through.",
  phases: [
    { title: "Scope", startMinute: 0, endMinute: 6, goal: "Operations, sizes, what may never happen, what is out." },
    {
      title: "Numbers",
      startMinute: 6,
      endMinute: 10,
      goal: "Number of objects, size of the metadata, number of disks, when asked.",
    },
    {
      title: "API and data",
      startMinute: 10,
      endMinute: 15,
      goal: "put, get, delete, list; names in one place, bytes in another.",
    },
    {
      title: "End to end",
      startMinute: 15,
      endMinute: 25,
      goal: "A put and a get through every box, in order.",
    },
    {
      title: "Deep dives",
      startMinute: 25,
      endMinute: 38,
      goal: "Copies or a code, and what happens when a disk dies.",
    },
    { title: "Failure and cost", startMinute: 38, endMinute: 43, goal: "A rack, a rotten byte, an unfinished upload." },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "The design in three sentences." },
  ],
  prompts: [
    {
      minute: 2,
      line: "What do you want to know before you draw?",
      modelAnswer:
        "How large objects are and how many; whether they are changed in place (no, replaced); whether a get must see a put that just returned (yes); what must survive (a rack); versions and lists; how much may be lost (as good as nothing).",
      probe: "questions",
    },
    {
      minute: 7,
      line: "How many objects is that, and how much metadata?",
      modelAnswer:
        "A fifth at half a megabyte, three fifths at 32 MB, a fifth at 200 MB: the mean is 59.3 MB. 100 PB over 59.3 MB is 1.69 billion objects. At a kilobyte each the metadata is 1.7 TB: an ordinary sharded database. The bytes are the problem.",
      probe: "objects",
    },
    {
      minute: 11,
      line: "Write down the calls, and what is stored for an object.",
      modelAnswer:
        "put, get with a range, delete, list by prefix, and three calls for an upload in parts. Names: bucket, key, version, pointing to an object id, a size and a checksum. Bytes: object id and fragment number on data nodes. Each put gets a new id, so bytes are never changed.",
      probe: "two-tables",
    },
    {
      minute: 17,
      line: "Walk me through a put. In which order do things happen?",
      modelAnswer:
        "The router takes the bytes, makes an id and a checksum, cuts and codes, sends fragments to nodes in different racks. Each appends and syncs. When they have answered, the name is written, and then the client is told. A crash before the name leaves bytes without a name, which are collected later. The other order would leave a name without bytes.",
      probe: "order",
    },
    {
      minute: 26,
      line: "Three copies, or something cleverer?",
      modelAnswer:
        "Three copies store three bytes for each. With eight data and four parity fragments it is one and a half, and any four of twelve may be lost. The parities are each computed from all eight. Reads of all data compute nothing; a lost fragment is computed from any eight.",
      probe: "code",
    },
    {
      minute: 33,
      line: "A disk is dead. What happens, from the first second on?",
      modelAnswer:
        "Its machine reports it, or stops sending heartbeats. The placement service marks it lost in a new version of the map. Reads that wanted its fragments ask for others and compute. For each object with a fragment there, a worker reads eight, computes the ninth, and writes it to a rack that has none of the object's. Those with the fewest fragments left come first.",
      probe: "disk-dies",
    },
    {
      minute: 39,
      line: "A disk returns wrong bytes, without an error.",
      modelAnswer:
        "Each fragment, in blocks, carries a checksum that is compared on every read. A wrong one is treated as missing and computed from the others. Since nobody reads backups, a scrubber reads everything every few weeks.",
      probe: "rot",
    },
    {
      minute: 43,
      line: "Sum it up.",
      modelAnswer:
        "Names in a consistent store, bytes in twelve fragments in twelve racks, a small group that agrees on the map, and repair that always runs. Acknowledged means: the fragments are durable and the name is written. The largest price is for small objects.",
    },
  ],
  boards: midBoards,
  hintBudget: 5,
  probes: [
    {
      id: "questions",
      dimension: "framing",
      lookingFor: "Questions whose answers change the design: sizes, replacing, what must survive.",
      open: "What do you want to know before you draw?",
      pointed: "Are objects changed, or replaced?",
      giveaway: "Replaced only, and a put that returned must be seen.",
      modelAnswer: "Sizes, counts, freshness, survival of a rack, versions.",
    },
    {
      id: "objects",
      dimension: "estimation",
      lookingFor: "Billions, not trillions; metadata of a terabyte or two.",
      open: "How many objects is that?",
      pointed: "Say they are 60 MB on average.",
      giveaway: "About 1.7 billion, with 1.7 TB of metadata.",
      modelAnswer: "100 PB over 59.3 MB, a kilobyte each.",
    },
    {
      id: "two-tables",
      dimension: "interfaces",
      lookingFor: "Names apart from bytes; a new id for each put.",
      open: "What is stored for an object?",
      pointed: "Somebody puts the same key again while another reads it.",
      giveaway: "A new id for each put; the name is switched.",
      modelAnswer: "Name to id, id to fragments; bytes are written once.",
    },
    {
      id: "order",
      dimension: "design",
      lookingFor: "Bytes durable first, then the name, then the answer.",
      open: "In which order do things happen?",
      pointed: "Crash between two of your steps.",
      giveaway: "A name without bytes is worse than bytes without a name.",
      modelAnswer: "Fragments, sync, name, done; orphans are collected.",
    },
    {
      id: "code",
      dimension: "correctness",
      lookingFor: "Any k of n, parities over all data, and its price.",
      open: "Three copies, or something cleverer?",
      pointed: "With 12 disks for 8 of data: which four may be lost?",
      giveaway: "Any four, if each parity depends on all eight.",
      modelAnswer: "8 + 4, 1.5 times, any eight; reads of all data compute nothing.",
    },
    {
      id: "disk-dies",
      dimension: "operations",
      lookingFor: "Detection, a new map, reads meanwhile, rebuilding elsewhere.",
      open: "A disk is dead. What happens?",
      pointed: "Who notices, and where does the new fragment go?",
      giveaway: "Heartbeats stop; it goes to a rack without one.",
      modelAnswer: "Heartbeat, map, degraded reads, rebuild by urgency.",
    },
    {
      id: "rot",
      dimension: "operations",
      lookingFor: "Checksums on reading, and scrubbing.",
      open: "A disk returns wrong bytes, without an error.",
      pointed: "How would anybody know?",
      giveaway: "A checksum with each block, compared on every read.",
      modelAnswer: "Wrong counts as missing; a scrubber reads what nobody reads.",
    },
  ],
  forks: [
    {
      id: "files",
      minute: 20,
      line: "Why not store each object as a file on the data node's file system?",
      replies: [
        {
          grade: "weak",
          reply: "We can, file systems are made for that. We'd use a good one.",
          moves: [{ dimension: "design", by: -1, why: "Millions of inodes a disk do not fit into memory." }],
        },
        {
          grade: "acceptable",
          reply: "Small files are inefficient, so I would put many objects into one file.",
          moves: [{ dimension: "design", by: 1, why: "The right idea without its reason." }],
        },
        {
          grade: "strong",
          reply:
            "A cold read would be three disk accesses: directory, inode, data. In one large file with an index in memory it is one. Deleting then only marks, and compaction frees the space later.",
          moves: [{ dimension: "design", by: 2, why: "Names the cost in disk accesses and the price of the remedy." }],
        },
      ],
    },
    {
      id: "where",
      minute: 27,
      line: "Which twelve machines do you choose?",
      replies: [
        {
          grade: "weak",
          reply: "Any twelve with free space, at random.",
          moves: [{ dimension: "correctness", by: -1, why: "Several in one rack, and one switch takes them all." }],
        },
        {
          grade: "acceptable",
          reply: "Twelve in different racks.",
          moves: [{ dimension: "correctness", by: 1, why: "The rule, and the failure that it is for." }],
        },
        {
          grade: "strong",
          reply:
            "Twelve in different racks, computed from the map and the object's id, so that nobody keeps a table of all fragments, and spread so that a lost disk's fragments have their partners everywhere: then the repair is fast.",
          moves: [{ dimension: "correctness", by: 2, why: "Domains, computed places, and repair speed together." }],
        },
      ],
    },
    {
      id: "acknowledge",
      minute: 34,
      line: "Ten of the twelve nodes have answered. Two are slow. Do you acknowledge?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, ten is more than eight, so it can be read.",
          moves: [{ dimension: "trade-offs", by: -1, why: "Promised four losses, delivers two, and does not say so." }],
        },
        {
          grade: "acceptable",
          reply: "I would wait, or write the two somewhere else.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Keeps the promise." }],
        },
        {
          grade: "strong",
          reply:
            "It depends on what we promised. With ten it survives two losses. I would try two other nodes, and if I acknowledge at ten I say so in the promise, count such objects, and repair them at once.",
          moves: [{ dimension: "trade-offs", by: 2, why: "Turns it into a statement of the promise, and watches it." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Some objects are a hundred gigabytes, and uploads break off in the middle.",
    breaks:
      "One put as one request: a break at ninety per cent starts again from nothing, and a router holds it all in memory.",
    modelAnswer:
      "Uploads in parts: create an upload, put numbered parts, complete it. Each part is stored like an object under the upload's id, with a checksum; it can be repeated alone and sent beside others. Completing is one write of the name with the list of parts, so nobody sees half of it. An upload that is never completed is collected after some days.",
  },
  signals: {
    framing: [
      { id: "asks-about-sizes", says: "Asks about sizes before drawing." },
      { id: "must-survive", says: "Says what must survive." },
    ],
    estimation: [{ id: "right-order-magnitude", says: "Right order of magnitude for objects and metadata." }],
    interfaces: [
      { id: "range-get", says: "A range in get." },
      { id: "names-apart-bytes", says: "Names apart from bytes." },
    ],
    design: [
      { id: "put-order", says: "A put with an order." },
      { id: "place-where-repair", says: "A place where repair lives." },
    ],
    correctness: [
      { id: "any-eight-twelve", says: "Any eight of twelve." },
      { id: "different-racks", says: "Different racks." },
    ],
    "trade-offs": [{ id: "space-against-reads", says: "Space against reads for repair." }],
    operations: [
      { id: "checksums-reading", says: "Checksums on reading." },
      { id: "heartbeats-nodes-service", says: "Heartbeats from nodes to the service." },
    ],
    communication: [
      { id: "keeps-path-until", says: "Keeps to one path until it is complete." },
      { id: "takes-hints", says: "Takes hints." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a put from client to disks at minute 30." },
    {
      id: "pairs",
      dimension: "correctness",
      behavior: "Keeps one parity for each pair after being asked which two losses it does not survive.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
  ],
  followUps: [whyNotFiles, rangeRead, multipart, rackPower, oneDisk],
};
