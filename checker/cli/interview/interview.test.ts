import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { interviewMinutes, playedSheet, probesInReserve, type Sheet } from "../../../course/interview.ts";
import { sampleInterview, wholeInterview } from "../../../course/interview-sample.ts";
import { rateLimiterInterview as interview } from "../../../course/interviews/rate-limiter.ts";
import { dimensions } from "../../../course/rubric.ts";
import { freshScore } from "../../../course/scorecard.ts";
import { fakeGrader, resultOf, scratchRoot } from "../../learner/testing.ts";
import { visibleWidth } from "../../text/columns.ts";
import { type Recorded, recordingTerminal } from "../testing.ts";
import { calibrate } from "./calibrate.ts";
import { clockFace, runningClock, standingClock } from "./clock.ts";
import { loadInterview } from "./load.ts";
import { compareLevels, readHired } from "./read.ts";
import { hold, type Notes } from "./room.ts";
import { followUps, score } from "./scoring.ts";
import { boardAt, shuffled, timeline } from "./timeline.ts";

/** A system that will never have an interview. */
const nowhere = { slug: "nowhere", title: "", question: "", exercises: [] };
const sheet = interview.sheets.senior;
/** A sheet with two branches, whose forks say to which they belong. */
const branched: Sheet = (() => {
  const { designs, ...rest } = wholeInterview().sheets.senior;
  const branches = designs!.branches.map((branch) => ({
    ...branch,
    forks: branch.forks.map((fork) => ({ ...fork, line: `Fork of ${branch.id}` })),
  }));
  return { ...rest, designs: { ...designs!, branches } };
})();
let root = "";
let recorded: Recorded;
beforeEach(() => {
  root = scratchRoot();
  recorded = recordingTerminal();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Answers from a list, then the end of input. */
function scripted(answers: readonly string[]) {
  const queue = [...answers];
  return async (prompt: string) => {
    recorded.terminal.out(prompt);
    return queue.shift() ?? null;
  };
}

const desk = (answers: readonly string[], clock = standingClock()) => ({
  terminal: recorded.terminal,
  ask: scripted(answers),
  clock,
  signal: new AbortController().signal,
});

/** Enter as often as needed; at a fork it is "none of them". */
const onlyEnter = Array.from({ length: 100 }, () => "");

describe("the timeline", () => {
  it.each(["mid", "senior", "staff"] as const)("of %s is in order and misses nothing", (level) => {
    const { phases, prompts, forks, designs } = interview.sheets[level];
    const moments = timeline(interview.sheets[level]);
    const asksForDesign = designs === undefined ? 0 : 1;
    expect(moments).toHaveLength(phases.length + prompts.length + forks.length + asksForDesign + 1);
    expect(moments.map((moment) => moment.minute)).toEqual(
      moments.map((moment) => moment.minute).sort((a, b) => a - b),
    );
  });

  it("shows the last board that a good candidate would have drawn by then", () => {
    const first = sheet.boards[0]!;
    expect(boardAt(sheet, first.minute - 0.1)).toBeUndefined();
    expect(boardAt(sheet, first.minute)).toBe(first);
    expect(boardAt(sheet, interviewMinutes)).toBe(sheet.boards.at(-1));
  });

  it("does not give the best reply away by its place", () => {
    const forks = (["mid", "senior", "staff"] as const).flatMap((level) => interview.sheets[level].forks);
    for (const fork of forks) expect(new Set(shuffled(fork))).toEqual(new Set(fork.replies));
    const places = new Set(forks.map((fork) => shuffled(fork).findIndex((reply) => reply.grade === "strong")));
    expect(places.size).toBeGreaterThan(1);
  });
});

describe("the room", () => {
  it("without a clock shows every line once, in order, when Enter is pressed", async () => {
    const notes = await hold(desk(onlyEnter), sheet);
    expect(notes.endedAt).toBe(interviewMinutes);
    const flat = recorded.out.replace(/\s+/g, " ");
    let at = 0;
    for (const moment of timeline(sheet)) {
      const line = {
        phase: () => moment.kind === "phase" && moment.phase.title,
        prompt: () => moment.kind === "prompt" && moment.prompt.line,
        change: () => moment.kind === "change" && moment.change.line,
        fork: () => moment.kind === "fork" && moment.fork.line,
        designs: () => moment.kind === "designs" && moment.designs.line,
      }[moment.kind]();
      const found = flat.indexOf(String(line).replace(/\s+/g, " "), at);
      expect(found, String(line)).toBeGreaterThanOrEqual(at);
      at = found;
    }
    expect(recorded.out.split("\n").filter((line) => visibleWidth(line) > 80)).toEqual([]);
  });

  it("keeps answers, boards and probes back until they are asked for", async () => {
    await hold(desk(onlyEnter), sheet);
    const flat = recorded.out.replace(/\s+/g, " ");
    for (const { modelAnswer } of sheet.prompts) expect(flat).not.toContain(modelAnswer.slice(0, 60));
    for (const probe of sheet.probes)
      for (const text of [probe.pointed, probe.giveaway, probe.lookingFor])
        expect(flat).not.toContain(text.slice(0, 60));
  });

  it("climbs a probe rung by rung, and counts the hints", async () => {
    const probe = sheet.probes[0]!;
    const notes = await hold(desk([`p ${probe.id}`, `p ${probe.id}`, "q"]), sheet);
    expect(notes.rungs.get(probe.id)).toBe("pointed-hint");
    const flat = recorded.out.replace(/ \| /g, " ").replace(/\s+/g, " ");
    expect(flat).toContain(probe.open.slice(0, 40));
    expect(flat).toContain(probe.pointed.slice(0, 40));
    expect(flat).toContain(`hints used: 1 of ${sheet.hintBudget}`);
  });

  it("weighs the reply that was chosen at a fork", async () => {
    const { fork } = timeline(sheet).find((moment) => moment.kind === "fork")!;
    const strong = shuffled(fork).findIndex((reply) => reply.grade === "strong") + 1;
    const notes = await hold(desk([...answersUntilFork(), "9", String(strong), "q"]), sheet);
    const moves = fork.replies[2].moves;
    expect(moves.length).toBeGreaterThan(0);
    for (const { dimension, by } of moves) expect(notes.moves.get(dimension)).toBe(by);
    expect(recorded.out).toContain("Type a number from 1 to 3.");
    expect(recorded.out).toContain("A strong reply");
  });

  /** To minute 3, to the fork at 8, past it, to the question at 20. */
  const untilDesigns = ["", "", "", ""];

  it("asks for the design after the simplest one, and goes on in its branch", async () => {
    const notes = await hold(desk([...untilDesigns, "9", "2", ...onlyEnter]), branched);
    expect(notes.design).toBe("leased");
    expect(recorded.out).toContain("Type a number from 1 to 2.");
    expect(recorded.out).toContain("One box that all gateways ask.");
    expect(recorded.out).toContain("Fork of leased");
    expect(recorded.out).not.toContain("Fork of central");
  });

  it("plays the common part for a design that is none of them", async () => {
    const notes = await hold(desk(onlyEnter), branched);
    expect(notes.design).toBeNull();
    expect(notes.endedAt).toBe(interviewMinutes);
    expect(recorded.out).not.toContain("Fork of");
  });

  it("lets the candidate lead, and asks what no line opens when the candidate is stuck", async () => {
    const notes = await hold(desk([...untilDesigns, "1", "", "p", "p", "q"]), branched);
    expect(recorded.out).toContain("You lead until 38:00");
    const [kept] = probesInReserve(playedSheet(branched, "central"));
    expect(notes.rungs.get(kept!.id)).toBe("pointed-hint");
  });

  it("with a clock brings each line at its minute, by itself, and ends at the last", async () => {
    const speed = 45 * 60 * 4; // The whole interview in a quarter of a second.
    const notes = await hold({ ...desk([]), clock: runningClock(speed) }, { ...sheet, forks: [] });
    expect(notes.endedAt).toBe(interviewMinutes);
    expect(recorded.out.replace(/\s+/g, " ")).toContain(sheet.change.line.replace(/\s+/g, " "));
  });

  it("ends when the candidate leaves", async () => {
    const notes = await hold(desk(["n a race between get and set", "q"]), sheet);
    expect(notes.written).toEqual([{ minute: 0, text: "a race between get and set" }]);
    expect(notes.endedAt).toBeLessThan(interviewMinutes);
  });

  /** One Enter for each new minute before the first fork's own. */
  function answersUntilFork(): string[] {
    const moments = timeline(sheet);
    const at = moments.findIndex((moment) => moment.kind === "fork");
    const minutes = new Set(moments.slice(0, at + 1).map((moment) => moment.minute));
    minutes.delete(0);
    return [...minutes].map(() => "");
  }
});

describe("what is read and not rehearsed", () => {
  const whole = wholeInterview();

  it("is the hire with its quotations and its card", () => {
    expect(readHired(recorded.terminal, whole)).toBe(true);
    const flat = recorded.out.replace(/\s+/g, " ");
    expect(flat).toContain("Shows design 1.");
    expect(flat).toContain("75.0 of 100: Hire at this level.");
  });

  it("is one question at three levels", () => {
    expect(compareLevels(recorded.terminal, whole)).toBe(true);
    for (const level of ["mid", "senior", "staff"]) expect(recorded.out).toContain(`\n${level}\n`);
  });

  it("says where there is none", () => {
    expect([
      readHired(recorded.terminal, sampleInterview()),
      compareLevels(recorded.terminal, sampleInterview()),
    ]).toEqual([false, false]);
  });
});

describe("the scoring", () => {
  const notes = (): Notes => ({
    design: null,
    rungs: new Map(),
    opened: new Set(),
    moves: new Map(),
    written: [{ minute: 7, text: "a million over 60,000 is 17" }],
    endedAt: 45,
  });
  const signals = Object.values(sheet.signals).flat();
  const unasked = [...sheet.probes.map(() => ""), ...sheet.redFlags.map(() => "")];

  it("asks for every probe, red flag and signal; Enter is a signal that was missed", async () => {
    const entered = await score(
      recorded.terminal,
      scripted(Array.from({ length: 100 }, () => "")),
      interview,
      "senior",
      notes(),
    );
    expect(entered).toEqual({
      ...freshScore("senior"),
      signals: Object.fromEntries(signals.map(({ id }) => [id, { state: "missed" }])),
    });
    for (const { title } of dimensions) expect(recorded.out).toContain(title);
  });

  it("takes words or the number of a note, asks again for nonsense, and stops with the input", async () => {
    const probe = sheet.probes[0]!;
    const [first, second] = sheet.signals[dimensions[0]!.id];
    const answers = [
      ...["9", "2", ...sheet.probes.slice(1).map(() => "")],
      ...["y", ...sheet.redFlags.slice(1).map(() => "")],
      ...["we asked for the limit", "1"],
    ];
    const entered = await score(recorded.terminal, scripted(answers), interview, "senior", notes());
    expect(entered.raisedBy).toEqual({ [probe.id]: "open-probe" });
    expect(entered.redFlags).toEqual([sheet.redFlags[0]!.id]);
    expect(entered.signals).toEqual({
      [first!.id]: { state: "shown", quote: "we asked for the limit" },
      [second!.id]: { state: "shown", quote: "a million over 60,000 is 17" },
    });
    expect(recorded.out).toContain("Type a number from 1 to 4, or Enter.");
  });

  it("takes what is above the level, and what had no moment", async () => {
    const [of] = dimensions.map(({ id }) => sheet.signals[id]);
    const answers = [...unasked, ...of!.map(() => "-"), "and here is the proof"];
    const entered = await score(recorded.terminal, scripted(answers), interview, "senior", notes());
    expect(entered.signals).toEqual(Object.fromEntries(of!.map(({ id }) => [id, { state: "unseen" }])));
    expect(entered.above).toEqual({ [dimensions[0]!.id]: "and here is the proof" });
  });

  it("presets who raised a topic with the rung that was shown", async () => {
    const probe = sheet.probes[0]!;
    const entered = await score(recorded.terminal, scripted([""]), interview, "senior", {
      ...notes(),
      rungs: new Map([[probe.id, "giveaway" as const]]),
    });
    expect(entered.raisedBy).toEqual({ [probe.id]: "giveaway" });
  });

  it("shows the answer of a follow-up only after it was asked for", async () => {
    await followUps(recorded.terminal, scripted(["q"]), sheet);
    const flat = recorded.out.replace(/\s+/g, " ");
    expect(flat).toContain(sheet.followUps[0]!.question.slice(0, 40));
    expect(flat).not.toContain(sheet.followUps[0]!.modelAnswer.slice(0, 40));
  });
});

describe("calibration", () => {
  it("shows the key after the reader has scored, and counts who was close", async () => {
    const key = interview.calibration.keys.senior!;
    const outcome = await calibrate(recorded.terminal, scripted(key.map((one) => String(one.score))), interview);
    expect(outcome).toEqual({ scored: key.length, close: key.length });
    expect(recorded.out.indexOf("The key")).toBeGreaterThan(recorded.out.indexOf("Score it at"));
  });
});

describe("the clock", () => {
  it("reads as minutes and seconds", () => {
    expect([0, 12.5, 44.999].map(clockFace)).toEqual(["00:00", "12:30", "44:59"]);
  });

  it("runs faster when told to", () => {
    let now = 0;
    const clock = runningClock(10, () => now);
    now = 60_000;
    expect(clock.minutes()).toBe(10);
  });
});

describe("the data", () => {
  it("is found by its system, and is null where there is none", async () => {
    expect((await loadInterview("rate-limiter"))?.title).toBe(interview.title);
    expect(await loadInterview("nothing")).toBeNull();
  });
});

describe("bp interview", () => {
  it("runs from the opening to the saved scorecard, driven by lines", async () => {
    const { dispatch } = await import("../main.ts");
    const { contextOf } = await import("../testing.ts");
    const words = dimensions.flatMap(({ id }) => [...sheet.signals[id].map(() => "I said so"), ""]);
    const lines = ["q", ...sheet.probes.map(() => "1"), ...sheet.redFlags.map(() => ""), ...words, "", "q"];
    for (const line of lines) recorded.type(line);
    recorded.endInput();
    const context = contextOf(
      root,
      recorded,
      fakeGrader((id) => resultOf(id, "passed")),
    );
    expect(await dispatch(["interview", "rate-limiter", "--level", "senior", "--no-clock"], context)).toBe(0);
    const folder = join(root, ".backpressure/interviews");
    const name = "rate-limiter-senior-2025-01-31T10-00-00Z";
    expect(readdirSync(folder).sort()).toEqual([`${name}.json`, `${name}.md`]);
    expect(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"))).toMatchObject({
      version: 2,
      level: "senior",
      outcome: { state: "scored", total: 75 },
    });
    expect(readFileSync(join(folder, `${name}.md`), "utf8")).toContain("**75.0 of 100: Hire at this level.**");
    expect(recorded.out).toContain("What the interviewer was after");
  });

  it("refuses a level and a speed that do not exist", async () => {
    const { dispatch } = await import("../main.ts");
    const { contextOf } = await import("../testing.ts");
    const context = contextOf(
      root,
      recorded,
      fakeGrader((id) => resultOf(id, "passed")),
    );
    expect(await dispatch(["interview", "rate-limiter", "--speed", "0"], context)).toBe(2);
    expect(await dispatch(["interview", "rate-limiter", "--level", "chief"], context)).toBe(2);
    expect(recorded.err).toContain("Levels: mid, senior, staff.");
    expect(
      await dispatch(["interview", "nowhere"], { ...context, course: { ...context.course, systems: [nowhere] } }),
    ).toBe(2);
  });
});
