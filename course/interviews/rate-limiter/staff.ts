import type { Sheet } from "../../interview.ts";
import { staffBoards } from "./boards.ts";
import { staffDesigns } from "./designs.ts";
import { badRule, buyOrBuild, changeLive, eviction, limiterSlo, partitionBound, twoRegions } from "./follow-ups.ts";

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
      goal: "The protected thing, the promise and its owner, and what is not a rate limiter's job.",
    },
    {
      title: "Simplest design",
      startMinute: 8,
      endMinute: 22,
      goal: "One picture that meets the numbers, with the number that breaks it.",
    },
    {
      title: "Three deep dives, led by the candidate",
      startMinute: 22,
      endMinute: 38,
      goal: "Exactness, distribution under partition, and one that the candidate picks; each with an invariant.",
    },
    {
      title: "Risk, rollout, cost, ownership",
      startMinute: 38,
      endMinute: 43,
      goal: "The most dangerous part, how it goes live, its cost and its owner.",
    },
    {
      title: "Summary",
      startMinute: 43,
      endMinute: 45,
      goal: "Decision, bound, and the reason that would reverse it.",
    },
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
      minute: 9,
      line: "Which number breaks the simple design?",
      modelAnswer:
        "Not memory, about 1.3 GB. Not the sum of the rate, 17 shards. One key: a customer at 400,000 a second is four shards' worth. And the zone: a question inside it takes half a millisecond of one, to another zone 1.25. At some 1,300 dollars a month the machines are cheap next to what they protect; placed without regard to zones, the traffic would cost more than they do.",
      probe: "breaking-number",
    },
    {
      minute: 13,
      line: "Show me the smallest thing that works.",
      modelAnswer:
        "Token bucket per key on the shard that owns it, one atomic call, rules pushed as data, a memory of refusals, a budget per rule for a silent store. No leases yet: they are the next step, when a busy key or the zone asks for them.",
    },
    {
      minute: 39,
      line: "Pick the part that worries you most.",
      modelAnswer:
        "A bad rule: it has the largest blast radius, the whole API for one tenant or for all. At Google Cloud in June 2025 a policy with blank fields was replicated within seconds and crashed the quota check in every region. So rules are code: checked, dark, staged by cell, with a switch that was tried, and a cap on how much of all traffic the limiter may refuse before a person agrees.",
      probe: "blast-radius",
    },
    {
      minute: 41,
      line: "Who owns this in two years, and what does it cost them?",
      modelAnswer:
        "The platform team owns the engine and its objective: time added, refusals of clients that were inside their limit, decisions without the store. Product teams own their rules and get the alerts for them. The money is small, the pager is not; if keys were only addresses I would buy it.",
      probe: "ownership",
    },
    {
      minute: 43,
      line: "What would reverse your decision?",
      modelAnswer:
        "If the quota becomes an invoice, counters that may forget are the wrong store: a ledger. If refusing paid traffic costs more than overselling, the degraded mode opens. If one region is enough, the machinery of shares goes.",
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
      lookingFor: "The hot key, the zone, and the cost of a check.",
      open: "Which number breaks the simple design?",
      pointed: "All keys together are fine. Is each?",
      giveaway: "One key is four shards.",
      modelAnswer: "Hot key; zone; 1.2 dollars per billion checks; the rest fits.",
    },
    {
      id: "proof",
      dimension: "correctness",
      lookingFor: "Invariant, proof sketch, and how it is tested.",
      open: "Convince me that the algorithm is right.",
      pointed: "State what can never happen, for any interval.",
      giveaway: "Never more than capacity plus rate times t.",
      modelAnswer: "Invariant and one-line proof; integers; latest time seen; brute force over traces.",
    },
    {
      id: "blast-radius",
      dimension: "operations",
      lookingFor: "That the limiter's rules are the most dangerous part of it.",
      open: "Pick the part that worries you most.",
      pointed: "How much harm can one wrong line in a rule do?",
      giveaway: "It can refuse all clients, or crash the check.",
      modelAnswer: "Rules as code, dark, staged, switch; cap on total refusals; rehearsal with the store hung.",
    },
    {
      id: "ownership",
      dimension: "operations",
      lookingFor: "Objective, budget and owner, apart for engine and rules.",
      open: "Who owns this in two years?",
      pointed: "Which team is paged when a customer is refused by mistake?",
      giveaway: "The owner of the rule, not of the engine.",
      modelAnswer: "Platform owns the engine's objective; teams own rules and their alerts; cost small, pager not.",
    },
  ],
  forks: [
    {
      id: "requirement",
      minute: 3,
      line: "Leadership wants a limit of 1,000 per second for every customer.",
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
            "A thousand for each breaks the three customers who bought more and permits the sum that broke us. I would take contracts from sales, set limits per plan from the measured usage, and put shedding by priority in front of capacity. The limiter then enforces fairness, which is what it can do.",
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
      id: "launch",
      minute: 42,
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
      "Central checks, since a question between regions is 80 times the budget. Static halves, since a customer in one region is refused at half its quota. Leases as they stand, since their under-use is now a breach of contract.",
    modelAnswer:
      "The promise has turned around: over-admission is now tolerable, wrongful refusal is not. Split the quota into shares per region for an epoch, moved with demand; a share is given up before it is granted elsewhere. Within the quota, a region that runs low asks first and oversells a stated amount if it gets no answer, so the bound is quota plus oversell per partition, and I want sales to sign that number. The invoice has to be exact: it comes from a ledger fed by the logs, not from the limiter.",
  },
  designs: staffDesigns,
  signals: {
    framing: [
      { id: "three-problems", says: "Separates fairness, capacity and contract." },
      { id: "challenges-limit", says: "Challenges the limit that leadership named." },
      { id: "asks-sold", says: "Asks what was sold." },
    ],
    estimation: [
      { id: "hot-key-found", says: "Finds the hot key as the number that breaks the design." },
      { id: "cost-known", says: "Knows the cost of a billion checks, and why it matters less than the zone." },
    ],
    interfaces: [
      { id: "rules-owned", says: "Gives rules a version and an owner." },
      { id: "headers-first", says: "Announces headers before refusals, so that clients can adapt." },
    ],
    design: [
      { id: "simplest-first", says: "Draws the simplest design first, with the next step and its trigger." },
      { id: "degraded-drawn", says: "Has the degraded mode in the picture." },
    ],
    correctness: [
      { id: "invariant-proved", says: "States the bound of the algorithm as an invariant, with its proof." },
      { id: "tested-how", says: "Says how the bound is tested." },
      { id: "literature-right", says: "Names GCRA and the literature correctly, or not at all." },
    ],
    "trade-offs": [
      { id: "error-reversed", says: "Sees that the change reverses which error is worse." },
      { id: "way-back", says: "Says how to go back." },
    ],
    operations: [
      { id: "rule-radius", says: "Names a rule as the largest blast radius, and bounds it." },
      { id: "rehearsed-hang", says: "Rehearses a store that hangs." },
      { id: "objective-budget", says: "Gives the limiter an objective, and decisions without the store a budget." },
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
      behavior: "Designs for ten minutes without asking what is protected, and again after the first probe.",
    },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product or paper after it was challenged.",
    },
    {
      id: "no-owner",
      dimension: "operations",
      behavior: "Cannot say which team is paged when the limiter refuses wrongly, when asked.",
    },
  ],
  followUps: [badRule, partitionBound, twoRegions, limiterSlo, changeLive, eviction, buyOrBuild],
};
