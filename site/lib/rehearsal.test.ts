import { describe, expect, it } from "vitest";
import { playedSheet, waysToPlay } from "../../course/interview.ts";
import { rateLimiterInterview } from "../../course/interviews/rate-limiter.ts";
import {
  chooseDesign,
  clockText,
  due,
  elapsedMs,
  finish,
  fresh,
  jump,
  moments,
  nextMinute,
  note,
  pause,
  phaseAt,
  start,
} from "./rehearsal.ts";

const whole = rateLimiterInterview.sheets.senior;
const sheet = playedSheet(whole, waysToPlay(whole)[0]!.design);
const all = moments(sheet);

describe("the course of an interview", () => {
  it("brings up everything of the sheet, in the order of the clock", () => {
    const choice = sheet.designs === undefined ? 0 : 1;
    expect(all).toHaveLength(sheet.prompts.length + sheet.forks.length + sheet.boards.length + 1 + choice);
    expect(all.map((moment) => moment.minute)).toEqual(all.map((moment) => moment.minute).sort((a, b) => a - b));
    expect(due(all, 45)).toHaveLength(all.length);
  });

  it("reaches every moment by going from one to the next", () => {
    let minute = 0;
    const visited = [0];
    while (minute < 45) {
      minute = nextMinute(all, minute);
      visited.push(minute);
    }
    expect(all.every((moment) => visited.includes(moment.minute))).toBe(true);
  });

  it("names the phase also when the time is over", () => {
    expect(phaseAt(sheet, 0)).toBe(sheet.phases[0]);
    expect(phaseAt(sheet, 45)).toBe(sheet.phases.at(-1));
  });
});

describe("what a rehearsal keeps", () => {
  it("is the design that was chosen, and notes that say something", () => {
    const chosen = chooseDesign(fresh("mid"), "central");
    expect(chosen.score.design).toBe("central");
    expect(note(note(chosen, 3, " one place counts "), 4, "  ").notes).toEqual([
      { minute: 3, text: "one place counts" },
    ]);
  });
});

describe("the clock", () => {
  it("counts only while it runs, across pauses, and stops at the end", () => {
    const paused = pause(start(fresh("mid"), 1000), 61_000);
    expect(elapsedMs(paused, 999_999)).toBe(60_000);
    const again = start(paused, 100_000);
    expect(elapsedMs(again, 130_000)).toBe(90_000);
    expect(elapsedMs(again, 1e9)).toBe(45 * 60_000);
    expect(clockText(elapsedMs(again, 130_000))).toBe("1:30");
  });

  it("jumps ahead and keeps running from there", () => {
    const jumped = jump(start(fresh("mid"), 0), 12, 5000);
    expect(elapsedMs(jumped, 8000)).toBe(12 * 60_000 + 3000);
  });

  it("does not go back when the machine's clock steps back", () => {
    expect(elapsedMs(start(fresh("mid"), 10_000), 4000)).toBe(0);
  });

  it("stands still once scoring has begun", () => {
    expect(elapsedMs(finish(start(fresh("mid"), 0), 30_000), 90_000)).toBe(30_000);
  });
});
