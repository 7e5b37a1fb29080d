import { describe, expect, it } from "vitest";
import { defineInterview, type Interview, playedSheet, probesInReserve, type Sheet, waysToPlay } from "./interview.ts";
import { branch, followUps, phase, probe, prompt, sampleInterview, signals } from "./interview-sample.ts";

const designs = { minute: 20, line: "Which is yours?", branches: [branch("central"), branch("leased")] };

describe("defineInterview", () => {
  it("accepts a whole interview, with branches and without", () => {
    const plain = sampleInterview();
    expect(defineInterview(plain)).toBe(plain);
    const branched = sampleInterview({ designs });
    expect(defineInterview(branched)).toBe(branched);
  });

  it.each<[string, Partial<Sheet>, RegExp]>([
    ["a gap between phases", { phases: [phase(0, 5), phase(6, 45)] }, /must start at minute 5/],
    ["phases that end early", { phases: [phase(0, 40)] }, /end at minute 40, not 45/],
    ["prompts out of order", { prompts: [prompt(9), prompt(3)] }, /prompts must stand in the order/],
    ["a board after the end", { boards: [{ minute: 46, title: "", mermaid: "", alt: "" }] }, /boards must stand/],
    ["a prompt that opens no probe", { prompts: [{ ...prompt(3), probe: "nothing" }] }, /unknown probe "nothing"/],
    ["a dimension without signals", { signals: { ...signals(), operations: [] } }, /"operations" has no signals/],
    [
      "the same signal in two dimensions",
      { signals: { ...signals(), operations: [{ id: "design-1", says: "" }] } },
      /signal "design-1" exists twice/,
    ],
    ["too few follow-ups", { followUps: [] }, /at least 5/],
    ["an answer longer than 120 words", { followUps: followUps("word ".repeat(121).trim()) }, /121 words/],
    ["the same probe twice", { probes: [probe("race"), probe("race")] }, /probe "race" exists twice/],
    [
      "the same probe in two branches",
      { designs: { ...designs, branches: [branch("a"), { ...branch("b"), ...pick(branch("a")) }] } },
      /probe "a-probe" exists twice/,
    ],
    [
      "a line before its branch is chosen",
      { designs: { ...designs, branches: [branch("early", 12), branch("b")] } },
      /branch "early" has lines before minute 20/,
    ],
    [
      "a branch whose prompt opens another branch's probe",
      {
        designs: {
          ...designs,
          branches: [branch("a"), { ...branch("b"), prompts: [{ ...prompt(24), probe: "a-probe" }] }],
        },
      },
      /branch "b": prompt "" opens the unknown probe "a-probe"/,
    ],
  ])("rejects %s", (_, change, message) => {
    expect(() => defineInterview(sampleInterview(change))).toThrow(message);
  });

  it("rejects a key that quotes what was never said", () => {
    const interview = sampleInterview();
    const keys = { mid: [{ dimension: "design", score: 1, quote: "never said", why: "" }] } as const;
    expect(() => defineInterview({ ...interview, calibration: { ...interview.calibration, keys } })).toThrow(
      /calibration key at mid level quotes what the candidate never says/,
    );
  });

  it.each<[string, Partial<NonNullable<Interview["calibration"]["card"]>>, RegExp]>([
    ["a signal that the sheet lacks", { unseen: ["nothing"] }, /names no signal "nothing"/],
    ["a quotation that was never said", { shown: [{ signal: "design-1", quote: "Never." }] }, /never says: "Never."/],
    ["an empty quotation", { shown: [{ signal: "design-1", quote: " " }] }, /never says: " "/],
    ["an unknown probe", { raisedBy: { nothing: "unprompted" } }, /names no probe "nothing"/],
    ["an unknown flag", { redFlags: ["nothing"] }, /names no red flag "nothing"/],
    [
      "a signal that is both shown and unseen",
      { shown: [{ signal: "design-1", quote: "Redis" }], unseen: ["design-1"] },
      /signal "design-1" exists twice/,
    ],
  ])("rejects a card with %s", (_, change, message) => {
    const interview = sampleInterview();
    const card = { shown: [], unseen: [], raisedBy: {}, redFlags: [], ...change };
    expect(() => defineInterview({ ...interview, calibration: { ...interview.calibration, card } })).toThrow(message);
  });
});

describe("a played sheet", () => {
  const sheet = sampleInterview({ designs }).sheets.senior;

  it("has what all hear and what its branch adds, by minute", () => {
    const played = playedSheet(sheet, "leased");
    expect(played.prompts.map(({ minute }) => minute)).toEqual([3, 24]);
    expect(played.probes.map(({ id }) => id)).toEqual(["race", "bound", "leased-probe"]);
    expect(played.signals.correctness.map(({ id }) => id)).toContain("leased-signal");
    expect(played.change).toBe(sheet.change);
  });

  it("is the common part for a design that is none of them, and refuses one that does not exist", () => {
    expect(playedSheet(sheet, null)).toBe(sheet);
    expect(() => playedSheet(sheet, "nothing")).toThrow(/no design "nothing"/);
  });

  it("exists once for each branch, or once", () => {
    expect(waysToPlay(sheet).map(({ design }) => design)).toEqual(["central", "leased"]);
    expect(waysToPlay(sampleInterview().sheets.mid).map(({ design }) => design)).toEqual([null]);
  });

  it("keeps probes that no line opens for when the candidate is stuck", () => {
    expect(probesInReserve(playedSheet(sheet, "central")).map(({ id }) => id)).toEqual(["bound"]);
  });
});

/** The parts of a branch that hold a probe. */
function pick({ prompts, probes }: ReturnType<typeof branch>) {
  return { prompts, probes };
}
