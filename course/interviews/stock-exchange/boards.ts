import type { Board } from "../../interview.ts";

/**
 * What a good candidate's board shows. Each board is the one before it, grown: a renderer may draw them one after the
 * other.
 */

const scopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>place, cancel, replace<br/>price, then arrival<br/>depth, trades, candles"]
  nfr["NUMBERS<br/>1 billion orders a day<br/>43 k/s, 214 k/s peak<br/>p99 1 ms, 4 nines"]
  out["OUT<br/>settlement, margin,<br/>routing elsewhere"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: place, cancel and replace orders; match by price, then by arrival; publish depth, trades and candles. Numbers: a billion orders a day, 43,000 a second, 214,000 at the peak, a millisecond at the 99th percentile, four nines. Out: settlement, margin, routing to other markets.",
};

const contractBoard: Board = {
  minute: 12,
  title: "Contract and book",
  mermaid: `classDiagram
  direction TB
  class Book {
    submit(order)
    cancel(id)
    replace(id, price, total)
  }
  class Order {
    id, account, side
    ticks, lots
    rest, IOC or FOK
  }
  class Event {
    rested, traded
    canceled, rejected
  }
  Book --> Order : id table, queues
  Book --> Event : numbered`,
  alt: "The book takes submit, cancel and replace, where a replace names the total. An order has an id, an account, a side, a price in ticks, lots, and what becomes of its rest. The book answers with numbered events: rested, traded, canceled, rejected.",
};

const pathBoard: Board = {
  minute: 22,
  title: "An order, end to end",
  mermaid: `flowchart TB
  c([Client]) --> g[Gateway]
  g --> m["Order manager<br/>risk, hold"]
  m --> s["Sequencer<br/>number, journal"]
  s --> e["Engine<br/>one thread"]
  e --> d["Market data"]
  e -- executions --> m
  s -. "same log" .-> b["Standby"]`,
  alt: "Client to gateway, to the order manager, which checks risk and holds money or shares, to the sequencer, which numbers and journals, to the engine, one thread. Executions go back through the manager; events go to market data. A standby reads the same log.",
};

const bookBoard: Board = {
  minute: 38,
  title: "After the dives: the book and its race",
  mermaid: `flowchart TB
  id["id table"] --> o["order: links,<br/>lots, account"]
  price["price levels"] --> q["queue, first<br/>in line first"]
  q --> o
  best["best bid, best ask"] --> price
  race["change: replace"] --> total["total, with what<br/>has traded"]
  o --- race`,
  alt: "An id table and price levels both lead to the orders, which are linked in a queue at each price; best bid and ask point at levels. The changed requirement, a replace, names the total with what has already traded, so that a fill that crosses it is counted.",
};

const closingBoard: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  load["Overload: full rings,<br/>refuse at the gateway"]
  fail["Engine lost: standby,<br/>outputs by number"]
  roll["New version: replay<br/>last month, compare hash"]
  next["Next: what would<br/>make me regret this"]
  load --- fail --- roll --- next`,
  alt: "Overload: rings fill and the gateway refuses. Engine lost: the standby takes over and sends outputs by number. A new version replays last month and must give the same hash. Next: the condition under which the design would be regretted.",
};

export const midBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, bookBoard, closingBoard];

export const seniorBoards: readonly Board[] = [
  scopeBoard,
  contractBoard,
  {
    ...pathBoard,
    mermaid: `${pathBoard.mermaid}
  b --- when["safe first:<br/>50 µs"]`,
    alt: `${pathBoard.alt} At the sequencer: an order is safe on a second machine before it is matched, which takes 50 microseconds.`,
  },
  {
    minute: 38,
    title: "After the dives: what survives which death",
    mermaid: `flowchart TB
  shm["shared memory:<br/>survives a process"] --> copy["copy on a second<br/>machine: a machine"]
  copy --> disk["journal in groups:<br/>both machines"]
  disk ~~~ snap["snapshot + tail:<br/>26 s, to start"]
  snap --> warm["standby, silent:<br/>250 ms, to take over"]`,
    alt: "Shared memory survives a process, a copy in a second machine's memory survives a machine, a journal that is synced in groups survives both. Snapshot and tail take 26 seconds and are for starting; a silent standby takes over in 250 milliseconds.",
  },
  closingBoard,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "The problem behind the problem",
    mermaid: `flowchart TB
  q(["What makes it one exchange?"])
  q --> one["one<br/>order"]
  q --> replay["a day that<br/>replays"]
  q --> fair["a rule to<br/>check"]
  one --> log["the log is<br/>the exchange"]
  replay --> log
  fair --> log`,
    alt: "What makes it one exchange? One order of everything, a day that replays to the same trades, and a rule of fairness that everybody can check. All three lead to one log, of which everything else is a reader.",
  },
  { ...pathBoard, minute: 16 },
  {
    minute: 28,
    title: "Failover in the middle of a match",
    mermaid: `%%{init: {"sequence": {"width": 84, "actorMargin": 24, "messageMargin": 26}}}%%
sequenceDiagram
  participant L as Live
  participant S as Standby
  participant G as Gateway
  L->>G: 41.1
  Note over L: stalls
  Note over S: epoch 8
  S->>G: seen?
  G-->>S: 41.1
  S->>G: 41.2, 41.3
  Note over L: wakes up
  L->>G: 41.2, epoch 7
  G--xL: refused`,
    alt: "The live engine sends the first of three executions of input 41 and stalls for so long that it counts as dead. The standby begins epoch 8, asks the gateway what it has seen, and sends the second and third. When the old engine wakes up, its message of epoch 7 is refused.",
  },
  {
    minute: 40,
    title: "Two sites, one book",
    mermaid: `flowchart TB
  a["Site A: live,<br/>standby, journal"]
  b["Site B: follows,<br/>some ms behind"]
  w["Witness:<br/>who leads"]
  a -- "log" --> b
  a --- w
  b --- w
  b --> gap["Failover to B: what A<br/>told and B lacks is named,<br/>reconciled, published"]`,
    alt: "Site A has the live engine, its standby and the journal. Site B follows the log some milliseconds behind. A witness elsewhere decides who leads. In a failover to B, what A had told and B lacks is named, reconciled with the members, and published.",
  },
  closingBoard,
];
