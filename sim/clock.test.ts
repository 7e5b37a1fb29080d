import { expect, it } from "vitest";
import { Clock } from "./clock.ts";

it("shows true time until it is set wrong", () => {
  const clock = new Clock();
  expect([clock.read(0), clock.read(12_345)]).toEqual([0, 12_345]);
  expect(clock.dueAfter(5, 10)).toBe(15);
});

it("is off by its offset and gains or loses its drift from then on", () => {
  const clock = new Clock();
  clock.set(1000, -50, 1000);
  expect(clock.read(1000)).toBe(950);
  expect(clock.read(2000)).toBe(1951);
  clock.set(2000, 5, -1000);
  expect(clock.read(2000)).toBe(2005);
  expect(clock.read(3000)).toBe(3004);
});

it("finds the earliest time at which a delay has passed on it", () => {
  for (const drift of [-200_000, -500, -1, 0, 1, 500, 200_000]) {
    const clock = new Clock();
    clock.set(3, 7, drift);
    for (const now of [3, 4, 1001, 123_456]) {
      for (let ms = 0; ms < 300; ms += 7) {
        const due = clock.dueAfter(now, ms);
        expect(clock.read(due) - clock.read(now)).toBeGreaterThanOrEqual(ms);
        if (due > now) expect(clock.read(due - 1) - clock.read(now)).toBeLessThan(ms);
      }
    }
  }
});
