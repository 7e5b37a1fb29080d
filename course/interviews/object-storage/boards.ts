import type { Board } from "../../interview.ts";

/**
 * What a good candidate's board shows. Each board is the one before it, grown: a renderer may draw them one after the
 * other.
 */

const scopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>put, get, range, delete<br/>parts, versions, list"]
  nfr["NUMBERS<br/>100 PB, 59 MB mean<br/>1.7 billion objects<br/>survive a rack"]
  out["OUT<br/>editing in place,<br/>other regions"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: put, get, range get, delete, multipart, versions, list by prefix. Numbers: 100 PB, a mean size of 59 MB, 1.7 billion objects, survive a dark rack. Out: editing in place, other regions.",
};

const contractBoard: Board = {
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
  class Fragment {
    id, number 1 to 12
    node by the map
  }
  Name --> Object : written last
  Object --> Fragment : 8 + 4`,
  alt: "Names have bucket, key and version and point to an object id with size and checksum; a name is written last. An object has a new id for each put and is never changed. It is cut into twelve fragments whose nodes follow from the cluster map.",
};

const pathBoard: Board = {
  minute: 22,
  title: "A put and a get, end to end",
  mermaid: `flowchart TB
  c([Client]) --> r["Router<br/>cut, code, collect"]
  r -- "1: 12 fragments" --> d[["Data nodes,<br/>12 racks"]]
  r -- "2: name" --> m[("Metadata")]
  p["Placement x 5<br/>map, version"] --> r
  d -- heartbeats --> p`,
  alt: "Client to router, which cuts and codes. First twelve fragments go to data nodes in twelve racks, then the name goes to the metadata store. Five placement nodes take heartbeats from data nodes and give the router a versioned map.",
};

const divesBoard: Board = {
  minute: 38,
  title: "After the dives: what survives what",
  mermaid: `flowchart TB
  any["any 8 of 12<br/>checksum each"] --> four["4 losses, or rot:<br/>computed"]
  four ~~~ time["repair: 1.4 h spread,<br/>30 h to one disk"]
  time --> nines["nines go with<br/>time^4"]
  nines ~~~ maj["5 nodes, a log:<br/>majority, then map"]
  maj --> stale["old map:<br/>node refuses"]`,
  alt: "Any eight of twelve fragments, each with a checksum, so four losses or rotten fragments are computed. Repair takes 1.4 hours spread and 30 hours to one disk, and the nines go with the fourth power of that time. Five placement nodes agree by majority on a log before the map changes, and a node refuses a request made from an old map.",
};

const summaryBoard: Board = {
  minute: 45,
  title: "Summary",
  mermaid: `flowchart TB
  pick["8 + 4, packed volumes,<br/>map from a log of five"]
  promise["PROMISE<br/>acknowledged means 12<br/>durable, then the name"]
  cost["9,375 disks<br/>1.09 USD a TB and month"]
  regret["REGRET IF<br/>most objects are tiny,<br/>or read by everybody"]
  pick --- promise --- cost --- regret`,
  alt: "Choice: eight plus four, packed volumes, a map from a replicated log of five. Promise: acknowledged means twelve fragments are durable and then the name is. Cost: 9,375 disks, 1.09 dollars a terabyte and month. Regret: when most objects are tiny or read by everybody.",
};

export const midBoards: readonly Board[] = [
  {
    minute: 5,
    title: "Scope",
    mermaid: `flowchart TB
  must["MUST<br/>put, get, delete,<br/>list by prefix"]
  nfr["NUMBERS<br/>100 PB, objects of<br/>0.5 to 200 MB"]
  out["OUT<br/>changing in place"]
  must --- nfr --- out`,
    alt: "Three boxes. Must: put, get, delete and list by prefix. Numbers: 100 PB, objects of half a megabyte to 200 MB. Out: changing objects in place.",
  },
  contractBoard,
  pathBoard,
  {
    minute: 38,
    title: "One object, one lost disk",
    mermaid: `flowchart TB
  o["object"] --> s["8 data + 4 parity,<br/>12 racks"]
  s --> l["disk dies:<br/>11 are left"]
  l --> r["read any 8,<br/>compute the lost one"]
  r --> n["write it in a<br/>rack without one"]`,
    alt: "An object becomes eight data and four parity fragments in twelve racks. A disk dies and eleven are left. Repair reads any eight, computes the lost one and writes it in a rack that has none of the object's fragments.",
  },
  { ...summaryBoard },
];

export const seniorBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, divesBoard, summaryBoard];

export const staffBoards: readonly Board[] = [
  { ...scopeBoard, minute: 8 },
  { ...pathBoard, minute: 16 },
  {
    minute: 28,
    title: "What the nines leave out",
    mermaid: `flowchart TB
  model["13 nines:<br/>independent disks,<br/>6.5 days"] --> rack["racks and batches:<br/>placement, grace"]
  model --> silent["silent rot: 9 days<br/>until the scrubber"]
  model --> bug["a bug writes 12:<br/>check end to end"]
  model --> human["a wrong delete:<br/>retention"]`,
    alt: "The model says thirteen nines for independent disks and 6.5 days of repair. Beside it four things that it leaves out: racks and batches, met by placement and a grace; silent rot, found after nine days on average; a bug that writes all twelve, met by checks from end to end; and a wrong delete, met by retention.",
  },
  { ...divesBoard, minute: 40 },
  summaryBoard,
];
