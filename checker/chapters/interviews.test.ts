/** Every interview of the course, by one table: what each must have, and what a whole one has beside. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { isConverted } from "../../course/converted.ts";
import { evaluate, type SystemEstimates } from "../../course/estimate.ts";
import { type Interview, type SpokenFigure, waysToPlay } from "../../course/interview.ts";
import { everySignal, interviewProblems } from "../../course/interview-form.ts";
import { dimensions, type RaisedBy } from "../../course/rubric.ts";
import { bandOf, computeScorecard } from "../../course/scorecard.ts";
import { altProblems } from "./alts.ts";
import { figureProblem, spokenTexts } from "./interviews.ts";
import { allEstimates, filesIn, root } from "./repository.ts";
import { wordProblems } from "./words.ts";

const interviews = await Promise.all(
  filesIn("course/interviews", ".ts")
    .filter((name) => !name.endsWith(".test"))
    .map(async (name) => {
      const module = await import(pathToFileURL(join(root, "course/interviews", `${name}.ts`)).href);
      return Object.values(module as Record<string, Interview>).find(({ system }) => system === name)!;
    }),
);
const sheets = interviews.flatMap((interview) =>
  Object.values(interview.sheets).flatMap((sheet) =>
    waysToPlay(sheet).map(({ design, played }) => ({
      name: [interview.system, sheet.level, ...(design === null ? [] : [design])].join(", "),
      interview,
      level: sheet.level,
      design,
      played,
    })),
  ),
);

describe.each(sheets)("$name", ({ interview, level, design, played }) => {
  const { hintBudget, probes } = played;

  it("hires a candidate who shows every signal of the level, within the hint budget", () => {
    const withinBudget = fc
      .array(fc.constantFrom<RaisedBy>("unprompted", "open-probe", "pointed-hint"), {
        minLength: probes.length,
        maxLength: probes.length,
      })
      .filter((raised) => raised.filter((by) => by === "pointed-hint").length <= hintBudget);
    fc.assert(
      fc.property(withinBudget, (raised) => {
        const raisedBy = Object.fromEntries(probes.map(({ id }, i) => [id, raised[i]!]));
        const { outcome } = computeScorecard(interview, everySignal(interview, level, design, raisedBy));
        return outcome.state === "scored" && outcome.band.id === "hire";
      }),
    );
    // The worst case that the budget allows: every topic asked for, and the hints where the weight is.
    const byWeight = [...probes].sort((a, b) => weightOf(b.dimension) - weightOf(a.dimension));
    const worst = Object.fromEntries(
      byWeight.map(({ id }, i) => [id, i < hintBudget ? "pointed-hint" : "open-probe"] as const),
    );
    const { outcome } = computeScorecard(interview, everySignal(interview, level, design, worst));
    expect(outcome).toMatchObject({ state: "scored", band: { id: "hire" } });
  });

  it("hires nobody who shows none, or whose words were not written down", () => {
    const card = everySignal(interview, level, design);
    for (const entry of [{ state: "missed" }, { state: "shown", quote: "" }] as const) {
      const signals = Object.fromEntries(Object.keys(card.signals).map((id) => [id, entry]));
      const { outcome } = computeScorecard(interview, { ...card, signals });
      expect(outcome).toMatchObject({ state: "scored", total: 0, band: { id: "no-hire" } });
    }
  });

  it("tells every board in words", () => {
    for (const { alt } of played.boards) expect(alt.length).toBeGreaterThan(60);
  });
});

describe.each(interviews)("the interview of $system", (interview) => {
  let estimates: SystemEstimates;
  beforeAll(async () => {
    estimates = (await allEstimates()).find(({ system }) => system === interview.system)!;
  });

  it("scores the bad transcript below a hire, even if all that it does not touch is at level", () => {
    for (const keys of Object.values(interview.calibration.keys)) {
      const scored = new Map(keys.map(({ dimension, score }) => [dimension, score]));
      const total = dimensions.reduce((sum, { id, weight }) => sum + (weight * (scored.get(id) ?? 3)) / 4, 0);
      expect(["no-hire", "lean-no"]).toContain(bandOf(total).id);
    }
  });

  it("says the figures that the chapter computes", () => {
    const texts = spokenTexts(interview, { boards: true }).join("\n");
    const problems = (interview.figures ?? []).flatMap((figure) => {
      const [name, item] = figure.number.split(".") as [string, string];
      const estimate = estimates.estimates.find(({ id }) => id === name);
      const value = estimate && evaluate(estimate)[item];
      return value === undefined ? [`there is no ${figure.number}`] : figureProblem(figure, value, texts);
    });
    expect(problems).toEqual([]);
  });
});

const converted = interviews.filter(({ system }) => isConverted(system));

describe.each(converted)("the whole interview of $system", (interview) => {
  it("follows the candidate, lets it lead, and brings transcripts to judge by", () => {
    expect(interviewProblems(interview)).toEqual([]);
  });

  it("is plain English", () => {
    const problems = spokenTexts(interview).flatMap((text) =>
      wordProblems(text).map(({ message }) => `${message} in "${text.slice(0, 80)}"`),
    );
    expect(problems).toEqual([]);
  });

  it("tells its boards as they are", () => {
    const boards = Object.values(interview.sheets).flatMap((sheet) =>
      waysToPlay(sheet).flatMap(({ played }) => played.boards),
    );
    const problems = new Set(
      boards.flatMap(({ title, mermaid, alt }) => altProblems(mermaid, alt).map((p) => `${title}: ${p}`)),
    );
    expect([...problems]).toEqual([]);
  });
});

describe("figureProblem", () => {
  const figure: SpokenFigure = { number: "load.budgetNs", spoken: 4.7, times: 1e-3, says: "4.7 microseconds" };

  it.each<[string, Partial<SpokenFigure>, number]>([
    ["the rounded value", {}, 4_680],
    ["grouped digits", { spoken: 43_000, times: 1, says: "43,000 orders" }, 42_735],
    ["a number as a word", { spoken: 4, times: 1, says: "four percent" }, 4.27],
  ])("accepts %s", (_, change, value) => {
    const asked = { ...figure, ...change };
    expect(figureProblem(asked, value, `so ${asked.says} remain`)).toEqual([]);
  });

  it.each<[string, Partial<SpokenFigure>, number, string, RegExp]>([
    ["another value", {}, 5_200, "4.7 microseconds", /is 5.2, and the interview says 4.7/],
    ["words that are not said", {}, 4_680, "nothing", /does not say "4.7 microseconds"/],
    ["words without the number", { says: "a few microseconds" }, 4_680, "a few microseconds", /does not hold 4.7/],
  ])("finds %s", (_, change, value, texts, message) => {
    expect(figureProblem({ ...figure, ...change }, value, texts)).toEqual([expect.stringMatching(message)]);
  });
});

function weightOf(dimension: string): number {
  return dimensions.find(({ id }) => id === dimension)!.weight;
}
