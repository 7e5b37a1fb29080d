import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { branch, sampleInterview } from "./interview-sample.ts";
import { bands, dimensions, type RaisedBy, worth } from "./rubric.ts";
import {
  bandOf,
  computeScorecard,
  freshScore,
  type Scorecard,
  type SelfScore,
  type SignalEntry,
  scorecardToJson,
  scorecardToMarkdown,
  transcriptScore,
} from "./scorecard.ts";

const ids = dimensions.flatMap(({ id }) => [1, 2, 3].map((n) => `${id}-${n}`));
const shown: SignalEntry = { state: "shown", quote: "I said so." };
const all = (entry: SignalEntry) => Object.fromEntries(ids.map((id) => [id, entry]));

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
    [79.9, "hire"],
    [80, "strong"],
    [100, "strong"],
  ])("puts a total of %d into the band %s", (total, band) => {
    expect(bandOf(total).id).toBe(band);
  });

  it("keeps every answer within the budget above the line of a hire, and asks more of a higher level", () => {
    const hire = bands.find(({ id }) => id === "hire")!.from;
    for (const { open, hint, hintBeyondBudget, giveaway } of Object.values(worth)) {
      expect(75 * hint).toBeGreaterThan(hire);
      expect([giveaway, hintBeyondBudget, hint, open]).toEqual([giveaway, hintBeyondBudget, hint, open].sort());
    }
    for (const by of ["open", "hint", "hintBeyondBudget"] as const)
      expect(worth.mid[by] >= worth.senior[by] && worth.senior[by] >= worth.staff[by]).toBe(true);
  });
});

describe("computeScorecard", () => {
  it("gives 75, a hire, for every signal of the level unprompted", () => {
    expect(total(entered({}))).toBe(75);
    expect(scored(entered({})).band.id).toBe("hire");
  });

  it("gives no credit for what is not quoted", () => {
    const unquoted = entered({ signals: { ...all(shown), "design-1": { state: "shown", quote: " " } } });
    const missed = entered({ signals: { ...all(shown), "design-1": { state: "missed" } } });
    expect(total(unquoted)).toBe(total(missed));
    // Design: 20 x 2/3 x 3/4 in place of 15.
    expect(total(missed)).toBe(70);
  });

  it("takes what could not be seen out of the denominator", () => {
    const unseen = { state: "unseen" } as const;
    const card = of(
      entered({ signals: { ...all(shown), "design-1": unseen, "operations-1": unseen, "operations-2": unseen } }),
    );
    expect(row(card, "design")).toMatchObject({ score: 3, seenWeight: (20 * 2) / 3 });
    expect(card.outcome).toMatchObject({ total: 75, seen: 86.7 });
  });

  it("has no band when too little could be seen, or when something is not judged yet", () => {
    const only = (kept: string) => ids.map((id) => [id, id.startsWith(kept) ? shown : { state: "unseen" }]);
    expect(of(entered({ signals: Object.fromEntries(only("design")) })).outcome).toEqual({
      state: "too-little-seen",
      seen: 20,
    });
    const { "operations-2": _, ...rest } = all(shown);
    expect(of(entered({ signals: rest })).outcome).toEqual({ state: "incomplete", missing: ["operations"] });
    expect(of(freshScore("mid")).outcome).toMatchObject({ state: "incomplete" });
  });

  it("gives a point for something above the level, on top of the level", () => {
    const above = Object.fromEntries(dimensions.map(({ id }) => [id, "And here is the proof."]));
    expect(scored(entered({ above }))).toMatchObject({ total: 100, band: { id: "strong" } });
    const alone = of(entered({ above, signals: { ...all(shown), "design-1": miss, "design-2": miss } }));
    expect(row(alone, "design")).toMatchObject({ score: 1, above: null });
  });

  it("discounts a dimension by the mean worth of its probes, by level", () => {
    const raisedBy = { race: "open-probe", bound: "pointed-hint" } as const;
    const points = (level: "mid" | "senior" | "staff") => row(of(entered({ level, raisedBy })), "correctness").points;
    expect(points("mid")).toBeCloseTo(15 * 0.975, 10);
    expect(points("senior")).toBeCloseTo(15 * 0.925, 10);
    expect(points("staff")).toBeCloseTo(15 * 0.875, 10);
  });

  it("costs most of an answer beyond the hint budget, and all of it when the interviewer says it", () => {
    const raisedBy = { race: "pointed-hint", bound: "pointed-hint" } as const;
    const tight = computeScorecard(sampleInterview({ hintBudget: 1 }), entered({ raisedBy }));
    expect(row(tight, "correctness").modifier).toBeCloseTo((0.9 + 0.4) / 2, 10);
    const spent = of(entered({ raisedBy: { race: "giveaway", bound: "giveaway" } }));
    expect(row(spent, "correctness").points).toBe(0);
    expect(spent.hintsUsed).toBe(2);
  });

  it("caps a dimension with a red flag at 1, and leaves less alone", () => {
    const flagged = of(entered({ redFlags: ["no-path"] }));
    expect(row(flagged, "design")).toMatchObject({ score: 3, capped: 1, points: 5 });
    const signals = { ...all(shown), "design-1": miss, "design-2": miss, "design-3": miss };
    expect(row(of(entered({ redFlags: ["no-path"], signals })), "design")).toMatchObject({ score: 0, capped: 0 });
  });

  it("holds a staff candidate at lean no below two thirds of framing, correctness or operations", () => {
    const above = Object.fromEntries(dimensions.map(({ id }) => [id, "More."]));
    const signals = { ...all(shown), "operations-1": miss, "operations-2": miss };
    const staff = scored(entered({ level: "staff", signals, above }));
    expect(staff).toMatchObject({ band: { id: "lean-no" }, heldBackBy: ["operations"] });
    expect(scored(entered({ level: "senior", signals, above }))).toMatchObject({
      band: { id: "strong" },
      heldBackBy: [],
    });
    expect(scored(entered({ level: "staff", redFlags: ["invented"] })).heldBackBy).toEqual(["correctness"]);
  });

  it("does not lift a low staff total to lean no", () => {
    expect(scored(entered({ level: "staff", signals: all(miss) })).band.id).toBe("no-hire");
  });

  it("scores the branch that was played", () => {
    const designs = { minute: 20, line: "", branches: [branch("central"), branch("leased")] };
    const interview = sampleInterview({ designs });
    const signals = { ...all(shown), "leased-signal": miss };
    const card = computeScorecard(
      interview,
      entered({ design: "leased", signals, raisedBy: { "leased-probe": "giveaway" } }),
    );
    expect(card.design).toBe("Design leased");
    expect(row(card, "correctness").signals).toHaveLength(4);
    expect(() => computeScorecard(interview, entered({ design: "central", signals }))).toThrow(
      /no signal "leased-signal"/,
    );
  });

  it("rejects what the sheet does not have", () => {
    expect(() => of(entered({ raisedBy: { nothing: "unprompted" } }))).toThrow(/no probe "nothing"/);
    expect(() => of(entered({ redFlags: ["nothing"] }))).toThrow(/no red flag "nothing"/);
    expect(() => of(entered({ signals: { nothing: shown } }))).toThrow(/no signal "nothing"/);
    expect(() => of(entered({ design: "nothing" }))).toThrow(/no design "nothing"/);
  });
});

describe("any card", () => {
  const order: readonly RaisedBy[] = ["giveaway", "pointed-hint", "open-probe", "unprompted"];
  const entry = fc.constantFrom<SignalEntry>(shown, { state: "missed" }, { state: "unseen" });
  const cards = fc.record({
    level: fc.constantFrom("mid", "senior", "staff"),
    signals: fc.record(Object.fromEntries(ids.map((id) => [id, entry]))),
    raisedBy: fc.record({ race: fc.constantFrom(...order), bound: fc.constantFrom(...order) }),
    redFlags: fc.subarray(["no-path", "invented"]),
    budget: fc.nat(2),
  });
  const totalOf = ({ budget, ...change }: { budget: number } & Record<string, unknown>): number => {
    const { outcome } = computeScorecard(
      sampleInterview({ hintBudget: budget }),
      entered(change as Partial<SelfScore>),
    );
    return outcome.state === "scored" ? outcome.total : Number.NaN;
  };

  it("never loses by showing what it missed", () => {
    fc.assert(
      fc.property(cards, fc.constantFrom(...ids), (card, id) => {
        const [missed, better] = [miss, shown].map((entry) =>
          totalOf({ ...card, signals: { ...card.signals, [id]: entry } }),
        );
        return Number.isNaN(missed!) || better! >= missed!;
      }),
    );
  });

  it("never loses because a topic was raised earlier, and never wins by a red flag", () => {
    fc.assert(
      fc.property(cards, fc.constantFrom("race", "bound"), (card, id) => {
        const totals = order.map((by) => totalOf({ ...card, raisedBy: { ...card.raisedBy, [id]: by } }));
        const flagged = totalOf({ ...card, redFlags: ["no-path", "invented"] });
        return (
          totals.some(Number.isNaN) ||
          (totals.every((value, i) => value >= (totals[i - 1] ?? 0)) && flagged <= totalOf(card))
        );
      }),
    );
  });

  it("never wins by a smaller hint budget", () => {
    fc.assert(
      fc.property(cards, (card) => {
        const totals = [0, 1, 2].map((budget) => totalOf({ ...card, budget }));
        return totals.some(Number.isNaN) || totals.every((value, i) => value >= (totals[i - 1] ?? 0));
      }),
    );
  });

  it("stays between 0 and 100", () => {
    fc.assert(
      fc.property(cards, (card) => {
        const value = totalOf(card);
        return Number.isNaN(value) || (value >= 0 && value <= 100);
      }),
    );
  });
});

it("a transcript's card has its quotations, what left no room, and the rest as missed", () => {
  const interview = sampleInterview();
  const card = {
    shown: [{ signal: "design-1", quote: "just use Redis" }],
    unseen: ["design-2"],
    raisedBy: { race: "open-probe" },
    redFlags: ["no-path"],
  } as const;
  const entered = transcriptScore(interview, { ...interview.calibration, card });
  expect(entered.signals).toMatchObject({
    "design-1": { state: "shown", quote: "just use Redis" },
    "design-2": { state: "unseen" },
    "design-3": { state: "missed" },
  });
  expect(entered).toMatchObject({
    level: "senior",
    design: null,
    raisedBy: { race: "open-probe" },
    redFlags: ["no-path"],
  });
});

describe("the saved scorecard", () => {
  it("reads as a Markdown page", () => {
    const one = Object.fromEntries(ids.map((id) => [id, id.endsWith("-1") ? shown : ({ state: "unseen" } as const)]));
    const card = of(
      entered({
        signals: {
          ...one,
          "framing-2": { state: "missed" },
          "design-2": { state: "shown", quote: "two reads\nthen two writes" },
        },
        raisedBy: { race: "open-probe" },
        redFlags: ["no-path"],
      }),
    );
    expect(scorecardToMarkdown(card, "2025-01-31").split("### End-to-end")[0]).toMatchInlineSnapshot(`
      "# Scorecard: Sample (senior)

      Date: 2025-01-31

      **No band**: 45 of 100 could be seen, and 60 are needed.

      | Dimension | Weight | Signals | Score | Worth | Points |
      |---|--:|--:|--:|--:|--:|
      | Framing and scope | 15 | 1 of 2 | 1.5 (below the level) | 1.00 | 3.8 |
      | Estimation | 10 | 1 of 1 | 3.0 (at the level) | 1.00 | 2.5 |
      | Interfaces and data | 10 | 1 of 1 | 3.0 (at the level) | 1.00 | 2.5 |
      | End-to-end design | 20 | 2 of 2 | 1.0 (wrong or empty), capped from 3.0 | 1.00 | 3.3 |
      | Deep-dive correctness | 20 | 1 of 1 | 3.0 (at the level) | 0.95 | 4.8 |
      | Trade-offs | 10 | 1 of 1 | 3.0 (at the level) | 1.00 | 2.5 |
      | Reliability, operations, security, cost | 10 | 1 of 1 | 3.0 (at the level) | 1.00 | 2.5 |
      | Drive and communication | 5 | 1 of 1 | 3.0 (at the level) | 1.00 | 1.3 |

      Hints used: 0 of 2.

      ## Red flags

      - End-to-end design: No working path at minute 30.

      ## Evidence

      ### Framing and scope

      - Shows framing 1. "I said so."
      - Shows framing 2. Missed.
      - Shows framing 3. Could not be seen.

      ### Estimation

      - Shows estimation 1. "I said so."
      - Shows estimation 2. Could not be seen.
      - Shows estimation 3. Could not be seen.

      ### Interfaces and data

      - Shows interfaces 1. "I said so."
      - Shows interfaces 2. Could not be seen.
      - Shows interfaces 3. Could not be seen.

      "
    `);
    expect(scorecardToMarkdown(card)).toContain('- Shows design 2. "two reads then two writes"');
    expect(scorecardToMarkdown(card)).toContain("- `race`: after an open question");
  });

  it("says which dimensions are missing", () => {
    expect(scorecardToMarkdown(of(freshScore("mid")))).toContain(
      "**Incomplete**: not judged yet: Framing and scope, Esti",
    );
  });

  it("comes back from JSON unchanged", () => {
    const card = of(entered({ raisedBy: { race: "pointed-hint" } }));
    expect(JSON.parse(scorecardToJson(card, "2025-01-31"))).toEqual({ version: 2, date: "2025-01-31", ...card });
  });
});

const miss: SignalEntry = { state: "missed" };

function entered(change: Partial<SelfScore>): SelfScore {
  return { ...freshScore("senior"), signals: all(shown), ...change };
}

const of = (self: SelfScore): Scorecard => computeScorecard(sampleInterview(), self);

function row(card: Scorecard, dimension: string) {
  return card.rows.find((candidate) => candidate.dimension === dimension)!;
}

function scored(self: SelfScore) {
  const { outcome } = of(self);
  if (outcome.state !== "scored") throw new Error(`not scored: ${outcome.state}`);
  return outcome;
}

const total = (self: SelfScore): number => scored(self).total;
