import type { Sheet } from "../../interview.ts";
import { midBoards } from "./boards.ts";
import { midDesigns } from "./designs.ts";
import { declined, duplicateWebhook, keyExpiry, minorUnits, redirectOrFrame, twoPhaseCommit } from "./follow-ups.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "Customers buy from sellers on our site and pay by card. A payment provider charges the card for us. Design the part that takes the payment and keeps the books.",
  after:
    "Do you give each payment a key and a state, keep the books as postings and not as one balance, and send the same key on every retry? Breadth before depth: one payment that walks from the button to the books counts for more than a clever queue.",
  phases: [
    {
      title: "Scope",
      startMinute: 0,
      endMinute: 5,
      goal: "Three functional requirements and the rough scale, written down.",
    },
    {
      title: "Estimate, interface and data",
      startMinute: 5,
      endMinute: 12,
      goal: "Payments a second and one sentence about what that decides; the call with its key; tables for order and postings.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "A payment walks through the whole picture, paid and declined.",
    },
    {
      title: "Deep dives, led by the candidate",
      startMinute: 22,
      endMinute: 38,
      goal: "The second press of the button, and the weak place of the chosen design.",
    },
    {
      title: "Failure and questions from support",
      startMinute: 38,
      endMinute: 43,
      goal: "The answer when the provider is down, and to a customer who asks whether they paid.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "The design in three sentences, and one weakness." },
  ],
  prompts: [
    {
      minute: 1,
      line: "What would you like to know before you start?",
      modelAnswer:
        "Do we charge cards ourselves, or does a provider? Do we ever see a card number? How many payments, and how many at peak? When are sellers paid? Are there refunds, and in part? One currency or several? Must the customer see the result at once?",
      probe: "scope",
    },
    {
      minute: 5,
      line: "How many payments a second is that, and what does it decide?",
      modelAnswer:
        "A million a day is 12 a second, and 116 at a tenfold peak. With eight commits for each payment that is 15 percent of what one drive can flush. So one database is enough, and the rate decides nothing else. The wait does. At two seconds each, 231 calls wait at peak.",
      probe: "load",
    },
    {
      minute: 9,
      line: "What is the call, and what does it answer?",
      modelAnswer:
        "`create(key, order)`: the client makes the key before its first attempt. The same key and body give the same payment; the same key with another body is a conflict. The answer is an id, a state and the address of the provider's page. Amounts are integers in the minor unit, with the currency.",
      probe: "contract",
    },
    {
      minute: 14,
      line: "Walk one payment through it.",
      modelAnswer:
        "The browser sends the order with its key. The service checks for fraud and commits key and order. The customer types the card on the provider's page. The provider is called under a reference of ours. Its answer moves the order to captured, and the postings are in the same commit. A decline moves it back, for another card.",
    },
    {
      minute: 25,
      line: "The card was charged and the answer got lost. The customer presses Pay again.",
      modelAnswer:
        "The browser sends the same key, so we find the same order. It is in doubt, because nothing told us how the charge ended. We send the same reference to the provider, which answers with what happened the first time, or we ask for it. One charge. It needs two things: the key is stored before the call, and each retry uses it again.",
      probe: "pressed-again",
    },
    {
      minute: 39,
      line: "The provider is down for an hour.",
      modelAnswer:
        "A time-out on each call, a few retries with growing, random delays, then a breaker that stops calling. Orders are still taken and wait in a table; the customer sees pending. When the provider is back, the waiting ones go out spread over time. A call without an answer is asked about, not marked as failed. I alert on how old the oldest one is.",
      probe: "provider-down",
    },
    {
      minute: 43,
      line: "Sum it up for a colleague who just came in.",
      modelAnswer:
        "Each payment has a key, a state and a reference at the provider, all stored before the call. State and postings change in one commit, and a balance is the sum of its postings. Its weakness is a provider that does not answer: then we ask until it does.",
    },
  ],
  boards: midBoards,
  hintBudget: 3,
  probes: [
    {
      id: "scope",
      dimension: "framing",
      lookingFor: "Questions whose answers change the design: the card, the provider, pay-out, refunds, scale.",
      open: "What would you like to know before you start?",
      pointed: "Do we ever see the card number, and when does the seller get the money?",
      giveaway: "A provider charges, we never see the card, sellers are paid after delivery, a million payments a day.",
      modelAnswer: "Asks at least three such questions, writes the answers down as requirements with numbers.",
    },
    {
      id: "load",
      dimension: "estimation",
      lookingFor: "Twelve a second from a million a day, and that one database does it.",
      open: "How many payments a second is that, and what does it decide?",
      pointed: "Divide by the seconds of a day. Would one database do?",
      giveaway: "Twelve a second. One database is enough.",
      modelAnswer: "12 a second, 116 at peak; one database; the time in which calls wait is the number to watch.",
    },
    {
      id: "contract",
      dimension: "interfaces",
      lookingFor: "A key made by the client, what the same key means, and money in integers.",
      open: "What does the client send?",
      pointed: "The client sends it twice. How do you know that it is the same payment?",
      giveaway: "By a key that the client made before the first attempt.",
      modelAnswer: "Key from the client; same body same payment; other body conflict; integers in the minor unit.",
    },
    {
      id: "pressed-again",
      dimension: "correctness",
      lookingFor: "The same key on the retry, stored before the call, and the same reference to the provider.",
      open: "The card was charged and the answer got lost. The customer presses Pay again.",
      pointed: "What is in your tables at this moment, and what does the provider see the second time?",
      giveaway: "The key has to be there before the call, and the provider has to see the same one again.",
      modelAnswer: "Same key, same order, same reference; the provider answers with the first charge.",
    },
    {
      id: "provider-down",
      dimension: "operations",
      lookingFor: "A time-out, bounded retries with random delays, and orders that wait.",
      open: "The provider is down for an hour.",
      pointed: "How long does one call wait, how often do you repeat it, and what does the customer see?",
      giveaway: "A time-out, a few retries that are spread out, and pending.",
      modelAnswer: "Time-out; backoff with jitter, bounded; breaker; pending; no call is marked failed by a time-out.",
    },
  ],
  forks: [
    {
      id: "seller-balance",
      minute: 16,
      line: "Where does the balance that a seller sees come from?",
      replies: [
        {
          grade: "weak",
          reply: "A balance column on the seller, and I add the amount when a payment succeeds.",
          moves: [{ dimension: "design", by: -1, why: "Nothing says later why the number is what it is." }],
        },
        {
          grade: "acceptable",
          reply:
            "There is a row for each movement of money, and the balance changes in the same transaction as the row.",
          moves: [{ dimension: "design", by: 1, why: "Cause and number change together." }],
        },
        {
          grade: "strong",
          reply:
            "From postings. Each payment takes money from one account and brings it to others, and the sum is zero. A posting is never changed; a mistake gets a second transfer. The seller's balance is the sum of the postings, kept up to date in the same commit, and I can add it up again at any time.",
          moves: [
            { dimension: "design", by: 2, why: "Double entry, and a balance that can be rebuilt." },
            { dimension: "correctness", by: 1, why: "Gives the sum that can be checked." },
          ],
        },
      ],
    },
    {
      id: "did-i-pay",
      minute: 41,
      line: "A customer writes to support: did I pay or not? How does support find out?",
      replies: [
        {
          grade: "weak",
          reply: "They look into the log. If there was an error, it did not work.",
          moves: [{ dimension: "operations", by: -1, why: "An error on our side says nothing about the card." }],
        },
        {
          grade: "acceptable",
          reply: "They see the order with its state and its calls, and can look the charge up at the provider.",
          moves: [{ dimension: "operations", by: 1, why: "Both sides are looked at." }],
        },
        {
          grade: "strong",
          reply:
            "The order shows its state, its calls with our reference, and its postings. If it is in doubt, a program has already asked the provider by that reference, so support sees pending and since when. And each day the provider's list is compared with our postings, so a charge that we know nothing of is found without the customer.",
          moves: [
            {
              dimension: "operations",
              by: 2,
              why: "A program asks, and the comparison finds what was never recorded.",
            },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Product wants refunds in part: a customer sends two of five items back. Can your design do that?",
    breaks:
      "Orders with one flag for paid and one for refunded, a state that a refund overwrites, and a refund call without a key, which a retry runs twice.",
    modelAnswer:
      "A refund is an operation of its own: its key from the client, its amount, its reference to the provider, stored before the call. The order is locked while we check that all refunds together, those under way included, are at most what was captured. The postings run the other way and add up to zero again. The order is refunded only when the whole amount is back. A refund without an answer is in doubt, as a capture is.",
  },
  designs: midDesigns,
  signals: {
    framing: [
      { id: "asks-who-charges", says: "Asks which side charges the card, and when sellers are paid." },
      { id: "writes-requirements", says: "Writes requirements down before drawing." },
    ],
    estimation: [
      { id: "rate-right", says: "Gets from payments a day to a rate per second, right to a factor of two." },
      { id: "number-decides", says: "Says what the number decides, or that it decides nothing." },
    ],
    interfaces: [
      {
        id: "key-from-client",
        says: "Has the client make a key before its first attempt, and says what a repeat gets.",
      },
      { id: "minor-units", says: "Stores amounts as integers in the minor unit, with the currency." },
    ],
    design: [
      { id: "complete-path", says: "Has a complete path from the button to the books by minute 22." },
      { id: "postings-kept", says: "Keeps postings that add up to zero, beside or in place of a balance." },
    ],
    correctness: [{ id: "same-key-again", says: "Stores the key before the call, and sends the same one again." }],
    "trade-offs": [
      {
        id: "compares-two",
        says: "Compares two options by what each loses: a balance or postings, a call now or later.",
      },
    ],
    operations: [
      { id: "timeout-retries", says: "Has a time-out and a bounded number of retries that are spread out." },
      { id: "one-alert", says: "Names one thing to alert on." },
    ],
    communication: [
      { id: "says-next", says: "Says what comes next." },
      { id: "takes-hint", says: "Takes a hint at once and builds on it." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a payment from button to books at minute 30." },
    {
      id: "new-key",
      dimension: "correctness",
      behavior: "Keeps making a new key for each retry, after the second charge was pointed out.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a provider after it was challenged.",
    },
  ],
  followUps: [minorUnits, declined, duplicateWebhook, redirectOrFrame, keyExpiry, twoPhaseCommit],
};
