import { describe, expect, it, vi } from "vitest";
import { canonical } from "./canonical.ts";
import type { Client, ClientProgram } from "./client.ts";
import type { SmallWorld, SmallWorldFactory } from "./explore-all/small-world.ts";
import { copied, type Led, tellers, Voter, voters } from "./explore-all/worlds-fixture.ts";
import { type ExploreAllOptions, exploreAll, replayAll, type Violated } from "./explore-all.ts";
import type { Context, Node } from "./node.ts";
import { BUILT_IN } from "./scenario.ts";
import { countMessages } from "./schedule.ts";

// Whole searches: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

function violationOf(options: ExploreAllOptions): Violated {
  const found = exploreAll(options);
  if (found.verdict !== "violated") throw new Error(`${found.verdict} after ${found.states} states`);
  return found;
}

const kept = { unsynced: "kept" } as const;

describe("the verdict", () => {
  it("is exhausted when nothing is wrong in any state, and says how many there are", () => {
    const found = exploreAll({ scenario: voters(2), bounds: { depth: 20 } });
    // Nothing was cut off: three nodes campaign, ask two others each, and are answered: 15 events, and no state was
    // left out.
    expect(found).toMatchObject({
      verdict: "exhausted",
      states: 33_318,
      events: 71_265,
      depth: 15,
      cut: [],
      unreached: [],
    });
  });

  it("is violated with a shortest schedule, drawn and ready to be taken again", () => {
    const options = { scenario: voters(1), bounds: { depth: 20 } };
    const found = violationOf(options);
    expect(found.violation).toMatchObject({
      invariant: "at most one leads a term",
      message: "n1 and n2 both lead term 1",
      at: 2,
      node: "n2",
      when: "step",
    });
    expect(found.steps).toEqual([
      { kind: "timer", node: "n1", name: "campaign" },
      { kind: "timer", node: "n2", name: "campaign" },
    ]);
    const again = replayAll(options, JSON.parse(JSON.stringify(found.steps)));
    expect(again.violation).toEqual(found.violation);
    expect(again.trace.hash()).toBe(found.hash);
  });

  it("draws what happened, and counts what never arrives", () => {
    const { drawing, mermaid, schedule } = violationOf({ scenario: copied(false), bounds: { depth: 20 } });
    expect(countMessages(schedule)).toBe(4);
    expect(drawing).toMatchInlineSnapshot(`
      "  step  writer   reader   n1       n2
           1  ●────────┼───────►│        │        1
           1  │◄───────┼────────●        │        1
           2  │        ●────────┼───────►│        0
           2  │        │◄───────┼────────●        0
           2  │        │        │        !        BROKEN a read sees what was written
              │        │        │        │        before: read 0 after 1 was written
              (1 more message, lost or late without consequence, is not drawn)
      "
    `);
    expect(mermaid).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant p0 as writer
        participant p1 as reader
        participant p2 as n1
        participant p3 as n2
        p0->>p2: 1
        p2-->>p0: 1
        p1->>p3: 0
        p3-->>p1: 0
        Note over p3: BROKEN a read sees what was written before: read 0 after 1 was written
        Note over p0,p3: 1 more message, lost or late without consequence, is not drawn
      "
    `);
  });

  it("is budget spent, and never a pass, when the space is larger than the budget", () => {
    const options = { scenario: voters(2), bounds: { depth: 20 } };
    expect(exploreAll({ ...options, statesMax: 1_000 })).toMatchObject({ verdict: "budget spent", budget: "states" });
    const spent = exploreAll({ ...options, eventsMax: 1_000 });
    expect(spent).toMatchObject({ verdict: "budget spent", budget: "events" });
    expect(spent.events).toBeLessThan(1_100);
  });

  it("says which bounds cut something off", () => {
    const bounds = { depth: 6, timers: 1, messages: 2 };
    expect(exploreAll({ scenario: voters(2), bounds })).toMatchObject({ cut: ["messages", "timers"] });
    expect(exploreAll({ scenario: voters(2), bounds: { depth: 3 } })).toMatchObject({ cut: ["depth"], depth: 3 });
    const one = { depth: 20, timers: { campaign: 1 } };
    expect(exploreAll({ scenario: voters(2), bounds: one })).toMatchObject({ cut: ['timer "campaign"'] });
  });

  it("is the same bytes every time", () => {
    const options = { scenario: voters(2), bounds: { depth: 8 } };
    expect(canonical(exploreAll(options))).toBe(canonical(exploreAll(options)));
    const wrong = { scenario: copied(false), bounds: { depth: 20 } };
    expect(canonical(exploreAll(wrong))).toBe(canonical(exploreAll(wrong)));
  });
});

describe("what can happen", () => {
  /** Hears numbers, and shows them in order. */
  const listener = (): Node & { heard: number[] } => {
    const heard: number[] = [];
    return { heard, onMessage: (_, message) => void heard.push(message) };
  };
  const sender =
    (count: number) =>
    (context: Context): Node => ({
      onStart() {
        for (let i = 1; i <= count; i++) context.send("b", i);
      },
    });
  const heard = (count: number, bounds: ExploreAllOptions["bounds"]): string[] => {
    const seen = new Set<string>();
    const scenario = (): SmallWorld => ({
      nodes: { a: sender(count), b: listener },
      look: (node: Node & { heard?: number[] }) => [...(node.heard ?? [])],
      invariants: { seen: ({ view }) => void seen.add((view("b") as number[]).join("")) },
    });
    expect(exploreAll({ scenario, bounds }).verdict).toBe("exhausted");
    return [...seen].sort();
  };

  it("messages arrive in any order, or never", () => {
    expect(heard(2, { depth: 9 })).toEqual(["", "1", "12", "2", "21"]);
    expect(heard(3, { depth: 9 })).toHaveLength(1 + 3 + 6 + 6);
  });

  it("links keep their order as long as no late message is paid for", () => {
    expect(heard(3, { depth: 9, late: 0 })).toEqual(["", "1", "12", "123", "13", "2", "23", "3"]);
    const one = heard(3, { depth: 9, late: 1 });
    expect(one).toContain("213");
    expect(one).toContain("132");
    expect(one).not.toContain("321");
  });

  it("a message arrives once more for each duplicate that is allowed", () => {
    expect(heard(1, { depth: 9 })).toEqual(["", "1"]);
    expect(heard(1, { depth: 9, duplicates: 2 })).toEqual(["", "1", "11", "111"]);
    const two = heard(2, { depth: 9, duplicates: 1, late: 0 });
    expect(two).toContain("121");
    expect(two).not.toContain("1212");
  });

  it("faults are limited together, too", () => {
    const bounds = { depth: 9, duplicates: 1, late: 1 };
    expect(heard(2, bounds)).toContain("221");
    const one = heard(2, { ...bounds, faults: 1 });
    expect(one).toEqual(["", "1", "11", "112", "12", "121", "122", "2", "21", "22"]);
  });

  it("lost messages are counted where an end is judged", () => {
    const scenario = (): SmallWorld => ({
      ...copied(true)(),
      atEnd: { "all clients are answered": ({ clientsDone }) => (clientsDone ? undefined : "one waits for ever") },
    });
    const bounds = { depth: 20, drops: 0 };
    expect(exploreAll({ scenario, bounds })).toMatchObject({ verdict: "exhausted", cut: [] });
    const { violation, steps } = violationOf({ scenario, bounds: { ...bounds, drops: 1 } });
    expect(violation).toMatchObject({ invariant: "all clients are answered", when: "end" });
    expect(steps.filter(({ kind }) => kind === "drop")).toHaveLength(1);
    expect(() => exploreAll({ scenario, bounds: { depth: 20 } })).toThrow("say in `bounds.drops`");
    expect(() => exploreAll({ scenario, bounds: { ...bounds, late: 0 } })).toThrow("cannot both be limited");
  });

  it("a crash takes what was not stored, also in the middle of a handler", () => {
    expect(exploreAll({ scenario: tellers(true), bounds: { depth: 6, timers: 2 } }).verdict).toBe("exhausted");
    const { steps } = violationOf({ scenario: tellers(true), bounds: { depth: 6, timers: 2, crashes: 1 } });
    expect(steps).toEqual([
      {
        kind: "crash",
        node: "n1",
        during: { kind: "timer", node: "n1", name: "count" },
        effect: 2,
        disk: [],
      },
      { kind: "deliver", from: "n1", to: "n2", nth: 1, again: false },
    ]);
    const right = exploreAll({ scenario: tellers(false), bounds: { depth: 6, timers: 2, crashes: 2 } });
    expect(right).toMatchObject({ verdict: "exhausted", unreached: [] });
    expect(right.counts.crashes).toBeGreaterThan(100);
  });

  it("a crash keeps any part of what was not synced, or all of it when told so", () => {
    const sizes = (bounds: Partial<ExploreAllOptions["bounds"]>): number[] => {
      const seen = new Set<number>();
      const scenario = (): SmallWorld => ({
        nodes: {
          n1: ({ disk }) => ({
            size: () => (disk.exists("f") ? disk.size("f") : -1),
            onStart() {
              if (disk.exists("f")) return;
              disk.append("f", Uint8Array.of(1));
              disk.append("f", Uint8Array.of(2));
            },
          }),
        },
        look: (node: Node & { size?(): number }) => node.size!(),
        invariants: { seen: ({ views }) => void seen.add(views[0] as number) },
      });
      exploreAll({ scenario, bounds: { depth: 1, crashes: 1, ...bounds } });
      return [...seen].sort();
    };
    // After the crash a file that is gone is written again; sizes 0 and 1 are what was there when it came up.
    expect(sizes({})).toEqual([0, 1, 2]);
    expect(sizes(kept)).toEqual([2]);
  });

  it("nodes that are called immortal do not crash, and a crash that cannot happen is said to be missing", () => {
    const scenario = tellers(true, { immortal: ["n1", "n2"] });
    const found = exploreAll({ scenario, bounds: { depth: 4, timers: 1, crashes: 1 } });
    expect(found).toMatchObject({ verdict: "exhausted", unreached: ["crashes"] });
  });

  it("a sync takes its time, and a crash comes before its end or after it", () => {
    const seen = new Set<string>();
    const scenario = (): SmallWorld => ({
      nodes: {
        n1: ({ disk }) => {
          const synced: string[] = [];
          return {
            synced,
            onStart() {
              if (disk.exists("f")) return;
              disk.append("f", Uint8Array.of(1));
              disk.syncDirectory();
              disk.syncLater("f", "first");
              disk.syncLater("f", "second");
            },
            onSynced: (name) => void synced.push(`${name} ${disk.size("f")}`),
          };
        },
      },
      look: (node: Node & { synced?: string[] }) => node.synced!.join(", "),
      invariants: { seen: ({ views }) => void seen.add(views[0] as string) },
    });
    const found = exploreAll({ scenario, bounds: { depth: 3, crashes: 1 } });
    expect(found.verdict).toBe("exhausted");
    expect([...seen].sort()).toEqual(["", "first 1", "first 1, second 1", "second 1", "second 1, first 1"]);
  });
});

describe("clients", () => {
  it("call at any time, wait for their answers, and are judged by what came before what", () => {
    const { violation, steps, schedule } = violationOf({ scenario: copied(false), bounds: { depth: 20 } });
    expect(violation.message).toBe("read 0 after 1 was written");
    expect(steps).toEqual([
      { kind: "call", client: "writer" },
      { kind: "call", client: "reader" },
    ]);
    expect(schedule.lanes).toEqual(["writer", "reader", "n1", "n2"]);
    expect(exploreAll({ scenario: copied(true), bounds: { depth: 20 } })).toMatchObject({
      verdict: "exhausted",
      cut: [],
    });
  });

  it("a crash in the middle of a request leaves it open", () => {
    const scenario = (): SmallWorld => ({
      nodes: {
        n1: ({ disk }) => ({
          onRequest(_, reply) {
            disk.append("f", Uint8Array.of(1));
            reply("done");
          },
          size: () => (disk.exists("f") ? disk.size("f") : 0),
        }),
      },
      clients: {
        *c1(c) {
          yield* c.invoke("n1", "go");
        },
      },
      look: (node: Node & { size?(): number }) => node.size!(),
      goals: {
        "written and answered": ({ history, views }) => history[0]?.status === "ok" && views[0] === 1,
        "written and open": ({ history, views }) => history[0]?.status === "unknown" && views[0] === 1,
        "open and lost": ({ history, views }) => history[0]?.status === "unknown" && views[0] === 0,
      },
    });
    const found = exploreAll({ scenario, bounds: { depth: 3, crashes: 1, unsynced: "kept", drops: 0 } });
    expect(found).toMatchObject({ verdict: "exhausted", unreached: [] });
  });

  it("sleep as long as they like", () => {
    const scenario = (): SmallWorld => ({
      ...copied(false)(),
      clients: {
        *c1(c: Client<number, number>): ReturnType<ClientProgram<unknown, unknown>> {
          yield* c.invoke("n1", 1);
          yield* c.sleep(100);
          yield* c.invoke("n2", 0);
        },
      },
      goals: {
        "the copy came first": ({ history }) => history[1]?.status === "ok" && history[1].output === 1,
        "the client was faster": ({ history }) => history[1]?.status === "ok" && history[1].output === 0,
      },
      invariants: {},
    });
    expect(exploreAll({ scenario, bounds: { depth: 9 } })).toMatchObject({ verdict: "exhausted", unreached: [] });
  });

  it("that throw are violations, with the schedule that led there", () => {
    const scenario = (): SmallWorld => ({
      ...copied(false)(),
      invariants: {},
      clients: {
        *c1(c: Client<number, number>): ReturnType<ClientProgram<unknown, unknown>> {
          const outcome = yield* c.invoke("n2", 0);
          if (outcome.status === "ok" && outcome.response === 0) throw new Error("nothing there");
        },
      },
    });
    const { violation } = violationOf({ scenario, bounds: { depth: 9 } });
    expect(violation).toMatchObject({ invariant: BUILT_IN.clientThrows, message: "c1 threw: nothing there" });
  });
});

describe("time", () => {
  /** Sets timers and shows in which order they fire. */
  const ringer = (set: readonly [string, number][], later: readonly [string, number][] = []) => {
    const orders = new Set<string>();
    const scenario = (): SmallWorld => ({
      nodes: {
        n1: (context) => {
          const rung: string[] = [];
          return {
            rung,
            onStart() {
              for (const [name, delayMs] of set) context.setTimer(name, delayMs);
              context.send("n1", "later");
            },
            onMessage() {
              for (const [name, delayMs] of later) context.setTimer(name, delayMs);
            },
            onTimer: (name) => void rung.push(name),
          };
        },
      },
      look: (node: Node & { rung?: string[] }) => node.rung!.join(""),
      invariants: { seen: ({ views }) => void orders.add(views[0] as string) },
    });
    expect(exploreAll({ scenario, bounds: { depth: 9 } }).verdict).toBe("exhausted");
    return [...orders].sort();
  };

  it("timers of one handler fire by their delays, equal ones as they were set", () => {
    expect(
      ringer([
        ["a", 20],
        ["b", 10],
        ["c", 20],
      ]),
    ).toEqual(["", "b", "ba", "bac"]);
  });

  it("a timer that was set later fires before one that was set for longer, or after it", () => {
    expect(ringer([["a", 20]], [["b", 10]])).toEqual(["", "a", "ab", "b", "ba"]);
    expect(ringer([["a", 20]], [["b", 20]])).toEqual(["", "a", "ab"]);
  });

  it("a timer that is set again, or cleared, is another one, or none", () => {
    expect(
      ringer([
        ["a", 10],
        ["b", 20],
        ["a", 30],
      ]),
    ).toEqual(["", "b", "ba"]);
  });

  it("is not measured: a node that reads its clock is refused, unless it is told what to read", () => {
    const scenario = (): SmallWorld => ({
      nodes: {
        n1: (context) => {
          const read: number[] = [];
          return {
            read,
            onStart() {
              context.setTimer("a", 30);
              context.setTimer("b", 10);
            },
            onTimer: () => void read.push(context.now()),
          };
        },
      },
      look: (node: Node & { read?: number[] }) => [...node.read!],
      goals: { "both have fired": ({ views }) => canonical(views[0]) === "[10,30]" },
    });
    const bounds = { depth: 5 };
    expect(() => exploreAll({ scenario, bounds })).toThrow("n1 reads its clock");
    expect(exploreAll({ scenario, bounds, clock: "elapsed" })).toMatchObject({ verdict: "exhausted", unreached: [] });
  });
});

describe("goals", () => {
  it("say in how many events the first run gets there, or that none does", () => {
    const goals: SmallWorld["goals"] = {
      "one leads": ({ views }) => (views as Led[]).some(({ terms }) => terms.length > 0),
      "all have led": ({ views }) => (views as Led[]).every(({ terms }) => terms.length > 0),
      "one has led twice": ({ views }) => (views as Led[]).some(({ terms }) => terms.length > 1),
    };
    const found = exploreAll({ scenario: voters(2, ["n1", "n2", "n3"], { goals }), bounds: { depth: 20 } });
    expect(found).toMatchObject({
      verdict: "exhausted",
      reached: { "one leads": 3, "all have led": 9 },
      unreached: ['goal "one has led twice"'],
    });
    const spent = exploreAll({
      scenario: voters(2, ["n1", "n2", "n3"], { goals }),
      bounds: { depth: 20 },
      statesMax: 100,
    });
    expect(spent).toMatchObject({ verdict: "budget spent", unreached: ["all have led", "one has led twice"] });
  });

  it("an end that is judged and never comes is one of them", () => {
    const scenario = tellers(false, { atEnd: { nothing: () => "it ended" } });
    const found = exploreAll({ scenario, bounds: { depth: 3, drops: 0 } });
    expect(found).toMatchObject({ verdict: "exhausted", ends: 0, unreached: ["an end"] });
  });
});

describe("names", () => {
  it("that do not matter are folded, and the schedule that is found is a real one", () => {
    const symmetric = [["n1", "n2", "n3"]];
    const right = exploreAll({ scenario: voters(2, ["n1", "n2", "n3"], { symmetric }), bounds: { depth: 20 } });
    expect(right).toMatchObject({ verdict: "exhausted", states: 5_561 });
    const { steps, violation } = violationOf({
      scenario: voters(1, ["n1", "n2", "n3"], { symmetric }),
      bounds: { depth: 9 },
    });
    expect(violation.message).toMatch(/^n\d and n\d both lead term 1$/);
    expect(steps).toHaveLength(2);
  });

  it("that do matter are refused", () => {
    const scenario = (): SmallWorld => ({
      ...voters(2)(),
      nodes: Object.fromEntries(
        ["n1", "n2", "n3"].map((name) => [
          name,
          (context: Context) => {
            const voter = new Voter(context, 2);
            // The first one in the alphabet counts one vote twice.
            if (name === "n1") voter.led.push(100);
            return voter;
          },
        ]),
      ),
      symmetric: [["n1", "n2", "n3"]],
    });
    expect(() => exploreAll({ scenario, bounds: { depth: 5 } })).toThrow(/symmetric: under other names .* is seen as/);
  });

  it("that are unknown, or in two groups, or told to clients, are refused", () => {
    const of = (symmetric: string[][]) => ({
      scenario: voters(2, ["n1", "n2", "n3"], { symmetric }),
      bounds: { depth: 3 },
    });
    expect(() => exploreAll(of([["n1", "n4"]]))).toThrow('there is no node "n4"');
    expect(() =>
      exploreAll(
        of([
          ["n1", "n2"],
          ["n2", "n3"],
        ]),
      ),
    ).toThrow("a node is there twice");
    const scenario = copied(true, { symmetric: [["n1", "n2"]] });
    expect(() => exploreAll({ scenario, bounds: { depth: 9 } })).toThrow("asks nodes of a group by name");
  });
});

describe("fingerprints", () => {
  const fingerprint = (node: Voter) => node.memory();

  it("merge pasts that left the same memory, and change no verdict", () => {
    const merged = exploreAll({ scenario: voters(2, ["n1", "n2", "n3"], { fingerprint }), bounds: { depth: 20 } });
    expect(merged).toMatchObject({ verdict: "exhausted", cut: [] });
    expect(merged.states).toBeLessThan(33_318 / 2);
    const options = { scenario: voters(1, ["n1", "n2", "n3"], { fingerprint }), bounds: { depth: 20 } };
    expect(violationOf(options).steps).toHaveLength(2);
  });

  it("work with symmetry", () => {
    const symmetric = [["n1", "n2", "n3"]];
    const world = { fingerprint, symmetric };
    const both = exploreAll({ scenario: voters(2, ["n1", "n2", "n3"], world), bounds: { depth: 20 } });
    const merged = exploreAll({ scenario: voters(2, ["n1", "n2", "n3"], { fingerprint }), bounds: { depth: 20 } });
    expect(both.verdict).toBe("exhausted");
    expect(both.states).toBeLessThan(merged.states / 5);
    expect(both.states).toBeGreaterThanOrEqual(merged.states / 6);
  });

  it("that leave something out are found out", () => {
    const scenario = voters(2, ["n1", "n2", "n3"], { fingerprint: (node: Voter) => node.term });
    expect(exploreAll({ scenario, bounds: { depth: 20 } }).verdict).toBe("nondeterministic");
  });
});

describe("what cannot be judged is not passed", () => {
  it("a node that does something else after the same past", () => {
    let made = 0;
    const scenario = voters(2, ["n1", "n2", "n3"], {});
    const moody: SmallWorldFactory = () => ({
      ...scenario(),
      nodes: {
        ...scenario().nodes,
        // As code does that counts in a variable of its module.
        n3: (context: Context) => {
          const mine = ++made;
          const voter = new Voter(context, 2);
          return {
            ...voter,
            led: voter.led,
            onStart: () => voter.onStart(),
            onTimer: () => context.send("n1", { type: "ask", term: mine }),
            onMessage: (from: string, message: { type: string; term: number }) => voter.onMessage(from, message),
          };
        },
      },
    });
    const found = exploreAll({ scenario: moody, bounds: { depth: 6 } });
    expect(found).toMatchObject({ verdict: "nondeterministic", node: "n3" });
    if (found.verdict !== "nondeterministic") return;
    expect(canonical(found.first)).not.toBe(canonical(found.second));
    expect(found.inputs).toEqual([{ kind: "timer", name: "campaign" }]);
  });

  it("nodes that share what is no message", () => {
    const scenario = (): SmallWorld => {
      // A past of one node alone never shows it.
      let shared = 0;
      const node = (context: Context) => ({
        seen: () => shared,
        onStart: () => context.setTimer("t", 1),
        onTimer: () => void shared++,
      });
      return { nodes: { n1: node, n2: node }, look: (each: Node & { seen?(): number }) => each.seen!() };
    };
    const found = exploreAll({ scenario, bounds: { depth: 4 } });
    expect(found).toMatchObject({ verdict: "nondeterministic", node: null });
    expect(found.verdict === "nondeterministic" && found.message).toContain("in a run of its own n");
  });

  it("an invariant that remembers other states", () => {
    const scenario = (): SmallWorld => {
      const leaders = new Map<number, string>();
      return {
        ...voters(2)(),
        invariants: {
          "at most one leads a term": ({ views, nodeIds }) => {
            for (const [i, { terms }] of (views as Led[]).entries())
              for (const term of terms) {
                if (leaders.has(term) && leaders.get(term) !== nodeIds[i]) return "two lead";
                leaders.set(term, nodeIds[i]!);
              }
            return undefined;
          },
        },
      };
    };
    expect(() => exploreAll({ scenario, bounds: { depth: 20 } })).toThrow("Does an invariant remember other states?");
  });

  it("handlers that throw, at the start too", () => {
    const scenario = (at: "onStart" | "onTimer") => (): SmallWorld => ({
      nodes: {
        n1: (context) => ({
          onStart() {
            context.setTimer("t", 1);
            if (at === "onStart") throw new Error("no");
          },
          onTimer() {
            throw new Error("no");
          },
        }),
      },
    });
    const early = violationOf({ scenario: scenario("onStart"), bounds: { depth: 3 } });
    expect([early.violation.invariant, early.violation.message, early.steps]).toEqual([
      BUILT_IN.throws,
      "n1 threw: no",
      [],
    ]);
    const late = violationOf({ scenario: scenario("onTimer"), bounds: { depth: 3 } });
    expect(late.violation).toMatchObject({ invariant: BUILT_IN.throws, message: "n1 threw: no", node: "n1" });
    expect(late.drawing).toContain("BROKEN");
  });

  it("a message that could not be sent", () => {
    const scenario = (): SmallWorld => ({ nodes: { n1: ({ send }) => ({ onStart: () => send("n2", 1) }) } });
    expect(violationOf({ scenario, bounds: { depth: 1 } }).violation.message).toContain(
      'send to "n2": there is no such node',
    );
    const shy = (): SmallWorld => ({ nodes: { n1: ({ send }) => ({ onStart: () => send("n1", () => 1) }) } });
    expect(violationOf({ scenario: shy, bounds: { depth: 1 } }).violation.message).toContain(
      "does not survive a network",
    );
  });

  it("bounds that are no numbers of events", () => {
    for (const [bound, value] of [
      ["depth", -1],
      ["crashes", 0.5],
      ["late", Number.NaN],
    ] as const)
      expect(() => exploreAll({ scenario: voters(2), bounds: { depth: 1, [bound]: value } })).toThrow(
        `${bound} is ${value}`,
      );
  });
});
