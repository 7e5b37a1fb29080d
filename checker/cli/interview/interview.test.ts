import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { interviewMinutes } from "../../../course/interview.ts";
import { rateLimiterInterview as interview } from "../../../course/interviews/rate-limiter.ts";
import { dimensions } from "../../../course/rubric.ts";
import { fakeGrader, resultOf, scratchRoot } from "../../learner/testing.ts";
import { visibleWidth } from "../../text/columns.ts";
import { type Recorded, recordingTerminal } from "../testing.ts";
import { calibrate } from "./calibrate.ts";
import { clockFace, runningClock, standingClock } from "./clock.ts";
import { loadInterview } from "./load.ts";
import { hold } from "./room.ts";
import { followUps, score } from "./scoring.ts";
import { boardAt, shuffled, timeline } from "./timeline.ts";

/** A system that will never have an interview. */
const nowhere = { slug: "nowhere", title: "", question: "", exercises: [] };
const sheet = interview.sheets.senior;
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
    const { phases, prompts, forks } = interview.sheets[level];
    const moments = timeline(interview.sheets[level]);
    expect(moments).toHaveLength(phases.length + prompts.length + forks.length + 1);
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

describe("the scoring", () => {
  const notes = () => ({ rungs: new Map(), opened: new Set<string>(), moves: new Map(), written: [], endedAt: 45 });

  it("asks for every probe, red flag and dimension; Enter leaves them open", async () => {
    const entered = await score(
      recorded.terminal,
      scripted(Array.from({ length: 60 }, () => "")),
      interview,
      "senior",
      notes(),
    );
    expect(entered).toEqual({ level: "senior", scores: {}, raisedBy: {}, redFlags: [], evidence: {} });
    for (const { title } of dimensions) expect(recorded.out).toContain(title);
  });

  it("takes scores with evidence, asks again for nonsense, and keeps what was said when the input ends", async () => {
    const probe = sheet.probes[0]!;
    const answers = [
      "2",
      ...sheet.probes.slice(1).map(() => ""),
      "y",
      ...sheet.redFlags.slice(1).map(() => ""),
      "7",
      "3",
      "we asked for the limit",
      "4",
    ];
    const entered = await score(recorded.terminal, scripted(answers), interview, "senior", notes());
    expect(entered.raisedBy).toEqual({ [probe.id]: "open-probe" });
    expect(entered.redFlags).toEqual([sheet.redFlags[0]!.id]);
    expect(entered.scores).toEqual({ framing: 3, estimation: 4 });
    expect(entered.evidence).toEqual({ framing: "we asked for the limit" });
    expect(recorded.out).toContain("Type a number from 0 to 4, or Enter.");
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
    const { key } = interview.calibration;
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
    const scores = dimensions.flatMap(() => ["3", "said so"]);
    const lines = ["q", ...sheet.probes.map(() => "1"), ...sheet.redFlags.map(() => ""), ...scores, "", "q"];
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
      version: 1,
      level: "senior",
      outcome: { state: "scored", total: 75 },
    });
    expect(readFileSync(join(folder, `${name}.md`), "utf8")).toContain("**75.0 of 100: Strong hire.**");
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
