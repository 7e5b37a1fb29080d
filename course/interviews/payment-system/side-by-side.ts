import type { SideBySide } from "../../interview.ts";

export const sideBySide: SideBySide = {
  question: "You asked the provider to charge, and no answer came. What now?",
  answers: {
    mid: {
      answer:
        "I don't know whether the card was charged, so I don't mark it as failed. The payment stays pending, and I send the same request again with the same key. The key was stored before the first call, so a restart doesn't make a new one, and the provider doesn't charge twice.",
      why: "Leaves the outcome open, and repeats with a key that was there before the call. Nothing is said about when the doubt ends, and at this level nothing has to be.",
    },
    senior: {
      answer:
        "Nothing is written, because the operation was on record as open before the call, under our reference. A sweep asks the provider for that reference. Succeeded or declined: the result, the new state, the postings and the event commit together. Nothing there: we send it again under the same reference, since the first may still be under way. A webhook that comes in between goes through the same function. If one call in a thousand ends so, it is 1,000 a day, so no person is part of it until an hour has passed.",
      why: "Names what is on record, an action for each answer, what commits together, and the count that makes it a program's work.",
    },
    staff: {
      answer:
        "First as a senior would: open, asked by reference, closed only by the provider's word. Then I ask what that misses. The provider may forget our key after a day, so anything older is looked up before it is sent. It may stay down, so new payments go to the second provider, and this one does not, unless we accept a bounded number of double charges and refund them. And a charge that we never recorded is in no look-up. The settlement file has it the next day, and here is the team that owns the difference.",
      why: "Takes the mechanism as given, names the three places where it ends, and says for each what finds the rest and who owns it.",
    },
  },
};
