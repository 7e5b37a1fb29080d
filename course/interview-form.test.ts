import { describe, expect, it } from "vitest";
import { defineInterview, type Interview, type Sheet } from "./interview.ts";
import { everySignal, interviewProblems } from "./interview-form.ts";
import { branch, fork, phase, prompt, wholeInterview } from "./interview-sample.ts";
import { computeScorecard } from "./scorecard.ts";

const whole = wholeInterview();

describe("interviewProblems", () => {
  it("finds nothing in a whole interview", () => {
    expect(defineInterview(whole)).toBe(whole);
    expect(interviewProblems(whole)).toEqual([]);
  });

  it.each<[string, (sheet: Sheet) => Partial<Sheet>, RegExp]>([
    [
      "four designs",
      ({ designs }) => ({ designs: { ...designs!, branches: [...designs!.branches, branch("c"), branch("d")] } }),
      /4 designs to choose from; 2 or 3/,
    ],
    [
      "a question that comes after the lead has begun",
      ({ designs }) => ({ designs: { ...designs!, minute: 24 } }),
      /asks for the design at minute 24, after the lead/,
    ],
    [
      "a branch that asks nothing",
      ({ designs }) => ({ designs: { ...designs!, branches: [...designs!.branches, { ...branch("c"), probes: [] }] } }),
      /branch "c" asks nothing of its own/,
    ],
    [
      "no phase for the lead",
      () => ({ phases: [phase(0, 20), phase(20, 45)] }),
      /no phase from minute 22 to 38, in which the candidate leads/,
    ],
    [
      "a third interruption",
      ({ prompts }) => ({ prompts: [...prompts, prompt(30)] }),
      /with design "central", 3 interruptions between minutes 22 and 38; 2 are the most/,
    ],
    [
      "a change that comes early",
      ({ change }) => ({ change: { ...change, minute: 15 } }),
      /changes at minute 15, not near 28/,
    ],
    ["too few forks", ({ forks }) => ({ forks: forks.slice(1) }), /2 forks; 3 are asked for/],
    [
      "replies that move the wrong way",
      ({ forks }) => {
        const [weak, acceptable, strong] = fork("early", 8).replies;
        const replies = [{ ...weak, moves: strong.moves }, acceptable, strong] as const;
        return { forks: [{ ...forks[0]!, replies }, forks[1]!] };
      },
      /replies of fork "early" do not move the score in the order/,
    ],
    ["four boards", ({ boards }) => ({ boards: boards.slice(1) }), /4 boards; 5 at least/],
    ["no board at the end", ({ boards }) => ({ boards: [boards[0]!, ...boards.slice(0, 4)] }), /no board at the end/],
    [
      "a dimension that is never asked for",
      ({ probes }) => ({ probes: probes.filter(({ dimension }) => dimension !== "estimation") }),
      /no probe for estimation/,
    ],
    ["the same hint budget at each level", () => ({ hintBudget: 2 }), /hint budget does not shrink/],
  ])("finds %s", (_, change, message) => {
    const { mid, senior, staff } = whole.sheets;
    const changed = (sheet: Sheet): Sheet => ({ ...sheet, ...change(sheet) });
    const sheets = { mid: changed(mid), senior: changed(senior), staff: changed(staff) };
    expect(interviewProblems({ ...whole, sheets })).toContainEqual(expect.stringMatching(message));
  });

  it("finds a sheet that cannot follow the candidate", () => {
    const { designs: _, ...senior } = whole.sheets.senior;
    const sheets = { ...whole.sheets, senior };
    const { hired: __, ...rest } = whole;
    expect(interviewProblems({ ...rest, sheets, calibration: noCard(whole) })).toContain(
      "senior: it does not ask which design was chosen, and cannot follow it",
    );
  });

  it.each<[string, Partial<Interview>, RegExp]>([
    ["no hire to read", { hired: undefined } as never, /no transcript of a hire/],
    [
      "a hire that is none",
      { hired: { ...whole.hired!, card: { ...whole.hired!.card, shown: whole.hired!.card.shown.slice(12) } } },
      /the hire scores 0|the hire scores \d+.*(?:No hire|Lean no)/,
    ],
    ["a hire at another level", { hired: { ...whole.hired!, level: "mid" } }, /the hire is at mid level/],
    [
      "words too few to show anything",
      {
        hired: {
          ...whole.hired!,
          card: {
            ...whole.hired!.card,
            shown: [{ signal: "design-1", quote: "one place" }, ...whole.hired!.card.shown.slice(1)],
          },
        },
      },
      /"one place" is too short to show "design-1"/,
    ],
    ["a bad transcript without a card", { calibration: noCard(whole) }, /the bad transcript has no card/],
    [
      "a bad transcript that is a hire",
      { calibration: { ...whole.calibration, design: "leased", card: whole.hired!.card } },
      /the bad transcript scores \d+/,
    ],
    [
      "no key at a level",
      { calibration: { ...whole.calibration, keys: { senior: whole.calibration.keys.senior! } } },
      /no key at staff level/,
    ],
    [
      "a key that is kinder at a higher level",
      {
        calibration: { ...whole.calibration, keys: { ...whole.calibration.keys, staff: whole.calibration.keys.mid! } },
      },
      /key of framing gives the same words more at a higher level/,
    ],
    ["no question at three levels", { sideBySide: undefined } as never, /no question is answered at all three levels/],
    ["figures that are tied to nothing", { figures: [] }, /fewer than five figures/],
  ])("finds %s", (_, change, message) => {
    expect(interviewProblems({ ...whole, ...change })).toContainEqual(expect.stringMatching(message));
  });
});

it("every signal shown is a hire at its level", () => {
  for (const level of ["mid", "senior", "staff"] as const)
    expect(computeScorecard(whole, everySignal(whole, level, "central")).outcome).toMatchObject({ total: 75 });
});

function noCard({ calibration }: Interview): Interview["calibration"] {
  const { card: _, ...rest } = calibration;
  return rest;
}
