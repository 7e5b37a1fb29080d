import type { Transcript } from "../../interview.ts";

/** Hired at senior level: not flawless, but each claim excludes a failure, and the two slips are mended aloud. */
export const hired: Transcript = {
  level: "senior",
  design: "central",
  intro:
    "An interview at senior level, shortened. Mark the words that prove each signal before you open the card. Look also for the two places where the candidate is wrong, and for what follows them.",
  lines: [
    {
      minute: 1,
      who: "candidate",
      text: "Before I draw: which client do we hold back to protect which, and how exact must the limit be? I'd assume fairness between clients, per API key and route, roughly exact as long as I can say by how much. Ten million active keys, a million checks a second at peak, one millisecond at p99. The API stays up when the limiter is down.",
    },
    {
      minute: 3,
      who: "candidate",
      text: "Out: authentication, because the key comes from it; billing, because it needs a ledger; floods that fill the link, because we decide too late for them. Shedding load when we are full looks at our present and not at a client's past, so I'd build it apart.",
    },
    { minute: 6, who: "interviewer", text: "Which of your numbers changes the design?" },
    {
      minute: 6,
      who: "candidate",
      text: "Not memory: a bucket is two numbers, 160 MB for ten million, about 1.3 GB with the keys. The rate does. A shard may do a hundred thousand, I plan for sixty, so 17 shards. Below sixty thousand a second I'd run one.",
    },
    { minute: 8, who: "interviewer", text: "Why one question to the store, and not a read and then a write?" },
    {
      minute: 8,
      who: "candidate",
      text: "Because two round trips don't fit into a millisecond. Hm, no: at half a millisecond they just fit. The reason is the race. Both gateways read 99, both admit, both write 100. One call on the shard that checks and takes has no such gap.",
    },
    { minute: 10, who: "interviewer", text: "A request falls under two rules. What is charged when one refuses?" },
    {
      minute: 10,
      who: "candidate",
      text: "Neither. I put the keys of one request on one shard, check all, then take all, in one script. A refused request takes nothing, or an impatient client locks itself out. It gets 429 with Retry-After, rounded up, because the field has whole seconds.",
    },
    {
      minute: 13,
      who: "candidate",
      text: "The path: the gateway matches the rules, builds the key and asks the shard that the key hashes to, in its own zone, because another zone takes more than the millisecond. Allowed goes to the API. Refused goes back with the wait, and the gateway remembers it until then, so a client that hammers costs no question. Rules come from the other side: data with a version, pushed, never looked up.",
    },
    {
      minute: 18,
      who: "interviewer",
      text: "Point at your board: which box decides about a request, and which boxes does it ask on the way?",
    },
    {
      minute: 18,
      who: "candidate",
      text: "The shard decides, and each request asks it once. I'd go into the algorithm first, then into a store that is slow, and keep ten minutes for the rollout.",
    },
    {
      minute: 22,
      who: "candidate",
      text: "A token bucket. In any interval t it admits at most capacity plus rate times t: a token that is spent was there at the start or flowed in. I keep the level in units of which each millisecond adds a whole number, so nothing is rounded, and a clock that steps back counts as the latest time seen.",
    },
    { minute: 24, who: "interviewer", text: "The store hangs at noon. Tell me about the minute after it." },
    {
      minute: 24,
      who: "candidate",
      text: "The time-out first. At twenty thousand requests a second in a gateway, a default of one second holds twenty thousand of them, five milliseconds hold a hundred. After three in a row a breaker stops asking. Then the rule decides: a login is refused, a search takes from a budget of the gateway's own. So while it is silent we admit at most gateways times budget. The standby may lack the last takes, at most one capacity per key.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "Finance wants limits in dollars. The cost of a request is known only when it has finished.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "That breaks my one step, because I take before I know. I'd reserve an estimate and settle afterward, and let the level go below zero by a bounded amount; the bound grows by the largest underestimate. I give back the rest. Though a refund after the bucket has refilled would lift it over the capacity, so it is cut there.",
    },
    { minute: 33, who: "interviewer", text: "And giving each gateway its share, to save the question?" },
    {
      minute: 33,
      who: "candidate",
      text: "With fifty gateways and a client on four it gets eight percent of what it paid for. If the question becomes too slow at p99, I'd lease tokens to gateways, for busy keys. Then the bound is wider by what they hold.",
    },
    { minute: 35, who: "interviewer", text: "A gateway goes silent with such a lease." },
    {
      minute: 35,
      who: "candidate",
      text: "After the time-out I put the tokens back. Wait: if it is only slow it spends them too, and they count twice. Then they are lost, and the store only makes room for another lease.",
    },
    { minute: 39, who: "interviewer", text: "How does a new rule go live on Monday?" },
    {
      minute: 39,
      who: "candidate",
      text: "It is checked before it is pushed: a missing field is refused and the old version stays. Then dark, deciding and logging and admitting, then for a share of traffic, then for all, with a switch. I page on decisions that were made without the store and on added latency. Refusals alone are the thing working.",
    },
    { minute: 43, who: "interviewer", text: "What would make you regret this design?" },
    {
      minute: 43,
      who: "candidate",
      text: "A store that can only increment: then I'd take the sliding counter, and say that almost twice the limit fits into one window.",
    },
  ],
  card: {
    shown: [
      {
        signal: "numbers-unasked",
        quote: "Ten million active keys, a million checks a second at peak, one millisecond at p99.",
      },
      {
        signal: "limiting-not-shedding",
        quote: "Shedding load when we are full looks at our present and not at a client's past, so I'd build it apart.",
      },
      { signal: "left-out", quote: "billing, because it needs a ledger" },
      { signal: "rate-decides", quote: "Not memory: a bucket is two numbers" },
      { signal: "flip-named", quote: "Below sixty thousand a second I'd run one." },
      { signal: "one-question", quote: "at half a millisecond they just fit. The reason is the race." },
      {
        signal: "refused-takes-nothing",
        quote: "A refused request takes nothing, or an impatient client locks itself out.",
      },
      {
        signal: "wait-rounded-up",
        quote: "It gets 429 with Retry-After, rounded up, because the field has whole seconds.",
      },
      { signal: "rules-apart", quote: "Rules come from the other side: data with a version, pushed, never looked up." },
      {
        signal: "both-walked",
        quote: "Refused goes back with the wait, and the gateway remembers it until then",
      },
      {
        signal: "bound-proved",
        quote:
          "In any interval t it admits at most capacity plus rate times t: a token that is spent was there at the start or flowed in.",
      },
      { signal: "refill-exact", quote: "units of which each millisecond adds a whole number, so nothing is rounded" },
      { signal: "race-told", quote: "Both gateways read 99, both admit, both write 100." },
      {
        signal: "alternative-priced",
        quote: "With fifty gateways and a client on four it gets eight percent of what it paid for.",
      },
      { signal: "regret-named", quote: "A store that can only increment: then I'd take the sliding counter" },
      { signal: "degraded-bound", quote: "So while it is silent we admit at most gateways times budget." },
      {
        signal: "timeout-derived",
        quote: "a default of one second holds twenty thousand of them, five milliseconds hold a hundred",
      },
      { signal: "rule-like-code", quote: "a missing field is refused and the old version stays. Then dark" },
      { signal: "right-alerts", quote: "I page on decisions that were made without the store and on added latency." },
      {
        signal: "leads",
        quote: "I'd go into the algorithm first, then into a store that is slow, and keep ten minutes for the rollout.",
      },
      { signal: "corrects", quote: "Wait: if it is only slow it spends them too, and they count twice." },
    ],
    unseen: [],
    raisedBy: {
      numbers: "unprompted",
      "deciding-number": "open-probe",
      "both-or-neither": "open-probe",
      "exact-bound": "unprompted",
      "store-hangs": "open-probe",
      "hot-key": "unprompted",
      rollout: "open-probe",
    },
    redFlags: [],
  },
  verdict:
    "Hire. Every number is used to exclude something, and the bound comes before the question for it. Two answers began wrong: the two round trips, and the returned lease. In both the candidate stopped, gave the failure that refutes the first answer, and went on. Nothing here is above the level: the settlement of costs has no number of its own against being counted twice, and leases stay a sketch.",
};
