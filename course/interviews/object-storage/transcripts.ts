import type { Transcript } from "../../interview.ts";

/** A candidate who was hired at senior level: one claim taken back, one pointed hint used. */
export const hired: Transcript = {
  level: "senior",
  design: "code",
  intro:
    "The whole interview, shortened to the lines that decided. Score it first, with a quotation for each signal, and then compare. Note what the candidate does at minutes 7 and 35, where the first answer would have been wrong.",
  lines: [
    {
      minute: 0,
      who: "interviewer",
      text: "Design an object store for a hundred petabytes. Objects of any size, kept for years, read whole or in part. It must not lose anything.",
    },
    {
      minute: 1,
      who: "candidate",
      text: "I assume that objects are replaced and never edited, that a get or a list sees every put that returned, and that we go on reading and writing when a rack is dark. Several regions and encryption I leave out, because they do not change the path of the bytes.",
    },
    {
      minute: 2,
      who: "candidate",
      text: '"Not lose anything" needs a model. I take disks that fail at 1.36 percent a year, independently, and I ask for less than one object in a billion lost a year. I will compute the repair time; it is part of the model.',
    },
    {
      minute: 3,
      who: "interviewer",
      text: "A fifth of the objects have half a megabyte, three fifths 32, a fifth 200.",
    },
    {
      minute: 4,
      who: "candidate",
      text: "Then the mean is about 59 megabytes: 19 from the middle, 40 from the large ones, the small ones add nothing. That is 1.7 billion objects, and at a kilobyte each 1.7 terabytes of names. Names are an ordinary sharded database. The bytes are not.",
    },
    { minute: 6, who: "interviewer", text: "Copies or a code?" },
    {
      minute: 6,
      who: "candidate",
      text: "8 + 4 is 9,375 disks of 20 terabytes, three copies are 18,750. I wanted to say that copies are not durable enough.",
    },
    {
      minute: 7,
      who: "candidate",
      text: "Let me check that before I say it. A lost disk holds 16 terabytes. 261 machines that receive 100 megabytes a second each rebuild it in an hour and a half, although they read eight times as much. Three of three within two hours, at that rate, is about ten to the minus thirteen a year. So copies pass, too. I take the code for its price, about 109,000 dollars a month, and I would take copies in a store of ten petabytes.",
    },
    { minute: 10, who: "interviewer", text: "What does your put promise when it returns?" },
    {
      minute: 10,
      who: "candidate",
      text: "That twelve fragments are synced in twelve racks and one conditional write has put the name on them. It survives any four losses from then on. If the client gets no answer, the put may have happened; it can be repeated, because each put makes a new id.",
    },
    { minute: 13, who: "interviewer", text: "And in which order?" },
    {
      minute: 13,
      who: "candidate",
      text: "Fragments, then the name, then the answer. A crash before the name leaves bytes without a name, and a collector frees them after a day. The other order leaves a name without bytes, possibly one that was acknowledged.",
    },
    { minute: 16, who: "interviewer", text: "Follow a get of one megabyte out of the middle, with one disk dead." },
    {
      minute: 16,
      who: "candidate",
      text: "The code is systematic, so the megabyte lies in one unit or two, and I read one node, only the blocks of the range, each with its checksum. If that is the dead disk, I read the same range of any eight others and compute it.",
    },
    {
      minute: 19,
      who: "interviewer",
      text: "How often is a byte of that object stored, and at which moment is it coded, if ever?",
    },
    {
      minute: 19,
      who: "candidate",
      text: "One and a half times. The router codes each object before it writes anything, eight fragments and four parities.",
    },
    {
      minute: 20,
      who: "interviewer",
      text: "A put waits for twelve nodes, and a small get moves eight arms. When does that hurt?",
    },
    {
      minute: 20,
      who: "candidate",
      text: "With small objects. Half a megabyte cut in eight is 82 milliseconds of disk time, in one piece it is 12. You did not give me a load; at 20,000 gets a second it is a third of what I would give to reads. Three times that, and the arms are full, and then I pack small objects first. For writes the code is the cheaper one from about 15 megabytes on.",
    },
    {
      minute: 21,
      who: "candidate",
      text: "That is the simplest design: router without state, names in ranges, data nodes, five placement nodes. I would go into repair next, and then into who decides where fragments are, because that is where this loses data. Is that all right?",
    },
    { minute: 22, who: "interviewer", text: "Go on." },
    {
      minute: 23,
      who: "candidate",
      text: "Repair. An object is gone when five of twelve fail within one repair time, so the loss goes with the fourth power of it. To a spare disk it is 18 hours, spread it is one and a half, so the partners of each disk must be everywhere. But I wait before I repair: a silent machine is usually rebooting, and rebuilding one reads almost five petabytes. Minutes for a disk that reports errors, hours for a machine.",
    },
    {
      minute: 27,
      who: "candidate",
      text: "Rot does not start that clock. A scrubber at ten megabytes a second goes around a disk in 18.5 days, so damage waits nine days on average. For the code that is fine; for three copies, if fragments rotted as often as disks fail, it would miss our limit.",
    },
    { minute: 28, who: "interviewer", text: "New requirement: most objects are 10 kilobytes." },
    {
      minute: 28,
      who: "candidate",
      text: "That breaks two things. Ten trillion names of a kilobyte are ten petabytes; the names would cost more than the bytes. And a get moves eight arms for ten kilobytes. So: append small objects to an open extent in three copies, and code the extent when it is full. An object then lies in one fragment and a read is one movement. Deletes leave holes, so an extent is compacted when half of it is dead. And the name shrinks: extent, offset, size.",
    },
    {
      minute: 31,
      who: "candidate",
      text: "Now the map. Five nodes with a replicated log; a change counts when three have it on disk. Places are computed from the map, twelve different racks, and place number three keeps fragment three when a node joins, because a fragment is not a copy.",
    },
    { minute: 34, who: "interviewer", text: "A router with an old map writes to a data node." },
    {
      minute: 34,
      who: "candidate",
      text: "The node refuses, it has the newer map. The router cannot know that it is old.",
    },
    { minute: 35, who: "interviewer", text: "And if the node's map is just as old?" },
    {
      minute: 35,
      who: "candidate",
      text: "Then neither of them can tell. I had not thought of that. They would acknowledge a put on a node that placement has declared lost, and when it comes back it is emptied.",
    },
    { minute: 36, who: "interviewer", text: "Which of them knows that time has passed?" },
    {
      minute: 36,
      who: "candidate",
      text: "Both. So the answer to a heartbeat is a lease: a node that has not heard for twenty seconds refuses writes, and placement waits longer than that, with a margin for slow clocks, before it declares the node lost. The price is that puts stop when placement has no majority for longer than a lease.",
    },
    { minute: 39, who: "interviewer", text: "A rack goes dark at noon." },
    {
      minute: 39,
      who: "candidate",
      text: "Eleven machines. Each object misses at most one fragment, so nothing is unreadable; at random over 24 racks it would be 131,000 objects. New puts avoid the rack, repair waits, scrubbing and compaction stop, because degraded reads cost eight for one.",
    },
    { minute: 42, who: "interviewer", text: "How do you release a new format of the volumes?" },
    {
      minute: 42,
      who: "candidate",
      text: "Readers first, everywhere. Then one failure domain writes it, and never more than four have it before we would have noticed that it is bad. For a share of the puts the router decodes from a random eight before it acknowledges and compares with a checksum from the door, since an encoder with a bug writes twelve fragments that agree.",
    },
    {
      minute: 44,
      who: "candidate",
      text: "To sum up: 8 + 4 for the price, the name last, one map by majority. I would regret it if objects turn out small, or if three buildings come, because four in each survive a building and nothing else.",
    },
  ],
  card: {
    shown: [
      { signal: "loss-model", quote: "I take disks that fail at 1.36 percent a year, independently" },
      { signal: "leaves-out", quote: "because they do not change the path of the bytes" },
      { signal: "disks-by-scheme", quote: "8 + 4 is 9,375 disks of 20 terabytes, three copies are 18,750." },
      {
        signal: "own-repair",
        quote: "Three of three within two hours, at that rate, is about ten to the minus thirteen a year.",
      },
      { signal: "means-durable", quote: "It survives any four losses from then on." },
      {
        signal: "unknown-outcome",
        quote: "the put may have happened; it can be repeated, because each put makes a new id",
      },
      { signal: "name-last", quote: "A crash before the name leaves bytes without a name" },
      { signal: "map-beside", quote: "router without state, names in ranges, data nodes, five placement nodes" },
      { signal: "repair-power", quote: "so the loss goes with the fourth power of it" },
      { signal: "range-is-enough", quote: "only the blocks of the range, each with its checksum" },
      { signal: "majority-map", quote: "a change counts when three have it on disk" },
      { signal: "positions-stay", quote: "place number three keeps fragment three when a node joins" },
      { signal: "price-decides", quote: "So copies pass, too. I take the code for its price" },
      { signal: "arms-flip", quote: "Three times that, and the arms are full" },
      {
        signal: "waits-first",
        quote: "a silent machine is usually rebooting, and rebuilding one reads almost five petabytes",
      },
      { signal: "rot-is-scrubbed", quote: "so damage waits nine days on average" },
      {
        signal: "rollout-in-budget",
        quote: "never more than four have it before we would have noticed that it is bad",
      },
      { signal: "chooses-depth", quote: "because that is where this loses data" },
      { signal: "checks-a-claim", quote: "Let me check that before I say it." },
    ],
    unseen: [],
    raisedBy: {
      numbers: "unprompted",
      "deciding-number": "open-probe",
      promise: "open-probe",
      degraded: "open-probe",
      arms: "open-probe",
      repair: "unprompted",
      split: "pointed-hint",
      rack: "open-probe",
      rollout: "open-probe",
    },
    redFlags: [],
  },
  verdict:
    "Hire. Every signal of the level, most of them when asked, which is how most interviews go. Two moments carry it. At minute 7 the candidate was about to reject copies for their durability, computed the repair time first, and changed the reason. At minute 35 the case of two equal maps was new; one hint about time was enough to find the lease and its price. A stronger candidate would have brought up power cuts and the check from end to end before the last five minutes.",
};
