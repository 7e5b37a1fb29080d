/**
 * How many writes of each server a state has seen: plain data, ready to be sent. A server that is not named counts as
 * 0, so `{}` has seen nothing and `{ a: 0 }` is the same. Any name is allowed, the empty one too, but not
 * `__proto__`; counts are whole numbers from 0 to 2^53 - 1.
 *
 * Vectors and siblings are never changed: no function changes what it was given, and what is returned may be a part of
 * it.
 */
export type VersionVector = Readonly<Record<string, number>>;

/** How the first vector stands to the second. */
export type Order = "equal" | "before" | "after" | "concurrent";

/** The `count`-th write that `server` took for a key: one write, forever. */
export interface Dot {
  readonly server: string;
  readonly count: number;
}

/** A value and the write that it came from. */
export interface Version<Value> {
  readonly value: Value;
  readonly dot: Dot;
}

/**
 * What a server holds for a key: the siblings, and everything that it has seen, which is more: a write that is seen and
 * not among the siblings has been replaced. Without `seen`, a replaced write that comes back from another server would
 * look new.
 */
export interface Siblings<Value> {
  /**
   * In the order of their dots: by server, as `<` orders strings (by UTF-16 code units, so "B" before "a", "10" before
   * "9"), and by count, as a number, where the servers are the same.
   */
  readonly versions: readonly Version<Value>[];
  readonly seen: VersionVector;
}

/** A key that was never written. @given */
export const NOTHING: Siblings<never> = { versions: [], seen: {} };

/** One more write of `server`. A new vector; the old one stays. O(entries). */
export function increment(vector: VersionVector, server: string): VersionVector {
  return { ...vector, [server]: countOf(vector, server) + 1 };
}

/** True when `vector` has seen everything that `other` has; of equal ones too. O(entries of `other`). */
export function descends(vector: VersionVector, other: VersionVector): boolean {
  for (const server in other) if (other[server]! > countOf(vector, server)) return false;
  return true;
}

/**
 * `before`: `b` has seen all that `a` has, and more. `concurrent`: each has seen something that the other has not.
 * O(entries).
 */
export function compare(a: VersionVector, b: VersionVector): Order {
  const isBelow = descends(b, a);
  const isAbove = descends(a, b);
  if (isBelow) return isAbove ? "equal" : "before";
  return isAbove ? "after" : "concurrent";
}

/** The smallest vector that descends from both. O(entries). */
export function merge(a: VersionVector, b: VersionVector): VersionVector {
  const merged: Record<string, number> = { ...a };
  for (const server in b) if (b[server]! > countOf(a, server)) merged[server] = b[server]!;
  return merged;
}

/**
 * A write of `value` through `server` by a client that had read `context`, the `seen` of what it read (`{}`: it read
 * nothing). It replaces exactly the versions that its client had seen, and stays beside the others. Its count is one
 * more than the counts of `server` in `siblings.seen` and in `context`, whichever is larger; what comes out has seen
 * both, and this write.
 *
 * `siblings` must be what this server holds itself: its own count names the write, so a server that loses its state
 * needs a new name.
 *
 * Why a dot and not a plain vector for every version. One entry a server: two clients that read the same and write
 * through the same server would get `{ s: 1 }` and `{ s: 2 }`, and the first would look replaced by a client that never
 * saw it. One entry a client: right, and as long as the list of all clients that ever wrote. The dot names the write
 * apart from what the writer had seen, so entries are needed for servers only.
 * Source: Preguiça et al., Dotted Version Vectors, 2010.
 * @stage 2
 */
export function put<Value>(
  siblings: Siblings<Value>,
  server: string,
  context: VersionVector,
  value: Value,
): Siblings<Value> {
  const seen = merge(siblings.seen, context);
  const dot: Dot = { server, count: countOf(seen, server) + 1 };
  const kept = siblings.versions.filter((version) => !includes(context, version.dot));
  return { versions: [...kept, { value, dot }].sort(byDot), seen: increment(seen, server) };
}

/**
 * What two servers hold between them. A version stays when both have it, or when the other has never seen it; one that
 * the other has seen and no longer has was replaced there. Commutative, associative, idempotent: servers may exchange
 * in any order, twice, or in circles. O(versions * log versions + entries).
 * @stage 3
 */
export function join<Value>(a: Siblings<Value>, b: Siblings<Value>): Siblings<Value> {
  const held = new Set(b.versions.map(({ dot }) => nameOf(dot)));
  const fromA = a.versions.filter(({ dot }) => held.has(nameOf(dot)) || !includes(b.seen, dot));
  const fromB = b.versions.filter(({ dot }) => !includes(a.seen, dot));
  return { versions: [...fromA, ...fromB].sort(byDot), seen: merge(a.seen, b.seen) };
}

/** A count, and when the server last added to it. */
export interface Stamp {
  readonly count: number;
  /** By the server's clock. */
  readonly atMs: number;
}

export type StampedVector = Readonly<Record<string, Stamp>>;

export interface PruneLimits {
  /** A vector of at most so many entries is left alone. */
  readonly small: number;
  /** A vector of more entries is cut, unless its oldest entry is young. */
  readonly big: number;
  /** An oldest entry younger than this ends the pruning. */
  readonly youngMs: number;
  /** An oldest entry older than this goes, unless the vector is small. */
  readonly oldMs: number;
}

/**
 * Drops the oldest entry, and again, while the vector has more than `small` entries, its oldest entry is `youngMs` old
 * or older, and there are either more than `big` entries or the oldest is more than `oldMs` old. Of entries of the same
 * time the smaller name is the older, as `<` orders strings, so that all servers drop the same. An entry of a time that
 * `nowMs` has not reached, by a clock that is ahead, has a negative age.
 *
 * For vectors with an entry a client, which grow without end. It is a compromise: a dropped entry can make an old
 * version look concurrent (a false sibling), and it can make a concurrent version look replaced (a lost write). With an
 * entry a server there is nothing to prune.
 * Source: the rule of riak_core, src/vclock.erl (Apache-2.0). O(n log n).
 * @stage 4
 */
export function prune(vector: StampedVector, nowMs: number, limits: PruneLimits): StampedVector {
  const entries = Object.entries(vector).sort(
    ([a, { atMs: aMs }], [b, { atMs: bMs }]) => aMs - bMs || (a < b ? -1 : 1),
  );
  let dropped = 0;
  for (const [, { atMs }] of entries) {
    const left = entries.length - dropped;
    const ageMs = nowMs - atMs;
    if (left <= limits.small || ageMs < limits.youngMs || (left <= limits.big && ageMs <= limits.oldMs)) break;
    dropped++;
  }
  return Object.fromEntries(entries.slice(dropped));
}

/** Own properties only: a server may be called "constructor". */
function countOf(vector: VersionVector, server: string): number {
  return Object.hasOwn(vector, server) ? vector[server]! : 0;
}

function includes(vector: VersionVector, { server, count }: Dot): boolean {
  return countOf(vector, server) >= count;
}

const nameOf = ({ server, count }: Dot): string => `${count}@${server}`;

function byDot({ dot: a }: Version<unknown>, { dot: b }: Version<unknown>): number {
  if (a.server !== b.server) return a.server < b.server ? -1 : 1;
  return a.count - b.count;
}
