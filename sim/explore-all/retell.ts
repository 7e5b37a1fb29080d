import { canonical } from "../canonical.ts";
import type { Trace } from "../trace.ts";
import { exact, renamed } from "./exact.ts";
import { type Wrong, wrongWith } from "./judge.ts";
import { Changed, type Input } from "./machine.ts";
import { FLYING, letterOf, PASSED, whereOf } from "./network.ts";
import { type Flight, Run } from "./run.ts";
import { clientSetups, instance, MOVE, type Move, machineSetups, type Search, type SearchOptions } from "./search.ts";
import type { SmallWorld } from "./small-world.ts";
import type { Step } from "./step.ts";
import type { Letter } from "./values.ts";

/** Runs what a search found, from the start, in a world of its own. */
export class Retelling {
  readonly run: Run;
  readonly steps: Step[] = [];
  readonly world: SmallWorld;

  constructor(options: SearchOptions, trace?: Trace) {
    this.world = instance(options);
    const nodes = machineSetups(options, this.world);
    this.run = new Run({ nodes, clients: clientSetups(options, this.world), trace });
  }

  /** Takes the steps up to the first one after which something is wrong; says what. */
  take(steps: Iterable<Step>, wasEnd: boolean): Wrong | undefined {
    let wrong = this.#wrong();
    for (const step of steps) {
      if (wrong !== undefined) return wrong;
      this.steps.push(step);
      this.run.take(step);
      wrong = this.#wrong();
    }
    return wrong ?? (wasEnd ? wrongWith(this.run.sight(), this.world.atEnd, "end") : undefined);
  }

  #wrong(): Wrong | undefined {
    return wrongWith(this.run.sight(), this.world.invariants, "step");
  }
}

/**
 * The steps of a way that a search found; `swap` renames the nodes. Each is asked for when those before it have been
 * taken.
 */
export function* stepsOf(search: Search, way: readonly Move[], run: Run, swap = 0): Generator<Step> {
  const { names, to } = search.symmetry.swaps[swap]!;
  const nameOf = (node: number) => search.nodeIds[to[node]!]!;
  for (const move of way) {
    const input = move.input < 0 ? undefined : (renamed(search.pasts.inputs.get(move.input), names) as Input);
    switch (move.kind) {
      case MOVE.deliver:
      case MOVE.drop: {
        const letter = search.pasts.letters.get(search.pasts.letters.image(swap, letterOf(move.entry)));
        const { from, to, nth } = flightOf(run, letter, move, search.limits.keepsLinks);
        const link = { from, to, nth };
        if (move.kind === MOVE.drop) yield { kind: "drop", ...link };
        else yield within(input!, { kind: "deliver", ...link, again: whereOf(move.entry) > PASSED }, to);
        break;
      }
      case MOVE.own: {
        const node = nameOf(move.who);
        yield within(input!, ownStep(input!, node), node);
        break;
      }
      case MOVE.call: {
        const client = search.clientIds[move.who]!;
        const { waits } = run.clients[move.who]!;
        yield within(input!, { kind: "call", client }, waits.kind === "to-call" ? waits.node : "");
        break;
      }
      default:
        yield { kind: "wake", client: search.clientIds[move.who]! };
    }
  }
}

function flightOf(run: Run, { from, to, payload }: Letter, { entry, nth }: Move, keepsLinks: boolean): Flight {
  const text = exact(payload);
  const where = whereOf(entry);
  const isThere = ({ arrived, lost, passed }: Flight): boolean => {
    if (where !== FLYING && where !== PASSED) return arrived;
    return !arrived && !lost && (!keepsLinks || passed === (where === PASSED));
  };
  const onLink = run.flights.filter((flight) => flight.from === from && flight.to === to && isThere(flight));
  const flight = keepsLinks && where === FLYING ? onLink[nth] : onLink.find((each) => each.text === text);
  if (flight === undefined || flight.text !== text)
    throw new Changed(`${from} did not send ${text} to ${to} this time`);
  return flight;
}

function ownStep(input: Input, node: string): Step | null {
  let own = input;
  while (own.kind === "crash") {
    if (own.during === null) return null;
    own = own.during;
  }
  if (own.kind === "timer") return { kind: "timer", node, name: own.name };
  return { kind: "synced", node, nth: own.kind === "synced" ? own.nth : 0 };
}

/** The step, or the crash that cut it off. */
function within(input: Input, step: Step | null, node: string): Step {
  if (input.kind !== "crash") return step!;
  const { during, effect, disk } = input;
  return { kind: "crash", node, during: during === null ? null : within(during, step, node), effect, disk };
}

/** Whether a run that was retold came to what the search says; a text when it did not. */
export function differs(search: Search, state: number, { run }: Retelling, swap = 0): string | undefined {
  const { names, to } = search.symmetry.swaps[swap]!;
  const { pasts, clients } = search.read(state);
  const { views, history } = run.sight();
  for (const [node, past] of pasts.entries()) {
    const expected = renamed(search.pasts.views.get(search.pasts.view(past)), names);
    const got = views[to[node]!];
    if (canonical(expected) !== canonical(got))
      return `${search.nodeIds[to[node]!]} is seen as ${canonical(got)} and not as ${canonical(expected)}`;
  }
  const told = (operations: typeof history) =>
    operations.map(({ call, callMs, ...rest }) => canonical({ ...rest, return: 0, returnMs: 0 })).sort();
  const [expected, got] = [told(search.clients.history(clients)), told(history)];
  return exact(expected) === exact(got) ? undefined : "the clients were told something else";
}
