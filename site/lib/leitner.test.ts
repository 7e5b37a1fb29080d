import { describe, expect, it } from "vitest";
import { answer, dayOf, due, restDays, toAnki } from "./leitner.ts";

describe("spaced repetition", () => {
  it("asks a card that was never seen", () => {
    expect(due({}, ["a", "b"], 100)).toEqual(["a", "b"]);
  });

  it("lets a known card rest longer each time, up to the last box", () => {
    let deck = {};
    let today = 0;
    const rests: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      deck = answer(deck, "a", true, today);
      const next = (deck as Record<string, { dueDay: number }>).a!.dueDay;
      rests.push(next - today);
      expect(due(deck, ["a"], next - 1)).toEqual([]);
      expect(due(deck, ["a"], next)).toEqual(["a"]);
      today = next;
    }
    expect(rests).toEqual([1, 3, 7, 21, 21, 21]);
  });

  it("sends a forgotten card back to the first box, due today", () => {
    const deck = answer({ a: { box: 4, dueDay: 50 } }, "a", false, 50);
    expect(deck).toEqual({ a: { box: 0, dueDay: 50 + restDays[0]! } });
  });

  it("counts calendar days, not periods of 24 hours", () => {
    expect(dayOf(new Date(2024, 2, 31, 23, 59)) + 1).toBe(dayOf(new Date(2024, 3, 1, 0, 1)));
  });
});

describe("toAnki", () => {
  it("keeps one row a card whatever white space the text holds", () => {
    const text = toAnki([{ question: "Why\n two\tcounters?", answer: "To weigh\nthem." }], "rate-limiter");
    expect(text.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
      "Why two counters?\tTo weigh them.\trate-limiter",
      "",
    ]);
  });
});
