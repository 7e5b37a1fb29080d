import { describe, expect, it } from "vitest";
import { type LaneSchedule, layoutLanes } from "./lanes.ts";

const schedule: LaneSchedule = {
  lanes: ["a", "store", "b"],
  messages: [
    { from: "a", to: "store", sentAt: 0, arrivedAt: 4, label: "get" },
    { from: "b", to: "store", sentAt: 1, arrivedAt: 5, label: "get" },
    { from: "store", to: "a", sentAt: 4, arrivedAt: 9, label: "0 used" },
    { from: "store", to: "b", sentAt: 5, label: "0 used" },
  ],
  marks: [{ lane: "a", at: 9, label: "admit", tone: "flow" }],
};

describe("layoutLanes", () => {
  const layout = layoutLanes(schedule, { width: 560 });

  it("lets time run to the right inside the frame", () => {
    for (const line of layout.messages) {
      expect(line.x1).toBeGreaterThanOrEqual(84);
      expect(line.x2).toBeGreaterThan(line.x1);
      expect(line.x2).toBeLessThanOrEqual(560);
    }
    expect(layout.x(9)).toBeGreaterThan(layout.x(4));
  });

  it("ends a lost message between the lanes and calls it pressure", () => {
    const lost = layout.messages.at(-1)!;
    const [, store, b] = layout.lanes;
    expect(lost).toMatchObject({ lost: true, tone: "pressure" });
    expect(lost.y2).toBeGreaterThan(store!.y);
    expect(lost.y2).toBeLessThan(b!.y);
  });

  it.each([320, 420, 560, 900])("keeps labels apart and inside at %d px", (width) => {
    const { messages, marks } = layoutLanes(schedule, { width });
    const boxes = [...messages, ...marks].flatMap(({ label }) => (label ? [label] : []));
    for (const [i, a] of boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.text.length * 6.9).toBeLessThanOrEqual(width);
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.text.length * 6.9 <= b.x || b.x + b.text.length * 6.9 <= a.x || Math.abs(a.y - b.y) >= 15;
        expect(apart, `"${a.text}" and "${b.text}"`).toBe(true);
      }
    }
  });

  it("names the lanes that exist when a message uses another", () => {
    const wrong = { ...schedule, marks: [{ lane: "c", at: 0 }] };
    expect(() => layoutLanes(wrong, { width: 560 })).toThrow('lane "c" is not one of: a, store, b');
  });

  it("draws a schedule in which nothing happens", () => {
    expect(layoutLanes({ lanes: ["a"], messages: [], marks: [] }, { width: 300 }).messages).toEqual([]);
  });
});
