import type { Sheet } from "../../interview.ts";
import { contractBoard, midDiskBoard, midScopeBoard, pathBoard, summaryBoard } from "./boards.ts";
import { multipart, oneDisk, rackPower, rangeRead, whyNotFiles } from "./follow-ups.ts";
import { designs } from "./mid-designs.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "Design an object store like S3. People put files of any size under a name, and get them back years later. It holds a hundred petabytes.",
  after:
    "Can you follow an object from a client to several disks and back, with one disk gone? Names apart from bytes, one scheme of redundancy understood, one failure walked through.",
  phases: [
    { title: "Scope", startMinute: 0, endMinute: 6, goal: "Operations, sizes, what must survive, what is out." },
    { title: "Numbers", startMinute: 6, endMinute: 10, goal: "Objects, size of the names, disks, when asked." },
    { title: "API and data", startMinute: 10, endMinute: 14, goal: "Calls; names in one place, bytes in another." },
    { title: "End to end", startMinute: 14, endMinute: 22, goal: "A put and a get through every box, in order." },
    {
      title: "The candidate leads",
      startMinute: 22,
      endMinute: 38,
      goal: "One part in depth, chosen by the candidate: the redundancy with a disk that dies, or where pieces lie.",
    },
    { title: "Failure and cost", startMinute: 38, endMinute: 43, goal: "A rotten byte, a slow node, one price." },
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
      line: "How many objects is that, and how large are their names?",
      modelAnswer:
        "A fifth at half a megabyte, three fifths at 32 MB, a fifth at 200 MB: the mean is 59.3 MB. 100 PB over 59.3 MB is 1.69 billion objects. At a kilobyte each the names are 1.7 TB: an ordinary sharded database. The bytes are the problem.",
      probe: "objects",
    },
    {
      minute: 11,
      line: "Write down the calls, and what is stored for an object.",
      modelAnswer:
        "put, get with a range, delete, list by prefix, and three calls for an upload in parts. Names: bucket, key, version, pointing to an object id, a size and a checksum. Bytes: object id and a number on data nodes. Each put gets a new id, so bytes are never changed.",
      probe: "two-tables",
    },
    {
      minute: 15,
      line: "Walk me through a put. In which order do things happen?",
      modelAnswer:
        "The router takes the bytes, makes an id and a checksum, and sends copies or fragments to nodes in different racks. Each appends and syncs. When they have answered, the name is written, and then the client is told. A crash before the name leaves bytes without a name, which are collected later. The other order would leave a name without bytes.",
      probe: "order",
    },
    {
      minute: 39,
      line: "A disk returns wrong bytes, without an error.",
      modelAnswer:
        "Every block carries a checksum that is compared on every read. A wrong block counts as missing and comes from another copy, or is computed from other fragments. Since backups are hardly ever read, a scrubber reads everything in about three weeks.",
      probe: "rot",
    },
    {
      minute: 43,
      line: "Sum it up.",
      modelAnswer:
        "Names in a consistent store, bytes in pieces in different racks, a small group that agrees on the map, and repair that always runs. Acknowledged means: the pieces are durable and the name is written. The largest price is for small objects.",
    },
  ],
  boards: [midScopeBoard, contractBoard, pathBoard, midDiskBoard, summaryBoard],
  hintBudget: 5,
  probes: [
    {
      id: "questions",
      dimension: "framing",
      lookingFor: "Questions whose answers change the design: sizes, replacing, survival.",
      open: "What do you want to know before you draw?",
      pointed: "Are objects changed, or replaced?",
      giveaway: "Replaced only, and a put that returned must be seen.",
      modelAnswer: "Sizes, counts, freshness, survival of a rack, versions.",
    },
    {
      id: "objects",
      dimension: "estimation",
      lookingFor: "Billions, not trillions; names of a terabyte or two.",
      open: "How many objects is that?",
      pointed: "Say they are 60 MB on average.",
      giveaway: "About 1.7 billion, with 1.7 TB of names.",
      modelAnswer: "100 PB over 59.3 MB, a kilobyte each.",
    },
    {
      id: "two-tables",
      dimension: "interfaces",
      lookingFor: "Names apart from bytes; a new id for each put.",
      open: "What is stored for an object?",
      pointed: "A client puts the same key again while another reads it.",
      giveaway: "A new id for each put; the name is switched.",
      modelAnswer: "Name to id, id to pieces; bytes are written once.",
    },
    {
      id: "order",
      dimension: "design",
      lookingFor: "Bytes durable first, then the name, then the answer.",
      open: "In which order do things happen?",
      pointed: "Crash between two of your steps.",
      giveaway: "A name without bytes is worse than bytes without a name.",
      modelAnswer: "Pieces, sync, name, done; orphans are collected.",
    },
    {
      id: "disk-dies",
      dimension: "operations",
      lookingFor: "Detection, a new map, reads meanwhile, rebuilding elsewhere.",
      open: "A disk is dead. What happens, from the first second on?",
      pointed: "Who notices, and where does the new piece go?",
      giveaway: "Heartbeats stop; it goes to a rack without one.",
      modelAnswer: "Heartbeat, map, reads from the rest, rebuilding by urgency.",
    },
    {
      id: "where",
      dimension: "correctness",
      lookingFor: "Different racks, by a rule and not by luck.",
      open: "Which machines do you choose?",
      pointed: "Two of your machines share a switch.",
      giveaway: "Then one failure takes two pieces; choose different racks.",
      modelAnswer: "Different racks, computed from a map and the object's id.",
    },
    {
      id: "rot",
      dimension: "operations",
      lookingFor: "Checksums on reading, and scrubbing.",
      open: "A disk returns wrong bytes, without an error.",
      pointed: "How would the store know?",
      giveaway: "A checksum with each block, compared on every read.",
      modelAnswer: "Wrong counts as missing; a scrubber reads the rest.",
    },
  ],
  forks: [
    {
      id: "files",
      minute: 18,
      line: "Why not store each piece as a file on the data node's file system?",
      replies: [
        {
          grade: "weak",
          reply: "We can, file systems are made for that. We would use a good one.",
          moves: [{ dimension: "design", by: -1, why: "Tens of millions of inodes a machine do not fit into memory." }],
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
      id: "acknowledge",
      minute: 41,
      line: "All nodes but one have answered a put, and that one is slow. Do you acknowledge?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, it can be read already.",
          moves: [{ dimension: "trade-offs", by: -1, why: "Delivers less than was promised, and does not say so." }],
        },
        {
          grade: "acceptable",
          reply: "I would wait, or write that piece somewhere else.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Keeps the promise." }],
        },
        {
          grade: "strong",
          reply:
            "It depends on the promise. I would try another node, and if I acknowledge early I say so in the promise, count such objects, and repair them at once.",
          moves: [{ dimension: "trade-offs", by: 2, why: "Turns it into a statement of the promise, and watches it." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Some objects are a hundred gigabytes, and uploads break off in the middle.",
    breaks:
      "One put as one request: a break at ninety percent starts again from nothing, and a router holds it all in memory.",
    modelAnswer:
      "Uploads in parts: create an upload, put numbered parts, complete it. Each part is stored like an object under the upload's id, with a checksum; it can be repeated alone and sent beside others. Completing is one write of the name with the list of parts, so no client sees half of it. An upload that is never completed is collected after some days.",
  },
  designs,
  signals: {
    framing: [
      { id: "asks-sizes", says: "Asks about sizes and about replacing before drawing." },
      { id: "says-survives", says: "Says which loss must be survived." },
    ],
    estimation: [{ id: "order-of-magnitude", says: "Reaches billions of objects and terabytes of names." }],
    interfaces: [
      { id: "range-in-get", says: "Has a range in get." },
      { id: "names-apart", says: "Keeps names apart from bytes, with an id for each put." },
    ],
    design: [
      { id: "put-order", says: "Gives a put an order: bytes, name, answer." },
      { id: "repair-has-a-place", says: "Draws where repair happens." },
    ],
    correctness: [{ id: "different-racks", says: "Puts the pieces of an object into different racks." }],
    "trade-offs": [{ id: "space-or-reads", says: "Weighs stored bytes against reads, writes or repair." }],
    operations: [
      { id: "checks-on-read", says: "Compares a checksum on every read." },
      { id: "notices-silence", says: "Notices a dead node by heartbeats that stop." },
    ],
    communication: [
      { id: "one-path", says: "Keeps to one path until it is complete." },
      { id: "uses-hints", says: "Takes a hint and goes on with it." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a put from client to disks at minute 30." },
    {
      id: "one-rack",
      dimension: "correctness",
      behavior: "Leaves all pieces of an object in one rack after being asked what the rack's switch takes.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
  ],
  followUps: [whyNotFiles, rangeRead, multipart, rackPower, oneDisk],
};
