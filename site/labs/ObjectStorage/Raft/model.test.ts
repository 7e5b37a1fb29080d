import { describe, expect, it } from "vitest";
import { LabSession } from "../../kit/session.ts";
import { nodeNames } from "./cluster.ts";
import { scheduleOf, wordsOf } from "./lanes.ts";
import { type Action, broken, leadersNow, model, type Params, runMs, type State } from "./model.ts";
import { type PresetName, presets } from "./presets.ts";

const names = Object.keys(presets) as PresetName[];
const sessionOf = (preset: PresetName, seed = 1) => new LabSession<State, Params, Action>(model, seed, { preset });
const textsOf = (state: State, name: string) =>
  state.nodes.find((node) => node.name === name)!.entries.map(({ text }) => text);

describe("the Raft lab", () => {
  it("keeps to one leader a term and one entry an index, in every preset, for many seeds", () => {
    for (const preset of names) {
      for (let seed = 1; seed <= 6; seed++) {
        const lab = sessionOf(preset, seed);
        lab.seek(runMs);
        expect(broken(lab.state), `${preset}, seed ${seed}`).toEqual([]);
      }
    }
  });

  it.each(names)("%s answers its own question, with one of the options, for many seeds", (preset) => {
    const { startMs, options, outcome } = presets[preset];
    const expected = { cutOff: "overwritten", crash: "holders", minority: "later" }[preset];
    for (let seed = 1; seed <= 6; seed++) {
      const lab = sessionOf(preset, seed);
      lab.seek(startMs);
      expect(outcome(lab.state), `seed ${seed}, at the start`).toBeUndefined();
      lab.seek(runMs);
      expect(outcome(lab.state), `seed ${seed}, at the end`).toBe(expected);
      expect(options.map(([value]) => value)).toContain(expected);
    }
  });

  it("opens with a leader that is cut off and has y in its log, not committed", () => {
    const lab = sessionOf("cutOff");
    lab.seek(presets.cutOff.startMs);
    const { state } = lab;
    const old = state.nodes.find(({ name }) => name === state.oldLeader)!;
    expect(old).toMatchObject({ isUp: true, isCut: true });
    expect(old.entries.at(-1)).toMatchObject({ text: "y", isCommitted: false });
    expect(old.entries.find(({ text }) => text === "x")).toMatchObject({ isCommitted: true });
  });

  it("has exactly one follower without x when the leader crashes, for many seeds", () => {
    for (let seed = 1; seed <= 6; seed++) {
      const lab = sessionOf("crash", seed);
      lab.seek(presets.crash.startMs);
      expect(nodeNames.filter((name) => !textsOf(lab.state, name).includes("x"))).toHaveLength(1);
      expect(lab.state.committedAt.has("x")).toBe(true);
    }
  });

  it("gives a leader that is cut off no answer to a read", () => {
    const lab = sessionOf("cutOff");
    lab.seek(runMs);
    const texts = lab.state.notes.map(({ text }) => text);
    expect(texts).toContain("read 1 asked");
    expect(texts.some((text) => text.startsWith("read 1 answered"))).toBe(false);
  });

  it("goes back to the very same state, the reader's actions included", () => {
    const lab = sessionOf("crash");
    lab.seek(900);
    const leader = leadersNow(lab.state)[0]!.name;
    lab.act({ kind: "propose", node: leader });
    lab.act({ kind: "read", node: leader });
    lab.seek(1_500);
    const seen = structuredClone(lab.state.nodes);
    const notes = structuredClone(lab.state.notes);
    lab.seek(700);
    lab.seek(1_500);
    expect(lab.state.nodes).toEqual(seen);
    expect(lab.state.notes).toEqual(notes);
    expect(notes.map(({ text }) => text)).toContain("c1 is committed");
    expect(notes.map(({ text }) => text)).toContain("read 1 answered: c1");
  });

  it("says that a follower refuses what only a leader may take", () => {
    const lab = sessionOf("crash");
    lab.seek(400);
    const follower = lab.state.nodes.find(({ role }) => role === "follower")!.name;
    lab.act({ kind: "propose", node: follower });
    lab.advance(3);
    expect(lab.state.notes.at(-1)).toMatchObject({ node: follower, text: "c1 refused: it does not lead" });
  });

  it("keeps the disk of a node that crashes, and forgets its memory", () => {
    const lab = sessionOf("crash");
    lab.seek(560);
    const down = lab.state.nodes.find(({ isUp }) => !isUp)!;
    expect(down.entries.map(({ text }) => text)).toContain("x");
    lab.act({ kind: "restart", node: down.name });
    lab.advance(2);
    expect(lab.state.nodes.find(({ name }) => name === down.name)).toMatchObject({ isUp: true, role: "follower" });
    expect(textsOf(lab.state, down.name)).toContain("x");
  });

  it("elects nobody on a side of two, and heals", () => {
    const lab = sessionOf("crash", 3);
    lab.seek(1_500);
    for (const node of nodeNames.slice(0, 2)) lab.act({ kind: "cut", node });
    lab.seek(2_300);
    const cut = lab.state.nodes.filter(({ isCut }) => isCut);
    expect(cut.map(({ name }) => name)).toEqual(["n1", "n2"]);
    expect(cut.every(({ role }) => role !== "leader")).toBe(true);
    lab.act({ kind: "heal" });
    lab.seek(runMs);
    expect(lab.state.nodes.every(({ isCut }) => !isCut)).toBe(true);
    expect(leadersNow(lab.state)).toHaveLength(1);
  });

  it("draws lost messages as lost, and says it in words", () => {
    const lab = sessionOf("cutOff");
    lab.seek(presets.cutOff.startMs);
    const { messages, lanes } = scheduleOf(lab.state, 150);
    expect(lanes).toEqual(nodeNames);
    expect(messages.some(({ arrivedAt, tone }) => arrivedAt === undefined && tone === "pressure")).toBe(true);
    expect(wordsOf(lab.state, 150)).toMatch(/messages arrived, [1-9]\d* were lost/);
  });
});
