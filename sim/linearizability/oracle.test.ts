import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { check } from "./check.ts";
import type { Operation } from "./history.ts";
import { type Model, UNKNOWN } from "./model.ts";
import { bruteForce, historyOf, subjects } from "./random-history.ts";
import { renderCounterexample } from "./render.ts";

const SEED = 4;
// Thousands of generated histories: room for a machine that does other things too. No verdict here depends on time.
vi.setConfig({ testTimeout: 60_000 });

describe.each(subjects)("$name, against trying every order", (subject) => {
  test("same verdict", () => {
    const verdicts = { linearizable: 0, "not-linearizable": 0, unknown: 0 };
    const property = fc.property(historyOf(subject, 6), (history) => {
      const { verdict } = check(subject.model, history, { explain: false });
      verdicts[verdict]++;
      expect(verdict).toBe(bruteForce(subject.model, history, UNKNOWN) ? "linearizable" : "not-linearizable");
    });
    fc.assert(property, { seed: SEED, numRuns: 1500 });
    // Both answers must be common, or the property says little.
    expect(verdicts.linearizable).toBeGreaterThan(100);
    expect(verdicts["not-linearizable"]).toBeGreaterThan(100);
    expect(verdicts.unknown).toBe(0);
  });

  test("same verdict whole as in parts, and without the model's hints", () => {
    const { readOnly: _readOnly, lookahead: _lookahead, ...plain } = subject.model;
    const property = fc.property(historyOf(subject, 10), (history) => {
      const { verdict } = check(subject.model, history, { explain: false });
      expect(check(subject.model, history, { explain: false, partition: false }).verdict).toBe(verdict);
      expect(check(plain, history, { explain: false }).verdict).toBe(verdict);
    });
    fc.assert(property, { seed: SEED, numRuns: 400 });
  });

  test("an order that is given is a valid order", () => {
    const property = fc.property(historyOf(subject, 8), (history) => {
      const result = check(subject.model, history, { explain: false });
      if (result.verdict !== "linearizable") return;
      for (const order of result.orders) expect(isValid(subject.model, history, order)).toBe(true);
      const placed = new Set(result.orders.flat());
      expect(placed.size).toBe(result.orders.flat().length);
      for (const [index, { status }] of history.entries()) if (status === "ok") expect(placed).toContain(index);
    });
    fc.assert(property, { seed: SEED, numRuns: 400 });
  });

  test("a counterexample proves: its window fails with all else at liberty, and what came before is explained", () => {
    let found = 0;
    const property = fc.property(historyOf(subject, 6), (history) => {
      const result = check(subject.model, history, { partition: false });
      if (result.verdict !== "not-linearizable") return;
      found++;
      const { window, setAside, start, settled, culprit, explained } = result.counterexample!;
      const strict = window.map((entry) => between(history[entry.operation]!, entry.call, entry.return));
      const loose = setAside.map((index) => between(history[index]!, Number.NEGATIVE_INFINITY, null));
      expect(bruteForce(subject.model, [...strict, ...loose], UNKNOWN, start)).toBe(false);
      expect(explainable(subject.model, history, culprit)).toBe(true);

      const used = [...window.map((entry) => entry.operation), ...setAside, ...settled];
      expect(new Set(used).size).toBe(used.length);
      expect(explained).toBeLessThan(history.length);
      expect(() => renderCounterexample(result.counterexample!)).not.toThrow();
    });
    fc.assert(property, { seed: SEED, numRuns: 600 });
    expect(found).toBeGreaterThan(40);
  });
});

/** The operation at other times; without an end it need not take effect. */
function between(
  operation: Operation<unknown, unknown>,
  call: number,
  end: number | null,
): Operation<unknown, unknown> {
  if (operation.status !== "ok") return { ...operation, call };
  return { ...operation, call, return: end ?? Number.POSITIVE_INFINITY };
}

/** Whether what had been answered before the culprit's answer is linearizable: the claim that the text makes. */
function explainable<S>(
  model: Model<S, unknown, unknown>,
  history: readonly Operation<unknown, unknown>[],
  culprit: number,
): boolean {
  const last = history[culprit]!;
  const end = last.status === "ok" ? last.return : 0;
  const prefix = history.flatMap((operation, index): Operation<unknown, unknown>[] => {
    if (operation.call > end) return [];
    if (operation.status === "ok" && (operation.return > end || (operation.return === end && index >= culprit))) {
      return [between(operation, operation.call, null)];
    }
    return [operation];
  });
  return bruteForce(model, prefix, UNKNOWN);
}

function isValid<S>(
  model: Model<S, unknown, unknown>,
  history: readonly Operation<unknown, unknown>[],
  order: number[],
): boolean {
  let states = [model.init()];
  for (const [position, index] of order.entries()) {
    const operation = history[index]!;
    const later = order.slice(position + 1).map((other) => history[other]!);
    if (later.some((other) => other.status === "ok" && other.return < operation.call)) return false;
    const output = operation.status === "ok" ? operation.output : UNKNOWN;
    states = states.flatMap((state) => model.step(state, operation.input, output));
  }
  return states.length > 0;
}
