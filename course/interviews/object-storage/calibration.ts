import type { Calibration } from "../../interview.ts";

/** A candidate who knows the vocabulary. Plausible on a first hearing; the key says what is missing. */
export const calibration: Calibration = {
  level: "senior",
  intro:
    "Minutes 5 to 36 of an interview at senior level, shortened. Score the dimensions that it touches before you open the key, and write down the sentence that decided each. Two people who score it should differ by at most one point per dimension.",
  lines: [
    { minute: 5, who: "interviewer", text: "How will you keep a hundred petabytes from being lost?" },
    {
      minute: 5,
      who: "candidate",
      text: "Erasure coding. It gives eleven nines, where replication gives six. And it only costs fifty per cent more instead of two hundred.",
    },
    { minute: 7, who: "interviewer", text: "Where do the eleven nines come from?" },
    {
      minute: 7,
      who: "candidate",
      text: "That's the industry number for erasure coding. S3 publishes it, so if we use the same technique we get the same durability.",
    },
    { minute: 10, who: "interviewer", text: "Draw the fragments of one object." },
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
    { minute: 28, who: "interviewer", text: "New requirement: most objects are now four kilobytes." },
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
  keys: {
    senior: [
      {
        dimension: "framing",
        score: 2,
        quote: "It gives eleven nines, where replication gives six.",
        why: "Names durability as the product, and then takes a slogan for a requirement. Which failures, over which time, is never asked.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "That's the industry number for erasure coding.",
        why: "A figure without a model. The published eleven nines belong to 17 + 3, a failure rate and 6.5 days; under equal repair 4 + 2 is worse than three copies.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "Each pair is protected, so we can lose four.",
        why: "Asked whether any four, the candidate says yes and describes one of each pair. Two losses in one pair lose the object; random nodes make that certain for some of a billion objects.",
      },
      {
        dimension: "design",
        score: 2,
        quote: "It pings all the data nodes and writes every heartbeat to the Raft log",
        why: "The right boxes. But the direction is reversed, heartbeats in the log are twenty million entries a day that say nothing, and asking before each write puts five machines into the path of every byte.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "We have to collect the fragments and decode, that's the downside of erasure coding.",
        why: "A systematic code reads the one fragment that holds the range and decodes nothing. The real price, reads for repair and movements of the arm for small objects, is not named, and the change at minute 28 asked for exactly that.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "No, those come from the coding, not from the repair.",
        why: "The nines go with the fourth power of the repair time. Told twice, missed twice.",
      },
    ],
  },
  verdict:
    "No hire. The vocabulary is complete: erasure coding, eleven nines, Raft, five nodes, hot spare. Each sentence replaces an argument. The test is one question, asked three times in different words: which losses, within which time?",
};
