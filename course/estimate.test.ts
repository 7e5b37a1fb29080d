import { describe, expect, it } from "vitest";
import {
  type DecidingEstimate,
  defineEstimates,
  type Estimate,
  evaluate,
  fromEstimate,
  fromParameter,
  originOf,
  printed,
  said,
  solveBreakEven,
  type Values,
} from "./estimate.ts";
import { convert } from "./units.ts";

describe("a break-even", () => {
  it("is where the two sides are equal", () => {
    const flip = solveBreakEven(transfer)!;
    const values = evaluate(transfer, { bytesPerSecond: flip.at });
    expect(values.seconds).toBeCloseTo(transfer.inputs[2]!.value, 9);
    expect(flip.at).toBeCloseTo(5e6, 3);
    expect(flip.side).toBe("above");
  });

  it("moves when another input is moved, and is on the other side when its own input is", () => {
    expect(solveBreakEven(transfer, { bytes: 2e9 })!.at).toBeCloseTo(1e7, 3);
    expect(solveBreakEven(transfer, { bytesPerSecond: 1e6 })!.side).toBe("below");
  });

  it("is a jump where the sides come in whole machines", () => {
    const { at } = solveBreakEven(machines)!;
    expect(at).toBeGreaterThan(100);
    expect(at).toBeLessThan(100 + 1e-9);
    expect(evaluate(machines, { rate: at }).machines).toBe(2);
    expect(evaluate(machines, { rate: 100 }).machines).toBe(1);
  });

  it("of something that comes whole is the first one on the upper side", () => {
    const estimate: Estimate = {
      ...machines,
      inputs: [{ id: "rate", label: "Clients", value: 40, unit: "clients", whole: true }],
      breakEven: { input: "rate", sides: ["machines", 1.5], below: "one", above: "several" },
    };
    expect(solveBreakEven(estimate)).toMatchObject({ at: 101, side: "below" });
  });

  it("is the one nearest to the present value where there are several", () => {
    const sides = { input: "x", sides: ["f", 0] as const, below: "", above: "" };
    // (x - 2)(x - 50): zero at 2 and at 50.
    const steps = [{ id: "f", label: "", unit: "", formula: "{x}", compute: ({ x }: Values) => (x! - 2) * (x! - 50) }];
    const at = (value: number) =>
      solveBreakEven({ ...base, inputs: [{ id: "x", label: "", value, unit: "" }], steps, breakEven: sides })!.at;
    expect(at(3)).toBeCloseTo(2, 9);
    expect(at(40)).toBeCloseTo(50, 9);
  });

  it("stays within the bounds of its input", () => {
    const bounded: Estimate = { ...transfer, inputs: transfer.inputs.map((input) => ({ ...input, min: 6e6 })) };
    expect(solveBreakEven(bounded)).toBeNull();
    expect(() => defineEstimates("s", [bounded])).toThrow(/no value of "bytesPerSecond" .* makes seconds and limitS/);
  });

  it.each([
    ["a missing input", { ...transfer.breakEven!, input: "nothing" }, /break-even of no input "nothing"/],
    ["a missing side", { ...transfer.breakEven!, sides: ["nothing", 1] as const }, /compares no "nothing"/],
  ])("does not load with %s", (_, breakEven, message) => {
    expect(() => defineEstimates("s", [{ ...transfer, breakEven } as Estimate])).toThrow(message);
  });
});

describe("an input", () => {
  it("takes a constant of the course in its own unit", () => {
    const input = fromParameter("fsyncLocalUs", { id: "syncMs", unit: "ms" });
    expect(input).toMatchObject({ value: 0.16, unit: "ms", parameter: "fsyncLocalUs" });
    expect(originOf(input)).toEqual({ kind: "parameter", parameter: "fsyncLocalUs", assumed: false });
    expect(originOf(fromParameter("nvmeSeqWriteGBs", { id: "disk" }))).toMatchObject({ assumed: true });
  });

  it("carries the result of another estimate over", () => {
    const input = fromEstimate(transfer, "seconds", { id: "waitS" });
    expect(input).toMatchObject({ value: 100, unit: "s", label: "Time" });
    expect(originOf(input)).toEqual({ kind: "result", estimate: "transfer", title: "A transfer" });
    expect(() => fromEstimate(transfer, "nothing", { id: "x" })).toThrow(/no input or step "nothing"/);
  });

  it("says when its origin is not known", () => {
    expect(originOf({ id: "x", label: "", value: 1, unit: "" })).toEqual({ kind: "unknown" });
  });
});

describe("what is printed", () => {
  it("is rounded as a person says it, unless it was chosen or is exact", () => {
    const step = transfer.steps[0]!;
    expect(printed(step, 213_675.2)).toBe(214_000);
    expect(printed({ ...step, exact: true }, 4_096)).toBe(4_096);
    expect(printed(transfer.inputs[0]!, 86_401)).toBe(86_401);
    expect(printed(fromEstimate(transfer, "seconds", { id: "x" }), 1.23456)).toBe(1.23);
    expect([said(0.012345), said(1_250_000, 2), said(0), said(Number.POSITIVE_INFINITY)]).toEqual([
      0.0123,
      1_300_000,
      0,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe("units", () => {
  it.each([
    [160, "µs", "ms", 0.16],
    [2, "GB/s", "bytes/s", 2e9],
    [2.5, "Mbit/s", "bytes/s", 312_500],
    [1.36, "%", "", 0.0136],
    [7, "req/s", "req/s", 7],
  ])("%d %s in %s is %d", (value, from, to, result) => {
    expect(convert(value, from, to)).toBeCloseTo(result, 12);
  });

  it("do not become something else", () => {
    expect(() => convert(1, "ms", "GB")).toThrow(/no way from "ms" to "GB"/);
    expect(() => convert(1, "USD/GB", "USD/TB")).toThrow(/no way/);
  });
});

const base = { id: "e", title: "E", decides: "something" };

const transfer: DecidingEstimate = {
  id: "transfer",
  title: "A transfer",
  decides: "Whether to send it or to compute it again.",
  inputs: [
    { id: "bytes", label: "Size", value: 1e9, unit: "bytes" },
    { id: "bytesPerSecond", label: "Link", value: 1e7, unit: "bytes/s" },
    { id: "limitS", label: "Limit", value: 200, unit: "s" },
  ],
  steps: [
    {
      id: "seconds",
      label: "Time",
      unit: "s",
      formula: "{bytes} / {bytesPerSecond}",
      compute: (v) => v.bytes! / v.bytesPerSecond!,
    },
  ],
  breakEven: { input: "bytesPerSecond", sides: ["seconds", "limitS"], below: "compute it again", above: "send it" },
};

const machines: DecidingEstimate = {
  ...base,
  inputs: [{ id: "rate", label: "Rate", value: 40, unit: "req/s" }],
  steps: [{ id: "machines", label: "", unit: "", formula: "{rate} / 100", compute: (v) => Math.ceil(v.rate! / 100) }],
  breakEven: { input: "rate", sides: ["machines", 2], below: "one machine", above: "a fleet" },
};
