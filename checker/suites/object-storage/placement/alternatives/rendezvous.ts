/**
 * Alternative: a draw for every node in place of a ring. One position after another takes the node that draws the
 * highest number for it, among those that fit: the same promises about movement, shares that follow the weights more
 * closely, and a lookup that asks all nodes.
 */

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

export class Placer {
  readonly map: ClusterMap;

  readonly #seeds: readonly (readonly [number, number])[];

  constructor(map: ClusterMap) {
    this.map = map;
    this.#seeds = map.nodes.map(({ id }) => [hashText(id), hashText(`second of ${id}`)]);
  }

  places(object: string, scheme: Scheme, isNew = false): DataNodeId[] {
    const count = scheme.k + scheme.m;
    const found = this.fill(object, scheme, new Array<null>(count).fill(null), isNew).filter((id) => id !== null);
    if (found.length < count) throw new TooFewDomainsError(found.length, count);
    return found;
  }

  fill(
    object: string,
    { zoneMax }: Scheme,
    held: readonly (DataNodeId | null)[],
    isNew: boolean,
  ): (DataNodeId | null)[] {
    const hash = hashText(object);
    const taken = this.map.nodes.filter(({ id }) => held.includes(id));
    const fits = (node: Place): boolean =>
      (node.state === "up" || (node.state === "suspect" && !isNew)) &&
      !taken.some(({ rack, zone }) => rack === node.rack && zone === node.zone) &&
      taken.filter(({ zone }) => zone === node.zone).length < zoneMax;
    return held.map((id, position) => {
      if (id !== null) return id;
      let best: Place | undefined;
      let bestScore = Number.NEGATIVE_INFINITY;
      const key = mixed(hash + Math.imul(position, 0x9e3779b1));
      for (const [n, node] of this.map.nodes.entries()) {
        const [first, second] = this.#seeds[n]!;
        const own = score(mixed(Math.imul(key ^ first, 0x01000193) + second), node.weight);
        if (own <= bestScore || !fits(node)) continue;
        best = node;
        bestScore = own;
      }
      if (best === undefined) return null;
      taken.push(best);
      return best.id;
    });
  }
}

/** Weighted rendezvous: the highest wins with a chance in proportion to its weight, and does not know of the others. */
function score(hash: number, weight: number): number {
  return Math.log((hash + 0.5) / 2 ** 32) / weight;
}

function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
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
