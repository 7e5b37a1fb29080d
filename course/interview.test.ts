import { describe, expect, it } from "vitest";
import { defineInterview, type Interview, type Sheet } from "./interview.ts";
import { dimensions } from "./rubric.ts";
import { bandOf, computeScorecard, type SelfScore, scorecardToJson, scorecardToMarkdown } from "./scorecard.ts";
import type { Level } from "./types.ts";

describe("the rubric", () => {
  it("has eight dimensions whose weights sum to 100", () => {
    expect(dimensions).toHaveLength(8);
    expect(dimensions.reduce((total, { weight }) => total + weight, 0)).toBe(100);
  });

  it.each([
    [0, "no-hire"],
    [44.9, "no-hire"],
    [45, "lean-no"],
    [59.9, "lean-no"],
    [60, "hire"],
    [74.9, "hire"],
    [75, "strong"],
    [100, "strong"],
  ])("puts a total of %d into the band %s", (total, band) => {
    expect(bandOf(total).id).toBe(band);
  });
});

describe("defineInterview", () => {
  it("accepts a whole interview", () => {
    const interview = sample();
    expect(defineInterview(interview)).toBe(interview);
  });

  it.each<[string, Partial<Sheet>, RegExp]>([
    ["a gap between phases", { phases: [phase(0, 5), phase(6, 45)] }, /must start at minute 5/],
    ["phases that end early", { phases: [phase(0, 40)] }, /end at minute 40, not 45/],
    ["prompts out of order", { prompts: [prompt(9), prompt(3)] }, /prompts must stand in the order/],
    ["a board after the end", { boards: [{ minute: 46, title: "", mermaid: "", alt: "" }] }, /boards must stand/],
    ["a prompt that opens no probe", { prompts: [{ ...prompt(3), probe: "nothing" }] }, /unknown probe "nothing"/],
    ["a dimension without signals", { signals: { ...signals(), operations: [] } }, /"operations" has no signals/],
    ["too few follow-ups", { followUps: [] }, /at least 5/],
    ["an answer longer than 120 words", { followUps: followUps("word ".repeat(121).trim()) }, /121 words/],
    ["the same probe twice", { probes: [probe("race"), probe("race")] }, /probe "race" exists twice/],
  ])("rejects %s", (_, change, message) => {
    expect(() => defineInterview(sample(change))).toThrow(message);
  });

  it("rejects a calibration key that quotes what was never said", () => {
    const interview = sample();
    const key = [{ dimension: "design", score: 1, quote: "never said", why: "" }] as const;
    expect(() => defineInterview({ ...interview, calibration: { ...interview.calibration, key } })).toThrow(
      /never says/,
    );
  });
});

describe("computeScorecard", () => {
  it("gives 75, the lower edge of a strong hire, for a 3 everywhere that nobody had to ask for", () => {
    const card = computeScorecard(sample(), entered({}));
    expect(card.outcome).toMatchObject({ state: "scored", total: 75, band: { id: "strong" } });
  });

  it("has no band while a dimension is not scored", () => {
    const { operations: _, ...scores } = entered({}).scores;
    const card = computeScorecard(sample(), { ...entered({}), scores });
    expect(card.outcome).toEqual({ state: "incomplete", missing: ["operations"] });
  });

  it("discounts a dimension by the mean modifier of its probes", () => {
    const card = computeScorecard(sample(), entered({ raisedBy: { race: "open-probe", bound: "pointed-hint" } }));
    // correctness: 20 x 3/4 x (0.7 + 0.4)/2 = 8.25 in place of 15; operations and the rest are untouched.
    expect(row(card, "correctness").points).toBeCloseTo(8.25, 10);
    expect(card.outcome).toMatchObject({ total: 68.3, band: { id: "hire" } });
    expect(card.hintsUsed).toBe(1);
  });

  it("gives nothing for what the interviewer had to say", () => {
    const card = computeScorecard(sample(), entered({ raisedBy: { race: "giveaway", bound: "giveaway" } }));
    expect(row(card, "correctness").points).toBe(0);
    expect(card.hintsUsed).toBe(2);
  });

  it("never lowers a total because a topic was raised earlier", () => {
    const order = ["giveaway", "pointed-hint", "open-probe", "unprompted"] as const;
    const totals = order.map((raisedBy) =>
      total(computeScorecard(sample(), entered({ raisedBy: { race: raisedBy } }))),
    );
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(new Set(totals).size).toBe(4);
  });

  it("caps a dimension with a red flag at 1, and leaves a 0 alone", () => {
    const flagged = computeScorecard(sample(), entered({ redFlags: ["no-path"] }));
    expect(row(flagged, "design")).toMatchObject({ score: 3, capped: 1, points: 5 });
    const zero = computeScorecard(sample(), entered({ scores: { design: 0 }, redFlags: ["no-path"] }));
    expect(row(zero, "design")).toMatchObject({ score: 0, capped: 0 });
  });

  it("holds a staff candidate at lean no when framing, correctness or operations is below 3", () => {
    const scores = { framing: 4, estimation: 4, interfaces: 4, design: 4, correctness: 4, operations: 2 } as const;
    const staff = computeScorecard(sample(), entered({ level: "staff", scores }));
    expect(staff.outcome).toMatchObject({ band: { id: "lean-no" }, heldBackBy: ["operations"] });
    const senior = computeScorecard(sample(), entered({ level: "senior", scores }));
    expect(senior.outcome).toMatchObject({ band: { id: "strong" }, heldBackBy: [] });
  });

  it("applies the staff rule to the score after red flags", () => {
    const card = computeScorecard(sample(), entered({ level: "staff", redFlags: ["invented"] }));
    expect(card.outcome).toMatchObject({ heldBackBy: ["correctness"] });
  });

  it("does not lift a low staff total to lean no", () => {
    const low = Object.fromEntries(dimensions.map(({ id }) => [id, 1])) as SelfScore["scores"];
    expect(computeScorecard(sample(), entered({ level: "staff", scores: low })).outcome).toMatchObject({
      band: { id: "no-hire" },
    });
  });

  it("rejects a probe or a red flag that the sheet does not have", () => {
    expect(() => computeScorecard(sample(), entered({ raisedBy: { nothing: "unprompted" } }))).toThrow(
      /no probe "nothing"/,
    );
    expect(() => computeScorecard(sample(), entered({ redFlags: ["nothing"] }))).toThrow(/no red flag "nothing"/);
  });
});

describe("the saved scorecard", () => {
  it("reads as a Markdown page", () => {
    const card = computeScorecard(
      sample(),
      entered({
        raisedBy: { race: "open-probe" },
        redFlags: ["no-path"],
        evidence: { correctness: "two reads\nthen two writes" },
      }),
    );
    expect(scorecardToMarkdown(card, "2025-01-31")).toMatchInlineSnapshot(`
      "# Scorecard: Sample (senior)

      Date: 2025-01-31

      **60.5 of 100: Hire at this level.**

      | Dimension | Weight | Score | Modifier | Points |
      |---|--:|--:|--:|--:|
      | Framing and scope | 15 | 3 (at the level) | 1.00 | 11.3 |
      | Estimation | 10 | 3 (at the level) | 1.00 | 7.5 |
      | Interfaces and data | 10 | 3 (at the level) | 1.00 | 7.5 |
      | End-to-end design | 20 | 1 (wrong or empty), capped from 3 | 1.00 | 5.0 |
      | Deep-dive correctness | 20 | 3 (at the level) | 0.70 | 10.5 |
      | Trade-offs | 10 | 3 (at the level) | 1.00 | 7.5 |
      | Reliability, operations, security, cost | 10 | 3 (at the level) | 1.00 | 7.5 |
      | Drive and communication | 5 | 3 (at the level) | 1.00 | 3.8 |

      Hints used: 0 of 2.

      ## Red flags

      - End-to-end design: No working path at minute 30.

      ## Evidence

      ### Deep-dive correctness

      > two reads
      > then two writes

      - \`race\`: after an open question

      Weights, modifiers and bands are a proposal of this course. No company publishes its rubric.
      "
    `);
  });

  it("says which dimensions are missing", () => {
    const card = computeScorecard(sample(), { ...entered({}), scores: {} });
    expect(scorecardToMarkdown(card)).toContain("**Incomplete**: not scored yet: Framing and scope, Estimation,");
  });

  it("comes back from JSON unchanged", () => {
    const card = computeScorecard(sample(), entered({ raisedBy: { race: "pointed-hint" } }));
    const saved = JSON.parse(scorecardToJson(card, "2025-01-31"));
    expect(saved).toEqual({ version: 1, date: "2025-01-31", ...card });
  });
});

function entered(change: Partial<SelfScore>): SelfScore {
  const threes = Object.fromEntries(dimensions.map(({ id }) => [id, 3])) as SelfScore["scores"];
  return {
    level: "senior",
    raisedBy: {},
    redFlags: [],
    evidence: {},
    ...change,
    scores: { ...threes, ...change.scores },
  };
}

function row(card: ReturnType<typeof computeScorecard>, dimension: string) {
  return card.rows.find((candidate) => candidate.dimension === dimension)!;
}

function total(card: ReturnType<typeof computeScorecard>): number {
  if (card.outcome.state !== "scored") throw new Error("not scored");
  return card.outcome.total;
}

function sample(change: Partial<Sheet> = {}): Interview {
  const sheet = (level: Level): Sheet => ({
    level,
    opening: "",
    after: "",
    phases: [phase(0, 20), phase(20, 45)],
    prompts: [{ ...prompt(3), probe: "race" }],
    boards: [],
    hintBudget: 2,
    probes: [probe("race"), probe("bound")],
    forks: [],
    change: { minute: 28, line: "", breaks: "", modelAnswer: "" },
    signals: signals(),
    redFlags: [
      { id: "no-path", dimension: "design", behavior: "No working path at minute 30." },
      { id: "invented", dimension: "correctness", behavior: "Holds on to an invented fact after it was challenged." },
    ],
    followUps: followUps("Short."),
    ...change,
  });
  return {
    system: "sample",
    title: "Sample",
    sheets: { mid: sheet("mid"), senior: sheet("senior"), staff: sheet("staff") },
    calibration: {
      level: "senior",
      intro: "",
      lines: [{ minute: 4, who: "candidate", text: "We just use Redis." }],
      key: [{ dimension: "design", score: 1, quote: "just use Redis", why: "" }],
      verdict: "",
    },
  };
}

function phase(startMinute: number, endMinute: number) {
  return { title: `${startMinute}`, startMinute, endMinute, goal: "" };
}

function prompt(minute: number) {
  return { minute, line: "", modelAnswer: "" };
}

function probe(id: string) {
  return {
    id,
    dimension: "correctness",
    lookingFor: "",
    open: "",
    pointed: "",
    giveaway: "",
    modelAnswer: "",
  } as const;
}

function signals(): Sheet["signals"] {
  return Object.fromEntries(dimensions.map(({ id }) => [id, ["something"]])) as unknown as Sheet["signals"];
}

function followUps(modelAnswer: string): Sheet["followUps"] {
  return Array.from({ length: 5 }, () => ({ question: "?", modelAnswer, source: { title: "", url: "" } }));
}
