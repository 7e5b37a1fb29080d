/**
 * Alternative: counts differences in both directions; a join looks at one sorted list of all versions and asks each
 * side once.
 */

export type VersionVector = Readonly<Record<string, number>>;
export type Order = "equal" | "before" | "after" | "concurrent";

export interface Dot {
  readonly server: string;
  readonly count: number;
}

export interface Version<Value> {
  readonly value: Value;
  readonly dot: Dot;
}

export interface Siblings<Value> {
  readonly versions: readonly Version<Value>[];
  readonly seen: VersionVector;
}

export const NOTHING: Siblings<never> = { versions: [], seen: {} };

const at = (vector: VersionVector, server: string): number => new Map(Object.entries(vector)).get(server) ?? 0;

const asMap = (vector: VersionVector): Map<string, number> => new Map(Object.entries(vector));

export function increment(vector: VersionVector, server: string): VersionVector {
  return Object.fromEntries(asMap(vector).set(server, at(vector, server) + 1));
}

export function descends(vector: VersionVector, other: VersionVector): boolean {
  const order = compare(vector, other);
  return order === "equal" || order === "after";
}

export function compare(a: VersionVector, b: VersionVector): Order {
  let [more, less] = [0, 0];
  for (const server in a) if (a[server]! > own(b, server)) more++;
  for (const server in b) if (b[server]! > own(a, server)) less++;
  if (more > 0 && less > 0) return "concurrent";
  if (more === less) return "equal";
  return more > 0 ? "after" : "before";
}

export function merge(a: VersionVector, b: VersionVector): VersionVector {
  const all = asMap(a);
  for (const [server, count] of Object.entries(b)) all.set(server, Math.max(count, all.get(server) ?? 0));
  return Object.fromEntries(all);
}

export function put<Value>(
  siblings: Siblings<Value>,
  server: string,
  context: VersionVector,
  value: Value,
): Siblings<Value> {
  const count = 1 + Math.max(own(siblings.seen, server), own(context, server));
  const versions = siblings.versions.filter(({ dot }) => dot.count > own(context, dot.server));
  const mine = { value, dot: { server, count } };
  return { versions: inOrder([...versions, mine]), seen: merge(merge(siblings.seen, context), { [server]: count }) };
}

export function join<Value>(a: Siblings<Value>, b: Siblings<Value>): Siblings<Value> {
  const all = inOrder([...a.versions, ...b.versions]);
  const versions: Version<Value>[] = [];
  all.forEach((version, i) => {
    const { server, count } = version.dot;
    const last = versions.at(-1)?.dot;
    if (last?.server === server && last.count === count) return;
    const twin = all[i + 1]?.dot;
    const isInBoth = twin?.server === server && twin.count === count;
    const isSeenByBoth = own(a.seen, server) >= count && own(b.seen, server) >= count;
    if (isInBoth || !isSeenByBoth) versions.push(version);
  });
  return { versions, seen: merge(a.seen, b.seen) };
}

export interface Stamp {
  readonly count: number;
  readonly atMs: number;
}

export type StampedVector = Readonly<Record<string, Stamp>>;

export interface PruneLimits {
  readonly small: number;
  readonly big: number;
  readonly youngMs: number;
  readonly oldMs: number;
}

export function prune(vector: StampedVector, nowMs: number, limits: PruneLimits): StampedVector {
  const left = { ...vector };
  const servers = Object.keys(left).sort((a, b) => left[a]!.atMs - left[b]!.atMs || (a < b ? -1 : 1));
  while (servers.length > limits.small) {
    const ageMs = nowMs - left[servers[0]!]!.atMs;
    const isDue = ageMs >= limits.youngMs && (servers.length > limits.big || ageMs > limits.oldMs);
    if (!isDue) break;
    delete left[servers.shift()!];
  }
  return left;
}

const own = (vector: VersionVector, server: string): number => (Object.hasOwn(vector, server) ? vector[server]! : 0);

function inOrder<Value>(versions: Version<Value>[]): Version<Value>[] {
  return versions.sort(({ dot: a }, { dot: b }) =>
    a.server === b.server ? a.count - b.count : a.server < b.server ? -1 : 1,
  );
}
