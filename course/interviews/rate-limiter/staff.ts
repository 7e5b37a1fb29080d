import type { Sheet } from "../../interview.ts";
import { staffBoards } from "./boards.ts";
import { buyOrBuild, changeLive, costs, eviction, limiterSlo, partitionBound, twoRegions } from "./follow-ups.ts";

export const staff: Sheet = {
  level: "staff",
  opening:
    "Our API falls over when a few large customers run their batch jobs. Leadership wants rate limiting. What should we do?",
  after:
    "Do you find out what is being protected before you build a limiter? Can you give a bound for many nodes under partition, with a proof, and say how the thing is introduced, changed, paid for and switched off? The interviewer should only choose where to look.",
  phases: [
    {
      title: "Framing",
      startMinute: 0,
      endMinute: 8,
      goal: "What is protected, what is promised to whom, what is not a rate limiter's job.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 16,
      goal: "One picture that meets the numbers, with the number that breaks it.",
    },
    {
      title: "Three deep dives",
      startMinute: 16,
      endMinute: 40,
      goal: "Exactness, distribution under partition, and one that the candidate picks; each with an invariant.",
    },
    {
      title: "Rollout, cost, ownership",
      startMinute: 40,
      endMinute: 43,
      goal: "How it goes live, what it costs, who carries it.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Decision, bound, what would reverse it." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Would a rate limiter have helped last time?",
      modelAnswer:
        "Only if the batch jobs exceed a promise that we can name. If the sum of permitted traffic is more than the capacity, limits per client do not protect the API; load shedding by priority does. I want both: a limit for fairness between clients, shedding for capacity. And I want to know what the large customers were sold.",
      probe: "reframe",
    },
    {
      minute: 7,
      line: "Which number breaks the simple design?",
      modelAnswer:
        "Not memory, about 1 GB. Not the sum of the rate, 17 shards. One key: a customer at 400,000 a second is four shards' worth. And the trip: 0.6 of a 1 ms budget. At some 2,500 dollars a month the shards are cheap next to what they protect.",
      probe: "breaking-number",
    },
    {
      minute: 12,
      line: "Show me the smallest thing that works.",
      modelAnswer:
        "Token bucket per key on the shard that owns it, one atomic call, rules pushed as data, a refused-until cache, a degraded mode per rule. No leases yet: they are the next step, when the trip or the hot key asks for them.",
    },
    {
      minute: 18,
      line: "Convince me that it is right.",
      modelAnswer:
        "Invariant: in every interval of t at most capacity plus rate times t. What is taken was in the bucket at the start or flowed in. Integers, so no rounding. The clock is the latest seen. Refusals take nothing. And a test: every interval of recorded traces, by brute force, with clocks that step back.",
      probe: "proof",
    },
    {
      minute: 24,
      line: "The trip has become too expensive for the largest customers. What now?",
      modelAnswer:
        "Leases. Tokens leave the central bucket when granted; only a holder that has stopped spending gives some back. A gateway holds at most one lease per key; grants carry sequence numbers. Bound: capacity + rate x t + gateways x lease. 50 gateways with leases of 20 add 1,000 to 61,000 in a minute, 1.6 per cent, and save 95 per cent of the messages.",
      probe: "lease-bound",
    },
    {
      minute: 34,
      line: "Pick the part that worries you most.",
      modelAnswer:
        "A bad rule: it has the largest blast radius, the whole API for one tenant or all. So rules are code: reviewed, dark, staged, with a switch, and a limit on how much of all traffic the limiter may refuse before a human agrees.",
      probe: "blast-radius",
    },
    {
      minute: 41,
      line: "Who owns this in two years, and what does it cost them?",
      modelAnswer:
        "The platform team owns the engine and its objective: time added, share of degraded decisions. Product teams own their rules and get the alerts for them. The money is small, the pager is not; if keys were only addresses I would buy it.",
      probe: "ownership",
    },
    {
      minute: 43,
      line: "What would reverse your decision?",
      modelAnswer:
        "If the quota becomes an invoice, counters that may forget are the wrong store: a ledger. If refusing paid traffic costs more than overselling, the degraded mode opens. If one region is enough, the lease machinery goes.",
    },
  ],
  boards: staffBoards,
  hintBudget: 1,
  probes: [
    {
      id: "reframe",
      dimension: "framing",
      lookingFor: "That fairness, capacity and a sold quota are three problems, and that a limiter solves the first.",
      open: "Would a rate limiter have helped last time?",
      pointed: "Suppose every customer stays within its limit and the API still falls over.",
      giveaway: "Then it is load shedding that you need.",
      modelAnswer: "Separates the three, asks what was sold, challenges the requirement before designing for it.",
    },
    {
      id: "breaking-number",
      dimension: "estimation",
      lookingFor: "The hot key, and what a check costs.",
      open: "Which number breaks the simple design?",
      pointed: "All keys together are fine. Is each?",
      giveaway: "One key is four shards.",
      modelAnswer: "Hot key; 2.4 dollars per billion checks; the rest fits.",
    },
    {
      id: "proof",
      dimension: "correctness",
      lookingFor: "Invariant, proof sketch, and how it is tested.",
      open: "Convince me that it is right.",
      pointed: "State what can never happen, for any interval.",
      giveaway: "Never more than capacity plus rate times t.",
      modelAnswer: "Invariant and one-line proof; integers; latest time; brute force over traces.",
    },
    {
      id: "lease-bound",
      dimension: "correctness",
      lookingFor: "The bound with leases, and who may give granted tokens back.",
      open: "The trip has become too expensive. What now?",
      pointed: "A gateway is silent. Do you put its tokens back?",
      giveaway: "No: if it is only slow they are spent twice.",
      modelAnswer:
        "capacity + rate x t + nodes x lease; idempotent grants; one lease per key and node; add a capacity if the center restarts full.",
    },
    {
      id: "blast-radius",
      dimension: "operations",
      lookingFor: "That the limiter's rules are the most dangerous part of it.",
      open: "Pick the part that worries you most.",
      pointed: "What can one wrong line in a rule do?",
      giveaway: "Refuse everybody.",
      modelAnswer: "Rules as code, dark, staged, switch; cap on total refusals; rehearsal with the store hung.",
    },
    {
      id: "ownership",
      dimension: "operations",
      lookingFor: "Objective, budget and owner, apart for engine and rules.",
      open: "Who owns this in two years?",
      pointed: "Who is woken when a customer is refused by mistake?",
      giveaway: "The owner of the rule, not of the engine.",
      modelAnswer: "Platform owns the engine's objective; teams own rules and their alerts; cost small, pager not.",
    },
  ],
  forks: [
    {
      id: "requirement",
      minute: 3,
      line: "Leadership wants a limit of 1,000 per second for everybody.",
      replies: [
        {
          grade: "weak",
          reply: "Fine, then each key gets a bucket with 1,000 per second.",
          moves: [{ dimension: "framing", by: -1, why: "Takes the solution for the problem." }],
        },
        {
          grade: "acceptable",
          reply: "What is the capacity of the API? If fifty customers use their thousand, can it carry fifty thousand?",
          moves: [{ dimension: "framing", by: 1, why: "Checks the limit against the capacity." }],
        },
        {
          grade: "strong",
          reply:
            "A thousand for everybody breaks the three customers who bought more and permits the sum that broke us. I would take contracts from sales, set limits per plan from the measured usage, and put shedding by priority in front of capacity. The limiter then enforces fairness, which is what it can do.",
          moves: [
            {
              dimension: "framing",
              by: 2,
              why: "Challenges the requirement with its consequence, and names who decides.",
            },
            { dimension: "trade-offs", by: 1, why: "Separates two mechanisms by what each can promise." },
          ],
        },
      ],
    },
    {
      id: "partition",
      minute: 26,
      line: "A gateway is cut off from the center. Its lease expires. What happens to the tokens?",
      replies: [
        {
          grade: "weak",
          reply: "They go back to the pool, so that nothing is wasted.",
          moves: [
            {
              dimension: "correctness",
              by: -1,
              why: "If the gateway is only slow, they are spent twice: the bound is gone.",
            },
          ],
        },
        {
          grade: "acceptable",
          reply:
            "The center does not put them back: nobody knows what was spent. That wastes at most one lease per gateway, and the bound holds.",
          moves: [{ dimension: "correctness", by: 1, why: "Right choice, with its price." }],
        },
        {
          grade: "strong",
          reply:
            "Lost, for the bound's sake: capacity + rate x t + nodes x lease needs that a token is spent at most once. Had it been reachable, it would have stopped spending before the end and returned the rest, which is safe. The waste is bounded by the same product per expiry, so I size the lease by demand, and shrink it as the bucket runs low. Expiry uses the gateway's own monotonic clock with a margin, since ours and its may disagree.",
          moves: [
            { dimension: "correctness", by: 2, why: "Invariant, bound on the waste, and the clock behind the expiry." },
            { dimension: "trade-offs", by: 1, why: "Lease size as a dial with both ends named." },
          ],
        },
      ],
    },
    {
      id: "launch",
      minute: 41,
      line: "Turn it on for the ten largest customers tomorrow?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, they are the problem.",
          moves: [{ dimension: "operations", by: -1, why: "First enforcement on the most expensive traffic, unseen." }],
        },
        {
          grade: "acceptable",
          reply: "Dark for a week, then switch it on, with a kill switch.",
          moves: [{ dimension: "operations", by: 1, why: "Looks before it leaps." }],
        },
        {
          grade: "strong",
          reply:
            "Dark through one full batch cycle, which may be a month. Then I call those it would refuse, because their fix is cheaper than our exception. Enforce for a share, headers before refusals, so that clients can adapt. A switch per rule, and a cap: if it would refuse more than a set share of all traffic, it stops and pages.",
          moves: [
            { dimension: "operations", by: 2, why: "Covers the cycle, the customer, the stage and the runaway." },
            { dimension: "communication", by: 1, why: "Brings in the people who decide." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "We open a second region next month. One quota across both. And quotas are now sold: a customer within its quota must not be refused.",
    breaks:
      "Central checks, since a trip between regions is 80 times the budget. Static halves, since a customer in one region is refused at half its quota. Leases as they stand, since their under-use is now a breach of contract.",
    modelAnswer:
      "The promise has turned around: over-admission is now tolerable, wrongful refusal is not. Split the quota into shares per region for an epoch, moved with demand; a share is given up before it is granted elsewhere. Within the quota, a region that runs low asks first and oversells a stated amount if it gets no answer, so the bound is quota plus oversell per partition, and I want sales to sign that number. What must be exact is the invoice: that comes from a ledger fed by the logs, not from the limiter.",
  },
  signals: {
    framing: [
      { id: "separates-fairness-capacity", says: "Separates fairness, capacity and contract." },
      { id: "challenges-limit-leadership", says: "Challenges the limit that leadership named." },
      { id: "asks-was-sold", says: "Asks what was sold." },
    ],
    estimation: [
      { id: "finds-hot-key", says: "Finds the hot key." },
      { id: "knows-cost-billion", says: "Knows the cost of a billion checks and that it does not matter much." },
    ],
    interfaces: [
      { id: "rules-versioned-owned", says: "Rules versioned and owned." },
      { id: "headers-announced-refusals", says: "Headers announced before refusals, so that clients can adapt." },
    ],
    design: [
      { id: "simplest-design-first", says: "Simplest design first, leases as a step with a trigger." },
      { id: "degraded-mode-part", says: "Degraded mode is part of the picture." },
    ],
    correctness: [
      { id: "three-invariants-proofs", says: "Three invariants with proofs or counterexamples." },
      {
        id: "only-holder-has",
        says: "Only a holder that has stopped gives granted tokens back, and why nobody else may.",
      },
      { id: "names-gcra-literature", says: "Names GCRA and the literature correctly or not at all." },
    ],
    "trade-offs": [
      { id: "sees-change-reverses", says: "Sees that the change reverses which error is worse." },
      { id: "how-go-back", says: "Says how to go back." },
    ],
    operations: [
      { id: "blast-radius-rule", says: "Blast radius of a rule." },
      { id: "rehearsed-hang", says: "Rehearsed hang." },
      { id: "objective-budget-degraded", says: "Objective and budget for degraded decisions." },
    ],
    communication: [
      { id: "interviewer-only-chooses", says: "The interviewer only chooses where to look." },
      { id: "opinion", says: "Says what is opinion." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No working path on the board at minute 30." },
    {
      id: "solution-first",
      dimension: "framing",
      behavior: "Designs for ten minutes without asking what is protected, and again after the first probe.",
    },
    {
      id: "tokens-return",
      dimension: "correctness",
      behavior:
        "Keeps putting the leases of silent gateways back into the pool after the slow gateway was pointed out.",
    },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product or paper after it was challenged.",
    },
    {
      id: "no-owner",
      dimension: "operations",
      behavior: "Cannot say who is woken when the limiter refuses wrongly, when asked.",
    },
  ],
  followUps: [partitionBound, twoRegions, limiterSlo, changeLive, eviction, costs, buyOrBuild],
};
