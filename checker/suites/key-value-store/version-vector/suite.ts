import type { Order, Siblings, VersionVector } from "../../../../solutions/key-value-store/version-vector.ts";
import { exploreAllOrViolate } from "../../../kit/explore-all.ts";
import {
  behavior,
  collidingPairs,
  counts,
  distinctNames,
  ensure,
  expect,
  fc,
  forAll,
  names,
  stage,
  step,
  subject,
} from "../../../kit/index.ts";
import { siblingsConcurrent, vectorBound, vectorMerge, vectorOrder } from "../invariants.ts";
import { readsWritesAndExchanges } from "./every-schedule.ts";

const { NOTHING, increment, descends, compare, merge, put, join, prune } =
  await subject<typeof import("../../../../solutions/key-value-store/version-vector.ts")>();

/** The names that the contract allows. */
const allowed = (name: string): boolean => name !== "__proto__";
/** Of vectors; a write that comes after has one more. */
const COUNT_MAX = Number.MAX_SAFE_INTEGER - 1;

/** A few servers of any names, with counts of any size. */
const anyVector = fc
  .array(fc.tuple(names({ allowed }), counts({ min: 0, max: COUNT_MAX })), { maxLength: 5 })
  .map((entries): VersionVector => Object.freeze(Object.fromEntries(entries)));

/** The state of a server that took one write, its `count`-th, by a client that had read all before it. */
const wrote = (server: string, count: number, value: string): Siblings<string> =>
  deepFreeze(put<string>(NOTHING, server, { [server]: count - 1 }, value));

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}

const shown = (vector: object): string => JSON.stringify(vector);
/** Without the entries that say nothing, in the order of names. */
const plain = (vector: VersionVector): VersionVector =>
  Object.fromEntries(
    Object.entries(vector)
      .filter(([, count]) => count > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ); // prettier-ignore
const valuesOf = (siblings: Siblings<string>): string[] => siblings.versions.map(({ value }) => value).sort();

/** Every vector of three servers with counts 0 to 2; 0 is left out, or written out in the second list. */
const COUNTS = Array.from({ length: 27 }, (_, i) => [i % 3, Math.floor(i / 3) % 3, Math.floor(i / 9)] as const);
const VECTORS = COUNTS.map(([a, b, c]) => plain({ a, b, c }));
const WRITTEN_OUT = COUNTS.map(([a, b, c]): VersionVector => ({ c, b, a }));

/** From the definition: what has been seen is a set of writes. */
function orderOf(first: number, second: number): Order {
  const below = COUNTS[first]!.every((count, i) => count <= COUNTS[second]![i]!);
  const above = COUNTS[first]!.every((count, i) => count >= COUNTS[second]![i]!);
  return below && above ? "equal" : below ? "before" : above ? "after" : "concurrent";
}

stage(1, "Compare and merge", () => {
  // Rows of riak_core src/vclock.erl, eunit tests (Apache-2.0).
  behavior("agrees with the published rows on increments and descent", vectorOrder, () => {
    const a1 = increment({}, "a");
    const b1 = increment({}, "b");
    const a2 = increment(a1, "a");
    const c = merge(a2, b1);
    const c1 = increment(c, "c");
    expect([a1, b1, a2, c, c1].map(plain)).toEqual([
      { a: 1 },
      { b: 1 },
      { a: 2 },
      { a: 2, b: 1 },
      { a: 2, b: 1, c: 1 },
    ]);
    const rows: [string, VersionVector, string, VersionVector, boolean][] = [
      ["A1", a1, "A", {}, true],
      ["B1", b1, "B", {}, true],
      ["A1", a1, "B1", b1, false],
      ["C1", c1, "A2", a2, true],
      ["C1", c1, "B1", b1, true],
      ["B1", b1, "C1", c1, false],
      ["B1", b1, "A1", a1, false],
    ];
    for (const [name, vector, otherName, other, expected] of rows) {
      step(`descends(${name} = ${shown(vector)}, ${otherName} = ${shown(other)})`);
      expect(descends(vector, other)).toBe(expected);
    }
  });

  behavior("agrees with the published rows on dominance", vectorOrder, () => {
    const [a3, b4, b5] = [
      { a: 2, b: 1 },
      { a: 2, b: 2 },
      { b: 2, a: 2 },
    ]; // prettier-ignore
    const rows: [VersionVector, VersionVector, Order][] = [
      [b4, a3, "after"],
      [a3, b4, "before"],
      [b4, b5, "equal"],
      [b5, b4, "equal"],
    ];
    for (const [first, second, expected] of rows) {
      step(`compare(${shown(first)}, ${shown(second)})`);
      expect(compare(first, second)).toBe(expected);
    }
  });

  behavior("orders all small vectors as sets of writes are ordered, zeros written out or not", vectorOrder, () => {
    for (let i = 0; i < 27; i++) {
      for (let j = 0; j < 27; j++) {
        for (const [first, second] of [
          [VECTORS[i]!, VECTORS[j]!],
          [WRITTEN_OUT[i]!, VECTORS[j]!],
        ] as const) {
          // prettier-ignore
          const expected = orderOf(i, j);
          const got = compare(first, second);
          const steps = [`compare(${shown(first)}, ${shown(second)})`];
          ensure(got === expected, () => ({ expected, got, steps }));
          const isAbove = expected === "equal" || expected === "after";
          ensure(descends(first, second) === isAbove, () => ({
            expected: `descends to be ${isAbove}`,
            got: `${!isAbove}`,
            steps,
          })); // prettier-ignore
        }
      }
    }
  });

  behavior("agrees with the published rows on merging", vectorMerge, () => {
    const rows: [VersionVector, VersionVector, VersionVector][] = [
      [
        { 1: 1, 2: 2, 4: 4 },
        { 3: 3, 4: 3 },
        { 1: 1, 2: 2, 3: 3, 4: 4 },
      ],
      [{ 5: 5 }, { 6: 6, 7: 7 }, { 5: 5, 6: 6, 7: 7 }],
      [{ 6: 6, 7: 7 }, { 5: 5 }, { 5: 5, 6: 6, 7: 7 }],
      [
        { 1: 1, 2: 1 },
        { 1: 1, 3: 1 },
        { 1: 1, 2: 1, 3: 1 },
      ],
    ];
    for (const [first, second, expected] of rows) {
      step(`merge(${shown(first)}, ${shown(second)})`);
      expect(plain(merge(first, second))).toEqual(expected);
    }
  });

  behavior("merges all small vectors into the least that descends from both", vectorMerge, () => {
    for (let i = 0; i < 27; i++) {
      for (let j = 0; j < 27; j++) {
        const expected = plain(
          Object.fromEntries(["a", "b", "c"].map((server, at) => [server, Math.max(COUNTS[i]![at]!, COUNTS[j]![at]!)])),
        ); // prettier-ignore
        step(`merge(${shown(WRITTEN_OUT[i]!)}, ${shown(VECTORS[j]!)})`);
        expect(plain(merge(WRITTEN_OUT[i]!, VECTORS[j]!))).toEqual(expected);
      }
    }
  });

  behavior("orders and merges counts of any size under any names", vectorOrder, () => {
    forAll(fc.tuple(anyVector, anyVector, fc.boolean()), ([first, other, isMerged]) => {
      // Drawn apart, hardly any two are comparable.
      const second = isMerged ? Object.freeze({ ...other, ...first }) : other;
      const servers = [...new Set([...Object.keys(first), ...Object.keys(second)])];
      const [of, and] = [new Map(Object.entries(first)), new Map(Object.entries(second))];
      const below = servers.every((server) => (of.get(server) ?? 0) <= (and.get(server) ?? 0));
      const above = servers.every((server) => (of.get(server) ?? 0) >= (and.get(server) ?? 0));
      step(`compare(${shown(first)}, ${shown(second)})`);
      expect(compare(first, second)).toBe(below ? (above ? "equal" : "before") : above ? "after" : "concurrent");
      step("merge of both");
      const largest = servers.map((server) => [server, Math.max(of.get(server) ?? 0, and.get(server) ?? 0)] as const);
      expect(plain(merge(first, second))).toEqual(plain(Object.fromEntries(largest)));
      for (const server of servers) {
        step(`increment(${shown(first)}, ${JSON.stringify(server)})`);
        expect(plain(increment(first, server))[server]).toBe((of.get(server) ?? 0) + 1);
      }
    });
  });

  behavior("changes nothing that it was given, and takes any name", vectorOrder, () => {
    const frozen = Object.freeze({ a: 1, constructor: 2 });
    const other = Object.freeze({ toString: 1, "": 3 });
    expect(plain(increment(frozen, "constructor"))).toEqual({ a: 1, constructor: 3 });
    expect(plain(increment({}, "valueOf"))).toEqual({ valueOf: 1 });
    expect(plain(merge(frozen, other))).toEqual({ "": 3, a: 1, constructor: 2, toString: 1 });
    expect(compare(frozen, other)).toBe("concurrent");
    expect(compare({}, other)).toBe("before");
    expect(descends({}, { hasOwnProperty: 1 })).toBe(false);
    expect(frozen).toEqual({ a: 1, constructor: 2 });
    expect(other).toEqual({ toString: 1, "": 3 });
  });
});

stage(2, "A dot for every write", () => {
  behavior(
    "keeps both writes of two clients that had read the same, also through one server",
    siblingsConcurrent,
    () => {
      const first = put<string>(NOTHING, "s", {}, "ann");
      const second = put(first, "s", {}, "bob");
      step("two clients read nothing; ann writes through s, then bob writes through s");
      expect(valuesOf(second)).toEqual(["ann", "bob"]);
      const third = put(second, "s", first.seen, "cy");
      step("cy, who had read ann's write only, writes through s");
      expect(valuesOf(third)).toEqual(["bob", "cy"]);
    },
  );

  behavior("replaces what the client had read, all of it", siblingsConcurrent, () => {
    const two = put(put<string>(NOTHING, "s", {}, "ann"), "s", {}, "bob");
    const one = put(two, "s", two.seen, "both");
    step("a client reads both siblings and writes");
    expect(valuesOf(one)).toEqual(["both"]);
    expect(one.versions[0]!.dot).toEqual({ server: "s", count: 3 });
    expect(plain(one.seen)).toEqual({ s: 3 });
    expect(valuesOf(two), "the state before").toEqual(["ann", "bob"]);
  });

  behavior("leaves alone what was written after the client had read", siblingsConcurrent, () => {
    const first = put<string>(NOTHING, "s", {}, "old");
    const second = put(first, "s", first.seen, "new");
    const third = put(second, "s", first.seen, "late");
    step("two clients read old; one writes new, then the other writes late");
    expect(valuesOf(third)).toEqual(["late", "new"]);
    expect(third.versions.map(({ dot }) => `${dot.server}${dot.count}`)).toEqual(["s2", "s3"]);
  });

  behavior(
    "gives a write a name of its own, also when the client knows more than the server",
    siblingsConcurrent,
    () => {
      const elsewhere = put(put<string>(NOTHING, "r", {}, "one"), "r", { r: 1 }, "two");
      const here = put<string>(NOTHING, "s", elsewhere.seen, "three");
      step("a client reads at r what s has not got yet, and writes through s");
      expect(here.versions).toEqual([{ value: "three", dot: { server: "s", count: 1 } }]);
      expect(plain(here.seen), "what s has seen now").toEqual({ r: 2, s: 1 });
      // Its own earlier write comes back to s in a client's context before s has read its disk to the end.
      expect(put<string>(NOTHING, "s", { s: 4 }, "five").versions[0]!.dot).toEqual({ server: "s", count: 5 });
      const held = put(put<string>(NOTHING, "s", {}, "one"), "s", {}, "two");
      expect(put(held, "s", { s: 1 }, "three").versions.at(-1)!.dot).toEqual({ server: "s", count: 3 });
    },
  );

  behavior("keeps the versions by server and count, however many there are", siblingsConcurrent, () => {
    let held: Siblings<string> = NOTHING;
    for (let i = 1; i <= 1_000; i++) held = put(held, i % 2 === 0 ? "n9" : "n10", {}, `w${i}`);
    step("1,000 clients that have read nothing write, through n10 and n9 in turn");
    const expected = ["n10", "n9"].flatMap((server) =>
      Array.from({ length: 500 }, (_, i) => ({ server, count: i + 1 })),
    );
    expect(held.versions.map(({ dot }) => dot)).toEqual(expected);
    // The largest counts that a vector holds.
    step("a client that has read 2^53 - 3 writes of s writes twice through s");
    const late = put(put<string>(NOTHING, "s", { s: 2 ** 53 - 3 }, "a"), "s", {}, "b");
    expect(late.versions.map(({ dot }) => dot.count)).toEqual([2 ** 53 - 2, 2 ** 53 - 1]);
    expect(plain(late.seen)).toEqual({ s: 2 ** 53 - 1 });
  });
});

/** What servers do: a client reads at one server and writes through another, or two servers exchange. */
interface Act {
  readonly kind: "read" | "write" | "exchange";
  readonly client: number;
  readonly server: number;
  readonly other: number;
}

const SERVERS = ["r", "s", "t"];
const acts = fc.array(
  fc.record({
    kind: fc.constantFrom("read", "write", "write", "exchange"),
    client: fc.nat(2),
    server: fc.nat(2),
    other: fc.nat(2),
  }),
  { maxLength: 30 },
) as fc.Arbitrary<Act[]>;

stage(3, "Join what servers hold", () => {
  behavior("does not bring back what was replaced elsewhere", siblingsConcurrent, () => {
    const old = put<string>(NOTHING, "r", {}, "old");
    const stale = join<string>(NOTHING, old);
    const replaced = put(old, "r", old.seen, "new");
    step("r takes old, s copies it, r takes new by a client that had read old; then s and r exchange");
    expect(valuesOf(join(stale, replaced))).toEqual(["new"]);
    expect(valuesOf(join(replaced, stale))).toEqual(["new"]);
    const through = put(stale, "s", replaced.seen, "newer");
    step("a client that had read new at r writes through s, which still has old");
    expect(valuesOf(through)).toEqual(["newer"]);
    expect(valuesOf(join(replaced, through))).toEqual(["newer"]);
  });

  behavior("tells writes apart whose servers and counts read the same", siblingsConcurrent, () => {
    forAll(collidingPairs(), ([[one, first], [other, second]]) => {
      const [x, y] = [wrote(one, first, "x"), wrote(other, second, "y")];
      step(`x is write ${first} of ${JSON.stringify(one)}, y is write ${second} of ${JSON.stringify(other)}`);
      for (const both of [join(x, y), join(y, x)]) expect(valuesOf(both), "both, joined").toEqual(["x", "y"]);
      const replaced = put(join(x, y), "s", x.seen, "z");
      step("a client that has read x alone writes z through s");
      expect(valuesOf(replaced)).toEqual(["y", "z"]);
      for (const both of [join(x, replaced), join(replaced, x)]) expect(valuesOf(both), "with x").toEqual(["y", "z"]);
    });
  });

  behavior("joins writes of any servers, in the order of their names and counts", siblingsConcurrent, () => {
    const count = counts({ min: 1, max: COUNT_MAX });
    const dots = distinctNames(4, { allowed }).chain((servers) =>
      fc.uniqueArray(fc.tuple(fc.constantFrom(...servers), count), {
        minLength: 1,
        maxLength: 8,
        selector: ([server, at]) => `${at} ${server}`,
      }),
    );
    forAll(dots, (each) => {
      // Of one server all, from the first on: a version of a server that has seen a later one would be replaced.
      let held: Siblings<string> = NOTHING;
      const expected = new Map<string, number>();
      for (const [server, at] of each) {
        step(`join with what was written as ${at} of ${JSON.stringify(server)}`);
        held = deepFreeze(join(held, wrote(server, at, "w")));
        expected.set(server, Math.max(at, expected.get(server) ?? 0));
      }
      const sorted = [...expected].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(held.versions.map(({ dot }) => [dot.server, dot.count])).toEqual(sorted);
      expect(plain(held.seen)).toEqual(plain(Object.fromEntries(expected)));
    });
  });

  behavior("every schedule of four writes and two exchanges leaves exactly the siblings", siblingsConcurrent, () => {
    exploreAllOrViolate({
      ...readsWritesAndExchanges({ NOTHING, put, join }),
      mayBeLarger: "vectors that say the same may name their servers in another order, or one that counts as 0",
    });
  });

  behavior("holds exactly the writes that no known write had read, in any history", siblingsConcurrent, () => {
    forAll(
      acts,
      (history) => {
        const held = SERVERS.map(() => NOTHING as Siblings<string>);
        const contexts: VersionVector[] = [{}, {}, {}];
        // The oracle keeps sets: what a server knows, what a client had read, and what each write had read.
        const known = SERVERS.map(() => new Set<string>());
        const had = SERVERS.map(() => new Set<string>());
        const past = new Map<string, ReadonlySet<string>>();
        history.forEach(({ kind, client, server, other }, i) => {
          const name = SERVERS[server]!;
          if (kind === "read") {
            step(`client ${client} reads at ${name}`);
            contexts[client] = held[server]!.seen;
            had[client] = new Set(known[server]!);
          } else if (kind === "write") {
            const value = `w${i}`;
            step(`client ${client} writes ${value} through ${name}`);
            past.set(value, new Set(had[client]!));
            held[server] = put(held[server]!, name, contexts[client]!, value);
            known[server] = new Set([...known[server]!, ...had[client]!, value]);
          } else {
            step(`${SERVERS[other]} sends to ${name}`);
            held[server] = join(held[server]!, held[other]!);
            known[server] = new Set([...known[server]!, ...known[other]!]);
          }
          const all = [...known[server]!];
          const expected = all.filter((write) => !all.some((later) => past.get(later)!.has(write))).sort();
          expect(valuesOf(held[server]!), `siblings at ${name}`).toEqual(expected);
        });
      },
      { runs: 600 },
    ); // prettier-ignore
  });

  behavior("joins in any order, twice and in circles to the same", siblingsConcurrent, () => {
    forAll(acts, (history) => {
      const held = SERVERS.map(() => NOTHING as Siblings<string>);
      const contexts: VersionVector[] = [{}, {}, {}];
      history.forEach(({ kind, client, server, other }, i) => {
        if (kind === "read") contexts[client] = held[server]!.seen;
        else if (kind === "write") held[server] = put(held[server]!, SERVERS[server]!, contexts[client]!, `w${i}`);
        else held[server] = join(held[server]!, held[other]!);
      });
      const [r, s, t] = held as [Siblings<string>, Siblings<string>, Siblings<string>];
      const same = (what: string, first: Siblings<string>, second: Siblings<string>): void => {
        step(what);
        expect({ versions: first.versions, seen: plain(first.seen) }).toEqual({
          versions: second.versions,
          seen: plain(second.seen),
        });
      };
      same("join(r, s) and join(s, r)", join(r, s), join(s, r));
      same("join(join(r, s), t) and join(r, join(s, t))", join(join(r, s), t), join(r, join(s, t)));
      same("join(r, r) and r", join(r, r), r);
      same("join(join(r, s), s) and join(r, s)", join(join(r, s), s), join(r, s));
    });
  });
});

stage(4, "Bound the vector", () => {
  behavior("needs one entry a server, however many clients write", vectorBound, () => {
    let held: Siblings<string> = NOTHING;
    for (let client = 0; client < 1_000; client++) {
      held = put(held, SERVERS[client % 3]!, client % 4 === 0 ? {} : held.seen, `of client ${client}`);
    }
    step("1,000 clients write through three servers, every fourth without having read");
    expect(Object.keys(held.seen).length, "entries").toBe(3);
    expect(held.versions.length, "siblings").toBeLessThanOrEqual(2);
  });

  behavior("agrees with the published rows on pruning", vectorBound, () => {
    const aged = (nowMs: number, ...ages: number[]) =>
      Object.fromEntries(ages.map((age, i) => [String(i + 1), { count: i + 1, atMs: nowMs - age }]));
    const now = 1_000_000;
    const never = Number.POSITIVE_INFINITY;
    // riak_core src/vclock.erl: prune_small, prune_young, prune_big, prune_old. Limits that a row does not name cannot
    // matter in it.
    const rows: [string, number[], { small: number; big: number; youngMs: number; oldMs: number }, number][] = [
      ["small", [100_000, 100_000, 100_000], { small: 4, big: 0, youngMs: 0, oldMs: 0 }, 3],
      ["young", [1, 1, 1], { small: 1, big: 0, youngMs: 1_000, oldMs: 0 }, 3],
      ["big", [1_000, 1_000, 1_000], { small: 1, big: 2, youngMs: 1, oldMs: 100_000 }, 2],
      ["old", [1_000, 100_000, 100_000], { small: 1, big: 2, youngMs: 1, oldMs: 10_000 }, 1],
      ["none", [5_000, 5_000, 5_000], { small: 0, big: never, youngMs: 0, oldMs: never }, 3],
    ];
    for (const [name, ages, limits, keep] of rows) {
      const vector = Object.freeze(aged(now, ...ages));
      step(`prune: ${name}; ages ${ages.join(", ")} ms, limits ${shown(limits)}`);
      expect(Object.keys(prune(vector, now, limits)).length, "entries kept").toBe(keep);
    }
  });

  behavior("drops the oldest first, equal ones by name, and nothing that the limits protect", vectorBound, () => {
    const entry = fc.tuple(
      fc.oneof(fc.constantFrom("a", "b", "c", "d"), names({ allowed })),
      fc.integer({ min: -2, max: 10 }),
      counts({ min: 0, max: COUNT_MAX }),
    );
    const limits = fc.record({ small: fc.nat(4), big: fc.nat(6), youngMs: fc.nat(10), oldMs: fc.nat(12) });
    forAll(
      fc.tuple(fc.array(entry, { maxLength: 8 }), limits),
      ([entries, given]) => {
        const vector = deepFreeze(
          Object.fromEntries(entries.map(([server, age, count]) => [server, { count, atMs: 100 - age }])),
        );
        // The rule, said as plainly as possible.
        const left = { ...vector };
        for (;;) {
          const names = Object.keys(left).sort((a, b) => left[a]!.atMs - left[b]!.atMs || (a < b ? -1 : 1));
          const [oldest] = names;
          if (oldest === undefined || names.length <= given.small) break;
          const age = 100 - left[oldest]!.atMs;
          if (age < given.youngMs) break;
          if (names.length <= given.big && age <= given.oldMs) break;
          delete left[oldest];
        }
        step(`prune(${shown(vector)}, 100, ${shown(given)})`);
        expect(prune(vector, 100, given)).toEqual(left);
      },
      { runs: 500 },
    ); // prettier-ignore
  });
});
