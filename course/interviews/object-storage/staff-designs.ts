import type { Designs } from "../../interview.ts";
import { signs, whichDesign } from "./designs.ts";

/** After the simplest design the interview at staff level goes on in one of three ways. */
export const designs: Designs = {
  minute: 20,
  line: whichDesign,
  branches: [
    {
      ...signs.copies,
      prompts: [
        {
          minute: 21,
          line: "At which size does this stop being right, and who decides that it has?",
          modelAnswer:
            "A code saves 109,000 dollars a month at a hundred petabytes and takes four engineers, 80,000. So it flips at about 73 PB, and the price of people moves it more than the price of disks. I would write the number into the plan with its owner, have volumes carry a format version from the first day so that sealed ones can be coded later, and look at it each budget.",
          probe: "copies-until-when",
        },
      ],
      probes: [
        {
          id: "copies-until-when",
          dimension: "trade-offs",
          lookingFor: "A trigger with a number and an owner, and a door left open.",
          open: "At which size does this stop being right?",
          pointed: "What do four engineers cost, and what do half of the disks?",
          giveaway: "It flips near 73 petabytes.",
          modelAnswer: "73 PB; a format version; an owner for the trigger.",
        },
      ],
      forks: [
        {
          id: "groups",
          minute: 33,
          line: "You could lose a little often, or a lot rarely. Which do you choose for machines that fail together?",
          replies: [
            {
              grade: "weak",
              reply: "A little often. Customers understand single objects.",
              moves: [
                { dimension: "framing", by: -1, why: "Each incident costs a notice, an investigation and trust." },
              ],
            },
            {
              grade: "acceptable",
              reply: "A lot rarely, so I would use fixed groups.",
              moves: [{ dimension: "framing", by: 1, why: "The choice, without its price." }],
            },
            {
              grade: "strong",
              reply:
                "Rarely. Freely placed copies lose 720 objects in every power cut; four thousand groups lose anything in two of a thousand, and then four hundred thousand objects. The expected loss is about the same, the number of incidents is not. The price: fewer partners to repair from, so each group's repair is slower. I would size groups so that it still takes hours.",
              moves: [
                { dimension: "framing", by: 1, why: "Says what an incident costs." },
                { dimension: "trade-offs", by: 2, why: "Groups against repair speed." },
              ],
            },
          ],
        },
      ],
      signals: {
        "trade-offs": [{ id: "trigger-owned", says: "Gives the next step a trigger with a number and an owner." }],
      },
    },
    {
      ...signs.code,
      prompts: [
        {
          minute: 21,
          line: "What does the width of your code buy that copies cannot?",
          modelAnswer:
            "Safety against losses that come together. After a power cut one machine in a hundred does not come back: with copies five of 521, and 720 objects have all three on those; with 8 + 4 three of 261, and an object needs five. It flips at five machines, about two percent, or in a cluster of thousands, where then the number of sets decides. The price is that every put waits for twelve and a small get moves eight arms.",
          probe: "width",
        },
      ],
      probes: [
        {
          id: "width",
          dimension: "trade-offs",
          lookingFor: "Correlated loss computed for both schemes, and its limit.",
          open: "What does the width buy?",
          pointed: "One machine in a hundred does not come back after a power cut.",
          giveaway: "Copies lose hundreds of objects, 8 + 4 none.",
          modelAnswer: "Five machines of twelve; flips near two percent.",
        },
      ],
      forks: [
        {
          id: "both-old",
          minute: 33,
          line: "A router and its data nodes are cut off from placement together. The router goes on writing.",
          replies: [
            {
              grade: "weak",
              reply: "The nodes refuse, because they check the map's version.",
              moves: [{ dimension: "correctness", by: -1, why: "Their version is the router's." }],
            },
            {
              grade: "acceptable",
              reply: "Then the writes land on nodes that are declared lost. I would need a lease.",
              moves: [{ dimension: "correctness", by: 1, why: "Names the case and the tool." }],
            },
            {
              grade: "strong",
              reply:
                "The answer to a heartbeat is a lease. A node whose lease is over refuses writes, and placement declares it lost only after the lease must have ended on the slowest clock. Then no put is acknowledged on a node that comes back emptied. Reads may go on: bytes never change. The price: without a majority of placement, puts stop after one lease, so I make it longer than any planned restart.",
              moves: [
                { dimension: "correctness", by: 2, why: "Fence, order of the two timers, why reads are exempt." },
                { dimension: "trade-offs", by: 1, why: "Says what the fence costs." },
              ],
            },
          ],
        },
      ],
      signals: {
        "trade-offs": [
          {
            id: "width-priced",
            says: "Prices the width of a code: losses that come together against arms and slow nodes.",
          },
        ],
      },
    },
    {
      ...signs.tiered,
      prompts: [
        {
          minute: 21,
          line: "Every byte is written four and a half times. Is that a problem, and is it still cheaper?",
          modelAnswer:
            "At peak we take 3.17 GB/s, so 14 GB/s reach the disks: one and a half megabytes a second for each of 9,375, less than one percent of its rate. Written bytes are no problem. The capacity is: data that is still in copies stores three times. If a month's data is open, that is two percent of the store. So it is nearly as cheap as coding at once, and it lets small objects lie in one piece. The price is a second path that moves acknowledged bytes, the most dangerous program in the store.",
          probe: "second-path",
        },
      ],
      probes: [
        {
          id: "second-path",
          dimension: "trade-offs",
          lookingFor: "Write volume computed and dismissed; the sealing program named as the real price.",
          open: "Is that a problem?",
          pointed: "Compute bytes a second for each disk. And which program may lose acknowledged data?",
          giveaway: "One percent of a disk; the one that seals.",
          modelAnswer: "1.5 MB/s a disk; two percent in copies; the sealer is the risk.",
        },
      ],
      forks: [
        {
          id: "sealer",
          minute: 33,
          line: "The program that seals extents has a bug and frees the copies of an extent whose fragments are wrong.",
          replies: [
            {
              grade: "weak",
              reply: "Tests would find that before it is released.",
              moves: [{ dimension: "operations", by: -2, why: "The question is what happens when they did not." }],
            },
            {
              grade: "acceptable",
              reply: "I would decode and compare before freeing.",
              moves: [{ dimension: "operations", by: 1, why: "The right check, in the same program." }],
            },
            {
              grade: "strong",
              reply:
                "It does not free. It marks, and another program, from another release, decodes from a random eight, compares with the checksums that the puts left, and frees days later, at a limited rate that an operator can stop. A new sealer works in one failure domain until that has passed. So a bug costs disk space, not bytes.",
              moves: [
                { dimension: "operations", by: 2, why: "Two programs, a delay, a rate, a domain." },
                { dimension: "correctness", by: 1, why: "States what the bug can cost at most." },
              ],
            },
          ],
        },
      ],
      signals: {
        "trade-offs": [{ id: "second-path-priced", says: "Prices the second path by its risk, not by its bytes." }],
      },
    },
  ],
};
