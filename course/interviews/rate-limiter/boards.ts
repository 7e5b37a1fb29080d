import type { Board } from "../../interview.ts";

/**
 * What a good candidate's board shows. Each board is the one before it, grown: a renderer may draw them one after the
 * other.
 */

const scopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>decide per key, cost<br/>say when to come back<br/>several rules"]
  nfr["NUMBERS<br/>10 M active keys<br/>1 M checks/s<br/>p99 + 1 ms"]
  out["OUT<br/>auth, billing,<br/>link floods"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: decide per key and cost, say when to come back, several rules. Numbers: 10 million active keys, 1 million checks per second, at most 1 ms added at p99. Out: authentication, billing, floods of the link.",
};

const contractBoard: Board = {
  minute: 12,
  title: "Contract and state",
  mermaid: `classDiagram
  direction TB
  class RateLimiter {
    tryAcquire(key, nowMs, cost)
  }
  class Decision {
    allowed, remaining
    refused, retryAfterMs
  }
  class KeyState {
    level
    timeOfLevel
  }
  RateLimiter --> Decision
  RateLimiter --> KeyState : by key`,
  alt: "tryAcquire(key, nowMs, cost) returns allowed with what remains, or refused with the wait. State per key: a level and its time, 16 bytes; 10 million keys are 160 MB raw, about 1 GB with the keys.",
};

const pathBoard: Board = {
  minute: 22,
  title: "A request, end to end",
  mermaid: `flowchart TB
  c([Client]) --> g["Gateway<br/>match rules, build key"]
  g -- "check and take,<br/>1 trip" --> s[("Shard = hash(key)<br/>17 of them")]
  s -- allowed --> a[API]
  s -- "refused: 429,<br/>Retry-After" --> c
  r[("Rules")] -. pushed .-> g`,
  alt: "Client to gateway, which matches rules and builds the key; one round trip to the shard that owns the key, check and take in one step; allowed goes to the API, refused returns 429 with Retry-After; rules are pushed to gateways; 17 shards for the rate.",
};

const raceBoard: Board = {
  minute: 38,
  title: "After the dives: the race, the bound, the change",
  mermaid: `flowchart TB
  race["get, then set:<br/>both see 99"] --> atomic["one call decides<br/>and takes"]
  atomic --> bound["in any t: at most<br/>capacity + rate x t"]
  cost["change: a cost<br/>per request"] --> take["take cost; above<br/>capacity: never"]
  take --> bound`,
  alt: "Get then set loses updates when several readers see the same count; one atomic call decides and takes; bound: at most capacity plus rate times t in any interval t; the changed requirement, a cost per request, takes cost units and refuses for ever what exceeds the capacity.",
};

const closingBoard: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  fail["Store gone: local bucket,<br/>counted, alerted"]
  hot["Hot key: gateways<br/>remember the refusal"]
  roll["New rule: dark first,<br/>then a share, switch"]
  next["Next: what would<br/>make me regret this"]
  fail --- hot --- roll --- next`,
  alt: "Store gone: fall back to a local bucket, counted and alerted. Hot key: gateways remember the refusal. New rule: dark first, then a share of traffic, with a switch. Next: the condition under which the design would be regretted.",
};

export const midBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, raceBoard, closingBoard];

export const seniorBoards: readonly Board[] = [
  scopeBoard,
  contractBoard,
  {
    ...pathBoard,
    mermaid: `${pathBoard.mermaid}
  g --- cache["refused-until,<br/>time-out 5 ms"]`,
    alt: `${pathBoard.alt} At the gateway also: a cache of keys that are refused until a known time, and a time-out of 5 ms.`,
  },
  {
    minute: 38,
    title: "After the dives: bounds and a store that hangs",
    mermaid: `stateDiagram-v2
  direction TB
  [*] --> Central
  Central --> Local : 3 time-outs in a row
  Local --> Probing : after 1 s
  Probing --> Central : answered in time
  Probing --> Local : time-out
  note right of Local
    own bucket, a share of the limit
    bound: nodes x share
  end note`,
    alt: "Each gateway asks the central shard; after three time-outs in a row it decides with a local bucket that holds a share of the limit; after a second it probes, and returns to central when the probe is answered in time. The bound while degraded is the number of nodes times the share.",
  },
  closingBoard,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "The problem behind the problem",
    mermaid: `flowchart TB
  q(["What are we protecting?"])
  q --> fair["fairness:<br/>roughly"]
  q --> cap["capacity:<br/>shedding"]
  q --> money["sold quota:<br/>contract"]
  fair --> promise["promise = inequality<br/>+ degraded mode"]
  money --> promise`,
    alt: "What are we protecting? Fairness between clients, which may be approximate; capacity of the API, which is load shedding and another system; a sold quota, which is a contract never to refuse below it. Each promise is an inequality and a degraded mode.",
  },
  { ...pathBoard, minute: 16 },
  {
    minute: 28,
    title: "Many nodes: leases and their bound",
    mermaid: `flowchart TB
  c[("Central bucket<br/>capacity + rate x t")]
  c -- "grant q, seq n<br/>level - q at once" --> a["Gateway A<br/>holds up to q"]
  c -- "grant q, seq n" --> b["Gateway B<br/>holds up to q"]
  a --> bound["spent in t: at most<br/>capacity + rate x t + nodes x q"]
  b --> bound`,
    alt: "A central bucket grants leases of q tokens with a sequence number and takes them off its level at once. Each gateway holds at most q. What is spent in t is at most capacity plus rate times t plus nodes times q.",
  },
  {
    minute: 40,
    title: "Two regions, one sold quota",
    mermaid: `%%{init: {"sequence": {"width": 84, "actorMargin": 24, "messageMargin": 26}}}%%
sequenceDiagram
  participant E as East
  participant Q as Ledger
  participant W as West
  E->>Q: 700, epoch 8
  W->>Q: 300, epoch 8
  Note over E,W: the sum is the quota
  Note over Q,W: link breaks
  Note over W: keeps 300,<br/>the rule says<br/>if it oversells
  E->>Q: 1000?
  Q-->>E: not in epoch 8
  Note over E,W: epoch 8 ends`,
    alt: "Two regions hold shares of one quota for an epoch, 700 and 300 of 1,000. When the link to the west breaks, the west keeps its share and the rule says whether it may oversell; the east cannot take the west's share until the epoch ends.",
  },
  closingBoard,
];
