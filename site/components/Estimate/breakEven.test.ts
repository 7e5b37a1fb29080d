import { expect, it } from "vitest";
import type { DecidingEstimate } from "../../../course/estimate.ts";
import { breakEvenText } from "./breakEven.ts";

const trips: DecidingEstimate = {
  id: "hops",
  title: "Hops",
  decides: "How many round trips fit.",
  inputs: [
    { id: "tripMs", label: "Round trip", value: 0.25, unit: "ms" },
    { id: "budgetMs", label: "Budget", value: 1, unit: "ms" },
  ],
  steps: [{ id: "two", label: "Two trips", unit: "ms", formula: "2 x {tripMs}", compute: (v) => 2 * v.tripMs! }],
  breakEven: { input: "tripMs", sides: ["two", "budgetMs"], below: "two trips fit", above: "one does" },
};

it("says where the decision flips, and where we are", () => {
  expect(breakEvenText(trips)).toBe(
    "“Round trip” at about 0.5 ms. Below it, two trips fit; above it, one does. Here: 0.25 ms.",
  );
});

it("follows what the reader has moved", () => {
  expect(breakEvenText(trips, { budgetMs: 3, tripMs: 7 })).toContain("at about 1.5 ms. ");
  expect(breakEvenText(trips, { budgetMs: 3, tripMs: 7 })).toContain("Here: 7 ms.");
});

it("counts whole things up to the first one on the other side", () => {
  const nodes: DecidingEstimate = {
    ...trips,
    inputs: [
      { id: "tripMs", label: "Nodes", value: 2, unit: "nodes", whole: true },
      { id: "budgetMs", label: "", value: 9, unit: "" },
    ],
  };
  expect(breakEvenText(nodes)).toContain("“Nodes” at 5 nodes. Below it, two trips fit; from there on, one does.");
});

it("admits when nothing flips any more, and is silent where an estimate has no break-even", () => {
  expect(breakEvenText(trips, { budgetMs: 0 })).toMatch(/no value of “Round trip” changes the decision/);
  const { breakEven: _, ...informing } = trips;
  expect(breakEvenText(informing)).toBeNull();
});
