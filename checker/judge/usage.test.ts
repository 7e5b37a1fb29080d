import { describe, expect, it } from "vitest";
import { parsePs, usageOf } from "./usage.ts";

describe("what a process has used", () => {
  it.each([
    ["  0:01.50  2048\n", { cpuMs: 1_500, residentMb: 2 }],
    ["00:00:07 1024", { cpuMs: 7_000, residentMb: 1 }],
    ["1-02:03:04 512", { cpuMs: 93_784_000, residentMb: 0.5 }],
  ])("reads what ps prints: %j", (line, usage) => {
    expect(parsePs(line)).toEqual(usage);
  });

  it("does not make up figures from what it cannot read", () => {
    expect(parsePs("")).toBeNull();
    expect(parsePs("ps: unknown option")).toBeNull();
  });

  // On a busy machine a tenth of a second of processor time can take many on the clock.
  it("sees this process compute", { timeout: 60_000 }, async () => {
    const before = await usageOf(process.pid);
    const until = process.cpuUsage().user + 120_000;
    while (process.cpuUsage().user < until);
    const after = await usageOf(process.pid);
    expect(after!.cpuMs - before!.cpuMs).toBeGreaterThanOrEqual(50);
    expect(after!.residentMb).toBeGreaterThan(10);
  });

  it("says nothing about a process that is gone", async () => {
    expect(await usageOf(2 ** 22 + 1)).toBeNull();
  });
});
