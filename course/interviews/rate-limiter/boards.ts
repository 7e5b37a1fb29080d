import type { Board } from "../../interview.ts";

/** A good candidate's board, minute by minute. Each is the one before it, grown: a renderer may draw them one after the other. */

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
  alt: "RateLimiter has tryAcquire(key, nowMs, cost). It returns a Decision: allowed with what remains, or refused with retryAfterMs. By key it holds a KeyState: a level and the time of the level.",
};

const pathBoard: Board = {
  minute: 17,
  title: "A request, end to end",
  mermaid: `flowchart TB
  c([Client]) --> g["Gateway<br/>match rules, build key"]
  g -- decision --> s[("Limiter<br/>state by key")]
  g -- allowed --> a[API]
  g -- "refused: 429,<br/>Retry-After" --> c
  r[("Rules")] -. pushed .-> g`,
  alt: "Client to gateway, which matches rules and builds the key and gets a decision from the limiter's state by key. Allowed goes to the API, refused returns 429 with Retry-After to the client. Rules are pushed to gateways.",
};

const boundBoard: Board = {
  minute: 38,
  title: "After the dives: the bound, and the change",
  mermaid: `flowchart TB
  bucket["level, refilled<br/>by the clock"] --> bound["in any t: at most<br/>capacity + rate x t"]
  cost["change: a cost<br/>per request"] --> take["take cost; above<br/>capacity: never"]
  take --> bound`,
  alt: "A level that is refilled by the clock leads to the bound: in any interval t at most capacity plus rate times t. The change, a cost per request, leads to taking the cost and never admitting one above the capacity, and to the same bound.",
};

const closingBoard: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  fail["Store silent: time-out,<br/>then a budget, by rule"]
  hot["Hot key: gateways<br/>remember the refusal"]
  roll["New rule: checked, dark,<br/>a share, switch"]
  next["Next: the condition<br/>for regret"]
  fail --- hot --- roll --- next`,
  alt: "Four boxes. Store silent: a time-out, then a budget, by rule. Hot key: gateways remember the refusal. New rule: checked, dark, a share, a switch. Next: the condition for regret.",
};

/** Beside the common boards, for candidates who drew another design than the central one. */
export const alternativeBoards = {
  alone: {
    minute: 30,
    title: "Gateways that count alone",
    mermaid: `flowchart TB
  c([Client:<br/>4 connections]) --> a["Gateway A<br/>limit / 50"]
  c --> b["Gateway B<br/>limit / 50"]
  a <-. "counts, each second" .-> b
  b --> worst["cut off: a part each,<br/>or the whole limit each"]`,
    alt: "A client with four connections reaches gateways A and B, each with a fiftieth of the limit. They exchange counts each second. When they are cut off, each admits its part, or the whole limit.",
  },
  leased: {
    minute: 30,
    title: "Leases and their bound",
    mermaid: `flowchart TB
  c[("Store's bucket<br/>capacity + rate x t")]
  c -- "grant q, no. n<br/>level - q at once" --> a["Gateway A<br/>holds up to q"]
  c -- "grant q, no. m" --> b["Gateway B<br/>holds up to q"]
  a --> bound["spent in t: at most<br/>capacity + rate x t<br/>+ outstanding"]
  b --> bound`,
    alt: "The store's bucket, bounded by capacity plus rate times t, grants q tokens under a number to gateways A and B and takes them off its level at once. Each gateway holds up to q. The tokens spent in t are at most capacity plus rate times t plus what is outstanding.",
  },
} as const satisfies Record<string, Board>;

export const midBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, boundBoard, closingBoard];

export const seniorBoards: readonly Board[] = [
  scopeBoard,
  contractBoard,
  {
    ...pathBoard,
    mermaid: `${pathBoard.mermaid}
  g --- cache["refused until;<br/>5 ms"]`,
    alt: `${pathBoard.alt} At the gateway also: keys that are refused until a known time, and a time-out of 5 ms.`,
  },
  {
    minute: 38,
    title: "After the dives: the silent store, and the change",
    mermaid: `stateDiagram-v2
  direction TB
  [*] --> Asking
  Asking --> Alone : 3 time-outs in a row
  Alone --> Probing : after 1 s
  Probing --> Asking : answered
  Probing --> Alone : time-out
  Alone --> Alone : budget decides`,
    alt: "A gateway is Asking; after three time-outs in a row it is Alone, where a budget decides. After a second it is Probing, and returns to Asking when it was answered, or to Alone after a time-out.",
  },
  closingBoard,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "The problem behind the problem",
    mermaid: `%%{init: {"flowchart": {"nodeSpacing": 14, "rankSpacing": 30, "padding": 6}}}%%
flowchart TB
  q(["What are we protecting?"])
  q --> fair["fairness:<br/>roughly"]
  q --> cap["capacity:<br/>shedding"]
  q --> money["sold quota:<br/>contract"]
  fair --> promise["promise = inequality<br/>+ degraded mode"]
  money --> promise`,
    alt: "The question: what are we protecting? Fairness, which may be rough; capacity, which is shedding; a sold quota, which is a contract. Fairness and the contract lead to a promise: an inequality and a degraded mode.",
  },
  pathBoard,
  {
    minute: 38,
    title: "Two regions, one sold quota",
    mermaid: `%%{init: {"sequence": {"width": 76, "actorMargin": 20, "messageMargin": 26, "boxMargin": 4, "noteMargin": 4, "diagramMarginX": 4, "mirrorActors": false}}}%%
sequenceDiagram
  participant E as East
  participant Q as Ledger
  participant W as West
  E->>Q: epoch 8?
  Q-->>E: 700
  W->>Q: epoch 8?
  Q-->>W: 300
  Note over E,W: the sum is the quota
  Note over Q,W: link breaks
  Note over W: keeps 300,<br/>oversells if<br/>the rule<br/>says so
  E->>Q: 1000?
  Q-->>E: not in epoch 8
  Note over E,W: epoch 8 ends`,
    alt: "East asks the ledger for epoch 8 and gets 700, West gets 300; the sum is the quota. The link breaks: West keeps 300, and oversells if the rule says so. East asks for 1000 and hears: not in epoch 8. Then epoch 8 ends.",
  },
  closingBoard,
];
