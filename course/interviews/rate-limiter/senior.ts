import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import { seniorDesigns } from "./designs.ts";
import {
  changeLive,
  clockStepsBack,
  eviction,
  failover,
  hotKey,
  retryAfterRounding,
  severalRules,
} from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening:
    "We run a public API behind several gateways. Some clients call us far too often, sometimes by mistake. Design the rate limiter.",
  after:
    "Do you state the bound of your algorithm as an inequality, use arithmetic only where it decides something, and choose the answer for a slow store before you are asked? Two components in depth, one of them under failure.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; what is out and why.",
    },
    {
      title: "The deciding estimates, contract and keys",
      startMinute: 5,
      endMinute: 12,
      goal: "Memory does not force shards, the rate does; two questions fit and one is asked; refusals take nothing.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "Request path and rule path apart; every box tied to a requirement.",
    },
    {
      title: "Two deep dives, led by the candidate",
      startMinute: 22,
      endMinute: 38,
      goal: "The exact algorithm with its bound; the chosen design under failure.",
    },
    {
      title: "Rollout, alerts, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "How a rule goes live, what pages a person, and how the design is regretted.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "Design, bound, regret condition." },
  ],
  prompts: [
    {
      minute: 2,
      line: "Assume what you need and tell me.",
      modelAnswer:
        "Ten million active keys, a million checks a second at peak, at most a millisecond added at p99. Per key and per route. The API survives the limiter's failure. Out: authentication, billing, floods that fill the link. Load shedding is a neighbor, not this.",
      probe: "numbers",
    },
    {
      minute: 6,
      line: "Which of your numbers changes the design?",
      modelAnswer:
        "Not memory: 16 bytes times ten million is 160 MB, about 1.3 GB with the keys. The rate: a million over 60,000 per shard is 17, and below 60,000 a second one shard would do. Latency: a question in the zone takes half a millisecond, so two fit; I ask one, because reading and then writing races. Another zone takes 1.25 ms and does not fit, another region is 80 times over.",
      probe: "deciding-number",
    },
    {
      minute: 10,
      line: "A request falls under two rules. What is charged when one refuses?",
      modelAnswer:
        "Neither. Check all, then take all, on one shard in one call. Across shards: take, take, refund, and each bound grows by what is in flight, because a bucket may have refilled over the gap. A refused request costs nothing, else an impatient client locks itself out of the rule that had room.",
      probe: "both-or-neither",
    },
    {
      minute: 17,
      line: "How does a changed limit reach the gateways?",
      modelAnswer:
        "Rules are data with a version, pushed from a control plane. No lookup on the request path. A gateway that misses a push keeps the last version and reports its age. A rule with a missing field is refused. Parameters travel with the check, so that shards need no second copy.",
    },
    {
      minute: 39,
      line: "How does a new rule go live on Monday?",
      modelAnswer:
        "Dark: it decides, logs, admits. Look at the clients that it would refuse, talk to them. Then enforce for a share, then all. A switch per rule, a check for missing fields before any push, a cap on the share of traffic that may be refused. Page on decisions made without the store and on added latency; a step in refusals goes to the owner of the rule.",
      probe: "rollout",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "A store that can only increment: then the sliding counter. A promise that is exact per window: then the log for small limits. A question that no longer fits, at p99: then leases, with a bound that is wider by the tokens that gateways hold.",
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
      pointed: "How much may it add to a request, and how exact does it have to be?",
      giveaway: "A millisecond at p99, and approximate is fine if you can say by how much.",
      modelAnswer: "Keys, checks, latency, accuracy, availability; load shedding named as something else.",
    },
    {
      id: "deciding-number",
      dimension: "estimation",
      lookingFor: "That the rate and the zone decide, and the memory does not; and where that flips.",
      open: "Which of your numbers changes the design?",
      pointed: "Would one machine do? What stops it?",
      giveaway: "Memory fits; a million checks a second do not.",
      modelAnswer: "17 shards from the rate; gateway and shard in one zone from the budget; 1.3 GB of state in total.",
    },
    {
      id: "both-or-neither",
      dimension: "interfaces",
      lookingFor: "Refused requests take nothing, across rules too.",
      open: "A request falls under two rules. What is charged when one refuses?",
      pointed:
        "Follow a client that is refused by its daily rule and keeps trying. What happens to its per-second rule?",
      giveaway: "Check all before you take from any.",
      modelAnswer:
        "All or nothing; co-located keys in one call; else take, take, refund, with a bound that is wider by what is in flight.",
    },
    {
      id: "exact-bound",
      dimension: "correctness",
      lookingFor: "An inequality for every interval with its proof, and arithmetic that does not round.",
      open: "Take me through the algorithm, exactly.",
      pointed:
        "One token per second, a client that polls every 0.9 seconds, a refill that rounds down. When does it get a token?",
      giveaway: "Never, because the fraction is thrown away each time. Choose units in which nothing is rounded.",
      modelAnswer:
        "capacity + rate x t; one-line proof; integer units; tight wait; a clock that steps back is treated as the latest time seen.",
    },
    {
      id: "rollout",
      dimension: "operations",
      lookingFor: "A check before the push, dark launch, share, switch, and alerts that mean something.",
      open: "How does a new rule go live on Monday?",
      pointed: "How do you know which clients it would refuse, before it does?",
      giveaway: "Let it decide and log, but admit.",
      modelAnswer:
        "Checked, dark, talk to those affected, share, all; switch and cap; page on decisions without the store, not on refusals.",
    },
  ],
  forks: [
    {
      id: "two-trips",
      minute: 8,
      line: "Why one question to the store, and not a read and then a write?",
      replies: [
        {
          grade: "weak",
          reply: "Two round trips never fit into a millisecond.",
          moves: [{ dimension: "estimation", by: -1, why: "At half a millisecond they do; the reason is wrong." }],
        },
        {
          grade: "acceptable",
          reply: "Two would just fit, but I want a reserve, because half a millisecond is typical and not p99.",
          moves: [{ dimension: "estimation", by: 1, why: "The arithmetic is right, and p99 is kept apart." }],
        },
        {
          grade: "strong",
          reply:
            "Two fit, so latency is not the reason. Between the read and the write another gateway reads the same count. One call that checks and takes has no such gap, and if the p99 of a question goes above the budget I have to decide locally anyway.",
          moves: [
            { dimension: "estimation", by: 1, why: "Right arithmetic, and the input at which the design changes." },
            { dimension: "correctness", by: 1, why: "The race is the reason." },
          ],
        },
      ],
    },
    {
      id: "sliding-counter",
      minute: 41,
      line: "Would a sliding window counter do as well?",
      replies: [
        {
          grade: "weak",
          reply: "Yes, it fixes the boundary problem, so it never exceeds the limit.",
          moves: [
            {
              dimension: "correctness",
              by: -1,
              why: "It is an estimate; almost twice the limit fits into one window's length.",
            },
          ],
        },
        {
          grade: "acceptable",
          reply: "It is approximate: it assumes that the previous window was uniform. In practice that is close.",
          moves: [{ dimension: "correctness", by: 1, why: "Names the assumption." }],
        },
        {
          grade: "strong",
          reply:
            "It assumes a uniform previous window, and is off by at most previous x overlap above and previous x (1 - overlap) below. Spend the limit at the end of one window, and the estimate lets the next limit trickle in: limit + limit x t / window, the bound of a bucket with capacity equal to the limit. I would take it where the store can only increment and read.",
          moves: [
            { dimension: "correctness", by: 2, why: "Assumption, error bound and worst case." },
            { dimension: "trade-offs", by: 1, why: "Says where it wins." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Finance wants limits in dollars. The cost of a request is known only when it has finished.",
    breaks:
      "Designs that take before they forward, with a cost of one. Refunds: a bucket that has refilled in the meantime gets a token too many. Waits that are promised to the millisecond.",
    modelAnswer:
      "Reserve an estimate before, settle the difference after. Let the level go below zero by a bounded amount, so that an expensive request delays the next; the bound grows by the largest underestimate. A settlement that gives back must not lift the level above the capacity. It carries the request's number, so that it counts once. Publish the unit and the estimate, or clients cannot plan. The invoice comes from a ledger and not from the limiter.",
  },
  designs: seniorDesigns,
  signals: {
    framing: [
      { id: "numbers-unasked", says: "Puts latency, rate, keys and accuracy into numbers, unasked." },
      { id: "limiting-not-shedding", says: "Separates limiting from load shedding." },
      { id: "left-out", says: "Says what is left out, and why." },
    ],
    estimation: [
      { id: "rate-decides", says: "Says that memory does not decide and the rate does." },
      { id: "flip-named", says: "Names an input at which the decision flips." },
      {
        id: "one-question",
        says: "Knows how many questions fit into the budget, and gives the race as the reason for one.",
      },
    ],
    interfaces: [
      { id: "refused-takes-nothing", says: "Lets a refused request take nothing, under any rule that it matches." },
      { id: "wait-rounded-up", says: "Answers a refusal with a wait, rounded up on the wire." },
    ],
    design: [
      { id: "rules-apart", says: "Keeps the path of rules apart from the path of requests." },
      { id: "both-walked", says: "Walks an admitted and a refused request through the whole path." },
    ],
    correctness: [
      { id: "bound-proved", says: "States capacity plus rate times t, with its proof." },
      { id: "refill-exact", says: "Keeps the refill exact, or says in which direction it rounds." },
    ],
    "trade-offs": [
      { id: "alternative-priced", says: "Gives the price of a design that was not taken, as a number." },
      { id: "regret-named", says: "Names the condition for regret." },
    ],
    operations: [
      { id: "degraded-bound", says: "Bounds the admissions while the store is silent." },
      { id: "rule-like-code", says: "Rolls a rule out like code: checked, dark, in shares, with a switch." },
      { id: "right-alerts", says: "Pages on decisions without the store and on added latency, not on refusals." },
    ],
    communication: [
      { id: "leads", says: "Says which part comes next and why, and keeps the clock." },
      { id: "corrects", says: "Takes a correction, or makes one, and goes on." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a request from client to answer at minute 30." },
    {
      id: "no-timeout",
      dimension: "operations",
      behavior: "Leaves the check without a time-out, or with the library's default, after the hang was spelled out.",
    },
    {
      id: "false-exact",
      dimension: "correctness",
      behavior: "Claims that a bucket or a sliding counter never exceeds the limit in any window, after a challenge.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [failover, changeLive, eviction, hotKey, severalRules, clockStepsBack, retryAfterRounding],
};
