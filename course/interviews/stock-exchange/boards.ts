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
  alt: "Three boxes. Must: place, cancel and replace orders; match by price, then by arrival; publish depth, trades and candles. Numbers: 1 billion orders a day, 43 thousand a second, 214 thousand at the peak, 1 millisecond at the 99th percentile, 4 nines. Out: settlement, margin, routing elsewhere.",
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
  alt: "The book takes submit, cancel and replace, where a replace names the total. An order has an id, an account, a side, a price in ticks, lots, and a rule for its rest. The book answers with numbered events: rested, traded, canceled, rejected.",
};

const pathBoard: Board = {
  minute: 22,
  title: "An order, end to end",
  mermaid: `flowchart TB
  c([Client]) <--> g[Gateway]
  g --> m["Order manager<br/>rules, holds"]
  m --> s["Sequencer<br/>number, journal"]
  s --> e["Engine<br/>one thread"]
  e -- reports --> g
  e -- reports --> m
  e --> d["Market data"]
  s -- "log" --> b["Standbys"]`,
  alt: "Client and gateway exchange messages. The gateway sends to the order manager, which checks rules and holds cash or shares, then to the sequencer, which numbers and journals, then to the engine, one thread. Reports go from the engine to the gateway, to the manager and to market data. The sequencer's log goes to standbys.",
};

const bookBoard: Board = {
  minute: 38,
  title: "After the dives: the book and its race",
  mermaid: `flowchart TB
  id["id table"] --> o["order: links,<br/>lots, account"]
  price["price levels"] --> q["queue, first<br/>in line first"]
  q --> o
  best["best bid, best ask"] --> price
  race["change: replace"] --> total["total, with lots<br/>that traded"]
  o --- race`,
  alt: "An id table leads to the orders, which have links, lots and an account. Best bid and best ask point at price levels; each level has a queue, first in line first, that leads to its orders. The changed requirement, a replace, names the total, with the lots that have traded.",
};

const closingBoard: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  load["Overload: full rings,<br/>refuse at the gateway"]
  fail["Engine lost: standby,<br/>reports by number"]
  roll["New version: replay<br/>last month, compare hash"]
  next["Regret: another site,<br/>or no need for speed"]
  load --- fail --- roll --- next`,
  alt: "Overload: full rings, and the gateway refuses. Engine lost: the standby sends reports by number. New version: replay last month and compare the hash. Regret: when another site must have every order, or when there is no need for speed.",
};

export const midBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, bookBoard, closingBoard];

export const seniorBoards: readonly Board[] = [
  scopeBoard,
  contractBoard,
  {
    ...pathBoard,
    mermaid: `${pathBoard.mermaid}
  b --- when["safe on two<br/>first: 50 µs"]`,
    alt: `${pathBoard.alt} At the standbys: an order is safe on two machines first, which takes 50 µs.`,
  },
  {
    minute: 38,
    title: "After the dives: which copy survives which death",
    mermaid: `flowchart TB
  shm["shared memory:<br/>a process dies"] --> copy["two of three logs:<br/>a machine dies"]
  copy --> disk["journal in groups:<br/>the room's power dies"]
  disk ~~~ snap["snapshot + tail:<br/>26 s, to start"]
  snap --> warm["silent standby:<br/>250 ms, to take over"]`,
    alt: "Shared memory is enough when a process dies, two of three logs when a machine dies, a journal in groups when the room's power dies. Snapshot and tail take 26 seconds, to start a machine; a silent standby takes 250 ms, to take over.",
  },
  closingBoard,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "The problem behind the problem",
    mermaid: `flowchart TB
  q(["One exchange: why?"])
  q --> one["one<br/>order"]
  q --> replay["a day that<br/>replays"]
  q --> fair["a rule to<br/>check"]
  one --> log["the log is<br/>the exchange"]
  replay --> log
  fair --> log`,
    alt: "Why is it one exchange? Because of one order of all inputs, a day that replays, and a rule that can be checked. All three lead to one box: the log is the exchange.",
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
  L->>G: report 107
  Note over L: stalls
  Note over S: epoch 8
  S->>G: last report?
  G-->>S: 107
  S->>G: 108, 109
  Note over L: wakes up
  L->>G: 108, epoch 7
  G--xL: refused`,
    alt: "The live engine sends report 107, the first of three, to the gateway and stalls. The standby begins epoch 8 and asks for the last report. The gateway says 107. The standby sends 108 and 109. The live engine wakes up and sends 108 under epoch 7, which is refused.",
  },
  {
    minute: 40,
    title: "Two sites, one book",
    mermaid: `flowchart TB
  a["Site A: live,<br/>standby, journal"]
  b["Site B: follows,<br/>some ms behind"]
  w["Witness:<br/>votes"]
  a -- "log" --> b
  a --- w
  b --- w
  b --> gap["Failover to B: orders that<br/>A told and B lacks are<br/>named and published"]`,
    alt: "Site A has the live engine, its standby and the journal. Its log goes to site B, which follows some ms behind. A witness votes with both. In a failover to B, the orders that A told and B lacks are named and published.",
  },
  closingBoard,
];
