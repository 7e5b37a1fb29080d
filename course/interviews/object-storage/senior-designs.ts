import type { Designs } from "../../interview.ts";
import { codeBoard, copiesBoard, tieredBoard } from "./boards.ts";
import { signs, whichDesign } from "./designs.ts";

/** After the simplest design the interview at senior level goes on in one of three ways. */
export const designs: Designs = {
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
              moves: [{ dimension: "correctness", by: -1, why: "The others keep their bytes and lose their numbers." }],
            },
            {
              grade: "acceptable",
              reply: "Its share. And I would make sure that the others stay as they are.",
              moves: [{ dimension: "correctness", by: 1, why: "The right property, without its mechanism." }],
            },
            {
              grade: "strong",
              reply:
                "Only what it takes over. A ring gives a list of twelve, and a node that enters near its front shifts all behind it: the bytes stay and fragment four is looked for where fragment five lies. So I choose each position by itself; a survivor keeps its position. The positions that the new node takes move, and a few more whose rack or room in a zone is now taken or free.",
              moves: [{ dimension: "correctness", by: 2, why: "Fragments are not copies: positions." }],
            },
          ],
        },
      ],
      signals: {
        correctness: [{ id: "positions-stay", says: "Keeps each fragment at its position when the map changes." }],
        "trade-offs": [{ id: "arms-flip", says: "Prices a code in movements of the arm, and says where that flips." }],
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
};
