import { expect, test } from "vitest";
import type { FromStore, LimiterContext, LimiterOptions, ToStore } from "../../given/rate-limiter/central-store.ts";
import { LimitNode, LimitStore } from "./distributed-limiter.ts";

const options: LimiterOptions = {
  bucket: { capacity: 2, refillTokens: 1, refillIntervalMs: 60_000 },
  answerWithinMs: 100,
  resendMs: 20,
  whenSilent: null,
  lease: null,
};

/** A machine without crashes: `sent` is all that left it, and timers wait until you fire them. */
function machine<Sent extends ToStore | FromStore>() {
  const stored = new Map<string, unknown>();
  const sent: Sent[] = [];
  const timers = new Map<string, number>();
  const clock = { now: 0 };
  const context: LimiterContext = {
    incarnation: 1,
    now: () => clock.now,
    send: (_, message) => void sent.push(message as Sent),
    setTimer: (name, delayMs) => void timers.set(name, clock.now + delayMs),
    clearTimer: (name) => void timers.delete(name),
    stable: {
      get: (key) => structuredClone(stored.get(key)),
      set: (key, value) => void stored.set(key, structuredClone(value)),
    },
  };
  return { context, sent, timers, clock };
}

test("a take that arrives twice takes one token", () => {
  const { context, sent } = machine<FromStore>();
  const store = new LimitStore(context, options);
  const take = { type: "take", key: "alice", incarnation: 1, floor: 1 } as const;
  store.onMessage("n1", { ...take, seq: 1 });
  store.onMessage("n1", { ...take, seq: 1 });
  store.onMessage("n2", { ...take, seq: 1 });
  store.onMessage("n2", { ...take, seq: 2 });
  expect(sent).toMatchObject([{ allowed: true }, { allowed: true }, { allowed: true }, { allowed: false }]);
});

test("a node asks the store and passes its decision on, once", () => {
  const { context, sent } = machine<ToStore>();
  const node = new LimitNode(context, options);
  const verdicts: unknown[] = [];
  node.onRequest("alice", (verdict) => verdicts.push(verdict));
  expect(sent).toMatchObject([{ type: "take", key: "alice", incarnation: 1 }]);
  const answer = { type: "taken", key: "alice", incarnation: 1, seq: sent[0]!.seq, allowed: true } as const;
  node.onMessage("store", answer);
  node.onMessage("store", answer);
  expect(verdicts).toEqual([{ allowed: true, by: "store" }]);
});

test("a node that has a lease sends nothing", () => {
  const { context, sent } = machine<ToStore>();
  const lease = { tokens: 2, spendMs: 1_000, ttlMs: 1_500, outstandingMax: 10 };
  const node = new LimitNode(context, { ...options, lease });
  const verdicts: unknown[] = [];
  node.onRequest("alice", (verdict) => verdicts.push(verdict));
  const { key, incarnation, seq } = sent[0]!;
  node.onMessage("store", { type: "granted", key, incarnation, seq, tokens: 2, empty: false });
  node.onRequest("alice", (verdict) => verdicts.push(verdict));
  expect(sent).toHaveLength(1);
  expect(verdicts).toEqual([
    { allowed: true, by: "lease" },
    { allowed: true, by: "lease" },
  ]);
});
