/** Name of a data node: `d7`. */
export type DataNodeId = string;

/** Where a data node stands, and how much it holds: a node of weight 2 gets twice the fragments of one of weight 1. */
export interface DataNode {
  readonly id: DataNodeId;
  /** A rack of its zone: two zones may use the same name for two racks. */
  readonly rack: string;
  readonly zone: string;
  /** Finite, above 0. */
  readonly weight: number;
}

/**
 * - `up`: it is heard.
 * - `suspect`: it has not been heard for a while. It keeps its places, for its disks may be well; new objects avoid it.
 * - `lost`: it has no places, and what it held is rebuilt elsewhere.
 */
export type NodeState = "up" | "suspect" | "lost";

/** Everybody with the same version computes the same places. Version 0 is the empty map. */
export interface ClusterMap {
  readonly version: number;
  /** By id, in ascending order. */
  readonly nodes: readonly (DataNode & { readonly state: NodeState })[];
}

/**
 * An object is cut into `k` fragments with `m` of parity; no zone may have more than `zoneMax` of them. With `zoneMax`
 * up to `m` a zone may go.
 */
export interface Scheme {
  readonly k: number;
  readonly m: number;
  readonly zoneMax: number;
}

/** What is appended to the log. Commands about nodes that are not in the map, or are so already, change nothing. */
export type MapCommand =
  | { readonly type: "join"; readonly node: DataNode }
  | { readonly type: "suspect" | "back" | "lost"; readonly id: DataNodeId };

/** What the service needs of a replicated log. The `Raft` of the exercise before fulfils it. */
export interface LogPort {
  status(): { readonly role: "follower" | "candidate" | "leader"; readonly term: number };
  /** Where it was appended; null when this node does not lead. Appended is not committed: it may be lost. */
  propose(command: MapCommand): { readonly index: number; readonly term: number } | null;
}

/** A data node says who it is, and which map it has. */
export interface Heartbeat {
  readonly node: DataNode;
  readonly mapVersion: number;
}

/** `map` is there when the sender has an older one. */
export type HeartbeatAnswer =
  | { readonly status: "ok"; readonly version: number; readonly map: ClusterMap | null }
  | { readonly status: "not-leader" };

export interface ServiceOptions {
  readonly log: LogPort;
  /** A node that was silent for so many ticks is suspected. */
  readonly suspectTicks: number;
  /** A node that was silent for so many ticks is lost. More than `suspectTicks`: a restart must not cost a rebuild. */
  readonly lostTicks: number;
}

/**
 * Which node has which fragment of an object, as the nodes report: `fragments[3]` has fragment 3; null when no node
 * has.
 */
export interface Holding {
  readonly object: string;
  readonly fragments: readonly (DataNodeId | null)[];
}

/**
 * Read `k` fragments from the sources, compute this one, write it to the target. It counts when it is durable there.
 */
export interface Repair {
  readonly object: string;
  readonly fragment: number;
  readonly target: DataNodeId;
  /** `k` of them, all at nodes that are up. */
  readonly sources: readonly { readonly fragment: number; readonly node: DataNodeId }[];
}

export interface RepairPlan {
  /**
   * Objects with the fewest fragments left come first; among equals, by name as `<` compares. Of one object, by
   * fragment.
   */
  readonly repairs: readonly Repair[];
  /** Objects with fewer than `k` fragments at nodes that are not lost: nothing is invented for them. */
  readonly lost: readonly string[];
  /**
   * Objects that need a repair which cannot be made now: too many sources are suspect, or a fragment has no rack to go
   * to.
   */
  readonly waiting: readonly string[];
}

/** @given */
export const EMPTY_MAP: ClusterMap = { version: 0, nodes: [] };

/** There are not enough racks, or zones, for the fragments of an object. Nothing is stacked quietly. @given */
export class TooFewDomainsError extends Error {
  override readonly name = "TooFewDomainsError";

  constructor(found: number, needed: number) {
    super(`${found} places in distinct racks, expected ${needed}. Add racks, or choose a scheme with fewer fragments.`);
  }
}

/** Well mixed 32 bits of a text, unsigned: FNV-1a, then the finalizer of MurmurHash3. @given */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

type Place = ClusterMap["nodes"][number];

/** Points on the ring for a weight of 1: shares then differ by about one part in the root of it. */
const POINTS = 160;

/**
 * Computes places from a map, by consistent hashing with positions. Nodes have points on a ring in proportion to their
 * weights, and **every position of an object has a point of its own**. The position that has the shortest way to a node
 * is settled first, then the shortest of what is left. No two places of an object are in one rack, and no more than
 * `zoneMax` in a zone. A rack is a rack of its zone: "r1" in zone "a" and "r1" in zone "b" are two.
 *
 * **Positions.** Place i keeps fragment i, so a change of the map must not shift the others:
 *
 * - An object of which a joining node takes nothing keeps all its places, and so does one of which a lost node had
 *   nothing.
 * - In the others one position goes to the joining node, or away from the lost one. That takes and frees racks and
 *   room in zones, so a few more positions change. Over many objects fewer than three positions change for each that
 *   the node takes or had, where there are twice as many racks as fragments: about 1.2 with zones to spare, about 2
 *   when each zone has its `zoneMax`.
 *
 * **Shares.** A position goes to a node with a chance in proportion to its weight, apart from what racks and zones
 * forbid. Two nodes have two shares, also when their ids have the same `hashText`.
 *
 * **The same everywhere.** Places depend on the nodes of the map, the name of the object and the scheme, and on nothing
 * else: not on the process, nor on what was asked before. What is returned belongs to the caller.
 *
 * Building: O(p log p) for p points. A lookup: O(positions x log p + points passed), whatever the number of nodes.
 *
 * Sources: Karger et al., "Consistent Hashing and Random Trees", STOC 1997, for the ring; Weil et al., "CRUSH", SC
 * 2006, and the mode `indep` of Ceph for positions that stay.
 */
export class Placer {
  readonly map: ClusterMap;
  readonly #indexOf: ReadonlyMap<DataNodeId, number>;
  /** By node, in the order of the map, as numbers of 0 or 1. */
  readonly #isUp: Uint8Array;
  readonly #isUpOrSuspect: Uint8Array;
  /** One for all lookups: they do not overlap. */
  readonly #room: Room;
  /** By point, in the order of the ring. */
  readonly #at: Uint32Array;
  readonly #nodeAt: Uint32Array;

  constructor(map: ClusterMap) {
    this.map = map;
    const { nodes } = map;
    this.#indexOf = new Map(nodes.map(({ id }, n) => [id, n]));
    const racks = numbered(nodes.map(({ rack, zone }) => JSON.stringify([zone, rack])));
    this.#room = new Room(racks, numbered(nodes.map(({ zone }) => zone)));
    this.#isUp = Uint8Array.from(nodes, ({ state }) => Number(state === "up"));
    this.#isUpOrSuspect = Uint8Array.from(nodes, ({ state }) => Number(state !== "lost"));
    // A point and its node as one number, so that the sort needs no comparator; at one point, nodes are in their order.
    const points = nodes.flatMap(({ id, weight }, n) =>
      Array.from({ length: Math.max(1, Math.round(weight * POINTS)) }, (_, i) => pointOf(id, i) * NODES_MAX + n),
    );
    const sorted = Float64Array.from(points).sort();
    this.#at = Uint32Array.from(sorted, (point) => Math.floor(point / NODES_MAX));
    this.#nodeAt = Uint32Array.from(sorted, (point) => point % NODES_MAX);
  }

  /**
   * The `k + m` nodes that have, or should have, the fragments of the object: the one at index i has fragment i.
   * `isNew` avoids suspected nodes, for a first write.
   * @throws TooFewDomainsError only when racks and zones really have no room for them
   */
  places(object: string, scheme: Scheme, isNew = false): DataNodeId[] {
    const count = scheme.k + scheme.m;
    const filled = this.fill(object, scheme, new Array<null>(count).fill(null), isNew);
    const missing = filled.filter((id) => id === null).length;
    if (missing > 0) throw new TooFewDomainsError(count - missing, count);
    return filled as DataNodeId[];
  }

  /**
   * As `places`, but beside fragments that lie already: what `held` names stays at its position, and positions with
   * `null` are filled, each by its own way: beside places that `places` gave, they get what it gave them. They stay
   * `null` where the racks or zones that are left do not suffice.
   * @param held A node of the map, or null, for each position.
   * @stage 4
   */
  fill(
    object: string,
    { zoneMax }: Scheme,
    held: readonly (DataNodeId | null)[],
    isNew: boolean,
  ): (DataNodeId | null)[] {
    const room = this.#room;
    room.clear(zoneMax, isNew ? this.#isUp : this.#isUpOrSuspect);
    for (const id of held) if (id !== null) room.take(this.#indexOf.get(id)!);
    const places = [...held];
    const hash = hashText(object);
    const walks: Walk[] = [];
    for (let position = 0; position < held.length; position++)
      if (held[position] === null) walks.push(this.#walk(hash, position));
    for (;;) {
      let first: Walk | undefined;
      for (const walk of walks) {
        this.#goOn(walk, room);
        if (first === undefined || walk.distance < first.distance) first = walk;
      }
      if (first === undefined || first.node === -1) return places;
      places[first.position] = this.map.nodes[first.node]!.id;
      room.take(first.node);
      walks.splice(walks.indexOf(first), 1);
    }
  }

  #walk(object: number, position: number): Walk {
    const from = scrambled(object + Math.imul(position + 1, 0x9e3779b1));
    return { position, from, next: firstFrom(from, this.#at), left: this.#at.length, node: -1, distance: 2 ** 32 };
  }

  /** Stays where it is while there is room. */
  #goOn(walk: Walk, room: Room): void {
    if (walk.node !== -1 && room.has(walk.node)) return;
    while (walk.left > 0) {
      if (walk.next === this.#at.length) walk.next = 0;
      const point = walk.next++;
      walk.left--;
      const node = this.#nodeAt[point]!;
      if (!room.has(node)) continue;
      walk.node = node;
      walk.distance = (this.#at[point]! - walk.from) >>> 0;
      return;
    }
    walk.node = -1;
    walk.distance = 2 ** 32;
  }
}

/**
 * The way of a position round the ring, from its own point to the first node that has room, and on when that has none.
 */
interface Walk {
  readonly position: number;
  readonly from: number;
  /** The point that comes next, and how many until all were passed. */
  next: number;
  left: number;
  /** Where it stands, -1 for nowhere, and how far from its own point that is. */
  node: number;
  distance: number;
}

/** What racks and zones have left for an object. */
class Room {
  readonly #rackOf: Int32Array;
  readonly #zoneOf: Int32Array;
  readonly #isTaken: Uint8Array;
  readonly #left: Float64Array;
  #isOpen: Uint8Array = new Uint8Array(0);

  /** By node: the numbers of its rack and of its zone. */
  constructor(rackOf: Int32Array, zoneOf: Int32Array) {
    this.#rackOf = rackOf;
    this.#zoneOf = zoneOf;
    // There are no more racks or zones than nodes.
    this.#isTaken = new Uint8Array(rackOf.length);
    this.#left = new Float64Array(zoneOf.length);
  }

  /** For another object. */
  clear(zoneMax: number, isOpen: Uint8Array): void {
    this.#isTaken.fill(0);
    this.#left.fill(zoneMax);
    this.#isOpen = isOpen;
  }

  has(node: number): boolean {
    return this.#isTaken[this.#rackOf[node]!] === 0 && this.#left[this.#zoneOf[node]!]! > 0 && this.#isOpen[node] === 1;
  }

  take(node: number): void {
    this.#isTaken[this.#rackOf[node]!] = 1;
    this.#left[this.#zoneOf[node]!]!--;
  }
}

/** Index of the first point that is not before `from`. */
function firstFrom(from: number, at: Uint32Array): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** More nodes than any map has; with 32 bits of a point it makes an integer that a double holds. */
const NODES_MAX = 2 ** 20;

/** The number comes first: ids that have one hash would otherwise have one in all their points. */
function pointOf(id: DataNodeId, i: number): number {
  return hashText(`${i}#${id}`);
}

/** The finalizer of MurmurHash3, unsigned. */
function scrambled(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A number for each text, the same for the same text, from 0 in the order in which they first occur. */
function numbered(texts: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  });
}

/**
 * The map after a committed command: a new one with the next version, or the same when nothing changes. `join` adds a
 * node, also one that was lost, and then as an empty one; it also changes rack, zone or weight. `suspect` is for nodes
 * that are up, `back` for suspected ones; `lost` is for both. A function of its arguments and nothing else: every node
 * of the service applies the same commands and must come to the same map.
 * @stage 2
 */
export function applyCommand(map: ClusterMap, command: MapCommand): ClusterMap {
  const id = command.type === "join" ? command.node.id : command.id;
  const before = map.nodes.find((node) => node.id === id);
  const after = nextOf(before, command);
  if (after === undefined || (before !== undefined && isSame(before, after))) return map;
  const others = map.nodes.filter((node) => node.id !== id);
  const nodes = [...others, after].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { version: map.version + 1, nodes };
}

/**
 * One node of the placement service. All of them apply what is committed; the leader hears the data nodes, and proposes
 * what should change. Times of heartbeats stay in memory: a million heartbeats that say "still here" are no change.
 *
 * - The map changes only by `apply`.
 * - A node that has just become leader has heard no data node: it gives every node a whole timeout before it suspects
 *   or loses it.
 * - A proposal may be lost with its leader, so what is still true is proposed again; but not while the last one may yet
 *   be committed in this term.
 */
export class PlacementService {
  readonly #options: ServiceOptions;
  #map = EMPTY_MAP;
  #now = 0;
  /** The term in which this node leads; 0 when it does not. */
  #leads = 0;
  #heardAt = new Map<DataNodeId, number>();
  /** By node: the kind of command that was proposed in this term and is not applied yet. */
  #proposed = new Map<DataNodeId, MapCommand["type"]>();

  /** @stage 3 */
  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /**
   * As of the last `apply`.
   * @stage 3
   */
  get map(): ClusterMap {
    return this.#map;
  }

  /**
   * A committed command, in the order of the log, at every node of the service.
   * @stage 3
   */
  apply(command: MapCommand): void {
    this.#map = applyCommand(this.#map, command);
    const id = command.type === "join" ? command.node.id : command.id;
    if (this.#proposed.get(id) === command.type) this.#proposed.delete(id);
  }

  /**
   * A data node reports. Unknown, lost and changed ones join; suspected ones are back.
   * @stage 3
   */
  heartbeat({ node, mapVersion }: Heartbeat): HeartbeatAnswer {
    if (!this.#isLeader()) return { status: "not-leader" };
    this.#heardAt.set(node.id, this.#now);
    const known = this.#map.nodes.find(({ id }) => id === node.id);
    if (known === undefined || known.state === "lost" || !isSame(known, { ...node, state: known.state }))
      this.#propose(node.id, { type: "join", node });
    else if (known.state === "suspect") this.#propose(node.id, { type: "back", id: node.id });
    const { version } = this.#map;
    return { status: "ok", version, map: mapVersion < version ? this.#map : null };
  }

  /**
   * Time passes, at every node of the service.
   * @stage 3
   */
  tick(): void {
    this.#now++;
    if (!this.#isLeader()) return;
    const { suspectTicks, lostTicks } = this.#options;
    for (const { id, state } of this.#map.nodes) {
      // A node that joined through another leader has all its time from now on.
      if (!this.#heardAt.has(id)) this.#heardAt.set(id, this.#now);
      const silent = this.#now - this.#heardAt.get(id)!;
      if (state !== "lost" && silent >= lostTicks) this.#propose(id, { type: "lost", id });
      else if (state === "up" && silent >= suspectTicks) this.#propose(id, { type: "suspect", id });
    }
  }

  #isLeader(): boolean {
    const { role, term } = this.#options.log.status();
    const leads = role === "leader" ? term : 0;
    if (leads !== this.#leads) {
      this.#leads = leads;
      this.#proposed.clear();
      this.#heardAt = new Map(this.#map.nodes.map(({ id }) => [id, this.#now]));
    }
    return leads > 0;
  }

  #propose(id: DataNodeId, command: MapCommand): void {
    if (this.#proposed.get(id) === command.type) return;
    if (this.#options.log.propose(command) !== null) this.#proposed.set(id, command.type);
  }
}

/**
 * The map that a data node goes by, and what it tells those who come with another one. The data node decides, because a
 * router cannot know that its map is old.
 * @stage 3
 */
export class MapGate {
  #map = EMPTY_MAP;

  get map(): ClusterMap {
    return this.#map;
  }

  /** Takes a map when it is newer; maps arrive late and out of order. Returns whether it did. */
  update(map: ClusterMap): boolean {
    if (map.version <= this.#map.version) return false;
    this.#map = map;
    return true;
  }

  /**
   * For a request that was computed from the map of this version. `stale`: refused, its sender needs a newer map.
   * `behind`: not yet, this node needs one. `version` is this node's.
   */
  check(version: number): { readonly status: "ok" | "stale" | "behind"; readonly version: number } {
    const own = this.#map.version;
    return { status: version === own ? "ok" : version < own ? "stale" : "behind", version: own };
  }
}

/**
 * What to rebuild, from where to where. A fragment is missing when no node has it, or its node is lost or not in the
 * map. A suspected node still has its fragment, and is no source. Targets are up, and with all fragments that are left
 * they keep to the scheme: distinct racks, `zoneMax`. They are the places that `fill` gives the missing positions. What
 * is left stays where it is, also where the map would now have it elsewhere.
 * @stage 4
 */
export function planRepair(placer: Placer, scheme: Scheme, holdings: readonly Holding[]): RepairPlan {
  const stateOf = new Map(placer.map.nodes.map(({ id, state }) => [id, state]));
  const planned: { readonly left: number; readonly repairs: readonly Repair[] }[] = [];
  const lost: string[] = [];
  const waiting: string[] = [];
  for (const { object, fragments } of holdings) {
    const at = fragments.map((node, fragment) => ({
      fragment,
      node,
      state: node === null ? "lost" : stateOf.get(node),
    }));
    const left = at.filter(({ state }) => state === "up" || state === "suspect");
    if (left.length === fragments.length) continue;
    if (left.length < scheme.k) {
      lost.push(object);
      continue;
    }
    const sources = left.flatMap(({ fragment, node, state }) => (state === "up" ? [{ fragment, node: node! }] : []));
    const held = at.map((each) => (left.includes(each) ? each.node : null));
    const filled = placer.fill(object, scheme, held, true);
    const targets = at.flatMap(({ fragment }) => {
      const target = filled[fragment]!;
      return held[fragment] === null && target !== null ? [{ fragment, target }] : [];
    });
    if (sources.length < scheme.k || left.length + targets.length < fragments.length) waiting.push(object);
    if (sources.length < scheme.k) continue;
    const repairs = targets.map((each) => ({ object, ...each, sources: sources.slice(0, scheme.k) }));
    planned.push({ left: left.length, repairs });
  }
  planned.sort((a, b) => a.left - b.left || compare(a.repairs[0]?.object ?? "", b.repairs[0]?.object ?? ""));
  return { repairs: planned.flatMap(({ repairs }) => repairs), lost, waiting };
}

function nextOf(before: Place | undefined, command: MapCommand): Place | undefined {
  if (command.type === "join") {
    const state = before === undefined || before.state === "lost" ? "up" : before.state;
    return { ...command.node, state };
  }
  if (before === undefined) return undefined;
  switch (command.type) {
    case "suspect":
      return before.state === "up" ? { ...before, state: "suspect" } : undefined;
    case "back":
      return before.state === "suspect" ? { ...before, state: "up" } : undefined;
    case "lost":
      return before.state === "lost" ? undefined : { ...before, state: "lost" };
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.rack === b.rack && a.zone === b.zone && a.weight === b.weight && a.state === b.state;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
