import { expect, test } from "vitest";
import type { Context, Node, SmallWorld } from "../../sim/index.ts";
import { type ExploreAllOrViolateOptions, exploreAllOrViolate } from "./explore-all.ts";
import { Violation } from "./violation.ts";

/** Says a number to the other node, which shows what it heard. */
const world =
  (said: () => number, times = 1, changes: Partial<SmallWorld> = {}) =>
  (): SmallWorld => ({
    nodes: {
      n1: (context: Context): Node => ({
        onStart: () => context.setTimer("say", 1),
        onTimer() {
          for (let i = 0; i < times; i++) context.send("n2", said());
        },
      }),
      n2: () => {
        const heard: number[] = [];
        return { heard, onMessage: (_, message) => void heard.push(message) };
      },
    },
    look: (node: Node & { heard?: readonly number[] }) => [...(node.heard ?? [])],
    invariants: {
      "nothing but 1 is heard": ({ view }) =>
        (view("n2") as number[]).some((each) => each !== 1) ? "2 was" : undefined,
    },
    ...changes,
  });

const bounds = { depth: 4 };
const options = (changes: Partial<ExploreAllOrViolateOptions>): ExploreAllOrViolateOptions => {
  return { space: "two nodes, one message", bounds, scenario: world(() => 1), referenceStates: 3, ...changes };
};

function violationOf(changes: Partial<ExploreAllOrViolateOptions>): Violation["details"] {
  try {
    exploreAllOrViolate(options(changes));
  } catch (error) {
    if (error instanceof Violation) return error.details;
    throw error;
  }
  throw new Error("nothing was found");
}

test("what holds in every state is returned with what was looked at", () => {
  const explored = { what: "two nodes, one message", verdict: "exhausted", states: 3, events: 2, depth: 2 };
  expect(exploreAllOrViolate(options({}))).toEqual(explored);
});

test("a violation carries the shortest schedule: in words, as lanes and as a diagram", () => {
  const details = violationOf({ scenario: world(() => 2), expected: "1 only", note: "Look at what is said." });
  expect(details).toMatchObject({ expected: "1 only", got: "2 was", note: "Look at what is said." });
  expect(details.steps).toEqual(['step 1: n1: timer "say"', "step 1: n1 -> n2: 2"]);
  expect(details.drawing).toContain("BROKEN");
  expect(details.drawing).toMatch(/^ {2}step {2}n1/);
  expect(details.mermaid).toContain("sequenceDiagram");
});

test("a budget that is spent is a failure, unless the suite says why it need not be", () => {
  const chatty = { scenario: world(() => 1, 5), bounds: { depth: 6 }, referenceStates: 1 };
  const details = violationOf(chatty);
  expect(details.expected).toBe("at most 4 states: two nodes, one message");
  expect(details.got).toMatch(/^more, and nothing wrong in the first 5$/);
  const larger = exploreAllOrViolate(options({ ...chatty, mayBeLarger: "it may say more" }));
  expect(larger).toMatchObject({ verdict: "budget spent" });
});

test("a goal that no run reaches is a failure, unless it may lie beyond the bound", () => {
  const goals: SmallWorld["goals"] = { "three are heard": ({ view }) => (view("n2") as number[]).length === 3 };
  const missed = { scenario: world(() => 1, 1, { goals }) };
  expect(violationOf(missed).got).toBe('none of 3 states has seen: goal "three are heard"');
  const mayBeLarger = "it may say more";
  // Nothing was cut off: there is nothing beyond.
  expect(violationOf({ ...missed, mayBeLarger }).got).toContain("three are heard");
  const cut = { ...missed, bounds: { depth: 1 } };
  expect(violationOf(cut).got).toContain("three are heard");
  const unreached = ['goal "three are heard"'];
  expect(exploreAllOrViolate(options({ ...cut, mayBeLarger }))).toMatchObject({ verdict: "exhausted", unreached });
});

test("a node that does something else every time is a failure that says what it did", () => {
  let calls = 0;
  // Two timers, so that the first past is needed twice.
  const scenario = (): SmallWorld => ({
    nodes: {
      n1: (context) => ({
        onStart() {
          context.setTimer("a", 1);
          context.send("n1", "b");
        },
        onTimer: () => context.send("n1", ++calls),
        onMessage: () => context.log("heard"),
      }),
    },
  });
  const details = violationOf({ scenario, bounds: { depth: 6 } });
  expect(details.expected).toContain("the same answers");
  expect(details.counterexample).toMatch(/^first .*, then /);
});

test("a stub in a small world is not started, not wrong", () => {
  const scenario = (): SmallWorld => ({
    nodes: {
      n1: () => {
        const error = new Error("stage 1: say");
        error.name = "NotStarted";
        throw error;
      },
    },
  });
  const run = () => exploreAllOrViolate(options({ scenario }));
  expect(run).toThrow(expect.objectContaining({ name: "NotStarted", message: "stage 1: say" }));
});
