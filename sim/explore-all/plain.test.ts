import { describe, expect, it, vi } from "vitest";
import type { Context, Node } from "../node.ts";
import { type PlainRules, plainly, searched } from "./plain-fixture.ts";
import { Search, type SearchOptions } from "./search.ts";
import type { Bounds, SmallWorldFactory } from "./small-world.ts";
import { copied, tellers, voters } from "./worlds-fixture.ts";

// Thousands of runs each; seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const optionsOf = (scenario: SmallWorldFactory, bounds: Bounds): SearchOptions => {
  return { scenario, bounds, seed: 1, statesMax: 1e6, eventsMax: 1e7, clock: false };
};

/** Searches without invariants, so that it does not end before the space does. */
function compared(scenario: SmallWorldFactory, bounds: Bounds, rules: PlainRules, searchBounds = bounds) {
  const silent: SmallWorldFactory = (setup) => ({ ...scenario(setup), invariants: {} });
  const search = new Search(optionsOf(silent, searchBounds));
  expect(search.run()).toBe("exhausted");
  const plain = plainly(optionsOf(silent, bounds), rules);
  return { search, plain, found: searched(search, rules) };
}

const worlds: readonly (readonly [string, SmallWorldFactory, Bounds])[] = [
  ["votes in any order", voters(2), { depth: 4 }],
  ["votes of two, to the end", voters(2, ["n1", "n2"]), { depth: 20 }],
  ["one message twice", voters(2, ["n1", "n2"]), { depth: 5, duplicates: 1 }],
  ["few messages", voters(2), { depth: 5, messages: 1 }],
  ["timers by name", tellers(false), { depth: 5, timers: { count: 2 } }],
  ["clients", copied(false), { depth: 8 }],
  ["clients, and replies that wait", copied(true), { depth: 8 }],
  ["clients whose order does not matter", copied(false, { realTime: false }), { depth: 8 }],
  ["lost messages that are counted", copied(true), { depth: 8, drops: 1 }],
  ["lost and repeated messages", copied(false), { depth: 4, drops: 1, duplicates: 1, faults: 1 }],
  ["crashes before every effect", tellers(false), { depth: 3, timers: 2, crashes: 1, drops: 0, unsynced: "kept" }],
];

const keepingLinks: readonly (readonly [string, SmallWorldFactory, Bounds])[] = [
  ["links that keep their order", tellers(false), { depth: 5, late: 0, timers: 3 }],
  ["one late message", tellers(false), { depth: 5, late: 1, timers: 3 }],
  ["messages late or twice, one fault in all", tellers(false), { depth: 4, duplicates: 1, late: 1, faults: 1 }],
  ["links between voters", voters(2), { depth: 4, late: 0 }],
];

describe("a search finds exactly the states that plain enumeration finds", () => {
  it.each(worlds)("%s", (_, scenario, bounds) => {
    const { plain, found } = compared(scenario, bounds, { network: true });
    expect(found).toEqual(plain.states);
    expect(plain.finals.size).toBeGreaterThan(0);
    for (const final of plain.finals) expect(found).toContain(final);
  });

  // Letters that are late for good are left out of the states of a search, so what is on its way is not compared.
  it.each(keepingLinks)("%s", (_, scenario, bounds) => {
    const { plain, found } = compared(scenario, bounds, { network: false });
    expect(found).toEqual(plain.states);
  });

  it("and needs far fewer of them than there are schedules", () => {
    const { plain, search } = compared(voters(2), { depth: 5 }, { network: true });
    expect({ states: search.states, schedules: plain.runs }).toEqual({ states: 293, schedules: 1_396 });
  });

  it("with two crashes, one in the middle of the other's restart", () => {
    const { plain, found } = compared(starters, { depth: 3, crashes: 2, unsynced: "kept" }, { network: true });
    expect(found).toEqual(plain.states);
    const twice = "[[[3,0]],[],[]]";
    expect(found).toContain(twice);
  });
});

describe("what is left out shows nothing that is not seen elsewhere", () => {
  it("losses: with each of them an event, nodes are seen in the same ways", () => {
    for (const [scenario, depth] of [
      [voters(2, ["n1", "n2"]), 4],
      [tellers(false), 4],
    ] as const) {
      const { plain, found } = compared(scenario, { depth }, { network: false, losses: true });
      expect(found).toEqual(plain.states);
    }
  });

  it("crashes between two messages: nodes are seen in the same ways", () => {
    const bounds: Bounds = { depth: 3, timers: 2, crashes: 1, unsynced: "kept" };
    const { plain, found } = compared(tellers(true), bounds, { network: false });
    expect(found).toEqual(plain.states);
  });
});

describe("the verdict is that of plain enumeration", () => {
  it.each([
    ["votes", voters(1, ["n1", "n2"]), { depth: 4 }],
    ["right votes", voters(2, ["n1", "n2"]), { depth: 20 }],
    ["a read that misses a write", copied(false), { depth: 8 }],
    ["one that does not", copied(true), { depth: 8 }],
    ["told too early", tellers(true), { depth: 3, crashes: 1, unsynced: "kept" }],
    ["told in time", tellers(false), { depth: 3, crashes: 1, unsynced: "kept" }],
  ] as const)("%s", (_, scenario, bounds) => {
    const search = new Search(optionsOf(scenario, bounds));
    const plain = plainly(optionsOf(scenario, bounds), { network: false });
    expect(search.run()).toBe(plain.broken.size > 0 ? "violated" : "exhausted");
    if (search.wrong !== undefined) expect([...plain.broken]).toContain(search.wrong.invariant);
  });

  it("and names that are swapped change neither states nor verdict", () => {
    const symmetric = [["n1", "n2", "n3"]];
    const bounds: Bounds = { depth: 6 };
    const folded = new Search(optionsOf(voters(2, ["n1", "n2", "n3"], { symmetric }), bounds));
    const all = new Search(optionsOf(voters(2), bounds));
    expect([folded.run(), all.run()]).toEqual(["exhausted", "exhausted"]);
    // Each folded state stands for its six swaps, and for nothing else.
    expect(unfolded(folded)).toEqual(searched(all, { network: true }));
    expect(folded.states).toBeLessThan(all.states / 4);
  });
});

/** Writes while it starts, so that a restart can be cut off. */
class Starter implements Node {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  onStart(): void {
    this.#context.disk.append("starts", Uint8Array.of(1));
    this.#context.setTimer("t", 1);
  }

  onTimer(): void {
    this.#context.disk.append("fired", Uint8Array.of(1));
  }

  sizes(): number[] {
    const { disk } = this.#context;
    return ["starts", "fired"].map((file) => (disk.exists(file) ? disk.size(file) : 0));
  }
}

const starters: SmallWorldFactory = () => ({
  nodes: { n1: (context) => new Starter(context) },
  look: (node: Starter) => node.sizes(),
});

/** The states of a folded search under all names. */
function unfolded(search: Search): Set<string> {
  const texts = new Set<string>();
  for (const text of searched(search, { network: true })) {
    for (const { names } of search.symmetry.swaps) {
      const [views, history, letters] = parse(text);
      const moved = search.nodeIds.map((id) => views[search.nodeIds.findIndex((from) => names.get(from) === id)]);
      const swapped = letters.map((letter) => letter.replaceAll(/n\d/g, (name) => names.get(name)!)).sort();
      texts.add(`[[${moved.join(",")}],${history},[${swapped.map((each) => JSON.stringify(each)).join(",")}]]`);
    }
  }
  return texts;
}

function parse(text: string): [views: string[], history: string, letters: string[]] {
  const [views, history, letters] = JSON.parse(text) as [unknown[], unknown, string[]];
  return [views.map((view) => JSON.stringify(view)), JSON.stringify(history), letters];
}
