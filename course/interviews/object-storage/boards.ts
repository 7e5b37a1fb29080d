import type { Board } from "../../interview.ts";

/** A good candidate's board. Each is the one before it, grown: a renderer may draw them one after the other. */

export const scopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>put, get, range, delete<br/>parts, versions, list"]
  nfr["NUMBERS<br/>100 PB, 59 MB mean<br/>1.7 billion objects<br/>survive a rack"]
  out["OUT<br/>editing in place,<br/>other regions"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: put, get, range get, delete, parts, versions, list. Numbers: 100 PB, a mean size of 59 MB, 1.7 billion objects, survive a rack. Out: editing in place, other regions.",
};

export const midScopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>put, get, delete,<br/>list by prefix"]
  nfr["NUMBERS<br/>100 PB, objects of<br/>0.5 to 200 MB"]
  out["OUT<br/>changing in place"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: put, get, delete and list by prefix. Numbers: 100 PB, objects of half a megabyte to 200 MB. Out: changing in place.",
};

export const contractBoard: Board = {
  minute: 12,
  title: "Names and bytes",
  mermaid: `classDiagram
  direction TB
  class Name {
    bucket, key, version
    object id
    size, checksum
  }
  class Object {
    id, new for each put
    never changed
  }
  class Piece {
    id, number
    node by the map
  }
  Name --> Object : written last
  Object --> Piece : copies or fragments`,
  alt: "Three boxes. A name has bucket, key, version, object id, size and checksum, and is written last. It points to an object with an id that is new for each put and never changed. An object has pieces, copies or fragments, each with a number and a node by the map.",
};

export const pathBoard: Board = {
  minute: 20,
  title: "A put and a get, end to end",
  mermaid: `flowchart TB
  c([Client]) --> r["Router"]
  r -- "1: bytes" --> d[["Data nodes,<br/>different racks"]]
  r -- "2: name" --> m[("Names")]
  p["Placement x 5<br/>map, version"] --> r
  d -- heartbeats --> p`,
  alt: "Client to router. First the bytes go to data nodes in different racks, then the name goes to the names. Five placement nodes take heartbeats from the data nodes and give the router a map with a version.",
};

export const copiesBoard: Board = {
  minute: 38,
  title: "Three copies: price and groups",
  mermaid: `flowchart TB
  three["three copies,<br/>three racks"] --> price["18,750 disks,<br/>twice a code"]
  three ~~~ groups["fixed groups:<br/>a loss is rare, then large"]
  groups --> power["power: 3 machines<br/>take hundreds of objects<br/>without groups"]`,
  alt: "Three copies in three racks lead to 18,750 disks, twice a code. Below, fixed groups: a loss is rare, then large. They answer the power failure, in which three machines take hundreds of objects without groups.",
};

export const codeBoard: Board = {
  minute: 38,
  title: "A code: what survives what",
  mermaid: `flowchart TB
  any["any 8 of 12<br/>checksum each"] --> four["4 losses, or rot:<br/>computed"]
  four ~~~ time["repair: 1.4 h spread,<br/>18 h to one disk"]
  time --> nines["loss goes with<br/>time^4"]
  nines ~~~ maj["5 nodes, a log:<br/>majority, then map"]
  maj --> stale["old map: node refuses<br/>old node: lease"]`,
  alt: "Any eight of twelve with a checksum each, so four losses, or rot, are computed. Repair takes 1.4 h spread and 18 h to one disk, and loss goes with the fourth power of the time. Five nodes with a log: a majority, then the map. An old map is refused by the node, an old node by its lease.",
};

export const tieredBoard: Board = {
  minute: 38,
  title: "Copies first, coded later",
  mermaid: `flowchart TB
  open["open extent:<br/>3 copies, append"] --> seal["full: sealed"]
  seal --> code["8 + 4 written,<br/>checked, map changed"]
  code --> drop["copies freed"]
  drop ~~~ holes["deletes: holes,<br/>compact at half dead"]`,
  alt: "An open extent has three copies and is appended to. When it is full it is sealed. Then 8 + 4 is written and checked and the map is changed, and only then the copies are freed. Below: deletes make holes, compact at half dead.",
};

export const midDiskBoard: Board = {
  minute: 38,
  title: "One object, one lost disk",
  mermaid: `flowchart TB
  o["object"] --> s["pieces in<br/>different racks"]
  s --> l["disk dies:<br/>one piece is gone"]
  l --> r["make it again from<br/>what is left"]
  r --> n["in a rack that<br/>has none"]`,
  alt: "An object has pieces in different racks. A disk dies and one piece is gone. It is made again from what is left, in a rack that has none.",
};

export const summaryBoard: Board = {
  minute: 45,
  title: "Summary",
  mermaid: `flowchart TB
  pick["bytes, then the name<br/>map by a log of five"]
  promise["PROMISE<br/>acknowledged means<br/>durable, then visible"]
  cost["9,375 disks with 8 + 4<br/>18,750 with copies"]
  regret["REGRET IF<br/>most objects are tiny,<br/>or three buildings come"]
  pick --- promise --- cost --- regret`,
  alt: "Four boxes. Bytes, then the name, map by a log of five. Promise: acknowledged means durable, then visible. 9,375 disks with 8 + 4, 18,750 with copies. Regret if most objects are tiny, or three buildings come.",
};

export const ninesBoard: Board = {
  minute: 38,
  title: "Outside of the nines",
  mermaid: `flowchart TB
  model["the nines:<br/>independent disks,<br/>own repair time"] --> rack["power, racks:<br/>domains, width, groups"]
  model --> silent["rot: 9 days until<br/>the scrubber comes"]
  model --> bug["a release writes 12:<br/>check end to end"]
  model --> human["a wrong delete:<br/>retention"]`,
  alt: "The nines stand for independent disks and the own repair time. Beside them four losses that they leave out: power and racks, met by domains, width and groups; rot, 9 days until the scrubber comes; a release that writes twelve wrong fragments, met by a check end to end; a wrong delete, met by retention.",
};
