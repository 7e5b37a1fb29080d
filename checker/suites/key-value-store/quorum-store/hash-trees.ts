/** What a hash tree promises. */

import type { HashTree as Tree } from "../../../../solutions/key-value-store/quorum-store.ts";
import { behavior, counts, ensure, fc, forAll, LONG_RUNS, names, show } from "../../../kit/index.ts";
import { treesFindDifferences } from "../invariants.ts";

export function hashTreePromises(HashTree: typeof Tree): void {
  behavior("equal contents have equal hashes, in whatever order they came", treesFindDifferences, () => {
    const keys = fc.oneof(fc.constantFrom("a", "b", "c", "d", "e", "f"), names());
    const entry = fc.tuple(keys, fc.oneof(fc.integer({ min: 0, max: 9 }), counts({ min: 0, max: 2 ** 32 - 1 })));
    forAll(fc.tuple(fc.array(entry, { maxLength: 20 }), fc.constantFrom(1, 2, 8, 64)), ([entries, leaves]) => {
      const tree = new HashTree(leaves);
      for (const [key, hash] of entries) tree.set(key, hash);
      const fresh = new HashTree(leaves);
      const last = [...new Map(entries)].reverse();
      for (const [key, hash] of last) fresh.set(key, hash);
      for (let i = 1; i < 2 * leaves; i++) {
        ensure(tree.hashAt(i) === fresh.hashAt(i), () => ({
          expected: `node ${i} to be the same as in a tree that got only the last hash of each key`,
          got: `${tree.hashAt(i)} and ${fresh.hashAt(i)}`,
        }));
      }
    });
  });

  behavior(
    "tens of thousands of keys, set again and again, leave what they would have left at once",
    treesFindDifferences,
    () => {
      const many = LONG_RUNS[3]!;
      const [tree, fresh] = [new HashTree(1_024), new HashTree(1_024)];
      for (let i = 0; i < 2 * many; i++) tree.set(`user:${(i * 7_919) % many}`, i % 1_000);
      const last = new Map<number, number>();
      for (let i = 0; i < 2 * many; i++) last.set((i * 7_919) % many, i % 1_000);
      for (const [user, hash] of last) fresh.set(`user:${user}`, hash);
      for (let i = 1; i < 2_048; i++) {
        ensure(tree.hashAt(i) === fresh.hashAt(i), () => ({
          steps: [`${many} keys, each set twice with different hashes`, "another tree gets only the last hash of each"],
          expected: `node ${i} to be the same in both`,
          got: `${tree.hashAt(i)} and ${fresh.hashAt(i)}`,
        }));
      }
      fresh.set("user:17", 1_001);
      ensure(tree.hashAt(1) !== fresh.hashAt(1), () => ({
        expected: "different roots once a key differs",
        got: "the same",
      }));
    },
  );

  behavior("a difference shows in its leaf and on the path to it, and nowhere else", treesFindDifferences, () => {
    const [a, b] = [new HashTree(64), new HashTree(64)];
    for (let i = 0; i < 500; i++) for (const tree of [a, b]) tree.set(`key ${i}`, i);
    for (const change of ["key 17", "one more"]) {
      a.set(change, 7_777);
      const path = new Set<number>();
      for (let i = a.leafOf(change); i > 0; i >>>= 1) path.add(i);
      for (let i = 1; i < 128; i++) {
        ensure((a.hashAt(i) !== b.hashAt(i)) === path.has(i), () => ({
          steps: ["two trees of 64 leaves with the same 500 keys", `a.set(${show(change)}, 7777)`],
          expected: `node ${i} ${path.has(i) ? "to differ: it is above" : "to be equal: it is not above"} the change`,
          got: `${a.hashAt(i)} and ${b.hashAt(i)}`,
        }));
      }
      b.set(change, 7_777);
    }
  });

  behavior("leaves hold their keys, spread evenly", treesFindDifferences, () => {
    const tree = new HashTree(64);
    const keys = Array.from({ length: 6_400 }, (_, i) => `user:${i}`);
    for (const key of keys) tree.set(key, 1);
    const found = Array.from({ length: 64 }, (_, i) => tree.keysAt(64 + i));
    for (const key of keys.slice(0, 50)) {
      const leaf = tree.leafOf(key);
      ensure(leaf >= 64 && leaf < 128 && found[leaf - 64]!.includes(key), () => ({
        expected: `${show(key)} among the keys of the leaf that leafOf says`,
        got: `leaf ${leaf}`,
      }));
    }
    const sizes = found.map(({ length }) => length);
    ensure(sizes.reduce((sum, size) => sum + size, 0) === 6_400 && Math.max(...sizes) < 200, () => ({
      steps: ["6400 keys in a tree of 64 leaves"],
      expected: "every key in one leaf, and no leaf with more than twice its share of 100",
      got: show(sizes),
    }));
  });
}
