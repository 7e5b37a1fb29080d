import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { elementsOf } from "../../course/chapter.ts";
import { isConverted } from "../../course/converted.ts";
import { type DecidingEstimate, evaluate, type SystemEstimates } from "../../course/estimate.ts";
import { estimateProblems, flips } from "./estimates.ts";
import { allEstimates, chapters, filesIn, root } from "./repository.ts";

const names = filesIn("course/estimates", ".ts").filter((name) => !name.endsWith(".test"));
let all: SystemEstimates[];
beforeAll(async () => {
  all = await allEstimates();
});

describe.each(names)("the estimates of %s", (name) => {
  const own = () => all.find(({ system }) => system === name)!;

  it("compute finite numbers from their defaults", () => {
    for (const estimate of own().estimates) {
      for (const [id, value] of Object.entries(evaluate(estimate)))
        expect(Number.isFinite(value), `${estimate.id}.${id} is ${value}`).toBe(true);
    }
  });

  it("flip where their break-even says", () => {
    const stating = own().estimates.filter(({ breakEven }) => breakEven !== undefined);
    expect(stating.filter((estimate) => !flips(estimate)).map(({ id }) => id)).toEqual([]);
  });
});

describe.each(names.filter(isConverted))("the estimates of %s", (name) => {
  it("say whose their inputs are, and where the decision flips", () => {
    const page = chapters.find(({ slug }) => slug === name)?.file ?? `docs/${name}.mdx`;
    const elements = elementsOf(readFileSync(join(root, page), "utf8"));
    const sources = elements.filter((element) => element.name === "Source").map(({ attributes }) => attributes.id!);
    expect(estimateProblems(all.find(({ system }) => system === name)!, new Set(sources))).toEqual([]);
  });
});

describe("estimateProblems", () => {
  const [input] = [{ id: "tripMs", label: "Trip", value: 0.25, unit: "ms", source: "rtt" }];
  const estimate: DecidingEstimate = {
    id: "trips",
    title: "Trips",
    decides: "How many round trips fit into the budget of a request.",
    inputs: [input!],
    steps: [{ id: "two", label: "Two", unit: "ms", formula: "2 x {tripMs}", compute: (v) => 2 * v.tripMs! }],
    breakEven: { input: "tripMs", sides: ["two", 1], below: "two trips fit", above: "one does" },
  };
  const problemsOf = (change: object) =>
    estimateProblems({ system: "s", estimates: [{ ...estimate, ...change } as DecidingEstimate] }, new Set(["rtt"]));

  it("finds nothing in a whole estimate", () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ decides: null, because: "Shows the size of the thing, which no decision needs." })).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ["an input from nowhere", { inputs: [{ ...input, source: undefined }] }, /tripMs does not say where it comes from/],
    ["a source that the chapter lacks", { inputs: [{ ...input, source: "nothing" }] }, /no <Source id="nothing">/],
    ["no decision", { decides: "Speed." }, /does not say what it decides/],
    ["no reason", { decides: null, because: "Nice." }, /decides nothing and does not say why/],
    ["no break-even", { breakEven: undefined }, /has no break-even/],
    [
      "a side that is a sentence of its own",
      { breakEven: { ...estimate.breakEven, below: "Two trips fit." } },
      /"Two trips fit." must read as the end of a sentence/,
    ],
    [
      "sides that are never equal",
      { breakEven: { ...estimate.breakEven, sides: ["two", -1] } },
      /the sides are not equal at the break-even/,
    ],
  ])("finds %s", (_, change, message) => {
    expect(problemsOf(change)).toEqual([expect.stringMatching(message)]);
  });
});
