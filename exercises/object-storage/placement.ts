/*
 * Placement service. Heartbeats in, a versioned map out, fragments in distinct racks, and a plan when a node is lost.
 *
 * Start with stage 1: Places in distinct racks.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/placement
 */

import { NotStarted } from "../not-started.ts";

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

export const EMPTY_MAP: ClusterMap = { version: 0, nodes: [] };

/** There are not enough racks, or zones, for the fragments of an object. Nothing is stacked quietly. */
export class TooFewDomainsError extends Error {
  override readonly name = "TooFewDomainsError";

  constructor(found: number, needed: number) {
    super(`${found} places in distinct racks, expected ${needed}. Add racks, or choose a scheme with fewer fragments.`);
  }
}

/** Well mixed 32 bits of a text, unsigned: FNV-1a, then the finalizer of MurmurHash3. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

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

  constructor(map: ClusterMap) {
    throw new NotStarted("stage 1: Places in distinct racks");
  }

  /**
   * The `k + m` nodes that have, or should have, the fragments of the object: the one at index i has fragment i.
   * `isNew` avoids suspected nodes, for a first write.
   * @throws TooFewDomainsError only when racks and zones really have no room for them
   */
  places(object: string, scheme: Scheme, isNew = false): DataNodeId[] {
    throw new NotStarted("stage 1: Places in distinct racks");
  }

  /**
   * As `places`, but beside fragments that lie already: what `held` names stays at its position, and positions with
   * `null` are filled, each by its own way: beside places that `places` gave, they get what it gave them. They stay
   * `null` where the racks or zones that are left do not suffice.
   * @param held A node of the map, or null, for each position.
   */
  fill(
    object: string,
    { zoneMax }: Scheme,
    held: readonly (DataNodeId | null)[],
    isNew: boolean,
  ): (DataNodeId | null)[] {
    throw new NotStarted("stage 4: Plan repairs");
  }
}

/**
 * The map after a committed command: a new one with the next version, or the same when nothing changes. `join` adds a
 * node, also one that was lost, and then as an empty one; it also changes rack, zone or weight. `suspect` is for nodes
 * that are up, `back` for suspected ones; `lost` is for both. A function of its arguments and nothing else: every node
 * of the service applies the same commands and must come to the same map.
 */
export function applyCommand(map: ClusterMap, command: MapCommand): ClusterMap {
  throw new NotStarted("stage 2: Version the map");
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
  constructor(options: ServiceOptions) {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }

  /**
   * As of the last `apply`.
   */
  get map(): ClusterMap {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }

  /**
   * A committed command, in the order of the log, at every node of the service.
   */
  apply(command: MapCommand): void {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }

  /**
   * A data node reports. Unknown, lost and changed ones join; suspected ones are back.
   */
  heartbeat({ node, mapVersion }: Heartbeat): HeartbeatAnswer {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }

  /**
   * Time passes, at every node of the service.
   */
  tick(): void {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }
}

/**
 * The map that a data node goes by, and what it tells those who come with another one. The data node decides, because a
 * router cannot know that its map is old.
 */
export class MapGate {
  get map(): ClusterMap {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }

  /** Takes a map when it is newer; maps arrive late and out of order. Returns whether it did. */
  update(map: ClusterMap): boolean {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }

  /**
   * For a request that was computed from the map of this version. `stale`: refused, its sender needs a newer map.
   * `behind`: not yet, this node needs one. `version` is this node's.
   */
  check(version: number): { readonly status: "ok" | "stale" | "behind"; readonly version: number } {
    throw new NotStarted("stage 3: Hear, propose, publish");
  }
}

/**
 * What to rebuild, from where to where. A fragment is missing when no node has it, or its node is lost or not in the
 * map. A suspected node still has its fragment, and is no source. Targets are up, and with all fragments that are left
 * they keep to the scheme: distinct racks, `zoneMax`. They are the places that `fill` gives the missing positions. What
 * is left stays where it is, also where the map would now have it elsewhere.
 */
export function planRepair(placer: Placer, scheme: Scheme, holdings: readonly Holding[]): RepairPlan {
  throw new NotStarted("stage 4: Plan repairs");
}
