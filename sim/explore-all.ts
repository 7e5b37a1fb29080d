import { hash64 } from "./canonical.ts";
import { describePayload } from "./describe.ts";
import { drawLanes } from "./draw.ts";
import type { Wrong } from "./explore-all/judge.ts";
import { Changed } from "./explore-all/machine.ts";
import { ChangedNode } from "./explore-all/pasts.ts";
import { differs, Retelling, stepsOf } from "./explore-all/retell.ts";
import { type EventCounts, Search, type SearchOptions } from "./explore-all/search.ts";
import type { Bounds, SmallWorldFactory } from "./explore-all/small-world.ts";
import type { Step } from "./explore-all/step.ts";
import { drawMermaid } from "./mermaid.ts";
import type { NodeId } from "./node.ts";
import type { PlanEvent } from "./plan.ts";
import { BUILT_IN, type Violation } from "./scenario.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { Trace } from "./trace.ts";

export interface ExploreAllOptions {
  readonly scenario: SmallWorldFactory;
  readonly bounds: Bounds;
  /** For what nodes and clients draw at random: one stream for each, the same in every run. Default: 1. */
  readonly seed?: number;
  /** More states than this end the search. Default: 1,000,000. */
  readonly statesMax?: number;
  /** More events tried than this end the search. Default: 20,000,000. */
  readonly eventsMax?: number;
  /**
   * What a node sees that asks for the time. "none": nothing, and the search refuses it. "elapsed": ms that its own
   * timers have taken at the least; no other reading is looked at. Default: "none".
   */
  readonly clock?: "none" | "elapsed";
}

export type ExploredAll = Exhausted | Violated | BudgetSpent | Nondeterministic;

interface Extent {
  /** Different states that were found. */
  readonly states: number;
  /** Events that were tried in them. */
  readonly events: number;
  /** Events of the longest run that was looked at: every state is reached by a run no longer than this. */
  readonly depth: number;
  readonly counts: Readonly<EventCounts>;
  /** By name: events of the shortest run that got there. */
  readonly reached: Readonly<Record<string, number>>;
}

/** Every state within the bounds was found, and nothing is wrong in any. */
export interface Exhausted extends Extent {
  readonly verdict: "exhausted";
  /** States in which nothing more can happen. */
  readonly ends: number;
  /**
   * Bounds, other than those of faults, that kept something from happening. Empty: there are no other states at all.
   */
  readonly cut: readonly string[];
  /**
   * What would make this verdict empty: goals that no state reaches, kinds of faults that were allowed and could never
   * happen, and an end that is judged and never comes. A test treats them as failures.
   */
  readonly unreached: readonly string[];
}

/** Something that must not happen, happens; no run with fewer events shows anything. */
export interface Violated extends Extent {
  readonly verdict: "violated";
  readonly violation: Violation;
  /** `replayAll` takes them again. */
  readonly steps: readonly Step[];
  readonly trace: Trace;
  /** Names the trace. */
  readonly hash: string;
  readonly schedule: Schedule;
  /** Lanes for an 80-column terminal. */
  readonly drawing: string;
  readonly mermaid: string;
}

/** The search ended before the space did: nothing is known of the rest. */
export interface BudgetSpent extends Extent {
  readonly verdict: "budget spent";
  readonly budget: "states" | "events";
  readonly unreached: readonly string[];
}

/** A node does not do the same after the same past, so no state says what follows from it. */
export interface Nondeterministic extends Extent {
  readonly verdict: "nondeterministic";
  readonly message: string;
  /** Null when only whole runs differ: nodes share something that is no message. */
  readonly node: NodeId | null;
  /** What the node was told, and what it did the first time and the second. */
  readonly inputs: readonly unknown[];
  readonly first: unknown;
  readonly second: unknown;
}

/**
 * Looks at every schedule of a small world within `bounds`: every order in which messages arrive, timers fire, clients
 * call and faults strike, and every choice of messages that are lost, late or repeated. Breadth first, so a violation
 * comes with a shortest schedule. Deterministic: same options, same result, byte for byte.
 *
 * **What a state is.** Nodes hide their memory, so a node is known by its past: the inputs that it was given, in order.
 * A state is the past of each node and of each client, the messages on their way, and what was used up of the bounds.
 * Two schedules that lead to one state are merged.
 *
 * - *Assumed*: a node is deterministic. What it does depends on its inputs, its own seeded random numbers and what it
 *   read from its disk, and on nothing that it shares with other nodes or other runs.
 * - *Then merging is sound.* Take two schedules that give each node the same inputs in the same order and leave the
 *   same messages on their way. By induction over its inputs every node has done the same in both and is in the same
 *   condition. So whatever can follow the one can follow the other, with the same outputs, and an invariant, which sees
 *   views and histories that are functions of the pasts, says the same of both. Looking at one of them is enough.
 * - *This is the partial-order reduction.* Events at different nodes commute: each changes its own node, takes a
 *   message away and adds others. Schedules that differ by such swaps only give the same pasts; all of them are one
 *   state, and each of its events is tried once.
 * - *Checked*: the code of a node runs once for each input after each past. To go on from an earlier past, that past is
 *   run again. The first two times that a step of it is, it must lead to the same messages, replies, timers and view;
 *   after that, to as many effects as before. And a sample of at most 32 whole schedules is run again with all nodes in
 *   one world. A difference is `nondeterministic`, never a pass. Code that differs only later than that, or only in
 *   schedules that are not in the sample, is not found out.
 *
 * **What is not an event.**
 * - *A loss*, unless `drops` is limited. A message that is never delivered is lost: no invariant sees the network, so a
 *   state without it shows nothing that the state with it does not, and allows less.
 * - *Being down.* A crash and the restart are one event. Between the two nothing happens at the node, and the crash
 *   commutes with what happens elsewhere, so it can be taken to come right before the restart; a node that stays down
 *   is one that is told nothing more.
 * - *A crash between two messages* of a handler, for the same reason as a loss: what differs is a message that may be
 *   lost anyway. Crashes strike before each operation on the disk, and between handlers. Where `drops` is limited they
 *   strike before each effect.
 * - *The way between client and node.* A request arrives as it is called, a reply returns as it is made. Clients wait
 *   for their answers, so a longer way only makes operations overlap more, which allows more answers; what is wrong
 *   with more overlap is wrong with less.
 *
 * **Time** is not measured. Any time may pass between two events, at every node by a clock of its own, so a timer may
 * fire as soon as it is set, and as late as it likes. Timers of one node fire in any order that one clock allows: one
 * that was set earlier and for no longer than another fires before it. So every order that some delays of messages,
 * pauses and rates of clocks make possible is looked at, and with three timers or more at one node perhaps a few that
 * none do. A node that reads the time is refused, unless `clock` says what it sees.
 *
 * **Names.** Where the world declares nodes `symmetric`, a state and what becomes of it by swapping names are one; the
 * sample of schedules is run under every swap too, and must show the same under the other names.
 *
 * @throws UnfitNode when a node reads the time. Error when the world makes no sense, when invariants remember, or when
 * nodes that are declared symmetric are not.
 */
export function exploreAll(options: ExploreAllOptions): ExploredAll {
  const wanted: SearchOptions = {
    scenario: options.scenario,
    bounds: options.bounds,
    seed: options.seed ?? 1,
    statesMax: options.statesMax ?? 1_000_000,
    eventsMax: options.eventsMax ?? 20_000_000,
    clock: options.clock === "elapsed",
  };
  const search = new Search(wanted);
  try {
    const ended = search.run();
    if (ended === "violated") return violated(search, wanted);
    audit(search, wanted);
    if (ended !== "exhausted")
      return { verdict: "budget spent", ...extentOf(search), budget: ended, unreached: search.judge.unreached };
    const { ends } = search.judge;
    const cut = [...search.limits.cut].sort();
    return { verdict: "exhausted", ...extentOf(search), ends, cut, unreached: unreachedIn(search, wanted) };
  } catch (error) {
    if (!(error instanceof Changed)) throw error;
    const { node = null, inputs = [], first = null, second = null } = error instanceof ChangedNode ? error : {};
    const { message } = error;
    return { verdict: "nondeterministic", ...extentOf(search), message, node, inputs, first, second };
  }
}

/** Takes the steps of a violation again, in a world of its own. */
export function replayAll(
  options: ExploreAllOptions,
  steps: readonly Step[],
): { readonly violation: Violation | undefined; readonly trace: Trace } {
  const { scenario, bounds, seed = 1, clock } = options;
  const trace = new Trace();
  const wanted = { scenario, bounds, seed, statesMax: 0, eventsMax: 0, clock: clock === "elapsed" };
  return retold(new Retelling(wanted, trace), steps, trace, true);
}

function violated(search: Search, options: SearchOptions): Violated {
  const trace = new Trace();
  const retelling = new Retelling(options, trace);
  const wrong = search.wrong!;
  const way = search.wayTo(search.states - 1);
  const steps = stepsOf(search, way, retelling.run);
  const { violation } = retold(retelling, steps, trace, wrong.when === "end");
  if (violation?.invariant !== wrong.invariant) {
    const isWhole = retelling.steps.length === way.length;
    const difference = isWhole ? differs(search, search.states - 1, retelling) : undefined;
    if (difference !== undefined) throw new Changed(`in a run of its own ${difference}`);
    const found = `"${wrong.invariant}" was found broken (${wrong.message})`;
    const shown = violation === undefined ? "nothing" : `"${violation.invariant}"`;
    const twice = `${found}, and running the schedule again shows ${shown}`;
    throw new Error(`${twice}. Does an invariant remember other states? What must be remembered, \`look\` remembers.`);
  }
  const { run, world } = retelling;
  const aside = run.flights
    .filter(({ arrived }) => !arrived)
    .map(({ from, to, nth }): PlanEvent => ({ kind: "drop", from, to, nth, aside: true }));
  const schedule: Schedule = { ...scheduleOf(trace, aside, world.describe ?? describePayload), unit: "step" };
  return {
    verdict: "violated",
    ...extentOf(search),
    violation,
    steps: retelling.steps,
    trace,
    hash: hash64(trace.serialize()),
    schedule,
    drawing: drawLanes(schedule),
    mermaid: drawMermaid(schedule),
  };
}

function retold(retelling: Retelling, steps: Iterable<Step>, trace: Trace, wasEnd: boolean) {
  const seen = retelling.take(steps, wasEnd);
  const { run } = retelling;
  const wrong = thrown(run) ?? seen;
  if (wrong === undefined) return { violation: undefined, trace };
  const { invariant, message, when } = wrong;
  const violation: Violation = { invariant, message, at: run.at, node: run.lastNode, when };
  trace.add(run.at, -1, { kind: "violation", invariant, message, node: run.lastNode });
  return { violation, trace };
}

function thrown({ threw, clients }: Retelling["run"]): Wrong | undefined {
  if (threw === undefined) return undefined;
  const isClient = clients.some((client) => client.threw === threw.text);
  const invariant = isClient ? BUILT_IN.clientThrows : BUILT_IN.throws;
  return { invariant, message: `${threw.who} threw: ${threw.text}`, when: "step" };
}

/** At most so many schedules are run again at the end; of few states, their square root. */
const AUDITED_MAX = 32;

/**
 * Runs a sample of what was found again, with all nodes in one world, under all names; the last state among it, which
 * has a longest way.
 */
function audit(search: Search, options: SearchOptions): void {
  const { swaps } = search.symmetry;
  const audited = Math.min(AUDITED_MAX, Math.ceil(search.states ** 0.5));
  for (let i = 1; i <= audited; i++) {
    const state = Math.ceil((i * search.states) / audited) - 1;
    const way = search.wayTo(state);
    for (let swap = 0; swap < swaps.length; swap++) {
      const retelling = new Retelling(options);
      try {
        const wrong = thrown(retelling.run) ?? retelling.take(stepsOf(search, way, retelling.run, swap), false);
        if (wrong !== undefined)
          throw new Changed(
            `a run of its own breaks "${wrong.invariant}" (${wrong.message}): do nodes share something?`,
          );
        const difference = differs(search, state, retelling, swap);
        if (difference !== undefined) throw new Changed(`in a run of its own ${difference}`);
      } catch (error) {
        if (error instanceof Changed && swap > 0)
          throw new Error(`symmetric: under other names ${error.message}. Take out the nodes whose names matter.`);
        throw error;
      }
    }
  }
}

function unreachedIn(search: Search, { bounds }: SearchOptions): string[] {
  const unreached = search.judge.unreached.map((name) => `goal "${name}"`);
  for (const fault of ["crashes", "duplicates", "late", "drops"] as const) {
    const { [fault]: most = 0 } = bounds;
    if (most > 0 && Number.isFinite(most) && search.counts[fault] === 0) unreached.push(fault);
  }
  if (search.judge.judgesEnds && search.judge.ends === 0) unreached.push("an end");
  return unreached;
}

function extentOf({ states, events, depth, counts, judge }: Search): Extent {
  return { states, events, depth, counts, reached: Object.fromEntries(judge.reached) };
}
