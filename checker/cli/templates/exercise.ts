/**
 * The files of one exercise. They work as they are: a counter that never passes its cap, with two stages, a suite that
 * kills four mutants and lets an alternative pass. An author replaces the counter and keeps the shape.
 */

import type { Names, TemplateFile } from "./names.ts";

export const STAGES = ["Count up to the cap", "Refuse what does not fit"] as const;

export function exerciseFiles(names: Names): TemplateFile[] {
  const { id, className } = names;
  const suites = `checker/suites/${id}`;
  return [
    {
      path: `solutions/${id}.ts`,
      what: "the reference: contract (JSDoc), signatures, body",
      text: solution(className),
    },
    { path: `exercises/${id}.test.ts`, what: "visible example tests", text: exampleTest(names) },
    { path: `${suites}/suite.ts`, what: "the hidden suite: a stage, a behavior, its invariant", text: suite(names) },
    { path: `${suites}/bench.ts`, what: "workload and threshold", text: bench(names) },
    { path: `${suites}/hints.md`, what: "the hint ladder, three to five rungs", text: hints() },
    {
      path: `${suites}/mutants.md`,
      what: "plausible mistakes as edits, and the test that kills each",
      text: mutants(names),
    },
    {
      path: `${suites}/alternatives/counts-down.ts`,
      what: "right in another way: must pass",
      text:
        "/** Alternative: keeps what is left instead of what was used; the answers are the same. " +
        `*/\n\n${countsDown(className)}`,
    },
  ];
}

const ACCEPTS_WHOLE = `if (amount > this.#cap - this.#used) return false;
    this.#used += amount;
    return true;`;

const mutants = ({ exercise }: Names): string => `# Mistakes in ${exercise}

## stops-one-short

Compares with >= and never reaches the cap.

Killed by: reaches the cap exactly

\`\`\`diff
-    if (amount > this.#cap - this.#used) return false;
+    if (amount >= this.#cap - this.#used) return false;
\`\`\`

## takes-a-part

Takes what fits of an amount that does not fit.

Killed by: a refused amount changes nothing
Misconception: Serving part of a request is better than refusing it.

\`\`\`diff
-    if (amount > this.#cap - this.#used) return false;
-    this.#used += amount;
-    return true;
+    const fits = Math.min(amount, this.#cap - this.#used);
+    this.#used += fits;
+    return fits === amount;
\`\`\`

## counts-refusals

Adds first and compares afterwards, so that a refusal uses up the cap.

Killed by: a refused amount changes nothing

\`\`\`diff
-    if (amount > this.#cap - this.#used) return false;
     this.#used += amount;
-    return true;
+    return this.#used <= this.#cap;
\`\`\`

## forgets-the-cap

Compares the amount with the cap, not with what is left of it.

Killed by: never passes the cap

\`\`\`diff
-    if (amount > this.#cap - this.#used) return false;
+    if (amount > this.#cap) return false;
\`\`\`
`;

function countsDown(className: string): string {
  return `export class ${className} {
  readonly #cap: number;
  #left: number;

  constructor(cap: number) {
    this.#cap = cap;
    this.#left = cap;
  }

  add(amount: number): boolean {
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  used(): number {
    return this.#cap - this.#left;
  }
}
`;
}

function solution(className: string): string {
  return `/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most \`cap\`. O(1) per call.
 */
export class ${className} {
  readonly #cap: number;
  #used = 0;

  /** \`cap\` is a whole number of at least 1. */
  constructor(cap: number) {
    this.#cap = cap;
  }

  /**
   * Takes \`amount\`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   * @stage 1
   */
  add(amount: number): boolean {
    ${ACCEPTS_WHOLE}
  }

  /**
   * What was taken so far.
   * @stage 1
   */
  used(): number {
    return this.#used;
  }
}
`;
}

function exampleTest({ exercise, className }: Names): string {
  return `import { expect, test } from "vitest";
import { ${className} } from "./${exercise}.ts";

test("takes what fits", () => {
  const counter = new ${className}(5);
  expect(counter.add(3)).toBe(true);
  expect(counter.used()).toBe(3);
});

test("refuses what does not fit", () => {
  const counter = new ${className}(5);
  expect(counter.add(6)).toBe(false);
  expect(counter.used()).toBe(0);
});
`;
}

function suite({ id, system, exercise, className }: Names): string {
  const words = "behavior, ensure, fc, forAll, invariant, observe, show, stage, subject";
  return `import { ${words} } from "../../../kit/index.ts";

const { ${className} } = await subject<typeof import("../../../../solutions/${id}.ts")>();

const cap = invariant("${system}", "${exercise}-cap", "What was taken never passes the cap.");
const whole = invariant("${system}", "${exercise}-whole", "An amount is taken as a whole or refused as a whole.");

stage(1, "${STAGES[0]}", () => {
  behavior("reaches the cap exactly", cap, () => {
    const counter = observe("counter", new ${className}(5));
    ensure(counter.add(2) && counter.add(3), () => ({ expected: "5 of 5 taken", got: show(counter.used()) }));
  });

  behavior("never passes the cap", cap, () => {
    forAll(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }), (amounts) => {
      const counter = observe("counter", new ${className}(5));
      let taken = 0;
      for (const amount of amounts) if (counter.add(amount)) taken += amount;
      ensure(taken <= 5, () => ({ expected: "at most 5 taken", got: show(taken), counterexample: show(amounts) }));
    });
  });
});

stage(2, "${STAGES[1]}", () => {
  behavior("a refused amount changes nothing", whole, () => {
    const counter = observe("counter", new ${className}(5));
    counter.add(3);
    counter.add(4);
    ensure(counter.add(2) && counter.used() === 5, () => ({ expected: "room for 2 more", got: show(counter.used()) }));
  });
});
`;
}

function bench({ id, className }: Names): string {
  return `import { defineBench } from "../../../kit/bench.ts";

export default defineBench<typeof import("../../../../solutions/${id}.ts")>([
  {
    kind: "ratio",
    name: "calls in a row",
    workload: "1,000 amounts from 0 to 9, drawn before the clock starts, on a counter that takes half of them",
    unit: "calls/s",
    threshold: 0.3,
    setup({ ${className} }, random) {
      const amounts = Array.from({ length: 1_000 }, () => Math.floor(random() * 10));
      return {
        opsPerRun: amounts.length,
        run() {
          const counter = new ${className}(2_250);
          for (const amount of amounts) counter.add(amount);
          return counter.used();
        },
      };
    },
  },
]);
`;
}

function hints(): string {
  return `# Hints

## 1. What is compared (stage 1)

Which two numbers decide whether an amount fits? Write them down before you write the line.

## 2. When it is counted (stage 2)

Look at the moment at which the amount is added. Is the answer known by then?

## 3. The shape (stage 2)

One number of state. Decide first, then change it, then answer.
`;
}
