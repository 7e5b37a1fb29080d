import type { Designs } from "../../interview.ts";
import { signs, whichDesign } from "./designs.ts";

/** After the simplest design the interview at mid level goes on in one of three ways. */
export const designs: Designs = {
  minute: 20,
  line: whichDesign,
  branches: [
    {
      ...signs.copies,
      prompts: [
        {
          minute: 21,
          line: "How many disks is that, and how many losses does an object survive?",
          modelAnswer:
            "300 PB over 16 TB usable a disk is 18,750 disks. Any two copies may be lost. The third must be in another rack, and a lost copy is made again from either of the others, so repair is simple and reads one for one.",
          probe: "copies-count",
        },
      ],
      probes: [
        {
          id: "copies-count",
          dimension: "trade-offs",
          lookingFor: "Three bytes for one, and the simple repair that they buy.",
          open: "How many disks is that?",
          pointed: "Three copies of 100 PB, at 20 TB a disk that may be 80 percent full.",
          giveaway: "About 19,000 disks, twice as many as a code would need.",
          modelAnswer: "18,750 disks, any two losses, repair reads one copy.",
        },
      ],
      forks: [
        {
          id: "read-which",
          minute: 33,
          line: "Which of the three copies does a get read?",
          replies: [
            {
              grade: "weak",
              reply: "The first one. The others are backups.",
              moves: [{ dimension: "design", by: -1, why: "A third of the disks then serves all reads." }],
            },
            {
              grade: "acceptable",
              reply: "Any of them, at random.",
              moves: [{ dimension: "design", by: 1, why: "Spreads the load." }],
            },
            {
              grade: "strong",
              reply:
                "The least busy. Bytes never change under an id, so all copies are equal and I need no agreement to read. If one is slow I ask another after some milliseconds.",
              moves: [
                { dimension: "design", by: 2, why: "Knows why any copy is right, and uses it against the tail." },
              ],
            },
          ],
        },
      ],
      signals: {
        correctness: [{ id: "copies-any", says: "Says why any copy may be read: bytes never change under an id." }],
      },
    },
    {
      ...signs.code,
      prompts: [
        {
          minute: 21,
          line: "Of your twelve fragments, which four may be lost?",
          modelAnswer:
            "Any four. Each parity is computed from all eight data fragments, so any eight of the twelve give the object back. One parity for each pair would cost the same and lose an object with one unlucky pair. Reads of all data compute nothing; a lost fragment is computed from any eight.",
          probe: "any-four",
        },
      ],
      probes: [
        {
          id: "any-four",
          dimension: "correctness",
          lookingFor: "Any k of n, parities over all data.",
          open: "Which four may be lost?",
          pointed: "Both fragments of one pair, and its parity.",
          giveaway: "Any four, if each parity depends on all eight.",
          modelAnswer: "8 + 4, 1.5 times, any eight; reads of all data compute nothing.",
        },
      ],
      forks: [
        {
          id: "range",
          minute: 33,
          line: "A client wants one kilobyte out of the middle. Do you collect eight fragments?",
          replies: [
            {
              grade: "weak",
              reply: "Yes, that is the drawback of a code.",
              moves: [{ dimension: "correctness", by: -1, why: "The data fragments are the object's own bytes." }],
            },
            {
              grade: "acceptable",
              reply: "Only the fragment that has it.",
              moves: [{ dimension: "correctness", by: 1, why: "Right for the normal read." }],
            },
            {
              grade: "strong",
              reply:
                "One fragment, and in it the block of the range with its checksum. If that node is dead, the same kilobyte of any eight others, and one of computing.",
              moves: [{ dimension: "correctness", by: 2, why: "Normal and degraded read, with the check." }],
            },
          ],
        },
      ],
      signals: {
        correctness: [{ id: "any-eight", says: "Says that any eight of twelve give the object back, and why." }],
      },
    },
    {
      ...signs.tiered,
      prompts: [
        {
          minute: 21,
          line: "When does an object stop having three copies?",
          modelAnswer:
            "When its extent is full and has been coded: eight data and four parity fragments are durable in twelve racks, the map of the extent points to them, and only then the copies are freed. Until that moment the copies count. So at every moment any two losses are survived.",
          probe: "when-coded",
        },
      ],
      probes: [
        {
          id: "when-coded",
          dimension: "correctness",
          lookingFor: "Copies are kept until the coded extent is durable and pointed to.",
          open: "When does an object stop having three copies?",
          pointed: "The machine that codes dies half-way.",
          giveaway: "Copies go only after the fragments are durable and the map points to them.",
          modelAnswer: "Code, sync, switch the map, free the copies.",
        },
      ],
      forks: [
        {
          id: "delete-coded",
          minute: 33,
          line: "An object in a coded extent is deleted. What happens to its bytes?",
          replies: [
            {
              grade: "weak",
              reply: "They are overwritten with zeros.",
              moves: [{ dimension: "design", by: -1, why: "Then every parity of the extent is wrong." }],
            },
            {
              grade: "acceptable",
              reply: "They stay until the extent is compacted.",
              moves: [{ dimension: "design", by: 1, why: "Right." }],
            },
            {
              grade: "strong",
              reply:
                "They stay, because the parities cover them. When half of the extent is dead, the living objects are appended to an open extent and the old one is freed as a whole.",
              moves: [{ dimension: "design", by: 2, why: "Knows why, and how the space comes back." }],
            },
          ],
        },
      ],
      signals: {
        correctness: [
          { id: "copies-until", says: "Keeps the copies until the coded extent is durable and pointed to." },
        ],
      },
    },
  ],
};
