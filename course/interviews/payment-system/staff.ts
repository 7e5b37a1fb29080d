import type { Sheet } from "../../interview.ts";
import { staffBoards } from "./boards.ts";
import { staffDesigns } from "./designs.ts";
import {
  auditorProof,
  hotAccount,
  payoutsTwice,
  reconcileClocks,
  secondProviderKeys,
  standbyOrQuorum,
} from "./follow-ups.ts";

export const staff: Sheet = {
  level: "staff",
  opening:
    "Last month our payment provider was down for two hours. Afterward the auditors asked whether any customer was charged twice, and we could not say. Leadership wants a second provider. What should we do?",
  after:
    "Do you see that the outage, the doubts and the missing proof are three problems, and that a second provider helps with one? Can you say which payments may go to it, prove to an auditor what you claim, and name who owns what is left? The interviewer should only choose where to look.",
  phases: [
    {
      title: "Framing",
      startMinute: 0,
      endMinute: 8,
      goal: "The three problems of last month, the promise and its owner, and what a second provider does not solve.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 22,
      goal: "One picture that meets the numbers, with the number that breaks it, and the proof for the auditor.",
    },
    {
      title: "Three deep dives, led by the candidate",
      startMinute: 22,
      endMinute: 38,
      goal: "Failover without a second charge, the books as proof, and one that the candidate picks; each with an invariant.",
    },
    {
      title: "Risk, rollout, cost, ownership",
      startMinute: 38,
      endMinute: 43,
      goal: "How the second provider goes live, what it costs, and who owns the differences.",
    },
    {
      title: "Summary",
      startMinute: 43,
      endMinute: 45,
      goal: "Decision, invariant, and the reason that would reverse it.",
    },
  ],
  prompts: [
    {
      minute: 2,
      line: "Would a second provider have helped last month?",
      modelAnswer:
        "With one of three problems. New payments could have gone to it. The calls that were under way could not: only the first provider knows how they ended, so they have to be asked about when it is back. And the auditor's question is about our books: with two providers and no reconciliation we would have two files that no one compares. I would start with the doubts and the proof, then add the second provider.",
      probe: "reframe",
    },
    {
      minute: 9,
      line: "Which number breaks the simple design?",
      modelAnswer:
        "Not the rate: 12 a second is far below one database. First, doubts: 1,000 payments a day end without an answer, and one person clears 160, so by hand it takes six people who do nothing else. Second, time: a dead letter from Friday is 61 hours old on Monday, and the provider promises to remember a key for 24 hours. Third, later, one account: a locked row per balance does 566 transfers a second. And the fee, 1.75 dollars a payment, is more than all machines.",
      probe: "breaking-number",
    },
    {
      minute: 13,
      line: "Show me the smallest thing that works.",
      modelAnswer:
        "One provider, done right: keys and open operations stored before the call, a sweep that asks, a ledger in the same commit, an outbox, and the settlement file against the ledger each day. The provider's name is a field of the operation. The second one is then an adapter and a rule, and the trigger to build it is the cost of an hour without payments.",
    },
    {
      minute: 16,
      line: "I am the auditor. Was any customer charged twice? Show me.",
      modelAnswer:
        "Three queries and a file. Captures that succeeded, by payment, more than one: none, and a constraint says so. Each currency adds up to zero over all postings; each wallet is the sum of its postings. No role of the service may change or delete a posting, and the database refuses it. That is our side. Then each row of the provider's file has one entry of ours, day by day; what does not match is listed with its kind, its age, its owner and the transfer that corrected it. A charge that we never recorded is only in the file.",
      probe: "audit-proof",
    },
    {
      minute: 39,
      line: "Who owns a difference of forty dollars that no program explains?",
      modelAnswer:
        "Finance operations owns the difference, with a day to name its kind; the payments team owns the kind, if it comes again. Each has an age, and an objective: nothing older than five days. Two rates are watched, not the single case: differences for each million rows, and operations open for more than an hour. A correction is a transfer that two people sign. On call is the payments team, and the page is a sum that is not zero.",
      probe: "ownership",
    },
    {
      minute: 43,
      line: "What would reverse your decision?",
      modelAnswer:
        "If an hour without payments costs less than a second contract, its certification and its file, one provider and an honest pending page are enough. If the provider offers a look-up that is complete and prompt, less is left for reconciliation. If waiting costs more than a double charge, the bound with automatic refunds becomes the rule and not the exception.",
    },
  ],
  boards: staffBoards,
  hintBudget: 1,
  probes: [
    {
      id: "reframe",
      dimension: "framing",
      lookingFor:
        "Three problems: no new payments, calls in doubt, no proof; and which of them a second provider helps.",
      open: "Would a second provider have helped last month?",
      pointed: "Take a call that was under way when the provider went down. Where is its answer?",
      giveaway: "At the first provider only. And the auditor asks about your books.",
      modelAnswer: "Separates the three, starts with doubts and proof, asks what an hour costs.",
    },
    {
      id: "breaking-number",
      dimension: "estimation",
      lookingFor: "Unknown outcomes against people, the age of a redrive, the hot account, the fee.",
      open: "Which number breaks the simple design?",
      pointed: "Twelve a second is easy. How many of them end without an answer, and who clears them?",
      giveaway: "A thousand a day, and a person clears 160.",
      modelAnswer: "1,000 a day; 61 hours against 24; 566 a second on one account; 1.75 dollars a payment.",
    },
    {
      id: "audit-proof",
      dimension: "correctness",
      lookingFor: "Invariants as queries, postings that cannot change, and the other side's file.",
      open: "I am the auditor. Was any customer charged twice? Show me.",
      pointed: "Your query shows your records. How do you show a charge that you never recorded?",
      giveaway: "Each row of the provider's file needs one entry of yours.",
      modelAnswer: "One capture by constraint; sum zero; wallets add up; postings only added; file against ledger.",
    },
    {
      id: "never-two",
      dimension: "correctness",
      lookingFor: "The invariant of one capture kept per payment across providers, and its proof.",
      open: "Convince me that two providers never both keep the money.",
      pointed: "At which commit is it decided which provider may hear of the payment?",
      giveaway: "The operation names its provider before the call, and the next one needs the first to be closed.",
      modelAnswer: "Provider committed with the open operation; a second only after the first is closed; else bounded.",
    },
    {
      id: "ownership",
      dimension: "operations",
      lookingFor: "Owner, age and objective of a difference, apart for the case and for its kind.",
      open: "Who owns a difference of forty dollars that no program explains?",
      pointed: "It is still there in a month. Which team is asked about it?",
      giveaway: "Finance owns the case, the payments team its kind.",
      modelAnswer: "Owner, age, objective; rates and not cases; a correcting transfer that two people sign.",
    },
  ],
  forks: [
    {
      id: "automatic-failover",
      minute: 4,
      line: "Leadership wants it automatic: when A has not answered after five seconds, B charges.",
      replies: [
        {
          grade: "weak",
          reply: "Yes, with a circuit breaker in front, so that we switch only when A is really down.",
          moves: [{ dimension: "framing", by: -1, why: "A call without an answer may have charged, breaker or not." }],
        },
        {
          grade: "acceptable",
          reply: "Only if A has not charged. So before B is called we have to ask A, and when A is down we cannot.",
          moves: [{ dimension: "framing", by: 1, why: "Finds the contradiction in the requirement." }],
        },
        {
          grade: "strong",
          reply:
            "For payments that A has never heard of, automatic and at once. For an open one it means to accept that some customers are charged twice for a while. That can be right, but it is a decision about money: how many, for how long, who tells the customer. I would bring leadership the number of calls that are open when A stops, and let them choose.",
          moves: [
            {
              dimension: "framing",
              by: 2,
              why: "Splits the requirement where its cost begins, and names who decides.",
            },
            { dimension: "trade-offs", by: 1, why: "States the price as a count." },
          ],
        },
      ],
    },
    {
      id: "launch",
      minute: 42,
      line: "The contract with B is signed. Half of all payments tomorrow?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, with a switch to go back.",
          moves: [{ dimension: "operations", by: -1, why: "Refunds and disputes of that half stay at B for months." }],
        },
        {
          grade: "acceptable",
          reply: "One percent first, with a switch, then ten, while we watch declines and errors.",
          moves: [{ dimension: "operations", by: 1, why: "Starts small, and watches." }],
        },
        {
          grade: "strong",
          reply:
            "One in a hundred, and its settlement file is reconciled to the cent before it gets ten. Each stage covers a full cycle: capture, refund, file, payout, and a dispute. A switch stops new payments at B; the old ones are refunded where they were charged, so B stays reachable for months after. I rehearse the failover on a quiet morning, with calls open.",
          moves: [
            { dimension: "operations", by: 2, why: "Gates on the books, and knows what a switch does not undo." },
            { dimension: "communication", by: 1, why: "Brings finance into the decision to go on." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Product has decided: no customer waits for more than twenty minutes, even while A is down. After that they pay through B, or they get a clear no.",
    breaks:
      "An open operation that waits for A for as long as it takes. The invariant of one charge, if B may charge while A is open. A design that marks A's operation as failed to make room.",
    modelAnswer:
      "The promise has changed: from never two charges to never two that are kept. Two ways. A clear no: the order is canceled, A's operation stays open, and if A later says succeeded, a program refunds that charge, under a reference of its own. Or B charges: the same refund, and the customer gets the goods. I bound it: a cap on how many payments may be open at A and charged at B, and above it only the clear no. If each request calls A with thirty seconds of time-out, 347 calls wait at the mean rate when it stops; behind workers it is about as many as there are workers. Times fifty dollars that is the money at risk, and finance signs it. The ledger shows both charges and the refund; reconciliation counts what the rule cost.",
  },
  designs: staffDesigns,
  signals: {
    framing: [
      { id: "three-problems", says: "Separates new payments, calls in doubt and the missing proof." },
      {
        id: "challenges-failover",
        says: "Challenges the second provider, or its automatic use, with its consequence.",
      },
      { id: "asks-cost-of-hour", says: "Asks what an hour without payments costs, and who decides." },
    ],
    estimation: [
      { id: "doubts-against-people", says: "Finds the doubts of a day, against people, as the number that breaks it." },
      { id: "open-at-outage", says: "Counts the calls that are open when a provider stops, in payments or dollars." },
    ],
    interfaces: [
      { id: "adapter-states-rules", says: "Has each provider's adapter state what its key means and for how long." },
      { id: "retention-owned", says: "Gives keys, postings and events a retention and an owner." },
    ],
    design: [
      {
        id: "simplest-first",
        says: "Draws one provider done right first, with the second as the next step and its trigger.",
      },
      { id: "provider-on-operation", says: "Commits the provider's name with the open operation, before the call." },
    ],
    correctness: [
      {
        id: "never-sent-rule",
        says: "Sends to the second provider only what the first never heard of, with the reason.",
      },
      {
        id: "audit-as-queries",
        says: "States the audit as invariants that queries check, and the file as the other side.",
      },
      { id: "literature-right", says: "Names products, papers and incidents correctly, or not at all." },
    ],
    "trade-offs": [
      { id: "promise-reversed", says: "Sees that the change turns one charge into one charge that is kept." },
      { id: "way-back", says: "Says how to go back, and what stays at a provider after it." },
    ],
    operations: [
      { id: "failover-rehearsed", says: "Rehearses the failover with calls open." },
      { id: "bound-signed", says: "Bounds the double charges by a cap, with an automatic refund and a signature." },
      { id: "difference-owned", says: "Gives each difference an owner, an age and an objective." },
    ],
    communication: [
      { id: "peer", says: "Leads, so that the interviewer only chooses where to look." },
      { id: "opinion-said", says: "Says what is opinion." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No working path on the board at minute 30." },
    {
      id: "solution-first",
      dimension: "framing",
      behavior: "Designs for ten minutes without asking what went wrong last month, and again after the first probe.",
    },
    {
      id: "open-to-b",
      dimension: "correctness",
      behavior:
        "Sends open operations to the second provider without a bound, after the second charge was pointed out.",
    },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a provider, product or paper after it was challenged.",
    },
    {
      id: "no-owner",
      dimension: "operations",
      behavior: "Cannot say which team is asked about a difference in the books, when asked.",
    },
  ],
  followUps: [auditorProof, secondProviderKeys, reconcileClocks, payoutsTwice, standbyOrQuorum, hotAccount],
};
