import { describe, expect, it } from "vitest";
import { LabSession } from "../kit/session.ts";
import type { ClientName } from "./cluster.ts";
import { explain, report, theory } from "./explain.ts";
import { judge, type Operation } from "./judge.ts";
import { flights, scheduleOf } from "./lanes.ts";
import { type Action, hasConverged, model, type Params, paramsOf, reads, runMs, withHomes } from "./model.ts";
import { type PresetName, presets } from "./presets.ts";

const seeds = [1, 2, 3, 4];

function start(preset: PresetName, changes: Partial<Params> = {}, seed = 3) {
  return new LabSession(model, seed, { ...paramsOf(preset), ...changes });
}

function run(preset: PresetName, changes: Partial<Params> = {}, seed = 3, untilMs = runMs) {
  const session = start(preset, changes, seed);
  session.seek(untilMs);
  return session.state;
}

const verdicts = (state: ReturnType<typeof run>, client?: ClientName) =>
  reads(state)
    .filter(({ operation }) => client === undefined || operation.client === client)
    .map(({ operation, verdict }) => `${verdict.kind} ${operation.values.join("+")}`);

const write = (state: ReturnType<typeof run>, value: string) =>
  state.operations.find(({ kind, values }) => kind === "write" && values[0] === value)!;

describe("stale despite R + W > N", () => {
  it.each(seeds)(
    "a write counted on stand-ins is missed by reads of two homes, until it is handed over: seed %i",
    (seed) => {
      const state = run("sloppy", {}, seed);
      expect([write(state, "v2").status, write(state, "v2").countedOn]).toEqual(["done", ["n4", "n5"]]);
      expect(verdicts(state, "Ben")).toEqual(["stale v1", "current v2"]);
      expect(verdicts(state, "Cleo")).toEqual(["stale v1", "current v2"]);
      expect(hasConverged(state)).toBe(true);
    },
  );

  it("shows a stale read, two hints and homes that are behind when it opens", () => {
    const state = run("sloppy", {}, 3, presets.sloppy.startMs);
    expect(report(state).stale).toBe(1);
    expect(state.replicas.map(({ hints }) => hints)).toEqual([0, 0, 0, 1, 1]);
    expect(state.replicas.map(({ misses }) => misses)).toEqual([["v2"], ["v2"], ["v2"], [], []]);
    expect(hasConverged(state)).toBe(false);
  });

  it("says who was asked and who stood in", () => {
    const state = run("sloppy", {}, 3, presets.sloppy.startMs);
    const text = explain(report(state).latest!, state)!;
    expect(text).toMatch(/^Ben got v1 from n1 and n[23]\. v2 had been acknowledged \d+ ms before by n4 and n5\./);
    expect(text).toContain("n4 and n5 stood in for homes");
    expect(theory(state.params).sum).toBe("R + W = 4 > N = 3");
  });

  it("does not happen when the quorum is strict: the write has no answer instead", () => {
    const state = run("sloppy", { sloppy: false });
    expect(write(state, "v2").status).toBe("unknown");
    expect(report(state).stale).toBe(0);
  });
});

describe("R + W <= N", () => {
  it.each(seeds)("stale reads while nothing fails, and in none of them do the two sets meet: seed %i", (seed) => {
    const state = run("overlap", {}, seed);
    const stale = reads(state).flatMap(({ operation, verdict }) =>
      verdict.kind === "stale" ? [[operation, verdict.write] as const] : [],
    );
    expect(stale.length).toBeGreaterThan(0);
    for (const [read, { countedOn }] of stale)
      expect(read.countedOn.filter((node) => countedOn.includes(node))).toEqual([]);
    expect(state.cluster.injected.crashes + state.cluster.injected.partitions).toBe(0);
  });

  it("shows one when it opens", () => {
    const { startMs } = presets.overlap;
    const state = run("overlap", {}, 3, startMs);
    const { operation, verdict } = report(state).latest!;
    expect(verdict.kind).toBe("stale");
    expect(operation.endedAt).toBeGreaterThan(startMs - 70);
  });

  it.each(seeds)(
    "with R + W > N and the same slow messages no read is stale, whichever way it is reached: seed %i",
    (seed) => {
      for (const [r, w] of [
        [2, 2],
        [3, 1],
        [1, 3],
      ] as const) {
        const state = run("overlap", { r, w }, seed);
        expect(reads(state).length).toBeGreaterThan(10);
        expect(report(state).stale, `R = ${r}, W = ${w}`).toBe(0);
      }
    },
  );
});

describe("a read that goes back", () => {
  it.each(seeds)(
    "returns an older value than an earlier read, and misses nothing that was acknowledged: seed %i",
    (seed) => {
      const state = run("partial", {}, seed);
      expect(write(state, "v2").status).toBe("unknown");
      expect(verdicts(state).filter((text) => !text.startsWith("current"))).toEqual(["back v1"]);
      expect(report(state)).toMatchObject({ stale: 0, back: 1 });
    },
  );

  it("is on the screen when it opens, and explained", () => {
    const state = run("partial", {}, 3, presets.partial.startMs);
    expect(explain(report(state).latest!, state)).toMatch(
      /a read by Ben had returned v2, whose write had not been acknowledged/,
    );
  });
});

describe("siblings", () => {
  it.each(seeds)("both sides' writes stay until one that has read both replaces them: seed %i", (seed) => {
    const state = run("siblings", {}, seed);
    expect(write(state, "v2").status + write(state, "v3").status).toBe("donedone");
    expect(verdicts(state, "Cleo")[0]).toBe("current v2+v3");
    expect(write(state, "v4").replaced).toEqual(expect.arrayContaining(["v2", "v3"]));
    expect(verdicts(state, "Ben").at(-1)).toBe("current v4");
    expect(hasConverged(state)).toBe(true);
  });

  it("are on the screen when it opens", () => {
    const state = run("siblings", {}, 3, presets.siblings.startMs);
    expect(state.replicas.slice(0, 3).map(({ values }) => values)).toEqual(Array(3).fill(["v2", "v3"]));
    expect(explain(report(state).latest!, state)).toContain("siblings");
  });
});

describe("what heals a replica that was down", () => {
  /** n3 misses a write, strictly, and comes back. */
  function missing(antiEntropy: boolean, then: readonly (readonly [number, Action])[] = []) {
    const session = start("overlap", { r: 2, w: 2, slow: 0, antiEntropy });
    const actions: readonly (readonly [number, Action])[] = [
      [0, { kind: "traffic", on: false }],
      [100, { kind: "crash", node: "n3", forMs: 700 }],
      [120, { kind: "order", client: "Ana", order: "write" }],
      ...then,
    ];
    for (const [atMs, action] of actions) {
      session.seek(atMs);
      session.act(action);
    }
    session.seek(runMs);
    return session.state;
  }

  it("nothing, when nobody reads and nodes do not compare", () => {
    const { replicas } = missing(false);
    expect(replicas.map(({ values }) => values.length)).toEqual([1, 1, 0, 0, 0]);
  });

  it("read repair, when somebody reads", () => {
    const state = missing(false, [[1000, { kind: "order", client: "Ben", order: "read" }]]);
    expect(state.replicas[2]!.values).toEqual(state.replicas[0]!.values);
  });

  it("anti-entropy, when nobody does", () => {
    expect(hasConverged(missing(true))).toBe(true);
  });
});

describe("the lab", () => {
  it.each(Object.keys(presets) as PresetName[])("gives the same run for the same seed: %s", (preset) => {
    const hash = (seed: number) => run(preset, {}, seed, 700).cluster.trace!.hash();
    expect(hash(5)).toBe(hash(5));
    expect(hash(5)).not.toBe(hash(6));
  });

  it("goes back in time to the same state, the reader's actions included", () => {
    const session = start("overlap");
    session.seek(200);
    session.act({ kind: "cut", after: 2 });
    session.act({ kind: "via", client: "Cleo", node: "n5" });
    session.seek(400);
    const before = session.state.cluster.trace!.hash();
    session.seek(100);
    session.seek(400);
    expect([session.state.cluster.trace!.hash(), session.state.via.Cleo]).toEqual([before, "n5"]);
  });

  it("cuts until the switch is turned off, and not longer", () => {
    const session = start("overlap", { r: 2, w: 2, slow: 0 });
    session.act({ kind: "cut", after: 3 });
    const crossings = () =>
      session.state.cluster.trace!.events.filter(
        (event) => event.kind === "deliver" && event.from <= "n3" !== event.to <= "n3" && event.role === "message",
      ).length;
    session.act({ kind: "via", client: "Ben", node: "n5" });
    session.seek(400);
    expect(crossings()).toBe(0);
    expect(verdicts(session.state, "Ben").every((text) => text.startsWith("unanswered"))).toBe(true);
    session.act({ kind: "cut", after: 0 });
    session.seek(700);
    expect(crossings()).toBeGreaterThan(0);
  });

  it("takes any sizes that its sliders offer", () => {
    for (const n of [1, 2, 3, 4, 5]) {
      for (const sloppy of [false, true]) {
        const params = { ...paramsOf("overlap"), sloppy };
        const state = run("overlap", { sloppy, ...withHomes({ ...params, r: 5, w: 5 }, n) }, 1, 500);
        expect(reads(state).filter(({ verdict }) => verdict.kind === "current").length).toBeGreaterThan(5);
      }
    }
  });

  it("draws every lane, and messages of a partition as lost", () => {
    const { startMs } = presets.sloppy;
    const schedule = scheduleOf(run("sloppy", {}, 3, startMs), 120);
    expect(schedule.lanes).toHaveLength(8);
    expect(schedule.messages.some(({ arrivedAt }) => arrivedAt === undefined)).toBe(true);
    expect(schedule.marks.map(({ label }) => label)).toContain("stale: v1");
    const earlier = scheduleOf(run("sloppy", {}, 3, 270), 120);
    expect(earlier.messages.flatMap(({ label }) => (label === undefined ? [] : [label]))).toEqual(["write v2"]);
    const cut = run("sloppy", {}, 3, 200);
    expect(flights(cut).some(({ fate }) => fate === "lost")).toBe(true);
  });
});

describe("the verdict on a read", () => {
  const operation = (position: number, rest: Partial<Operation>): Operation => ({
    index: position,
    client: "Ana",
    kind: "write",
    via: "n1",
    calledAt: position,
    calledPosition: 2 * position,
    endedAt: position,
    endedPosition: 2 * position + 1,
    status: "done",
    values: [],
    replaced: [],
    countedOn: [],
    ...rest,
  });
  const v1 = operation(0, { values: ["v1"] });
  const v2 = operation(1, { values: ["v2"], replaced: ["v1"] });
  const read = (position: number, values: string[]) => operation(position, { kind: "read", values });

  it("counts a value that was replaced as seen", () => {
    expect(judge(read(2, ["v2"]), [v1, v2]).kind).toBe("current");
    expect(judge(read(2, ["v1"]), [v1, v2])).toMatchObject({ kind: "stale", write: v2 });
  });

  it("asks only for writes that were acknowledged before the read began", () => {
    const open = { ...v2, status: "unknown" as const };
    expect(judge(read(2, ["v1"]), [v1, open]).kind).toBe("current");
    expect(judge({ ...read(2, ["v1"]), calledPosition: v2.endedPosition! - 1 }, [v1, v2]).kind).toBe("current");
  });

  it("goes back where an earlier read had returned more", () => {
    const open = { ...v2, status: "unknown" as const };
    const first = read(2, ["v2"]);
    expect(judge(read(3, ["v1"]), [v1, open, first])).toMatchObject({ kind: "back", value: "v2", earlier: first });
  });
});
