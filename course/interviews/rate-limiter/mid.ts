import type { Sheet } from "../../interview.ts";
import { midBoards } from "./boards.ts";
import { midDesigns } from "./designs.ts";
import { clockStepsBack, costs, loginAttempts, retryAfterRounding, severalRules, statusCodes } from "./follow-ups.ts";

export const mid: Sheet = {
  level: "mid",
  opening:
    "We run a public API behind several gateways. Some clients call us far too often. Design something that limits how often a client may call us.",
  after:
    "Can you build one limiter that counts correctly, put its state into one shared place, and see the race when you are asked to look for it? Breadth before depth: a complete path for a request counts for more than a clever algorithm.",
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
      goal: "Memory for all keys and one sentence about what that decides; one call, its two answers, the state per key.",
    },
    {
      title: "End to end",
      startMinute: 12,
      endMinute: 22,
      goal: "A request walks through the whole picture, admitted and refused.",
    },
    {
      title: "Deep dives, led by the candidate",
      startMinute: 22,
      endMinute: 38,
      goal: "One algorithm with its bound, and the weak place of the chosen design.",
    },
    {
      title: "Failure and rollout",
      startMinute: 38,
      endMinute: 43,
      goal: "The answer when the store is silent, and to clients that return together.",
    },
    { title: "Summary", startMinute: 43, endMinute: 45, goal: "The design in three sentences, and one weakness." },
  ],
  prompts: [
    {
      minute: 1,
      line: "What would you like to know before you start?",
      modelAnswer:
        "Who is limited (user, key, address)? How many, and how many requests at peak? What do refused clients get? Must the limit hold exactly, or roughly? Is it one limit or several? Is there already a shared store?",
      probe: "scope",
    },
    {
      minute: 5,
      line: "How much memory do we talk about?",
      modelAnswer:
        "Ten million active keys. A token bucket is two numbers, 16 bytes: 160 MB raw, about 1.3 GB with keys and table. A log of 100 time stamps is 800 bytes a key: 8 GB, and it grows with the limit. So buckets fit into one small machine, and memory is not what asks for several.",
      probe: "memory",
    },
    {
      minute: 9,
      line: "What is the call, and what does it answer?",
      modelAnswer:
        "`tryAcquire(key, nowMs, cost)`: allowed with what remains, or refused with the milliseconds to wait. Over HTTP: 429 with Retry-After in whole seconds, rounded up.",
      probe: "contract",
    },
    {
      minute: 14,
      line: "Walk one request through it.",
      modelAnswer:
        "The gateway finds the rule, builds the key, and gets a decision: from the shard that owns the key, or from what it holds itself. Allowed: forward. Refused: 429 with the wait. Rules are pushed to the gateways.",
    },
    {
      minute: 25,
      line: "What is the most that your algorithm lets through in a minute?",
      modelAnswer:
        "Fixed window: twice the limit across a boundary. Token bucket: capacity plus rate times the interval. Log: exactly the limit. The answer is an inequality, and it names the interval.",
      probe: "bound",
    },
    {
      minute: 39,
      line: "The store does not answer.",
      modelAnswer:
        "A short time-out first, near the latency budget. Then the rule says: open within a budget for fairness limits, closed for logins. Count the decisions that were made without the store, and alert on them.",
      probe: "store-down",
    },
    {
      minute: 43,
      line: "Sum it up for a colleague who just came in.",
      modelAnswer:
        "A token bucket per key, decided in one place, in one step. It never admits more than capacity plus rate times t. If the store is silent, the rule decides. Its weakness is a key that is hotter than a shard.",
    },
  ],
  boards: midBoards,
  hintBudget: 3,
  probes: [
    {
      id: "scope",
      dimension: "framing",
      lookingFor:
        "Questions whose answers change the design: which key, how exact, how many, what a refused client gets.",
      open: "What would you like to know before you start?",
      pointed: "Does it matter to you whether we limit users or addresses, and how exact it has to be?",
      giveaway: "Take users by API key, ten million active, a million checks a second, roughly exact.",
      modelAnswer: "Asks at least three such questions, writes the answers down as requirements with numbers.",
    },
    {
      id: "memory",
      dimension: "estimation",
      lookingFor: "An order of magnitude from keys times bytes, and a conclusion.",
      open: "How much memory do we talk about?",
      pointed: "What does one key need in your algorithm, in bytes?",
      giveaway: "Sixteen bytes a key, so 160 MB, and about 1.3 GB with the keys.",
      modelAnswer: "160 MB raw for buckets against 8 GB for logs of 100; memory does not ask for several machines.",
    },
    {
      id: "contract",
      dimension: "interfaces",
      lookingFor: "A wait in the refusal, a status code, a key and a cost.",
      open: "What does the client see?",
      pointed: "When should a refused client come back, and how does it know?",
      giveaway: "429 with Retry-After.",
      modelAnswer: "Allowed with the rest, or refused with a wait; 429 and Retry-After, rounded up to seconds.",
    },
    {
      id: "bound",
      dimension: "correctness",
      lookingFor: "The most that the chosen algorithm admits in an interval that is not aligned.",
      open: "What is the most that it lets through in a minute?",
      pointed: "Any minute, also one that starts at half past.",
      giveaway: "A fixed window lets twice the limit through across a boundary.",
      modelAnswer:
        "Twice the limit for a fixed window; capacity plus rate times t for a bucket; exactly the limit for a log.",
    },
    {
      id: "store-down",
      dimension: "operations",
      lookingFor: "A time-out, and a decision per rule between open and closed.",
      open: "The store does not answer.",
      pointed: "How long does a request wait for it, and then?",
      giveaway: "Five milliseconds, then let it pass within a budget, and count it.",
      modelAnswer: "Short time-out; open within a budget for fairness, closed for logins; counted and alerted.",
    },
  ],
  forks: [
    {
      id: "algorithm",
      minute: 16,
      line: "Why this algorithm?",
      replies: [
        {
          grade: "weak",
          reply: "Token bucket is what everyone uses, and it is the most efficient.",
          moves: [{ dimension: "trade-offs", by: -1, why: "Popularity is not a reason, and nothing was compared." }],
        },
        {
          grade: "acceptable",
          reply:
            "A fixed window of 100 lets 200 through at its boundary, all at once. A bucket lets its capacity through at once, and I can make that 20; it needs only two numbers.",
          moves: [{ dimension: "trade-offs", by: 1, why: "Two options compared on behavior and on memory." }],
        },
        {
          grade: "strong",
          reply:
            "Clients open with a burst of about twenty calls, then are quiet. A bucket of twenty with ten per second admits that and bounds every interval by 20 + 10 x t. If the promise were exact per hour and the limit small, I would take the log.",
          moves: [
            {
              dimension: "trade-offs",
              by: 2,
              why: "Chosen from the traffic, with a number and a condition for regret.",
            },
            { dimension: "correctness", by: 1, why: "States the bound unasked." },
          ],
        },
      ],
    },
    {
      id: "retry",
      minute: 41,
      line: "A thousand clients were refused in the same second. What happens next?",
      replies: [
        {
          grade: "weak",
          reply: "They retry, and by then the limiter has room.",
          moves: [{ dimension: "operations", by: -1, why: "They return together, and meet again." }],
        },
        {
          grade: "acceptable",
          reply: "They all get Retry-After, so they wait instead of hammering.",
          moves: [{ dimension: "operations", by: 1, why: "The contract is used; the stampede is not seen." }],
        },
        {
          grade: "strong",
          reply:
            "If the cause is their own buckets, the waits differ by themselves. If it is shared, say a daily reset, I add a random part on top of the wait, because a field in whole seconds sends them back in the same one.",
          moves: [{ dimension: "operations", by: 2, why: "Separates the two cases and treats the dangerous one." }],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "Product has a new endpoint: an export that costs as much as fifty ordinary calls. Can your limiter handle that?",
    breaks:
      "Designs that count requests by incrementing by one, and refusals that announce the next window whatever the cost.",
    modelAnswer:
      "The call takes a cost. A bucket takes that many tokens, a window counts that much, a log stores the cost with the time. A cost above the capacity can never pass: answer that it cannot, not with a time. The wait grows with what is missing, and an export must not be charged if it is refused. Check that the capacity is at least fifty, or exports never pass.",
  },
  designs: midDesigns,
  signals: {
    framing: [
      { id: "asks-key", says: "Asks which key is limited and how exact the limit must be." },
      { id: "writes-requirements", says: "Writes requirements down before drawing." },
    ],
    estimation: [
      { id: "bytes-per-key", says: "Multiplies bytes per key by keys, right to a factor of two." },
      { id: "number-decides", says: "Says what the number decides." },
    ],
    interfaces: [
      { id: "refusal-wait", says: "Answers a refusal with a wait." },
      {
        id: "cost-parameter",
        says: "Takes the cost as a parameter when the export comes up, without a second endpoint.",
      },
    ],
    design: [
      { id: "complete-path", says: "Has a complete path from client to answer by minute 22." },
      { id: "one-place", says: "Puts the state of a key into one shared place, or says what it costs not to." },
    ],
    correctness: [{ id: "bound-named", says: "Names the most that the chosen algorithm admits in any interval." }],
    "trade-offs": [{ id: "compares-two", says: "Compares two algorithms on behavior and memory." }],
    operations: [
      { id: "timeout-rule", says: "Has a time-out, and open or closed by rule." },
      { id: "one-alert", says: "Names one thing to alert on." },
    ],
    communication: [
      { id: "says-next", says: "Says what comes next." },
      { id: "takes-hint", says: "Takes a hint at once and builds on it." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No path for a request from client to answer at minute 30." },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [clockStepsBack, statusCodes, retryAfterRounding, loginAttempts, costs, severalRules],
};
