/** Commands and patterns, as clients write them. */

import { describe, expect, test } from "vitest";
import { commandOf } from "./command.ts";
import { matches } from "./glob.ts";
import { LIMITS } from "./limits.ts";
import { Failure } from "./resp/reply.ts";
import { SLOTS, scanSlots, slotOf } from "./slots.ts";

const read = (line: string): unknown => commandOf(line.split(" "), LIMITS);
const set = { kind: "set", key: "k", value: "v", when: "always", ttlMs: null };

describe("commands", () => {
  test.each<[string, unknown]>([
    ["set k v", set],
    ["SET k v nx ex 5", { ...set, when: "absent", ttlMs: 5_000 }],
    ["SET k v PX 5 XX", { ...set, when: "present", ttlMs: 5 }],
    ["DEL a b a", { kind: "del", keys: ["a", "b"] }],
    ["CAS k a b", { kind: "cas", key: "k", from: "a", to: "b" }],
    ["scan 7 match a* count 3", { kind: "scan", cursor: 7, match: "a*", count: 3 }],
    ["SCAN 0 COUNT 1000000", { kind: "scan", cursor: 0, match: null, count: 512 }],
    ["toString k", null],
    ["__proto__ k", null],
  ])("%s", (line, command) => {
    expect(read(line)).toEqual(command);
  });

  test.each([
    ["GET", "wrong number of arguments for 'get' command"],
    ["CAS k a", "wrong number of arguments for 'cas' command"],
    ["SET k v NX XX", "syntax error"],
    ["SET k v EX", "syntax error"],
    ["SET k v EX 5 PX 5", "syntax error"],
    ["SET k v EX 1.5", "value is not an integer or out of range"],
    ["SET k v EX 99999999999999999999", "value is not an integer or out of range"],
    ["SET k v EX 0", "invalid expire time in 'set' command"],
    ["SET k v PX -1", "invalid expire time in 'set' command"],
    ["SET k v EX 9007199254740991", "invalid expire time in 'set' command"],
    ["SCAN -1", "invalid cursor"],
    ["SCAN x", "invalid cursor"],
    ["SCAN 0 COUNT 0", "syntax error"],
    ["SCAN 0 MATCH", "syntax error"],
    [`SCAN 0 MATCH ${"*".repeat(129)}`, "a pattern has at most 128 bytes"],
    [`GET ${"k".repeat(1_025)}`, "a key has at most 1024 bytes"],
  ])("refused: %s", (line, message) => {
    expect(read(line)).toEqual(new Failure("ERR", message));
  });
});

describe("patterns", () => {
  test.each([
    ["*", "", true],
    ["h?llo", "hallo", true],
    ["h?llo", "hllo", false],
    ["h[ae]llo", "hillo", false],
    ["h[^e]llo", "hallo", true],
    ["h[a-c]llo", "hbllo", true],
    ["h[c-a]llo", "hbllo", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["*a*b*c", "xxaybzc", true],
    ["*a*b*c", "xxaybzcd", false],
    ["[ab", "b", true],
    ["a[]b", "ab", false],
    ["\\", "\\", true],
    ["", "a", false],
  ])("%s and %s", (pattern, text, isMatch) => {
    expect(matches(pattern, text)).toBe(isMatch);
  });

  test("one that would take a backtracking matcher for ever ends", () => {
    expect(matches("*a".repeat(64), `${"a".repeat(1_023)}b`)).toBe(false);
  });
});

test("SCAN returns each key that stays, once, while others come and go, and ends from any cursor", async () => {
  const slots: Set<string>[] = Array.from({ length: SLOTS }, () => new Set());
  const stays = Array.from({ length: 2_000 }, (_, i) => `stays-${i}`);
  for (const key of stays) slots[slotOf(key, "secret")]!.add(key);
  const found: string[] = [];
  let [cursor, steps] = [0, 0];
  do {
    const step = await scanSlots({ cursor, match: "stays-*", count: 50 }, SLOTS, (slot) => [...slots[slot]!]);
    found.push(...step.keys);
    for (let i = 0; i < 20; i++) slots[slotOf(`comes-${steps}-${i}`, "secret")]!.add(`stays-not-${steps}-${i}`);
    cursor = step.cursor;
    steps++;
  } while (cursor !== 0);
  expect(found.filter((key) => !key.startsWith("stays-not")).sort()).toEqual([...stays].sort());
  expect(steps).toBeGreaterThan(10);
  // A step also ends where its slots do.
  expect(await scanSlots({ cursor: 5, match: null, count: 9 }, 64, () => [])).toEqual({ cursor: 69, keys: [] });
  expect(await scanSlots({ cursor: 10 ** 15, match: null, count: 1 }, SLOTS, () => ["never"])).toEqual({
    cursor: 0,
    keys: [],
  });
});
