import type { Calibration } from "../../interview.ts";

/** A candidate who knows the vocabulary. Plausible on a first hearing; the keys say what is missing. */
export const calibration: Calibration = {
  level: "senior",
  design: "code",
  intro:
    "Minutes 5 to 36 of an interview at senior level, shortened. Score the dimensions that it touches before you open a key, and write down the sentence that decided each. Two people who score it should differ by at most one point per dimension. Then score it as if it were a mid or a staff interview: the keys differ.",
  lines: [
    { minute: 5, who: "interviewer", text: "How will you keep a hundred petabytes from being lost?" },
    {
      minute: 5,
      who: "candidate",
      text: "Erasure coding. It gives eleven nines, where replication gives six. And it only costs fifty percent more instead of two hundred.",
    },
    { minute: 7, who: "interviewer", text: "Where do the eleven nines come from?" },
    {
      minute: 7,
      who: "candidate",
      text: "That's the industry number for erasure coding. S3 publishes it, so if we use the same technique we get the same durability.",
    },
    { minute: 10, who: "interviewer", text: "What is stored for an object, and in which order is it written?" },
    {
      minute: 10,
      who: "candidate",
      text: "Metadata in a database, bytes on data nodes, with a UUID for each object. We write the fragments in parallel with the metadata, to save a round trip.",
    },
    { minute: 11, who: "interviewer", text: "Draw the fragments of one object." },
    {
      minute: 11,
      who: "candidate",
      text: "Eight data fragments, and one parity for every two of them, so four parities. Each pair is protected, so we can lose four.",
    },
    { minute: 12, who: "interviewer", text: "Any four?" },
    {
      minute: 12,
      who: "candidate",
      text: "Yes, one of each pair. It would be very unlucky to lose two of the same pair, because we hash the fragments to random nodes.",
    },
    { minute: 16, who: "interviewer", text: "What does a read of the first megabyte cost?" },
    {
      minute: 16,
      who: "candidate",
      text: "We have to collect the fragments and decode, that's the downside of erasure coding. So for hot data we'd put a cache in front.",
    },
    { minute: 20, who: "interviewer", text: "Who knows where fragments are?" },
    {
      minute: 20,
      who: "candidate",
      text: "A placement service with five nodes running Raft. It pings all the data nodes and writes every heartbeat to the Raft log, so the map is always consistent.",
    },
    { minute: 24, who: "interviewer", text: "A router has an old map and writes with it." },
    {
      minute: 24,
      who: "candidate",
      text: "It compares its version with the placement service before each write, so that cannot happen.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "The numbers were wrong: most objects have ten kilobytes. The total stays.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "That's fine, everything gets smaller. The number of nodes is the same because the total is the same.",
    },
    { minute: 33, who: "interviewer", text: "A disk dies. How long until you have the redundancy back?" },
    {
      minute: 33,
      who: "candidate",
      text: "We put in a hot spare and rebuild onto it, like RAID. It's a background task, so it doesn't matter much how long it takes.",
    },
    { minute: 36, who: "interviewer", text: "It does not matter for the eleven nines?" },
    { minute: 36, who: "candidate", text: "No, those come from the coding, not from the repair." },
  ],
  card: {
    shown: [],
    unseen: ["leaves-out", "means-durable", "unknown-outcome", "waits-first", "rot-is-scrubbed", "rollout-in-budget"],
    raisedBy: {
      "deciding-number": "pointed-hint",
      degraded: "open-probe",
      repair: "pointed-hint",
      split: "open-probe",
    },
    redFlags: ["nines-by-name"],
  },
  keys: {
    mid: [
      {
        dimension: "framing",
        score: 2,
        quote: "It gives eleven nines, where replication gives six.",
        why: "Says that bytes must survive. At this level that is half of it: sizes and replacing are never asked.",
      },
      {
        dimension: "interfaces",
        score: 3,
        quote: "Metadata in a database, bytes on data nodes, with a UUID for each object.",
        why: "Names apart from bytes and a new id for each put: what a mid-level candidate is asked for.",
      },
      {
        dimension: "design",
        score: 1,
        quote: "We write the fragments in parallel with the metadata, to save a round trip.",
        why: "The order of a put is what mid level is about, and this order leaves names without bytes.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "Each pair is protected, so we can lose four.",
        why: "One parity for each pair is not any four. Asked once more, the candidate repeats it.",
      },
      {
        dimension: "operations",
        score: 2,
        quote: "We put in a hot spare and rebuild onto it, like RAID.",
        why: "Repair exists. That the lost bytes are anywhere but on a spare is not seen, and no checksum is named.",
      },
    ],
    senior: [
      {
        dimension: "framing",
        score: 1,
        quote: "It gives eleven nines, where replication gives six.",
        why: "Takes a slogan for a requirement. Which failures, over which time, is never said.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "That's the industry number for erasure coding.",
        why: "A figure without a model, defended after being asked for one. At the design's own repair time copies have thirteen nines, so the sentence that chooses the code is wrong as well.",
      },
      {
        dimension: "design",
        score: 1,
        quote: "It pings all the data nodes and writes every heartbeat to the Raft log",
        why: "The right boxes. But heartbeats in the log are 22.6 million entries a day that say nothing, and fragments beside metadata leave names without bytes.",
      },
      {
        dimension: "correctness",
        score: 0,
        quote: "It would be very unlucky to lose two of the same pair",
        why: "With 1.7 billion objects an unlucky placement happens. Range reads and old maps are wrong, too: the first decodes nothing, the second puts five machines into the path of every byte.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "That's fine, everything gets smaller.",
        why: "The change asked for the price of a code: ten trillion names and eight arms for ten kilobytes.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "No, those come from the coding, not from the repair.",
        why: "The loss goes with the fourth power of the repair time. Told twice, missed twice.",
      },
    ],
    staff: [
      {
        dimension: "framing",
        score: 0,
        quote: "S3 publishes it, so if we use the same technique we get the same durability.",
        why: "A staff candidate asks which losses the figure leaves out. This one imports it.",
      },
      {
        dimension: "estimation",
        score: 0,
        quote: "The number of nodes is the same because the total is the same.",
        why: "Arms and counts of objects break this design, and bytes do not. No unit cost is named, for building or for buying.",
      },
      {
        dimension: "correctness",
        score: 0,
        quote: "so the map is always consistent",
        why: "No invariant, no proof, and the sentence would also be said of a design with two leaders.",
      },
      {
        dimension: "operations",
        score: 0,
        quote: "It's a background task, so it doesn't matter much how long it takes.",
        why: "Repair time is the durability of the design. Rollout, power and deletion do not come up at all.",
      },
    ],
  },
  verdict:
    "No hire, at any level; at mid level the closest. The vocabulary is complete: erasure coding, eleven nines, Raft, five nodes, hot spare. Each sentence replaces an argument. The test is one question, asked three times in different words: which losses, within which time?",
};
