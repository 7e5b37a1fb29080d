import type { Sheet } from "../../interview.ts";
import { seniorBoards } from "./boards.ts";
import { changeLive, clockStepsBack, costs, eviction, hotKey, retryAfterRounding, severalRules } from "./follow-ups.ts";

export const senior: Sheet = {
  level: "senior",
  opening:
    "We run a public API behind several gateways. Some clients call us far too often, sometimes by mistake. Design the rate limiter.",
  after:
    "Do you state the bound of your algorithm as an inequality, use arithmetic only where it decides something, and choose what happens when the store is slow before you are asked? Two components in depth, one of them under failure.",
  phases: [
    {
      title: "Scope and numbers",
      startMinute: 0,
      endMinute: 5,
      goal: "Requirements with numbers; what is out and why.",
    },
    {
      title: "The deciding estimates",
      startMinute: 5,
      endMinute: 8,
      goal: "Memory does not force shards, the rate does; one round trip fits.",
    },
    {
      title: "Contract and keys",
      startMinute: 8,
      endMinute: 12,
      goal: "The call, refusals that cost nothing, several rules per request.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "Request path and rule path apart; every box tied to a requirement.",
    },
    {
      title: "Two deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "Exact algorithm with its bound; the distributed check under failure.",
    },
    {
      title: "Failure, rollout, cost",
      startMinute: 38,
      endMinute: 43,
      goal: "Degraded mode with its bound, alerts, how a rule goes live.",
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
        "Not memory: 16 bytes times ten million is 160 MB, about 1 GB all in. The rate: a million over 60,000 per shard is 17. And latency: one round trip of 0.6 ms fits into a millisecond, two do not; another region is 80 times over.",
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
      minute: 14,
      line: "Where exactly is the decision made?",
      modelAnswer:
        "On the shard that owns the key, in one call that refills, compares and takes. If the gateway read and then wrote, every request in flight could read the same level, and all of them would pass. The call is a script or a command in the store; nothing else may write the key.",
      probe: "atomic",
    },
    {
      minute: 17,
      line: "How does a changed limit reach the gateways?",
      modelAnswer:
        "Rules are data with a version, pushed from a control plane. No lookup on the request path. A gateway that misses a push keeps the last version and reports its age. Parameters travel with the check, so that shards need no second copy.",
    },
    {
      minute: 23,
      line: "Take me through the algorithm, exactly.",
      modelAnswer:
        "A token bucket in integers: one token is windowMs units, each millisecond adds limit units, up to capacity. A request takes cost x windowMs units or nothing. At most capacity plus rate times t in every interval: what is taken was there at the start or flowed in. The wait is what is missing over the limit, rounded up: tight.",
      probe: "exact-bound",
    },
    {
      minute: 34,
      line: "One client sends four hundred thousand requests a second.",
      modelAnswer:
        "Its shard would see four times its capacity. But a refusal holds until a known time, so gateways remember it: 50 gateways, waits of 100 ms, 500 checks a second remain. Exact, because nothing could have been admitted earlier.",
      probe: "hot-key",
    },
    {
      minute: 39,
      line: "How does a new rule go live on Monday?",
      modelAnswer:
        "Dark: it decides, logs, admits. Look at whom it would refuse, talk to them. Then enforce for a share, then all. A switch per rule. Alert on degraded decisions and added latency; a step in refusals goes to the owner of the rule.",
      probe: "rollout",
    },
    {
      minute: 43,
      line: "What would make you regret this design?",
      modelAnswer:
        "A store that can only increment: then the sliding counter. A promise that is exact per window: then the log for small limits. A round trip that no longer fits: then leases, with a bound that is wider by what gateways hold.",
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
      lookingFor: "That the rate and the hop decide, and the memory does not.",
      open: "Which of your numbers changes the design?",
      pointed: "Would one machine do? What stops it?",
      giveaway: "Memory fits; a million checks a second do not.",
      modelAnswer: "17 shards from the rate; one hop from the budget; 1 GB of state in total.",
    },
    {
      id: "both-or-neither",
      dimension: "interfaces",
      lookingFor: "Refused requests cost nothing, across rules too.",
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
        "capacity + rate x t; one-line proof; integer units; tight wait; the clock that steps back is treated as the latest seen.",
    },
    {
      id: "atomic",
      dimension: "correctness",
      lookingFor: "The race between gateways, and one atomic check-and-take on the owner of the key.",
      open: "Where exactly is the decision made?",
      pointed: "What do two gateways read if they ask at the same time?",
      giveaway: "They read the same count; the shard has to decide.",
      modelAnswer: "Draws the interleaving; decision on the shard; n in flight could all read the same value.",
    },
    {
      id: "hot-key",
      dimension: "operations",
      lookingFor: "That a refusal carries its own expiry and can be remembered exactly.",
      open: "One client sends four hundred thousand requests a second.",
      pointed: "Do you need to ask the shard again after a refusal?",
      giveaway: "Remember at the gateway until when it is refused.",
      modelAnswer: "Refused-until cache, for that cost and above; 500 checks a second remain.",
    },
    {
      id: "rollout",
      dimension: "operations",
      lookingFor: "Dark launch, share, switch, and alerts that mean something.",
      open: "How does a new rule go live on Monday?",
      pointed: "How do you know whom it would refuse, before it does?",
      giveaway: "Let it decide and log, but admit.",
      modelAnswer: "Dark, talk to those affected, share, all; switch; page on degraded decisions, not on refusals.",
    },
  ],
  forks: [
    {
      id: "store-hangs",
      minute: 29,
      line: "It is not down. It hangs.",
      replies: [
        {
          grade: "weak",
          reply: "The client library times out and we fail open.",
          moves: [
            {
              dimension: "operations",
              by: -1,
              why: "At 20,000 requests a second and a default of a second, 20,000 requests wait in each gateway.",
            },
          ],
        },
        {
          grade: "acceptable",
          reply:
            "A time-out of five milliseconds, then the rule says open or closed. Fairness rules open, logins closed.",
          moves: [{ dimension: "operations", by: 1, why: "Time-out near the budget, decision by rule." }],
        },
        {
          grade: "strong",
          reply:
            "Five milliseconds, and after three in a row a breaker stops asking and probes once a second. Meanwhile each gateway uses a bucket of its own with a share of the limit. The bound becomes gateways times share: poor, but finite, and I alert on every second spent there.",
          moves: [
            {
              dimension: "operations",
              by: 2,
              why: "Bounds the waiting, bounds the admission, and knows when it is degraded.",
            },
            { dimension: "correctness", by: 1, why: "States the bound of the degraded mode." },
          ],
        },
      ],
    },
    {
      id: "sliding-counter",
      minute: 25,
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
    {
      id: "split",
      minute: 31,
      line: "Why not give each gateway its share of the limit and save the trip?",
      replies: [
        {
          grade: "weak",
          reply: "The load balancer is round robin, so shares are equal. Good idea.",
          moves: [{ dimension: "trade-offs", by: -1, why: "Balanced requests are not balanced clients." }],
        },
        {
          grade: "acceptable",
          reply:
            "Clients keep connections open, so one client may reach only a few gateways and get less than its limit.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Sees the skew." }],
        },
        {
          grade: "strong",
          reply:
            "With 50 gateways and a client on four of them, it gets eight per cent of its quota. And adding a gateway changes everybody's limit. If the trip is the problem, lease tokens in batches: the bound grows by gateways times lease.",
          moves: [
            { dimension: "trade-offs", by: 2, why: "Quantifies the loss and offers the alternative with its price." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "During a failover the store hangs for thirty seconds, a few times a month. The API has to stay up, and we still want to be protected.",
    breaks:
      "Checks with a default time-out: every request waits, and gateways run out of connections. Designs whose only answers are open and closed.",
    modelAnswer:
      "The time-out bounds the damage: at 20,000 requests a second per gateway, a second of waiting holds 20,000 requests, five milliseconds hold 100. A breaker stops asking after a few in a row. Until the store answers, each gateway decides with a local bucket that holds a share of the limit, so the bound is gateways times share. Logins stay closed. State on the new primary includes the latest time it has seen, so that a clock that is behind causes a pause and no fresh tokens.",
  },
  signals: {
    framing: [
      { id: "latency-rate-keys", says: "Latency, rate, keys and accuracy as numbers, unasked." },
      { id: "separates-limiting-load", says: "Separates limiting from load shedding." },
    ],
    estimation: [
      { id: "memory-does-decide", says: "Says that memory does not decide and the rate does." },
      { id: "derives-time-out", says: "Derives the time-out from rate times time." },
    ],
    interfaces: [
      { id: "refused-costs-nothing", says: "Refused costs nothing, across rules." },
      { id: "wait-tight-rounded", says: "A wait that is tight, rounded up on the wire." },
    ],
    design: [
      { id: "rule-path-apart", says: "Rule path apart from request path." },
      { id: "round-trip-zero", says: "One round trip, zero for a remembered refusal." },
    ],
    correctness: [
      { id: "capacity-rate-x", says: "capacity + rate x t with the proof." },
      { id: "rounding-stated-direction", says: "No rounding, or a stated direction." },
      { id: "interleaving-drawn-described", says: "Interleaving drawn, not described." },
    ],
    "trade-offs": [
      { id: "picks-number-names", says: "Picks with a number and names the regret condition." },
      { id: "knows-price-leases", says: "Knows the price of leases." },
    ],
    operations: [
      { id: "time-out-breaker", says: "Time-out, breaker, degraded bound." },
      { id: "dark-launch-switch", says: "Dark launch and switch." },
      { id: "pages-degraded-decisions", says: "Pages on degraded decisions, not on refusals." },
    ],
    communication: [
      { id: "drives-checks-phase", says: "Drives, checks in at phase ends." },
      { id: "cuts-branch-when", says: "Cuts a branch when the clock asks for it." },
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
  followUps: [changeLive, costs, eviction, hotKey, severalRules, clockStepsBack, retryAfterRounding],
};
