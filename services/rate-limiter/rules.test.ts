/** Rules, the store's one step and the accounting: what needs no process. */

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { FixedWindow } from "../../solutions/rate-limiter/fixed-window.ts";
import { TokenBucket } from "../../solutions/rate-limiter/token-bucket.ts";
import {
  type Admission,
  admissionCheck,
  answersCheck,
  boundCheck,
  fullestIntervals,
  fullestSilences,
  tokensCheck,
} from "./accounting.ts";
import { curveLines } from "./curves.ts";
import { decideAll } from "./decide-all.ts";
import { BadRules, boundOf, quotaOf, type Rule, readRules, rulesFor } from "./rules.ts";
import { StableFile } from "./stable-file.ts";
import { readToStore } from "./wire.ts";

const FILE = readFileSync(join(import.meta.dirname, "rules.json"), "utf8");
const RULES = readRules(FILE);
const rule = (name: string): Rule => RULES.find((each) => each.name === name)!;

describe("rules", () => {
  type Fields = Record<string, unknown>;
  const changed = (change: (rules: Fields[]) => void): string => {
    const file = JSON.parse(FILE) as { rules: Fields[] };
    change(file.rules);
    return JSON.stringify(file);
  };

  test.each<[string, (rules: Fields[]) => void, string]>([
    ["a blank field", ([search]) => delete search!.capacity, 'rule "search" lacks "capacity"'],
    ["null for a number", ([search]) => (search!.capacity = null), 'rule "search": capacity is null'],
    ["a limit of nothing", ([, login]) => (login!.limit = 0), "limit is 0, expected an integer from 1"],
    ["a fraction", ([, login]) => (login!.windowMs = 0.5), "windowMs is 0.5"],
    ["an unknown field", ([search]) => (search!.capcity = 5), 'has "capcity", which means nothing there'],
    ["an unknown algorithm", ([search]) => (search!.algorithm = "guess"), '"algorithm" is "guess"'],
    ["an unknown key", ([search]) => (search!.key = "cookie"), '"key" is "cookie"'],
    ["no answer to silence", ([search]) => delete search!.whenSilent, 'lacks "whenSilent"'],
    ["half a budget", ([search]) => (search!.whenSilent = { capacity: 1 }), 'lacks "refillTokens"'],
    ["a lease that outlives its count", ([search]) => ((search!.lease as Fields).ttlMs = 100), "lease.ttlMs"],
    ["the same name twice", (rules) => rules.push({ ...rules[1] }), 'two rules are named "login"'],
    ["a leased rule in company", ([, login]) => (login!.path = "/"), "stands alone on its path"],
    ["a path with dots", ([search]) => (search!.path = "search"), '"path" is "search"'],
    ["no rules", (rules) => rules.splice(0), "no list of 1 to 100 rules"],
  ])("are refused whole for %s", (_, change, message) => {
    expect(() => readRules(changed(change))).toThrow(message);
    expect(() => readRules(changed(change))).toThrow(BadRules);
  });

  test.each(["", "{", "null", "[]", '{"version":2,"rules":[]}'])("are refused for a file that is %j", (text) => {
    expect(() => readRules(text)).toThrow(BadRules);
  });

  test("of the longest path decide, all of them", () => {
    const names = (path: string): string[] => rulesFor(RULES, path).map(({ name }) => name);
    expect(names("/search")).toEqual(["search"]);
    expect(names("/login")).toEqual(["login"]);
    expect(names("/login/again")).toEqual(["login"]);
    expect(names("/logins")).toEqual(["search"]);
    expect(names("/export")).toEqual(["export-burst", "export-day"]);
    expect(rulesFor(RULES.slice(1), "/search")).toEqual([]);
  });

  test("tell their quota and their bound", () => {
    expect(quotaOf(rule("export-burst"))).toEqual({ quota: 10, windowSeconds: 2 });
    expect(quotaOf(rule("login"))).toEqual({ quota: 5, windowSeconds: 60 });
    expect(boundOf(rule("search"), 1_000)).toBe(100 + 100 + 40);
    expect(boundOf(rule("export-burst"), 1_000)).toBe(10 + 5);
    expect([0, 59_999, 60_000].map((ms) => boundOf(rule("login"), ms))).toEqual([5, 5, 10]);
    expect([0, 1, 86_400_000].map((ms) => boundOf(rule("export-day"), ms))).toEqual([1_000, 2_000, 2_000]);
  });
});

test("the store checks all rules before it charges one", () => {
  const burst = new TokenBucket({ capacity: 5, refillTokens: 1, refillIntervalMs: 1e9 });
  const day = new FixedWindow({ limit: 3, windowMs: 1e12 });
  const limiters = new Map<string, TokenBucket | FixedWindow>([
    ["burst", burst],
    ["day", day],
  ]);
  const asks = ["burst", "day"].map((name) => ({ rule: name, key: "a" }));
  const decided = Array.from({ length: 5 }, () => decideAll(limiters, asks, 1_000));
  expect(decided.map(({ decision }) => decision.allowed)).toEqual([true, true, true, false, false]);
  expect(decided[0]).toEqual({ rule: "day", decision: { allowed: true, remaining: 2 } });
  expect(decided[4]).toMatchObject({ rule: "day", decision: { retryAfterMs: 1e12 - 1_000 } });
  // Three were charged to the bucket, not five.
  expect(burst.tryAcquire("a", 1_000, 0)).toEqual({ allowed: true, remaining: 2 });
  expect(() => decideAll(limiters, [{ rule: "none", key: "a" }], 1_000)).toThrow('no rule "none"');
});

describe("the accounting", () => {
  const one = (sinceMs: number, change: Partial<Admission> = {}): Admission => {
    return {
      rule: "export-burst",
      key: "a",
      node: "gateway-1 1",
      by: "store",
      sinceMs,
      servedMs: sinceMs + 1,
      ...change,
    };
  };
  const burst = (count: number, atMs: number, change: Partial<Admission> = {}): Admission[] =>
    Array.from({ length: count }, () => one(atMs, change));
  const passes = (admissions: readonly Admission[], deaths = 0): boolean =>
    boundCheck("bound", fullestIntervals(admissions, RULES, deaths)).passed;

  test("finds one request too many in any interval, and none in the fullest that is allowed", () => {
    expect(passes(burst(10, 0))).toBe(true);
    expect(passes(burst(11, 0))).toBe(false);
    // A second gives five more, wherever it lies: here long after a quiet hour.
    const later = [...burst(10, 3_600_000), ...burst(5, 3_601_000)];
    expect(passes([one(0), ...later])).toBe(true);
    expect(passes([one(0), ...later, one(3_601_000)])).toBe(false);
  });

  test("finds a short burst among thousands of requests that came slowly", () => {
    const slowly = Array.from({ length: 3_000 }, (_, second) => one(second * 1_000));
    for (const begin of [1_001, 1_004, 1_007]) {
      const among = (count: number): Admission[] => [...slowly, ...burst(count, begin * 1_000)];
      expect(passes(among(9))).toBe(true);
      expect(passes(among(10))).toBe(false);
    }
  });

  test("does not take a request for an interval in which it may not have been admitted", () => {
    const slow = burst(8, 0, { servedMs: 2_000 });
    expect(passes([...slow, ...burst(10, 2_000)])).toBe(true);
  });

  test("counts keys apart, and gives rules that live in the store once more for each of its deaths", () => {
    expect(passes([...burst(10, 0), ...burst(10, 0, { key: "b" })])).toBe(true);
    expect(passes(burst(20, 0), 1)).toBe(true);
    expect(passes(burst(21, 0), 1)).toBe(false);
    const leased = { rule: "search", by: "lease" };
    expect(passes(burst(140, 0, leased), 5)).toBe(true);
    expect(passes(burst(141, 0, leased), 5)).toBe(false);
  });

  test("gives each life of each gateway its own budget in silence", () => {
    const silent = { rule: "search", by: "silence" };
    const check = (admissions: readonly Admission[]): boolean =>
      boundCheck("silence", fullestSilences(admissions, RULES)).passed;
    expect(check([...burst(5, 0, silent), ...burst(5, 0, { ...silent, node: "gateway-1 2" })])).toBe(true);
    expect(check(burst(6, 0, silent))).toBe(false);
    expect(check([one(0, { by: "silence" })])).toBe(false);
  });

  test("finds an answer that was not served, a request served in secret, and a token that was not paid", () => {
    expect([admissionCheck(0).passed, admissionCheck(1).passed]).toEqual([false, true]);
    const seen = { admitted: 10, lost: 2 };
    expect([9, 10, 12, 13].map((served) => answersCheck(served, seen).passed)).toEqual([false, true, true, false]);
    const spent = burst(4, 0, { rule: "search", by: "lease" });
    const tokens = { taken: 1, granted: 10, returned: 7 };
    expect(tokensCheck(spent, RULES, tokens).passed).toBe(true);
    expect(tokensCheck([...spent, spent[0]!], RULES, tokens).passed).toBe(false);
  });
});

test("curves count what was admitted by then, beside the bound", () => {
  const lines = curveLines([{ name: "parts", admittedMs: [0, 100, 100, 600] }], 600, (ms) => ms / 100);
  expect([lines[0], lines[1], lines.at(-1)]).toEqual([
    "admitted after  bound  parts",
    "         0.1 s      1      3",
    "         0.6 s      6      4",
  ]);
});

describe("the store's log", () => {
  const open = (folder: string): StableFile => new StableFile(folder, "store");
  const folderOf = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "backpressure-stable-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  test("gives back what was set, as copies, after it was opened again", () => {
    const folder = folderOf();
    const value = { level: 1, nodes: new Map([["a", new Set([1])]]) };
    open(folder).set("__proto__", value);
    const again = open(folder);
    expect(again.get("__proto__")).toEqual(value);
    (again.get("__proto__") as typeof value).level = 2;
    expect(again.get("__proto__")).toEqual(value);
    expect(again.get("constructor")).toBeUndefined();
  });

  test("cut at any byte, or with a bit flipped, holds a prefix of what was set", () => {
    const folder = folderOf();
    const first = open(folder);
    for (let i = 0; i < 5; i++) first.set("key", i);
    const path = join(folder, "store.log");
    const log = readFileSync(path);
    const values = new Set<unknown>();
    for (let length = 0; length <= log.length; length++) {
      writeFileSync(path, log);
      truncateSync(path, length);
      values.add(open(folder).get("key"));
    }
    expect([...values]).toEqual([undefined, 0, 1, 2, 3, 4]);
    const flipped = Buffer.from(log);
    flipped[log.length - 3]! ^= 1;
    writeFileSync(path, flipped);
    expect(open(folder).get("key")).toBe(3);
  });
});

test("the store reads what gateways send, and nothing else", () => {
  const message = { key: "k", incarnation: 1, seq: 1, floor: 1 };
  const good = [
    { type: "hello", node: "gateway-1", secret: "s" },
    { type: "decide", id: 1, asks: [{ rule: "login", key: "k" }] },
    { type: "limiter", rule: "search", message: { ...message, type: "take" } },
    { type: "limiter", rule: "search", message: { ...message, type: "lease", tokens: 10 } },
    { type: "limiter", rule: "search", message: { ...message, type: "return", lease: 1, tokens: 1 } },
  ];
  for (const each of good) expect(readToStore(each)).toBe(each);
  const bad = [
    null,
    1,
    "x",
    [],
    {},
    { type: "hello" },
    { type: "decide", id: 1, asks: [] },
    { type: "decide", id: 1, asks: [1] },
  ];
  const broken = [
    { seq: 0 },
    { seq: 1.5 },
    { floor: "1" },
    { key: "" },
    { key: "k".repeat(65) },
    { incarnation: null },
    { tokens: -1 },
  ];
  const messages = broken.map((change) => ({
    ...good[3],
    message: { ...message, type: "lease", tokens: 1, ...change },
  }));
  for (const each of [...bad, ...messages]) expect(readToStore(each), JSON.stringify(each)).toBeNull();
});
