import { describe, expect, it } from "vitest";
import { renderFailure } from "./failure-text.ts";

const context = { id: "rate-limiter/token-bucket", seed: 42, chapter: "/docs/infrastructure/rate-limiter" };
const invariant = {
  system: "rate-limiter",
  id: "token-bucket-bound",
  text: "In every interval of t ms at most capacity + refill × t requests are admitted, wherever the interval begins.",
  source: "RFC 2697, section 3",
};

describe("the text of a failure", () => {
  it("lists steps, both sides, the invariant, the smallest input and the way to see it again", () => {
    const failure = {
      steps: [
        'limiter.tryAcquire("a", 1000) -> { allowed: true, remaining: 0 }',
        "the clock steps back to 400 ms",
        'limiter.tryAcquire("a", 400) -> { allowed: true, remaining: 0 }',
      ],
      invariant,
      expected: "a refusal: the bucket is empty and no time has passed",
      got: "{ allowed: true, remaining: 0 }",
      counterexample: '[{ key: "a", atMs: 1000 }, { key: "a", atMs: 400 }]',
      note:
        "Tokens are earned by time that passes; a clock that steps back has not passed any, and must not " +
        "mint them when it catches up.",
    };
    expect(renderFailure(failure, context)).toMatchInlineSnapshot(`
      "1. limiter.tryAcquire("a", 1000) -> { allowed: true, remaining: 0 }
      2. the clock steps back to 400 ms
      3. limiter.tryAcquire("a", 400) -> { allowed: true, remaining: 0 }

      expected   a refusal: the bucket is empty and no time has passed
      got        { allowed: true, remaining: 0 }

      invariant  In every interval of t ms at most capacity + refill × t requests are
                 admitted, wherever the interval begins.
      chapter    /docs/infrastructure/rate-limiter#token-bucket-bound
      source     RFC 2697, section 3

      smallest   [{ key: "a", atMs: 1000 }, { key: "a", atMs: 400 }]
      seed       42
      again      npx bp replay rate-limiter/token-bucket --seed 42

      Tokens are earned by time that passes; a clock that steps back has not passed
      any, and must not mint them when it catches up."
    `);
  });

  it("does without what there is not", () => {
    const { source: _, ...plain } = invariant;
    const failure = { steps: [], invariant: plain, expected: "4", got: "5" };
    expect(renderFailure(failure, context)).toMatchInlineSnapshot(`
      "expected   4
      got        5

      invariant  In every interval of t ms at most capacity + refill × t requests are
                 admitted, wherever the interval begins.
      chapter    /docs/infrastructure/rate-limiter#token-bucket-bound

      seed       42
      again      npx bp replay rate-limiter/token-bucket --seed 42"
    `);
  });

  it("numbers steps beyond nine in line, and counts the steps that a gap leaves out", () => {
    const steps = [...Array.from({ length: 9 }, (_, i) => `step ${i + 1}`), "… 40 more steps …", "the last"];
    const text = renderFailure({ steps, invariant, expected: "4", got: "5" }, context);
    expect(text.split("\n\n")[0]).toMatchInlineSnapshot(`
      " 1. step 1
       2. step 2
       3. step 3
       4. step 4
       5. step 5
       6. step 6
       7. step 7
       8. step 8
       9. step 9
          … 40 more steps …
      50. the last"
    `);
  });

  it("keeps a drawing as it was drawn", () => {
    const drawing = "n1 |--a-->|\nn2 |   x   |\n";
    const text = renderFailure({ steps: ["a"], invariant, expected: "4", got: "5", drawing }, context);
    expect(text).toContain("\n\nn1 |--a-->|\nn2 |   x   |\n\n");
  });

  it("stays within 80 columns where words allow it", () => {
    const long = "words ".repeat(60).trim();
    const failure = { steps: [long], invariant, expected: long, got: long, counterexample: long, note: long };
    for (const line of renderFailure(failure, context).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
