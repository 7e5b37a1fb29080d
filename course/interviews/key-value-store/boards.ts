import type { Board } from "../../interview.ts";

/** What a good candidate's board shows. Those of a design are shown only in its branch. */

const scope: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>put, get, delete, scan<br/>batch within a shard<br/>fast or current reads"]
  nfr["NUMBERS<br/>5 billion keys, 1 kB<br/>200,000 writes/s<br/>1 million reads/s"]
  promise["PROMISE<br/>a zone may go,<br/>no done write is lost"]
  must --- nfr --- promise`,
  alt: "Three boxes. Must: put, get, delete and scan, batch within a shard, fast or current reads. Numbers: 5 billion keys of 1 kB, 200,000 writes a second, 1 million reads a second. Promise: a zone may go, and no write that was called done is lost.",
};

const contract: Board = {
  minute: 12,
  title: "Contract and keys",
  mermaid: `classDiagram
  direction TB
  class Store {
    get(key, level)
    put(key, value, context)
    delete(key, context)
    scan(shard, from, to)
  }
  class Answer {
    values, context
    or time-out: unknown
  }
  class Shard {
    ordered map
    hash of first key part
  }
  Store --> Shard : by key
  Shard --> Answer`,
  alt: "Store: get with a level, put and delete with the context of a read, scan within a shard. Answer: values with a context, or a time-out, which means unknown. Shard: an ordered map, found by key through a hash of the first part of the key.",
};

const path: Board = {
  minute: 22,
  title: "A write and a read, end to end",
  mermaid: `flowchart TB
  c([Client]) --> n["Router<br/>copy of the map"]
  n --> r1["Replica, zone 1<br/>log, fsync, memtable"]
  n -.-> map[("Map of ranges")]
  r1 -- "record" --> r2["Replicas,<br/>zones 2 and 3"]
  r2 -- "2 disks have it" --> done(["done"])
  r1 -. later .-> t["tables, filters,<br/>merges"]`,
  alt: "The client asks a router, which has a copy of the map of ranges. The replica in zone 1 appends to its log, calls fsync and fills its memtable. The record goes to the replicas in zones 2 and 3; when 2 disks have it, the answer is done. Later: tables, filters, merges.",
};

const closing: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  debt["Overload: merge debt,<br/>slow writers early"]
  node["Machine lost: rebuild<br/>from many, one hour"]
  roll["Formats: read first,<br/>then write, zone by zone"]
  next["Regret condition"]
  debt --- node --- roll --- next`,
  alt: "Four boxes. Overload shows as merge debt: slow writers early. A machine lost: rebuild from many, in one hour. Formats: read first, then write, zone by zone. Last, the regret condition.",
};

export const midBoards: readonly Board[] = [scope, contract, path, closing];

export const seniorBoards: readonly Board[] = [
  scope,
  contract,
  {
    ...path,
    mermaid: `${path.mermaid}
  t --- num["levels: 12 machines<br/>tiers: 27"]`,
    alt: `${path.alt} Beside the tables: levels need 12 machines, tiers 27.`,
  },
  closing,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "Two answers that a client may observe",
    mermaid: `flowchart TB
  q(["Link between regions<br/>is down. A write comes."])
  q --> refuse["refuse it: one order<br/>balance, stock<br/>each write waits<br/>for a majority"]
  q --> accept["accept it: merge later<br/>basket, profile<br/>a read may be<br/>undone later"]`,
    alt: "The link between regions is down and a write comes. Refuse it: one order, as for a balance or stock, where each write waits for a majority. Or accept it and merge later, as for a basket or a profile, where a read may be undone later.",
  },
  { ...path, minute: 16 },
  {
    minute: 30,
    title: "A promise for each table",
    mermaid: `flowchart TB
  t["table's definition"]
  t --> one["ONE ORDER<br/>stock, balance<br/>minority refuses,<br/>or shares per region"]
  t --> all["ALWAYS WRITABLE<br/>basket, session<br/>merged by type,<br/>reads may be undone"]`,
    alt: "A table's definition says one of two things. One order, for stock and balance: the minority refuses, or there are shares per region. Always writable, for basket and session: merged by type, and reads may be undone.",
  },
  closing,
];

/** After the dives, by design. */
export const logBoard: Board = {
  minute: 38,
  title: "One log, three promises",
  mermaid: `flowchart TB
  asy["asynchronous: done<br/>before the copy"]
  asy --> lost["failover loses<br/>done writes"]
  lost ~~~ maj["majority: done<br/>after the copy"]
  maj --> kept["electors share a replica<br/>with the writers"]
  kept --> read["current read: prove<br/>that you still lead"]`,
  alt: "Asynchronous: done before the copy, so a failover loses done writes. Majority: done after the copy, and the electors share a replica with the writers. A current read must prove that the leader still leads.",
};

export const quorumBoard: Board = {
  minute: 38,
  title: "A later read that is older",
  mermaid: `%%{init: {"sequence": {"width": 56, "actorMargin": 20, "messageMargin": 22}}}%%
sequenceDiagram
  participant R as Clients
  participant A as Home A
  participant B as Home B
  participant C as Home C
  R->>A: new
  Note over B,C: not there
  R->>A: read 1
  R->>B: read 1
  A-->>R: new
  B-->>R: old
  Note over R: returns new
  R->>B: read 2
  R->>C: read 2
  B-->>R: old
  C-->>R: old
  Note over R: returns old`,
  alt: "Clients, home A, home B and home C. A write of new has reached home A only; it is not there at B and C. Read 1 asks A and B, gets new and old, and returns new. Read 2, later, asks B and C, gets old twice, and returns old, although two and two are more than three.",
};

export const mergingBoard: Board = {
  minute: 38,
  title: "Two regions that both write",
  mermaid: `flowchart TB
  e["East adds milk<br/>name E1"]
  w["West adds eggs,<br/>removes E0"]
  e --> m{{"merge: any order,<br/>same result"}}
  w --> m
  m --> v["milk, eggs;<br/>E0 stays away"]
  v --> no["stock above zero:<br/>no merge keeps that"]`,
  alt: "East adds milk under the name E1. West adds eggs and removes the addition E0. The merge gives the same result in any order: milk and eggs, and E0 stays away. Stock above zero: no merge keeps that.",
};
