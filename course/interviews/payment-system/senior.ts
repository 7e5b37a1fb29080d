import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import { seniorDesigns } from "./designs.ts";
import {
  duplicateWebhook,
  hotAccount,
  keyExpiry,
  reconcileClocks,
  standbyOrQuorum,
  twoPhaseCommit,
} from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening:
    "Customers buy from many sellers on our site. They pay us by card, and we pay the sellers once the goods have arrived. Design the payment system. No customer may be charged twice, and I want to be able to trust the books.",
  after:
    "Do you say what is true after a time-out, how the doubt ends, and which writes commit together, before you are asked? Do you use a number only where it decides something? Two components in depth, one of them under failure.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; what is out and why.",
    },
    {
      title: "The deciding estimates, contract and tables",
      startMinute: 5,
      endMinute: 12,
      goal: "The rate decides nothing, waiting and unknown outcomes do; two keys, and what each side promises for them.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "One payment, then the same one with its answer lost; every box tied to a requirement.",
    },
    {
      title: "Two deep dives, led by the candidate",
      startMinute: 22,
      endMinute: 38,
      goal: "The states in doubt and how each ends; the chosen design under failure.",
    },
    {
      title: "Redrive, alerts, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "The alerts that page a person, the messages that a person may send again, and how the rest is found.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, invariant, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "A million payments a day, ten times that at peak. A provider charges; the card never reaches us. Pay-in after a fraud check, pay-out after delivery, refunds, chargebacks; one currency a payment. At most one capture each; each outcome known within an hour in which the provider answers; no payment lost with any one machine; differences found within a day. Out: tax, identity checks, conversion, being a provider.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "Which of your numbers changes the design?",
      modelAnswer:
        "Not the rate: 12 a second, 116 at peak, is 15 percent of what one drive can flush. The wait does: a hundred threads are full at 0.86 seconds at peak, and with a provider at thirty seconds 347 calls wait at the mean rate. And the doubts: if one call in a thousand times out, 1,000 payments a day end without an answer. One person clears 160 of them, so a program has to.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "The client sends a key. What does it mean to you, and what does it mean to the provider?",
      modelAnswer:
        "Two keys, because two calls can be lost. The client makes the first, and keeps it until there is a final answer; the same key with another body is a conflict, a duplicate while the first runs gets a conflict or waits. We store it with a second one for the provider before the first call, so that it is the same after a crash. Each provider promises something else: Stripe's API v1 replays what it stored, a 500 too, for at least 24 hours; PayPal answers with the latest status.",
      probe: "two-keys",
    },
    {
      minute: 13,
      line: "Which of your writes commit together?",
      modelAnswer:
        "Before the call: key, order in doubt, an open operation with our reference, the job. After it: the result, the order's new state, the postings, the events in the outbox. No transaction is open during the call. The wallet is a row that changes in the same commit as the postings, and can be added up again. Two flags for ledger and wallet would only record that I write twice.",
      probe: "one-commit",
    },
    {
      minute: 16,
      line: "The answer to the capture never comes. Walk me through it.",
      modelAnswer:
        "The time-out writes nothing: the operation was open before the call, and still is. The order stays in capturing, the customer sees pending. A sweep asks the provider by our reference. Succeeded: result, postings and event in one commit. Declined: back to ready, for another card. Nothing there: send it again under the same reference, because the first one may still be on its way. The provider cannot tell us: it stays open, and a person hears of it after an hour.",
      probe: "open-outcome",
    },
    {
      minute: 39,
      line: "Which alerts wake a person up?",
      modelAnswer:
        "A currency whose postings do not add up to zero: at once. Operations open for more than an hour, any dead letter, the age of the oldest job, standbys missing. By day: differences from the settlement file by kind and age, each with an owner, and declines by provider. A time-out alone wakes no one up; the sweep works on it.",
      probe: "alerts",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "Some five million payments a day: then a row per balance is too hot at peak, and transfers have to share commits. A second provider that keeps keys for half an hour: then I look up before every retry. Flows with many steps and weeks of waiting: then a workflow engine earns its place.",
    },
  ],
  boards: seniorBoards,
  hintBudget: 2,
  probes: [
    {
      id: "numbers",
      dimension: "framing",
      lookingFor: "Non-functional requirements as numbers, unasked, and what is out.",
      open: "Assume what you need and tell me.",
      pointed: "How soon must you know whether a card was charged, and how soon must you find a difference?",
      giveaway: "Outcomes within an hour, differences within a day, one capture each.",
      modelAnswer: "Rate, outcomes, differences, loss of a machine; provider and card; out: tax, conversion.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "That the rate decides nothing, and that waiting and unknown outcomes do.",
      open: "Which of your numbers changes the design?",
      pointed: "The provider takes thirty seconds today. How many of your threads wait?",
      giveaway: "347, and you have a hundred.",
      modelAnswer: "15 percent of a drive; pool full at 0.86 s at peak; 1,000 unknown outcomes a day against 160.",
    },
    {
      id: "two-keys",
      dimension: "interfaces",
      lookingFor: "A key for each call that can be lost, both stored first, and the provider's promise by name.",
      open: "The client sends a key. What does it mean to you, and what does it mean to the provider?",
      pointed: "We crash and another process takes over. Which key does it send to the provider?",
      giveaway: "One that was stored before the first call.",
      modelAnswer:
        "Client's key; ours downstream, stored first; conflict on another body; each adapter states its rules.",
    },
    {
      id: "one-commit",
      dimension: "correctness",
      lookingFor: "State, result, postings and events in one commit; no transaction across the call.",
      open: "Which of your writes commit together?",
      pointed: "We die after the ledger and before the wallet. What do your tables say?",
      giveaway: "One commit for both, or derive one from the other.",
      modelAnswer: "Before: key, order, open operation. After: result, state, postings, outbox. The wallet is derived.",
    },
    {
      id: "open-outcome",
      dimension: "correctness",
      lookingFor: "That a time-out writes nothing, and a way by which every open operation ends.",
      open: "The answer to the capture never comes. Walk me through it.",
      pointed: "You wrote failed. The webhook says succeeded. Now what?",
      giveaway: "It had not failed, it was open. Ask the provider by your reference.",
      modelAnswer: "Open before the call; asked by reference; three answers; the same reference when nothing is there.",
    },
    {
      id: "alerts",
      dimension: "operations",
      lookingFor: "Alerts on what no program resolves, and reconciliation as the last net.",
      open: "Which alerts wake a person up?",
      pointed: "How would you find a charge of which you have no record at all?",
      giveaway: "In the settlement file, compared with the ledger each day.",
      modelAnswer: "Sum not zero; open for an hour; dead letters; ages; differences by kind with an owner.",
    },
  ],
  forks: [
    {
      id: "sync-replica",
      minute: 8,
      line: "At twelve a second we can afford a synchronous replica. Then it is all consistent, isn't it?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, at that rate the extra milliseconds do not matter, so we get strong consistency.",
          moves: [{ dimension: "trade-offs", by: -1, why: "No replica of ours knows what the provider did." }],
        },
        {
          grade: "acceptable",
          reply:
            "It keeps our commits when the primary dies. It does not agree with the provider, and it stops us when the replica is away.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Says what it is for, and its price." }],
        },
        {
          grade: "strong",
          reply:
            "It answers another question. The disagreement that costs money is with the provider, and keys and asking settle that. I want a commit on two machines, so I wait for any one of two standbys: with nodes that are there 99.9 percent of the time, one required standby blocks us for 86 minutes a month, any one of two for 43 minutes.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Refutes the argument and chooses by a number." },
            { dimension: "operations", by: 1, why: "Sees a standby as an availability decision." },
          ],
        },
      ],
    },
    {
      id: "monday-redrive",
      minute: 41,
      line: "On Monday an engineer sends Friday night's failed captures again. The key is the same.",
      replies: [
        {
          grade: "weak",
          reply: "That is what the key is for, so it is safe.",
          moves: [{ dimension: "correctness", by: -1, why: "The provider has forgotten the key: a new charge." }],
        },
        {
          grade: "acceptable",
          reply: "The provider may keep keys for only a day. So we look the payment up first.",
          moves: [{ dimension: "correctness", by: 1, why: "Knows that keys expire, and asks first." }],
        },
        {
          grade: "strong",
          reply:
            "By then they are up to 61 hours old, and Stripe's API v1 may drop a key after 24 hours. So a redrive asks by our reference first: done, then only the effect is booked; not there, then it is sent; no answer, then it stays where it is. The reference is inside the provider's object, so that the look-up works after the key is gone.",
          moves: [
            { dimension: "correctness", by: 2, why: "Age against memory, and an action for each answer." },
            { dimension: "operations", by: 1, why: "Makes the button safe for the person who presses it." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "From now on we charge when the goods ship, up to ten days after checkout. At checkout we only hold the money.",
    breaks:
      "Payments that are one call. A constant of seven days. A state machine in which an authorized order can only be captured, and shipping that does not wait for the capture.",
    modelAnswer:
      "Authorize and capture become two operations, each with its reference and its open state. The hold lapses by itself: Stripe lists seven days for a customer's own payment, other providers and cards differ, so I store the date that comes with each authorization. Ten days are longer than that. A job before that date authorizes again and then releases the old hold. It may be declined: back to ready, and the customer is asked. Goods leave after the capture has succeeded. A capture that is in doubt when the hold lapses is asked about as before. Or store the card and charge it at shipping; then a decline comes when the goods are packed.",
  },
  designs: seniorDesigns,
  signals: {
    framing: [
      { id: "numbers-unasked", says: "Puts rate, outcomes, differences and loss into numbers, unasked." },
      { id: "hard-part-named", says: "Says that agreeing with the provider is the hard part, and the load is not." },
      { id: "left-out", says: "Says what is left out, and why." },
    ],
    estimation: [
      { id: "rate-dismissed", says: "Says that the rate does not decide, with the share of one drive or machine." },
      { id: "wait-computed", says: "Computes how many calls wait, and where the pool is full." },
      { id: "doubts-counted", says: "Counts unknown outcomes a day, and says that a program has to resolve them." },
    ],
    interfaces: [
      { id: "two-keys-stored", says: "Stores the client's key and one for the provider before the first call." },
      { id: "promise-by-provider", says: "Says what one provider's key promises, and for how long." },
    ],
    design: [
      {
        id: "lost-answer-walked",
        says: "Walks a payment and the same one with its answer lost through the whole path.",
      },
      { id: "boxes-tied", says: "Ties each box to the requirement that asks for it." },
    ],
    correctness: [
      { id: "doubt-on-record", says: "Records the operation as open before the call; a time-out changes nothing." },
      { id: "doubt-ends", says: "Ends each doubt by asking under our reference, and names what each answer does." },
      { id: "commits-together", says: "Commits result, state, postings and events together, with no call inside." },
    ],
    "trade-offs": [
      { id: "alternative-priced", says: "Gives the price of a design that was not taken, as a number or a failure." },
      { id: "regret-named", says: "Names the condition for regret." },
    ],
    operations: [
      { id: "reconciled-daily", says: "Compares the settlement file with the ledger, and gives differences an owner." },
      { id: "right-alerts", says: "Pages on what no program resolves, and not on time-outs." },
    ],
    communication: [
      { id: "leads", says: "Says which part comes next and why, and keeps the clock." },
      { id: "corrects", says: "Takes a correction, or makes one, and goes on." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a payment from button to books at minute 30." },
    {
      id: "guesses",
      dimension: "correctness",
      behavior: "Keeps marking a call without an answer as failed, after the charge was pointed out.",
    },
    {
      id: "call-in-transaction",
      dimension: "correctness",
      behavior: "Keeps a transaction open during the provider's call, after the locks were pointed out.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a provider after it was challenged.",
    },
  ],
  followUps: [duplicateWebhook, keyExpiry, hotAccount, reconcileClocks, standbyOrQuorum, twoPhaseCommit],
};
