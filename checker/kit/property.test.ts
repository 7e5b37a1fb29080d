import { expect, test } from "vitest";
import { fc, forAll, forAllAsync, sublists } from "./property.ts";
import { Violation } from "./violation.ts";

const numbers = fc.array(fc.nat(1_000), { maxLength: 400 });

function violationOf(body: () => void): Violation {
  try {
    body();
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
  throw new Error("the property held, expected a violation");
}

test("sequences are drawn up to the length that a suite gives", () => {
  let longest = 0;
  forAll(numbers, (drawn) => {
    longest = Math.max(longest, drawn.length);
  });
  expect(longest).toBeGreaterThan(300);
});

test("a failure is shrunk to the smallest input", () => {
  const { details } = violationOf(() =>
    forAll(numbers, (drawn) => {
      if (drawn.some((each) => each >= 100)) throw new Error("too large");
    }),
  );
  expect(details.counterexample).toBe("[100]");
});

test("the search for a smaller input ends, and the failure stays a failure", () => {
  let tries = 0;
  let failedAt = 0;
  violationOf(() =>
    forAll(fc.array(fc.nat(2 ** 30), { minLength: 400, maxLength: 400 }), (drawn) => {
      tries++;
      if (drawn.every((each) => each < 2)) return;
      failedAt ||= tries;
      throw new Error("not all small");
    }),
  );
  // Once more at the end, to record the steps.
  expect(tries - failedAt).toBeLessThanOrEqual(3_001);
  expect(tries - failedAt).toBeGreaterThan(300);
});

test("the same holds for checks that await", async () => {
  let tries = 0;
  const failing = forAllAsync(fc.array(fc.nat(2 ** 30), { minLength: 400, maxLength: 400 }), async () => {
    tries++;
    throw new Error("always");
  });
  await expect(failing).rejects.toBeInstanceOf(Violation);
  expect(tries).toBeLessThanOrEqual(3_002);
});

test("of a list whose parts are inputs as well only what the failure needs is left", () => {
  const sums = (drawn: readonly number[]): void => {
    const large = drawn.filter((each) => each > 900);
    if (large.length >= 2 && large[0]! > large.at(-1)!) throw new Error("not in order");
  };
  const { details } = violationOf(() => forAll(sublists(numbers), sums));
  expect(JSON.parse(details.counterexample!) as number[]).toHaveLength(2);
});
