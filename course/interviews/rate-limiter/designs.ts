import type { Branch, Designs } from "../../interview.ts";
import { alternativeBoards } from "./boards.ts";

/** The three designs that candidates draw, by where a request is decided. */

const question = {
  minute: 18,
  line: "Point at your board: which box decides about a request, and which boxes does it ask on the way?",
} as const;

const central = {
  id: "central",
  title: "Every request asks the shard that owns the key",
  sign: "An arrow from each gateway to one store, for each request.",
} as const;

const alone = {
  id: "alone",
  title: "Each gateway counts alone",
  sign: "No store on the request path: a part of the limit for each gateway, or counts that are exchanged now and then.",
} as const;

const leased = {
  id: "leased",
  title: "Gateways spend tokens that they leased",
  sign: "A store hands out batches of tokens, and the request path stays inside the gateway.",
} as const;

const midBranches: readonly Branch[] = [
  {
    ...central,
    prompts: [],
    probes: [
      {
        id: "race",
        dimension: "correctness",
        lookingFor: "The interleaving in which both gateways read the same count, and a cure that is one atomic step.",
        open: "Two gateways handle the same client in the same millisecond.",
        pointed: "Write down the order of the reads and the writes.",
        giveaway: "Both read 99 and both admit. The check and the take have to be one call.",
        modelAnswer:
          "Draws read, read, write, write; moves the decision to the shard: a script, a command, a compare-and-set.",
      },
    ],
    forks: [
      {
        id: "race-reply",
        minute: 20,
        line: "Two gateways handle the same client in the same millisecond.",
        replies: [
          {
            grade: "weak",
            reply: "Redis is single-threaded, so that cannot happen.",
            moves: [{ dimension: "correctness", by: -1, why: "One command is atomic; read and write are two." }],
          },
          {
            grade: "acceptable",
            reply:
              "They can both read 99. I would use INCR first and compare the result, so that each sees its own number.",
            moves: [
              {
                dimension: "correctness",
                by: 1,
                why: "Sees the race; the cure is atomic, though refused requests are now charged.",
              },
            ],
          },
          {
            grade: "strong",
            reply:
              "Both read 99 and both admit. So the shard decides: one script reads, refills, compares and takes. Refused requests change nothing, so a client that hammers does not lock itself out.",
            moves: [
              { dimension: "correctness", by: 2, why: "Interleaving, atomic cure and the effect on refused requests." },
            ],
          },
        ],
      },
    ],
    signals: {
      correctness: [{ id: "two-reads-first", says: "Tells the two reads before the two writes, and the one call." }],
    },
    redFlags: [
      {
        id: "single-thread",
        dimension: "correctness",
        behavior: "Holds that a single-threaded store makes read-then-write safe, after being asked for the order.",
      },
    ],
  },
  {
    ...alone,
    prompts: [],
    probes: [
      {
        id: "small-part",
        dimension: "correctness",
        lookingFor: "That connections are not spread like requests, and the size of the loss or of the overshoot.",
        open: "One client keeps four connections open, and there are fifty gateways. How much of its quota can it use?",
        pointed: "How many gateways see a request of this client at all?",
        giveaway: "Four of fifty, so it gets eight percent and is refused for the rest.",
        modelAnswer: "Eight percent with parts; overshoot between exchanges with counts; one place per key cures both.",
      },
    ],
    forks: [
      {
        id: "small-part-reply",
        minute: 20,
        line: "One client keeps four connections open, and there are fifty gateways. How much of its quota can it use?",
        replies: [
          {
            grade: "weak",
            reply: "The load balancer is round robin, so it gets all of it.",
            moves: [{ dimension: "correctness", by: -1, why: "Balanced requests are not balanced clients." }],
          },
          {
            grade: "acceptable",
            reply: "It reaches four gateways, so it gets four parts of fifty. That is too little.",
            moves: [{ dimension: "correctness", by: 1, why: "Sees the skew and puts a number on it." }],
          },
          {
            grade: "strong",
            reply:
              "Eight percent. I can send a client's connections to one gateway by a hash of its key: then that gateway is its shard. Or I let gateways borrow tokens from one store. Both bring one place back that decides for the key, and that is the price of being exact.",
            moves: [
              { dimension: "correctness", by: 2, why: "Number, cure, and the reason behind the cure." },
              { dimension: "trade-offs", by: 1, why: "Says what being exact costs." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.alone],
    signals: {
      correctness: [{ id: "skew-number", says: "Puts a number on a client that reaches few gateways." }],
    },
  },
  {
    ...leased,
    prompts: [],
    probes: [
      {
        id: "silent-holder",
        dimension: "correctness",
        lookingFor: "That the tokens are lost, and why they must not be put back.",
        open: "A gateway takes twenty tokens and then goes silent. What happens to them?",
        pointed: "Suppose that it was only slow. What does it do with them?",
        giveaway: "It spends them. So they must not be given out a second time.",
        modelAnswer: "Lost when the lease ends; a holder that is alive returns the rest before that.",
      },
    ],
    forks: [
      {
        id: "silent-holder-reply",
        minute: 20,
        line: "A gateway takes twenty tokens and then goes silent. What happens to them?",
        replies: [
          {
            grade: "weak",
            reply: "After a time-out the store puts them back, so that nothing is wasted.",
            moves: [{ dimension: "correctness", by: -1, why: "A slow gateway spends them too: the bound is gone." }],
          },
          {
            grade: "acceptable",
            reply: "They are lost. At most twenty for each gateway that dies.",
            moves: [{ dimension: "correctness", by: 1, why: "Right choice, with its price." }],
          },
          {
            grade: "strong",
            reply:
              "Lost, because the store cannot know how many were spent. The gateway itself stops when its lease ends, by its own clock, and if it is alive it returns the rest a little before.",
            moves: [{ dimension: "correctness", by: 2, why: "Choice, reason, and the part that the holder plays." }],
          },
        ],
      },
    ],
    boards: [alternativeBoards.leased],
    signals: {
      correctness: [{ id: "tokens-lost", says: "Lets the tokens of a silent gateway be lost, and says why." }],
    },
  },
];

const seniorBranches: readonly Branch[] = [
  {
    ...central,
    prompts: [
      {
        minute: 24,
        line: "The store hangs at noon. Tell me about the minute after it.",
        modelAnswer:
          "The time-out bounds the damage: at 20,000 requests a second per gateway, a second of waiting holds 20,000 requests, five milliseconds hold 100. After a few time-outs in a row a breaker stops asking and probes. Until the store answers, the rule decides: closed for logins, otherwise a budget for each gateway, so that the bound grows by gateways times budget. The standby may lack the last takes: at most one capacity per key.",
        probe: "store-hangs",
      },
    ],
    probes: [
      {
        id: "store-hangs",
        dimension: "operations",
        lookingFor: "A time-out from arithmetic, a decision by rule, and the bound of the degraded mode.",
        open: "The store hangs at noon. Tell me about the minute after it.",
        pointed: "How many requests wait in one gateway, and for how long?",
        giveaway: "Rate times time-out: with a second it is 20,000. Take five milliseconds, then decide alone.",
        modelAnswer: "Time-out near the budget, breaker, budget per gateway, one capacity per key after the failover.",
      },
      {
        id: "hot-key",
        dimension: "operations",
        lookingFor: "That a refusal carries its own expiry and can be remembered exactly.",
        open: "One client sends four hundred thousand requests a second.",
        pointed: "Do you need to ask the shard again after a refusal?",
        giveaway: "Remember at the gateway until when it is refused.",
        modelAnswer: "Refused-until memory, for that cost and above; 500 checks a second remain.",
      },
    ],
    forks: [
      {
        id: "save-the-question",
        minute: 20,
        line: "Why not let each gateway count alone, and save the question?",
        replies: [
          {
            grade: "weak",
            reply: "The load balancer is round robin, so the parts would be equal. That would work as well.",
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
              "With 50 gateways and a client on four of them, it gets eight percent of its quota. And adding a gateway changes every limit. If the question is the problem, lease tokens for the busy keys: the bound grows by what is outstanding.",
            moves: [
              { dimension: "trade-offs", by: 2, why: "Quantifies the loss and offers the alternative with its price." },
            ],
          },
        ],
      },
    ],
    signals: {
      correctness: [{ id: "race-told", says: "Tells the interleaving of two gateways, and cures it with one call." }],
      operations: [{ id: "timeout-derived", says: "Derives the time-out from rate times time." }],
    },
  },
  {
    ...alone,
    prompts: [
      {
        minute: 24,
        line: "The exchange between your gateways is down for a minute. How much gets through?",
        modelAnswer:
          "With fixed parts: never more than the limit, and a client on four of fifty gateways gets eight percent all the time. With exchanged counts: each gateway may admit the whole limit, so up to fifty limits, and in normal operation all that they admit between two exchanges. To bound it, give each gateway a hard ceiling, send a key to one gateway by hash, or lease from one store.",
        probe: "exchange-down",
      },
    ],
    probes: [
      {
        id: "exchange-down",
        dimension: "correctness",
        lookingFor: "A bound for the design under a partition, or the statement that it has none.",
        open: "The exchange between your gateways is down for a minute. How much gets through?",
        pointed: "What does one gateway know, and what may it admit on that knowledge?",
        giveaway: "Each admits the whole limit: fifty limits in all.",
        modelAnswer: "Fifty limits with counts; the limit with parts, at eight percent of use for one client.",
      },
    ],
    forks: [
      {
        id: "four-connections",
        minute: 20,
        line: "One client keeps four connections open, and there are fifty gateways.",
        replies: [
          {
            grade: "weak",
            reply: "The load balancer is round robin, so it still gets its limit.",
            moves: [{ dimension: "trade-offs", by: -1, why: "Balanced requests are not balanced clients." }],
          },
          {
            grade: "acceptable",
            reply: "With fixed parts it gets four fiftieths. So I exchange counts, and accept that they are stale.",
            moves: [{ dimension: "trade-offs", by: 1, why: "Number, and a way out with its weakness." }],
          },
          {
            grade: "strong",
            reply:
              "Eight percent with fixed parts. With exchanged counts it gets its limit, plus up to what all gateways admit between two exchanges. For an exact promise the key needs one place: a gateway by hash of the key, or a store that leases.",
            moves: [{ dimension: "trade-offs", by: 2, why: "Under-use against over-admission, each with its size." }],
          },
        ],
      },
    ],
    boards: [alternativeBoards.alone],
    signals: {
      correctness: [{ id: "partition-stated", says: "States how much gets through when gateways cannot talk." }],
      operations: [{ id: "silence-capped", says: "Caps a gateway that hears nothing, and says what that costs." }],
    },
  },
  {
    ...leased,
    prompts: [
      {
        minute: 24,
        line: "A gateway goes silent with a lease. What may the store do when the lease has run out?",
        modelAnswer:
          "Make room for another lease, and nothing else. The tokens are lost, because it cannot know how many were spent. It relies on the holder to stop by itself: the holder looks at its clock when it spends, and counts from the moment when it first asked. A holder that is alive returns the rest before the end; a late return brings nothing back.",
        probe: "lease-end",
      },
    ],
    probes: [
      {
        id: "lease-end",
        dimension: "correctness",
        lookingFor: "Lost tokens, room for a new lease, and the clock by which the holder stops.",
        open: "A gateway goes silent with a lease. What may the store do when the lease has run out?",
        pointed: "When exactly does a slow gateway stop spending, and by which clock?",
        giveaway: "By its own clock, from the moment it first asked, whenever its timers come.",
        modelAnswer: "Lost; room only; own clock from the first request; shorter than the store's time.",
      },
      {
        id: "which-keys",
        dimension: "estimation",
        lookingFor: "That slow keys return most of every lease, so that leasing costs more messages than it saves.",
        open: "Do you lease for all ten million keys?",
        pointed: "How many requests of an average key does one gateway see in two seconds?",
        giveaway: "Next to none. Lease for the busy keys only.",
        modelAnswer: "An average key sends one request in ten seconds; a lease pays from 50 a second on.",
      },
    ],
    forks: [
      {
        id: "all-keys",
        minute: 20,
        line: "Do you lease for all ten million keys?",
        replies: [
          {
            grade: "weak",
            reply: "Yes, then no request waits for the store at all.",
            moves: [
              {
                dimension: "estimation",
                by: -1,
                why: "For an average key a gateway would ask and return for each request.",
              },
            ],
          },
          {
            grade: "acceptable",
            reply: "No, only for busy keys. A slow key gives most of its lease back, and that takes messages too.",
            moves: [{ dimension: "estimation", by: 1, why: "Sees that leases save only where they are spent." }],
          },
          {
            grade: "strong",
            reply:
              "An average key sends one request in ten seconds, spread over fifty gateways. An ask and a return are two messages, so a gateway has to see two requests per lease: with two seconds to spend it, 50 requests a second and key. Below that, each request asks the shard.",
            moves: [{ dimension: "estimation", by: 2, why: "Derives the rate at which the decision flips." }],
          },
        ],
      },
    ],
    boards: [alternativeBoards.leased],
    signals: {
      correctness: [{ id: "lease-bound-stated", says: "States the bound with leases, and which part caps it." }],
      estimation: [{ id: "busy-keys-only", says: "Leases for busy keys only, and says from which rate on." }],
    },
  },
];

const staffBranches: readonly Branch[] = [
  {
    ...central,
    prompts: [
      {
        minute: 24,
        line: "Your largest customer stays inside its limit, and sends more than one shard carries.",
        modelAnswer:
          "Leases, for this key. Tokens leave the bucket when they are granted; only a holder that has stopped spending gives some back. The store caps what is outstanding. Bound: capacity + rate x t + outstanding. 50 gateways with leases of 20 add 1,000 to 61,000 in a minute, 1.6 percent, for 50 messages a second in place of a thousand. Not for every key: below 50 requests a second a lease costs more messages than it saves.",
        probe: "lease-bound",
      },
    ],
    probes: [
      {
        id: "lease-bound",
        dimension: "correctness",
        lookingFor: "The bound with leases, which part may give granted tokens back, and for which keys it pays.",
        open: "Your largest customer stays inside its limit, and sends more than one shard carries.",
        pointed: "Could a gateway decide alone for a second, and what would that cost the bound?",
        giveaway: "Let it lease tokens; the bound grows by what is outstanding.",
        modelAnswer:
          "capacity + rate x t + outstanding; repeated grants answered as before; own clock; lost when silent; busy keys only.",
      },
    ],
    forks: [
      {
        id: "partition",
        minute: 38,
        line: "And if that gateway is cut off, and its lease expires: what happens to the tokens?",
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
              "The store does not put them back, because it cannot know what was spent. That wastes at most one lease per gateway, and the bound holds.",
            moves: [{ dimension: "correctness", by: 1, why: "Right choice, with its price." }],
          },
          {
            grade: "strong",
            reply:
              "Lost, for the bound's sake: it needs that a token is spent at most once. Had the gateway been reachable, it would have stopped spending before the end and returned the rest, which is safe. It stops by its own clock, counted from its first request, with a margin to the store's. The waste is bounded by what may be outstanding, so I size the lease by demand and shrink it as the bucket runs low.",
            moves: [
              { dimension: "correctness", by: 2, why: "Invariant, bound on the waste, and the clock behind the end." },
              { dimension: "trade-offs", by: 1, why: "Lease size as a dial with both ends named." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.leased],
    signals: {
      correctness: [
        { id: "lease-proved", says: "Bounds the leases, with the reason why no other part returns tokens." },
      ],
    },
    redFlags: [
      {
        id: "tokens-return",
        dimension: "correctness",
        behavior:
          "Keeps putting the leases of silent gateways back into the pool after the slow gateway was pointed out.",
      },
    ],
  },
  {
    ...alone,
    prompts: [
      {
        minute: 24,
        line: "Convince me of a bound, with the exchange between gateways down.",
        modelAnswer:
          "Exchanged counts have none: each of 50 gateways may admit the whole limit. A hard part per gateway has one, the limit itself, and gives a client on four gateways eight percent. Between the two lies a lease: parts that move with demand and are given up before they are granted elsewhere. Its bound is capacity + rate x t + outstanding.",
        probe: "bound-without-talk",
      },
    ],
    probes: [
      {
        id: "bound-without-talk",
        dimension: "correctness",
        lookingFor: "That exchange alone gives no bound, and the step from fixed parts to leases.",
        open: "Convince me of a bound, with the exchange between gateways down.",
        pointed: "What does a gateway that hears nothing have to assume about the others?",
        giveaway: "That they admit everything. So it may only spend what is its own.",
        modelAnswer: "No bound with counts; the limit with parts; the limit plus outstanding with leases.",
      },
    ],
    forks: [
      {
        id: "moving-parts",
        minute: 38,
        line: "Then let the parts move with demand. What keeps their sum within the limit?",
        replies: [
          {
            grade: "weak",
            reply: "They are recomputed every second from the latest counts.",
            moves: [
              { dimension: "correctness", by: -1, why: "While messages are under way the sum is not the limit." },
            ],
          },
          {
            grade: "acceptable",
            reply: "A part is given up before another gateway gets it, so the sum never exceeds the limit.",
            moves: [{ dimension: "correctness", by: 1, why: "Names the order that keeps the sum." }],
          },
          {
            grade: "strong",
            reply:
              "One place grants them, takes them off its level at once, and counts what is outstanding. A part ends by its holder's own clock, and a holder that is silent loses it unspent. So the sum is the level plus what is outstanding, which only inflow raises: that is the proof, and under-use is its price.",
            moves: [
              { dimension: "correctness", by: 2, why: "Invariant, proof and price." },
              { dimension: "trade-offs", by: 1, why: "Names under-use as what is paid." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.alone],
    signals: {
      correctness: [
        { id: "no-bound-said", says: "Says that exchanged counts have no bound, and gives the step to one." },
      ],
    },
  },
  {
    ...leased,
    prompts: [
      {
        minute: 24,
        line: "Convince me that the leases are safe.",
        modelAnswer:
          "A token that is spent in an interval was granted in it or held when it began. Grants obey the bucket: capacity plus rate times t. Holdings are capped at the store. It needs three things: a repeated request gets the same grant; tokens come back only from a holder that has stopped, while its lease counts; a holder stops by its own clock, counted from its first request. The store's state outlives a crash, or a failover adds one capacity.",
        probe: "lease-proof",
      },
    ],
    probes: [
      {
        id: "lease-proof",
        dimension: "correctness",
        lookingFor: "The proof, and the three things on which it rests.",
        open: "Convince me that the leases are safe.",
        pointed: "Where could one token be spent twice?",
        giveaway: "In a repeated grant, in a return that comes late, in a holder that does not stop.",
        modelAnswer: "Granted or held; three conditions; the store's crash.",
      },
    ],
    forks: [
      {
        id: "paused-holder",
        minute: 38,
        line: "A gateway is paused for ten seconds in the middle of its lease. Then it runs on.",
        replies: [
          {
            grade: "weak",
            reply: "Its timer has fired in the meantime, so the lease is over.",
            moves: [{ dimension: "correctness", by: -1, why: "A pause delays the timer too." }],
          },
          {
            grade: "acceptable",
            reply: "It checks the time before it spends, sees that the lease is over, and asks for a new one.",
            moves: [{ dimension: "correctness", by: 1, why: "The clock and not the timer decides." }],
          },
          {
            grade: "strong",
            reply:
              "It checks its own monotonic clock when it spends, against the moment it first asked, so a grant that arrived late gives it no more time. Its time is shorter than the store's by a margin for drift. A token that was spent between check and send is one request, and I accept it or count it into the margin.",
            moves: [{ dimension: "correctness", by: 2, why: "Clock, starting point, margin, and the gap that stays." }],
          },
        ],
      },
    ],
    boards: [alternativeBoards.leased],
    signals: {
      correctness: [{ id: "three-conditions", says: "Names the conditions on which the bound of leases rests." }],
    },
    redFlags: [
      {
        id: "late-return",
        dimension: "correctness",
        behavior: "Lets tokens come back after their lease has run out, after the double spending was pointed out.",
      },
    ],
  },
];

export const midDesigns: Designs = { ...question, branches: midBranches };
export const seniorDesigns: Designs = { ...question, branches: seniorBranches };
export const staffDesigns: Designs = { ...question, branches: staffBranches };
