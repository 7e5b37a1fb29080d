import { describe, expect, it } from "vitest";
import { closest, editDistance } from "./closest.ts";
import { clip, padEnd, stripColor, visibleWidth } from "./columns.ts";
import { count, duration, figure } from "./figures.ts";
import { mark, NO_PAINT, paletteFor } from "./paint.ts";
import { wrap } from "./wrap.ts";

describe("wrap", () => {
  it("never passes the width where words allow it, and loses no word", () => {
    const text =
      "When the clock steps back the bucket must not mint tokens that were never earned, whatever NTP does " +
      "to the machine.";
    for (let width = 20; width <= 80; width++) {
      const lines = wrap(text, width, "  ").split("\n");
      expect(lines.every((line) => visibleWidth(line) <= width && line.startsWith("  "))).toBe(true);
      expect(lines.map((line) => line.trim()).join(" ")).toBe(text);
    }
  });

  it("keeps line breaks, blank lines and words longer than a line", () => {
    expect(wrap("one\n\ntwo", 20, "> ")).toBe("> one\n\n> two");
    expect(wrap(`a ${"x".repeat(30)} b`, 20)).toBe(`a\n${"x".repeat(30)}\nb`);
    expect(wrap(`see ${"x".repeat(100)} there`, 80, "  ", "")).toBe(`see\n  ${"x".repeat(100)}\n  there`);
  });

  it("begins with a lead of its own, which stays where there is no text", () => {
    expect(wrap("one\ntwo", 80, "  ", "- ")).toBe("- one\n  two");
    expect(wrap("", 80, "     ", "got  ")).toBe("got");
  });

  it("keeps what is drawn with spaces", () => {
    expect(wrap("got:\n    a  -> b", 80, "  ")).toBe("  got:\n      a  -> b");
  });
});

describe("widths", () => {
  it("count what is seen, not the colors", () => {
    const red = "\u001b[38;2;227;79;48mabc\u001b[39m";
    expect(visibleWidth(red)).toBe(3);
    expect(stripColor(padEnd(red, 5))).toBe("abc  ");
    expect(clip("abcdef", 4)).toBe("abc…");
    expect(clip("abcd", 4)).toBe("abcd");
  });
});

describe("figures for people", () => {
  it.each<[number, string]>([
    [0, "0 ms"],
    [999.4, "999 ms"],
    [1_000, "1.0 s"],
    [59_949, "59.9 s"],
    [59_951, "1 min"],
    [200_000, "3 min 20 s"],
  ])("duration of %d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

  it.each<[number, string]>([
    [11_234_567, "11.2 M"],
    [842_100, "842 k"],
    [3, "3"],
    [1_024, "1024"],
    [0.914, "0.91"],
    [12.34, "12.3"],
    [2.5e9, "2.50 G"],
  ])("figure of %d is %s", (value, text) => expect(figure(value)).toBe(text));

  it("counts in the singular and the plural", () => {
    expect([count(1, "exercise"), count(2, "exercise"), count(0, "child", "children")]).toEqual([
      "1 exercise",
      "2 exercises",
      "0 children",
    ]);
  });
});

describe("colors", () => {
  const terminal = { isTTY: true };

  it.each<[string, { isTTY?: boolean }, Record<string, string>, boolean]>([
    ["a terminal", terminal, {}, true],
    ["a pipe", {}, {}, false],
    ["NO_COLOR", terminal, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR, which means nothing", terminal, { NO_COLOR: "" }, true],
    ["FORCE_COLOR in a pipe", {}, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
    ["both: NO_COLOR wins", terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["a dumb terminal", terminal, { TERM: "dumb" }, false],
  ])("on %s", (_, screen, env, wanted) => expect(paletteFor(screen, env) !== NO_PAINT).toBe(wanted));

  it("are never the only difference: each mood has a symbol", () => {
    const symbols = (["passed", "failed", "inconclusive", "not-started"] as const).map((status) =>
      mark(status, NO_PAINT),
    );
    expect(symbols).toEqual(["✓", "✗", "?", "·"]);
  });
});

describe("closest", () => {
  const names = [
    "rate-limiter/fixed-window",
    "rate-limiter/token-bucket",
    "rate-limiter/leaky-bucket",
    "message-queue/log",
  ];

  it.each([
    ["rate-limiter/token-buket", "rate-limiter/token-bucket"],
    ["token-bucekt", "rate-limiter/token-bucket"],
    ["fixed", "rate-limiter/fixed-window"],
    ["Rate-Limiter/Token-Bucket", "rate-limiter/token-bucket"],
    ["mesage-queue/log", "message-queue/log"],
  ])("%s means %s", (typed, name) => expect(closest(typed, names)[0]).toBe(name));

  it("says nothing rather than nonsense", () => expect(closest("zzzzzzzz", names)).toEqual([]));

  it("counts a swap of neighbors once", () => {
    expect(editDistance("chekc", "check")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });
});
