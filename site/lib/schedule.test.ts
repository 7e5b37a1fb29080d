import { expect, it } from "vitest";
import type { FailingSchedule } from "../../course/report.ts";
import { everything } from "../../sim/schedule-fixture.ts";
import { layoutLanes } from "./lanes.ts";
import { lanesOf, scheduleWidth } from "./schedule.ts";

it("draws every message once, and says of each that did not arrive why", () => {
  const { lanes, messages, marks } = lanesOf(everything);
  expect(lanes).toEqual(everything.lanes);
  const sent = everything.rows.filter((row) => row.kind === "send" && (row.fate !== "arrives" || row.direct));
  const arrivals = everything.rows.filter((row) => row.kind === "arrival");
  expect(messages).toHaveLength(sent.length + arrivals.length);
  const lost = messages.filter((message) => message.arrivedAt === undefined).map(({ label }) => label);
  expect(lost.filter((label) => /\((lost|cut off|is down|late)\)$/.test(label ?? ""))).toEqual(lost);
  expect(marks.at(-1)).toMatchObject({ tone: "pressure", lane: lanes.at(-1) });
});

it("keeps the order of what happens, also where the clock stands still", () => {
  const schedule: FailingSchedule = {
    lanes: ["a", "b"],
    aside: 0,
    rows: [
      {
        kind: "send",
        at: 5,
        role: "request",
        from: "a",
        to: "b",
        label: "x",
        number: 1,
        fate: "arrives",
        direct: false,
      },
      { kind: "mark", at: 5, mark: "crash", lanes: ["a"], text: "a crashes" },
      { kind: "arrival", at: 5, sentAt: 5, role: "request", from: "a", to: "b", label: "x", number: 1, again: false },
      { kind: "mark", at: 9_000, mark: "restart", lanes: ["a"], text: "a restarts" },
    ],
  };
  const { messages, marks, spans } = lanesOf(schedule);
  expect(messages).toEqual([{ from: "a", to: "b", sentAt: 0, arrivedAt: 2.3, label: "x", tone: "plain" }]);
  expect(marks.map(({ label }) => label)).toEqual(["5 ms: a crashes", "9000 ms: a restarts"]);
  expect(spans).toEqual([{ lane: "a", from: 1, to: 3, tone: "pressure" }]);
});

it("gives every label room within the drawing", () => {
  const { width, messages, marks } = layoutLanes(lanesOf(everything), { width: scheduleWidth(everything) });
  for (const { label } of [...messages, ...marks]) {
    if (label === undefined) continue;
    expect(label.x).toBeGreaterThanOrEqual(0);
    expect(label.x).toBeLessThan(width);
  }
});
