import type { SideBySide } from "../../interview.ts";

export const sideBySide: SideBySide = {
  question: "Three copies, or a code?",
  answers: {
    mid: {
      answer:
        "Three copies store three bytes for each, and any two may be lost. With eight data and four parity fragments it is one and a half, and any four of twelve may be lost, because each parity is computed from all eight. A normal read computes nothing. I would take the code for large objects and copies for small ones, because a small object would be cut into twelve tiny pieces.",
      why: "Both schemes are right, and so is the rule. No number decides, and none was asked for.",
    },
    senior: {
      answer:
        "18,750 disks against 9,375. I would like to say that copies lose too much, so I check: a repair that is spread over all machines takes an hour and a half, and at that three copies lose less than one object in ten trillion a year. They pass. So it is the price, 109,000 dollars a month, which pays four engineers from 73 petabytes on. For puts below 15 megabytes copies use less disk time, so I watch the sizes.",
      why: "Computes with the design's own repair time, finds that the obvious reason is wrong, and says where the decision flips, twice.",
    },
    staff: {
      answer:
        "On independent disks both are far better than we are at operating them, so I would not choose by nines. Two other things differ. When the power fails and one machine in a hundred stays away, freely placed copies lose hundreds of objects and 8 + 4 none: width helps against losses that come together. And a code is software that can write twelve wrong fragments that agree, so it needs a check from end to end and a rollout by failure domain before the first byte. Price those, and at a hundred petabytes the code still wins; at ten I would buy the storage.",
      why: "Moves the question from nines to the losses that happen, prices the operation of each choice, and offers not to build.",
    },
  },
};
