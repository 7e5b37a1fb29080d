import { describe, expect, it } from "vitest";
import { LabSession } from "../kit/session.ts";
import { limit, model, type Pattern } from "./model.ts";

function run(pattern: Pattern, seconds: number, seed = 1) {
  const session = new LabSession(model, seed, { pattern });
  session.seek(seconds * 1000);
  return session;
}

const mostByName = (session: ReturnType<typeof run>) =>
  Object.fromEntries(session.state.tracks.map((track) => [track.name, track.mostInWindow]));

describe("home lab", () => {
  it("shows the fixed window admitting twice its limit across a boundary, and the log holding it", () => {
    expect(mostByName(run("boundary", 6))).toMatchObject({ "Fixed window": 2 * limit, "Sliding log": limit });
  });

  it.each<Pattern>(["boundary", "steady"])("keeps every limiter within its stated bound on %s traffic", (pattern) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const track of run(pattern, 30, seed).state.tracks) {
        expect(track.mostInWindow, track.name).toBeLessThanOrEqual(track.bound);
        expect(track.admitted.length + track.refused.length).toBe(run(pattern, 30, seed).state.arrived.length);
      }
    }
  });

  it("keeps the bounds when the reader sends as much as possible at once", () => {
    const session = run("quiet", 1);
    for (let i = 0; i < 20; i += 1) {
      session.act({ kind: "send", count: 25 });
      session.advance(17);
    }
    for (const track of session.state.tracks) expect(track.mostInWindow, track.name).toBeLessThanOrEqual(track.bound);
    expect(mostByName(session)["Sliding log"]).toBe(limit);
  });

  it("draws the same picture again after going back in time", () => {
    const session = run("steady", 3);
    session.act({ kind: "send", count: 25 });
    session.seek(8000);
    const before = structuredClone(session.state.arrived);
    session.seek(1000);
    session.seek(8000);
    expect(session.state.arrived).toEqual(before);
  });
});
