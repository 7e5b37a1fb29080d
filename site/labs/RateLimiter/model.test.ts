import { describe, expect, it } from "vitest";
import { createRandom } from "../../../sim/prng.ts";
import { LabSession } from "../kit/session.ts";
import { defaults, model, type Params, picked, summary, type Track } from "./model.ts";
import { arrivalTimes, binCount, maxPerBin, presetBins, runMs, stepBackMs, stepsBackAtMs, withBin } from "./traffic.ts";

const [fixed, log, counter, bucket, queue] = [0, 1, 2, 3, 4] as const;

function run(changes: Partial<Params> = {}, seed = 1) {
  const session = new LabSession(model, seed, { ...defaults, ...changes });
  session.seek(runMs);
  return session.state;
}

const worst = (track: Track, params: Params) => summary(track, params).worst?.count ?? 0;

describe("the boundary attack", () => {
  const { tracks, params } = run();

  it("gets twice the limit through a fixed window, across a boundary", () => {
    const { worst, over } = summary(tracks[fixed]!, params);
    expect([worst!.count, over]).toEqual([2 * params.limit, true]);
    const boundaries = [2000, 4000, 6000];
    expect(boundaries.some((at) => worst!.fromMs < at && at <= worst!.toMs)).toBe(true);
  });

  it("gets the limit and no more through the log and the queue", () => {
    expect(worst(tracks[log]!, params)).toBe(params.limit);
    expect(worst(tracks[queue]!, params)).toBeLessThanOrEqual(params.limit);
  });

  it("is on the screen when the lab opens", () => {
    const session = new LabSession(model, 1, defaults);
    session.seek(4200);
    expect(summary(session.state.tracks[fixed]!, defaults).over).toBe(true);
    expect(session.state.tracks[log]!.refused.length).toBeGreaterThan(0);
  });

  it("fits every window that the lab offers", () => {
    for (const windowMs of [500, 1000, 2000]) {
      const state = run({ windowMs });
      expect(worst(state.tracks[fixed]!, state.params)).toBe(2 * state.params.limit);
    }
  });
});

describe("promises", () => {
  it("hold for every limiter on traffic that nobody designed, with and without a clock that steps back", () => {
    const random = createRandom(7);
    for (let round = 0; round < 60; round += 1) {
      const drawn = Array.from({ length: binCount }, () => (random.chance(0.4) ? random.integer(0, maxPerBin) : 0));
      const state = run(
        {
          pattern: "drawn",
          drawn,
          limit: random.integer(1, 20),
          windowMs: random.pick([500, 1000, 2000]),
          capacity: random.integer(1, 40),
          clockBackMs: random.pick([0, stepBackMs]),
        },
        round,
      );
      for (const track of state.tracks) {
        expect(worst(track, state.params), track.name).toBeLessThanOrEqual(track.promise);
        expect(track.admitted.length + track.refused.length + track.waiting.length).toBe(state.arrivals.length);
        expect([...track.admitted].sort((a, b) => a - b)).toEqual(track.admitted);
      }
    }
  });

  it("of the log is its limit, and reached", () => {
    for (const pattern of ["boundary", "steady", "burst"] as const) {
      const { tracks, params } = run({ pattern });
      expect(worst(tracks[log]!, params), pattern).toBe(params.limit);
    }
  });

  it("of the token bucket are reached by a burst that finds it full", () => {
    const { tracks, params } = run({ pattern: "burst", capacity: 25 });
    expect(worst(tracks[bucket]!, params)).toBeGreaterThan(params.limit);
  });
});

describe("a clock that steps back", () => {
  const back = run({ pattern: "clock", ...picked("clock", defaults) });
  const forward = run({ pattern: "clock", clockBackMs: 0 });

  it("mints nothing: no limiter lets through more than with a clock that only goes forward", () => {
    back.tracks.forEach((track, index) => {
      expect(track.admitted.length, track.name).toBeLessThan(forward.tracks[index]!.admitted.length);
      expect(worst(track, back.params), track.name).toBeLessThanOrEqual(worst(forward.tracks[index]!, back.params));
    });
  });

  it("gives no limiter more than one window's quota until the clock has caught up", () => {
    for (const track of back.tracks) {
      const relived = track.admitted.filter((at) => at >= stepsBackAtMs && at < stepsBackAtMs + stepBackMs);
      expect(relived.length, track.name).toBeLessThanOrEqual(back.params.limit);
    }
  });

  it("is forgotten once it has caught up: the rate returns to the limit", () => {
    const last = back.tracks[fixed]!.admitted.filter((at) => at >= runMs - 1000);
    expect(last.length).toBeGreaterThanOrEqual(back.params.limit / 2);
  });
});

describe("the queue", () => {
  it("spaces what it lets out and says how long it kept it", () => {
    const { tracks, params } = run({ pattern: "burst" });
    const { admitted, longestWaitMs } = tracks[queue]!;
    const gaps = admitted.slice(1).map((at, index) => at - admitted[index]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.floor(params.windowMs / params.limit) - 1);
    expect(longestWaitMs).toBeGreaterThan(params.windowMs / 2);
    expect(tracks[counter]!.longestWaitMs).toBe(0);
  });
});

describe("the traffic", () => {
  it("is the same for the same seed, and not for another", () => {
    const bins = presetBins("boundary", 10, 1000);
    expect(arrivalTimes(bins, 3)).toEqual(arrivalTimes(bins, 3));
    expect(arrivalTimes(bins, 3)).not.toEqual(arrivalTimes(bins, 4));
  });

  it("puts each request into the interval in which it was drawn", () => {
    const bins = withBin(withBin(Array<number>(binCount).fill(0), 7, 3), 8, 99);
    const times = arrivalTimes(bins, 1);
    expect(times.filter((at) => at >= 700 && at < 800)).toHaveLength(3);
    expect(times.filter((at) => at >= 800 && at < 900)).toHaveLength(maxPerBin);
  });

  it("starts a drawing with the pattern that is there", () => {
    expect(picked("drawn", defaults).drawn).toEqual(presetBins("boundary", defaults.limit, defaults.windowMs));
  });
});
