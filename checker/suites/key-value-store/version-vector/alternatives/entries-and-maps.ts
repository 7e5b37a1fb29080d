/**
 * Alternative: goes through `Object.entries` with `every` and through Maps, which is several times slower for the few
 * entries of a real vector, and grows no faster.
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

export function increment(vector: VersionVector, server: string): VersionVector {
  return Object.fromEntries(new Map(Object.entries(vector)).set(server, countOf(vector, server) + 1));
}

export function descends(vector: VersionVector, other: VersionVector): boolean {
  return Object.entries(other).every(([server, count]) => countOf(vector, server) >= count);
}

export function compare(a: VersionVector, b: VersionVector): Order {
  const up = descends(a, b);
  const down = descends(b, a);
  return up ? (down ? "equal" : "after") : down ? "before" : "concurrent";
}

export function merge(a: VersionVector, b: VersionVector): VersionVector {
  const all = new Map(Object.entries(a));
  for (const [server, count] of Object.entries(b)) all.set(server, Math.max(count, all.get(server) ?? 0));
  return Object.fromEntries(all);
}

export function put<Value>(
  siblings: Siblings<Value>,
  server: string,
  context: VersionVector,
  value: Value,
): Siblings<Value> {
  const seen = new Map(Object.entries(merge(siblings.seen, context)));
  const count = (seen.get(server) ?? 0) + 1;
  seen.set(server, count);
  const kept = siblings.versions.filter(({ dot }) => dot.count > countOf(context, dot.server));
  return { versions: sorted([...kept, { value, dot: { server, count } }]), seen: Object.fromEntries(seen) };
}

export function join<Value>(a: Siblings<Value>, b: Siblings<Value>): Siblings<Value> {
  const held = (in_: Siblings<Value>): Set<string> => new Set(in_.versions.map(({ dot }) => nameOf(dot)));
  const [inA, inB] = [held(a), held(b)];
  const versions = [
    ...a.versions.filter(({ dot }) => inB.has(nameOf(dot)) || dot.count > countOf(b.seen, dot.server)),
    ...b.versions.filter(({ dot }) => !inA.has(nameOf(dot)) && dot.count > countOf(a.seen, dot.server)),
  ];
  return { versions: sorted(versions), seen: merge(a.seen, b.seen) };
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
  const oldestFirst = Object.entries(vector).sort(([a, x], [b, y]) => x.atMs - y.atMs || (a < b ? -1 : 1));
  let dropped = 0;
  for (const [, { atMs }] of oldestFirst) {
    const left = oldestFirst.length - dropped;
    const age = nowMs - atMs;
    if (left <= limits.small || age < limits.youngMs) break;
    if (left <= limits.big && age <= limits.oldMs) break;
    dropped++;
  }
  return Object.fromEntries(oldestFirst.slice(dropped));
}

function countOf(vector: VersionVector, server: string): number {
  return Object.hasOwn(vector, server) ? vector[server]! : 0;
}

function nameOf({ server, count }: Dot): string {
  return `${count}@${server}`;
}

function sorted<Value>(versions: Version<Value>[]): Version<Value>[] {
  return versions.sort((a, b) =>
    a.dot.server < b.dot.server ? -1 : a.dot.server > b.dot.server ? 1 : a.dot.count - b.dot.count,
  );
}
