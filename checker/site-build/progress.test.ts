import { Writable } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { STAGES, showProgress } from "./progress.mjs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function screen(isTTY: boolean) {
  let text = "";
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    text += chunk.toString("utf8");
    done();
  };
  return { out: Object.assign(new Writable({ write }), { isTTY }), text: () => text };
}

it("counts the seconds of each stage on one line of a terminal", () => {
  const { out, text } = screen(true);
  const progress = showProgress(out);
  progress.next("bundle");
  vi.advanceTimersByTime(3_000);
  expect(text()).toMatch(new RegExp(`\\r.{3} {2}3 s {2}${STAGES.bundle}$`));
  expect(text()).not.toContain("\n");
  progress.end();
  const ended = text();
  expect(ended.endsWith("  3 s\n")).toBe(true);
  vi.advanceTimersByTime(3_000);
  expect(text()).toBe(ended);
});

it("writes a line for each stage where there is no terminal, and none for a message that is no stage", () => {
  const { out, text } = screen(false);
  const progress = showProgress(out);
  for (const message of ["read", "read", "no-such-stage", "bundle"]) progress.next(message);
  progress.end();
  const lines = ["starting", STAGES.read, STAGES.bundle, "done"];
  expect(text()).toBe(lines.map((line) => `  0 s  ${line}\n`).join(""));
});
