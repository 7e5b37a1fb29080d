import type { Board } from "../../interview.ts";

/**
 * What a good candidate's board shows. Each board is the one before it, grown: a renderer may draw them one after the
 * other.
 */

const scopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>put, get, delete, scan<br/>batch within a shard<br/>fast or current reads"]
  nfr["NUMBERS<br/>5 billion keys, 1 kB<br/>200,000 writes/s<br/>survive one zone"]
  out["OUT<br/>placement, big values,<br/>secondary indexes"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: put, get, delete and scan, batches within a shard, reads that are fast or current. Numbers: 5 billion keys of 1 kB, 200,000 writes a second, survive the loss of a zone. Out: placement of keys, big values, secondary indexes.",
};

const contractBoard: Board = {
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
  alt: "get with a level, put and delete with the context of a read, scan within a shard. An answer is values with a context, or a time-out, which means unknown. A shard is an ordered map and is found by a hash of the first part of the key.",
};

const pathBoard: Board = {
  minute: 22,
  title: "A write and a read, end to end",
  mermaid: `flowchart TB
  c([Client]) --> n["Any node<br/>hash(key)"]
  n --> l["Leader<br/>log, fsync, memtable"]
  l -- "record" --> f["2 followers,<br/>zones 2 and 3"]
  f -- "1 has it on disk" --> done(["done"])
  l -. later .-> t["tables, filters,<br/>compaction"]`,
  alt: "Client to any node, which hashes the key; the leader of the shard appends to its log, syncs and sends the record to two followers in other zones; when two of three disks have it, the client is told. Behind the log: a memtable, tables with filters, compaction.",
};

const engineBoard: Board = {
  minute: 38,
  title: "After the dives: what survives which crash",
  mermaid: `flowchart TB
  log["log, then fsync,<br/>then done"] --> torn["torn tail: cut<br/>damage inside: refuse"]
  torn ~~~ rep["asynchronous: done<br/>before the copy"]
  rep --> lost["failover loses<br/>what was done"]
  lost ~~~ maj["majority: done<br/>after the copy"]
  maj --> kept["electors share a node<br/>with the writers"]`,
  alt: "Log, then fsync, then done; after a crash a torn tail is cut and damage inside is refused. Asynchronous replication answers before the copy, so a failover loses acknowledged writes. Majority replication answers after the copy, and whoever elects a leader shares a node with those that have the write.",
};

const closingBoard: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  debt["Overload: compaction debt,<br/>slow writers early"]
  node["Node lost: copy from many,<br/>throttled"]
  roll["Formats: read first,<br/>then write, zone by zone"]
  next["Next: what would<br/>make me regret this"]
  debt --- node --- roll --- next`,
  alt: "Overload shows as compaction debt: slow writers early. A lost node is copied from many others, throttled. New formats: first a version that reads them, then one that writes them, zone by zone. Next: the condition under which the design would be regretted.",
};

export const midBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, engineBoard, closingBoard];

export const seniorBoards: readonly Board[] = [
  scopeBoard,
  contractBoard,
  {
    ...pathBoard,
    mermaid: `${pathBoard.mermaid}
  t --- num["tiers: 8x written<br/>filters: 1.1 GB"]`,
    alt: `${pathBoard.alt} Beside the tables: tiers write a byte 8 times, filters take 1.1 GB on a node.`,
  },
  {
    minute: 38,
    title: "After the dives: a later read that is older",
    mermaid: `%%{init: {"sequence": {"width": 56, "actorMargin": 20, "messageMargin": 26}}}%%
sequenceDiagram
  participant R as Clients
  participant A as A
  participant B as B
  participant C as C
  R->>A: new
  Note over B,C: not there
  A-->>R: new
  B-->>R: old
  Note over R: read 1:<br/>new
  B-->>R: old
  C-->>R: old
  Note over R: read 2:<br/>old`,
    alt: "A write has reached replica A only. Read one asks A and B and returns new. Read two, afterwards, asks B and C and returns old, although two and two are more than three. If read one writes new back to B before it returns, read two finds it.",
  },
  closingBoard,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "What a client may observe",
    mermaid: `flowchart TB
  q(["Link between regions<br/>is down. A write comes."])
  q --> refuse["refuse it: one order<br/>balance, stock<br/>each write waits<br/>for a majority"]
  q --> accept["accept it: merge later<br/>basket, profile<br/>what was read<br/>may be undone"]`,
    alt: "The question that decides: the link between regions is down and a write comes. Refuse it and keep one order, as for balances and stock; every write then waits for a majority. Or accept it and merge later, as for baskets and profiles; what was read may then be undone.",
  },
  { ...pathBoard, minute: 16 },
  {
    minute: 28,
    title: "The invariants",
    mermaid: `flowchart TB
  i1["below durable:<br/>survives every crash"]
  i2["elected: has every<br/>acknowledged record"]
  i3["answered: a majority<br/>holds it"]
  i1 --> i2 --> i3`,
    alt: "Three invariants, each resting on the one above it. A record below the durable mark survives every crash. Whoever is elected has every acknowledged record. Whatever a read has answered, a majority holds.",
  },
  {
    minute: 40,
    title: "Two regions that both write",
    mermaid: `flowchart TB
  e["East: A2<br/>bread, milk"]
  w["West: A1 B1<br/>bread, eggs"]
  e --> s{{"siblings"}}
  w --> s
  s --> m["read both,<br/>write A2 B2"]
  s --> l["or a clock wins,<br/>one is dropped"]`,
    alt: "East holds bread and milk with vector A2, west bread and eggs with A1 B1; neither contains the other, so they are siblings. A client that reads both writes A2 B2; under last writer wins one of the two acknowledged writes is dropped.",
  },
  closingBoard,
];
