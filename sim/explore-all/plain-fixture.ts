import type { Operation } from "../client.ts";
import { exact } from "./exact.ts";
import { Changed, dueTimers } from "./machine.ts";
import { Retelling } from "./retell.ts";
import type { Search, SearchOptions } from "./search.ts";
import type { Sight } from "./small-world.ts";
import type { Step } from "./step.ts";

export interface PlainSpace {
  /** Texts of all states: what can be seen, and with `network` what is on its way. */
  readonly states: Set<string>;
  /** Of those after which nothing within the bounds can happen. */
  readonly finals: Set<string>;
  readonly broken: Set<string>;
  readonly runs: number;
}

export interface PlainRules {
  /** States that differ in what is on its way are different. */
  readonly network: boolean;
  /** A loss is an event of its own, although any number is allowed. */
  readonly losses?: boolean;
}

/**
 * Every schedule within the bounds, each run from the start, with nothing merged and nothing left out, crashes before
 * every effect: slow, and so simple that it can be believed. Knows nothing of pasts, tables or prices.
 */
export function plainly(options: SearchOptions, rules: PlainRules): PlainSpace {
  const space = { states: new Set<string>(), finals: new Set<string>(), broken: new Set<string>(), runs: 0 };
  const go = (steps: readonly Step[]): void => {
    space.runs++;
    const retelling = new Retelling(options);
    const wrong = retelling.take(steps, false);
    const text = textOf(retelling, rules);
    space.states.add(text);
    if (wrong !== undefined) {
      space.broken.add(wrong.invariant);
      return;
    }
    const next = nextSteps(options, steps, retelling, rules);
    if (next.length === 0) space.finals.add(text);
    for (const step of next) go([...steps, step]);
  };
  go([]);
  return space;
}

/** What `plainly` calls the states that a search found. */
export function searched(search: Search, rules: PlainRules): Set<string> {
  const texts = new Set<string>();
  for (let state = 0; state < search.states; state++) {
    const { pasts, clients, entries } = search.read(state);
    const views = pasts.map((past) => search.pasts.views.get(search.pasts.view(past)));
    const letters = entries.filter((entry) => (entry & 3) < 2).map((entry) => search.pasts.letters.get(entry >>> 2));
    const history = search.clients.history(clients);
    texts.add(exact([views, ordered(history, search.realTime), rules.network ? letters.map(exact).sort() : []]));
  }
  return texts;
}

function textOf({ run, world }: Retelling, rules: PlainRules): string {
  const { views, history }: Sight = run.sight();
  const letters = run.flights.filter(({ arrived, lost }) => !arrived && !lost);
  const texts = letters.map(({ from, to, payload }) => exact({ from, to, payload })).sort();
  return exact([views, ordered(history, world.realTime ?? true), rules.network ? texts : []]);
}

/** Operations and which of them had returned before which were called: all that an invariant should go by. */
function ordered(history: readonly Operation[], realTime: boolean): string[] {
  return history
    .map(({ client, node, input, call, ...rest }) => {
      const before = history.filter(
        (other) => other.status === "ok" && other.return < call && (realTime || other.client === client),
      );
      const output = rest.status === "ok" ? [rest.output] : [];
      return exact([client, node, input, output, before.map((other) => exact([other.client, other.input])).sort()]);
    })
    .sort();
}

function nextSteps(
  options: SearchOptions,
  steps: readonly Step[],
  { run, world }: Retelling,
  { losses = false }: PlainRules,
): Step[] {
  const { bounds } = options;
  const { depth, messages = Infinity, crashes = 0, duplicates = 0, late = Infinity, drops = Infinity } = bounds;
  const { faults = Infinity, timers = Infinity } = bounds;
  if (steps.length >= depth) return [];
  const used = usedBy(steps);
  const timersOf = (name: string) =>
    typeof timers === "number" ? used.timers.length : used.timers.filter((each) => each === name).length;
  const timersMax = (name: string) => (typeof timers === "number" ? timers : (timers[name] ?? Infinity));
  const limited = (most: number, count: number) => (Number.isFinite(most) ? count : 0);
  const spent =
    limited(crashes, used.crashes) +
    limited(duplicates, used.duplicates) +
    limited(late, used.late) +
    limited(drops, used.drops);
  const handlers: { readonly node: string; readonly step: Step; readonly faults: number }[] = [];
  const next: Step[] = [];
  for (const flight of run.flights) {
    const { from, to, nth, arrived, lost, passed } = flight;
    if (lost) continue;
    const link = { from, to, nth };
    if (!arrived && (losses || Number.isFinite(drops)) && used.drops < drops && spent < faults)
      next.push({ kind: "drop", ...link });
    if (used.messages >= messages) continue;
    if (arrived && (from === to || used.duplicates >= duplicates || spent >= faults)) continue;
    const isLate = !arrived && passed && Number.isFinite(late);
    if (isLate && (used.late >= late || spent >= faults)) continue;
    handlers.push({ node: to, step: { kind: "deliver", ...link, again: arrived }, faults: arrived || isLate ? 1 : 0 });
  }
  for (const [i, machine] of run.machines.entries()) {
    const node = Object.keys(world.nodes)[i]!;
    for (const { name } of dueTimers(machine.timers))
      if (timersOf(name) < timersMax(name)) handlers.push({ node, step: { kind: "timer", node, name }, faults: 0 });
    for (const [nth] of machine.syncs.entries())
      handlers.push({ node, step: { kind: "synced", node, nth }, faults: 0 });
    if (used.crashes < crashes && spent < faults && !world.immortal?.includes(node))
      for (const disk of machine.crashes(null, 0)) next.push({ kind: "crash", node, during: null, effect: 0, disk });
  }
  for (const [i, { waits }] of run.clients.entries()) {
    const client = Object.keys(world.clients!)[i]!;
    if (waits.kind === "to-call") handlers.push({ node: waits.node, step: { kind: "call", client }, faults: 0 });
    if (waits.kind === "wake") next.push({ kind: "wake", client });
  }
  for (const { node, step, faults: own } of handlers) {
    next.push(step);
    if (used.crashes < crashes && spent + own < faults && !world.immortal?.includes(node))
      next.push(...cutOff(options, steps, node, step));
  }
  return next;
}

/**
 * Crashes in the middle of a handler: asks for one effect after the other until there is none. The disks of these
 * worlds keep everything.
 */
function cutOff(options: SearchOptions, steps: readonly Step[], node: string, during: Step): Step[] {
  const found: Step[] = [];
  for (let effect = 1; ; effect++) {
    const crash: Step = { kind: "crash", node, during, effect, disk: [] };
    const retelling = new Retelling(options);
    try {
      retelling.take([...steps, crash], false);
    } catch (error) {
      if (error instanceof Changed) return found;
      throw error;
    }
    found.push(crash);
  }
}

function usedBy(steps: readonly Step[]) {
  const used = { messages: 0, crashes: 0, duplicates: 0, late: 0, drops: 0, timers: [] as string[] };
  const latest = new Map<string, number>();
  const count = (step: Step): void => {
    if (step.kind === "crash") {
      used.crashes++;
      if (step.during !== null) count(step.during);
    } else if (step.kind === "drop") used.drops++;
    else if (step.kind === "timer") used.timers.push(step.name);
    else if (step.kind === "deliver") {
      used.messages++;
      if (step.again) used.duplicates++;
      else {
        const link = `${step.from} ${step.to}`;
        if (step.nth < (latest.get(link) ?? 0)) used.late++;
        latest.set(link, Math.max(step.nth, latest.get(link) ?? 0));
      }
    }
  };
  for (const step of steps) count(step);
  return used;
}
