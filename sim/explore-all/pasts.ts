import type { NodeId } from "../node.ts";
import type { ClientInput } from "./client-pasts.ts";
import { exact, renamed } from "./exact.ts";
import { Changed, dueTimers, type Effect, type Input, type Machine, type Output } from "./machine.ts";
import { PairTable } from "./pair-table.ts";
import type { Symmetry } from "./symmetry.ts";
import { Letters, Values } from "./values.ts";

interface Reply {
  readonly client: NodeId;
  readonly operation: number;
  readonly payload: unknown;
  /** The reply as an input of its client. */
  readonly input: number;
}

/** What comes of an input after a past. Computed once, by running the node. */
export interface Transition {
  /** The past with this input at its end. */
  readonly to: number;
  /** Letters in the order of sending. */
  readonly sends: readonly number[];
  readonly replies: readonly Reply[];
  readonly threw: string | undefined;
  /** How many effects there were, of all kinds. */
  readonly effects: number;
  /** Effects before which a crash leaves something else than a crash before the next one. */
  readonly cuts: readonly number[];
}

/** What is known of a node that has lived through a past. */
interface Lived {
  readonly view: number;
  readonly timers: Timers;
}

/** Timers and syncs that are set, and the inputs that they can bring next. */
interface Timers {
  readonly text: string;
  readonly own: readonly number[];
  readonly isSilent: boolean;
}

/**
 * Machines that wait for a next input. Any number gives the same result; more save running pasts again, and take
 * memory.
 */
const MACHINES_MAX = 300;
/** So often a step of a past is compared in full when it is run again. */
const COMPARED_MAX = 2;

/**
 * All pasts of all nodes that the search has met, by number: a tree for each node, an input an edge. A node is
 * deterministic, so its past stands for its memory, whatever hides there. Running the code of a node is needed once an
 * edge; after that the search only moves numbers.
 *
 * With a fingerprint, pasts that left equal memory are one, and the trees become graphs.
 */
export class Pasts {
  readonly inputs = new Values<Input>();
  readonly views = new Values<unknown>();
  readonly letters: Letters;
  /** Runs of a handler so far, those to get back to an earlier past included. */
  handled = 0;
  readonly #nodeIds: readonly NodeId[];
  readonly #boot: (node: number) => Machine;
  readonly #answers: Values<ClientInput>;
  readonly #everyEffect: boolean;
  readonly #symmetry: Symmetry;
  readonly #owners: number[] = [];
  /** The past that was lived through before, and the input that followed; -1 at the start of a node. */
  readonly #parents: number[] = [];
  readonly #inputs: number[] = [];
  readonly #lived: (Lived | undefined)[] = [];
  /** With a fingerprint: what was found in memory. */
  readonly #memories = new Map<number, unknown>();
  readonly #byMemory = new Map<string, number>();
  /** A past and an input; the past that they make, and what came of it once it was lived through. */
  readonly #edges = new PairTable();
  readonly #targets: number[] = [];
  readonly #transitions: (Transition | undefined)[] = [];
  readonly #relived: number[] = [];
  readonly #starts: Transition[] = [];
  readonly #crashes = new Map<string, readonly number[]>();
  readonly #timers = new Map<string, Timers>();
  /** By swap, by past. */
  readonly #images: number[][];
  readonly #inputImages: number[][];
  /** A machine that has lived through a past and nothing else; going on takes it away. */
  readonly #machines = new Map<number, Machine>();

  /**
   * `boot` makes a node and starts it. `answers` numbers replies. `everyEffect`: crashes between two messages count,
   * too.
   */
  constructor(
    nodeIds: readonly NodeId[],
    boot: (node: number) => Machine,
    answers: Values<ClientInput>,
    everyEffect: boolean,
    symmetry: Symmetry,
  ) {
    this.#nodeIds = nodeIds;
    this.#answers = answers;
    this.#boot = boot;
    this.#everyEffect = everyEffect;
    this.#symmetry = symmetry;
    this.letters = new Letters(nodeIds, this.inputs, symmetry);
    this.#images = symmetry.swaps.map(() => []);
    this.#inputImages = symmetry.swaps.map(() => []);
    // The past of number i is the start of node i.
    for (let owner = 0; owner < nodeIds.length; owner++) this.#add(owner, -1, -1);
  }

  /** Pasts so far, those that only another name's node has lived through included. */
  get size(): number {
    return this.#owners.length;
  }

  /** What came of starting the node; its past is the number of the node. */
  start(node: number): Transition {
    const machine = this.#boot(node);
    const transition = this.#transition(node, machine.started);
    const memory = machine.memory();
    if (memory !== undefined) this.#byMemory.set(`${node}:${exact(memory)}`, node);
    this.#settle(node, machine);
    this.#starts[node] = transition;
    return transition;
  }

  /** What comes of an input. */
  step(past: number, input: number): Transition {
    const edge = this.#edge(past, input);
    const known = this.#transitions[edge];
    if (known !== undefined) return known;
    const machine = this.#machineAt(past);
    const output = this.#handle(machine, input);
    const to = this.#after(edge, past, input, machine, output.threw);
    this.#settle(to, machine);
    const transition = this.#transition(to, output);
    this.#transitions[edge] = transition;
    return transition;
  }

  /**
   * Inputs that are a crash here: while nothing runs (`during` is -1), or before an effect of an input. One for each
   * state that the disk may be left in.
   */
  crashes(past: number, during: number, effect: number): readonly number[] {
    const key = `${past}:${during}:${effect}`;
    let inputs = this.#crashes.get(key);
    if (inputs === undefined) {
      const machine = this.#machineAt(past);
      const cut = during < 0 ? null : this.inputs.get(during);
      inputs = machine
        .crashes(cut, effect)
        .map((disk) => this.inputs.idOf({ kind: "crash", during: cut, effect, disk }));
      if (cut === null) this.#keep(past, machine);
      else this.handled++;
      this.#crashes.set(key, inputs);
    }
    return inputs;
  }

  /** What `look` saw after this past. */
  view(past: number): number {
    return this.#lived[past]!.view;
  }

  /** Inputs that timers and syncs of a node with this past can bring next. */
  own(past: number): readonly number[] {
    return this.#lived[past]!.timers.own;
  }

  /** No timer is set, and no sync under way. */
  isSilent(past: number): boolean {
    return this.#lived[past]!.timers.isSilent;
  }

  /** The past that a swap of names makes of this one; perhaps of a node that has not lived through it. */
  image(swap: number, past: number): number {
    if (swap === 0) return past;
    const images = this.#images[swap]!;
    let image = images[past];
    if (image === undefined) {
      const { to, names } = this.#symmetry.swaps[swap]!;
      const [owner, parent] = [this.#owners[past]!, this.#parents[past]!];
      if (past < this.#nodeIds.length) image = to[owner]!;
      else if (this.#memories.has(past)) image = this.#pastWith(to[owner]!, renamed(this.#memories.get(past), names));
      else image = this.#target(this.image(swap, parent), this.#inputImage(swap, this.#inputs[past]!));
      images[past] = image;
    }
    return image;
  }

  #inputImage(swap: number, input: number): number {
    const images = this.#inputImages[swap]!;
    images[input] ??= this.inputs.idOf(renamed(this.inputs.get(input), this.#symmetry.swaps[swap]!.names) as Input);
    return images[input];
  }

  // The trees.

  #add(owner: number, parent: number, input: number): number {
    this.#parents.push(parent);
    this.#inputs.push(input);
    this.#lived.push(undefined);
    return this.#owners.push(owner) - 1;
  }

  #edge(past: number, input: number): number {
    const edge = this.#edges.numberOf(past, input);
    if (edge === this.#transitions.length) {
      this.#transitions.push(undefined);
      this.#targets.push(-1);
    }
    return edge;
  }

  /** The past that this one and an input make, when nothing is known of the memory. */
  #target(past: number, input: number): number {
    const edge = this.#edge(past, input);
    if (this.#targets[edge]! < 0) this.#targets[edge] = this.#add(this.#owners[past]!, past, input);
    return this.#targets[edge]!;
  }

  #pastWith(owner: number, memory: unknown): number {
    const text = `${owner}:${exact(memory)}`;
    let past = this.#byMemory.get(text);
    if (past === undefined) {
      past = this.#add(owner, -1, -1);
      this.#memories.set(past, memory);
      this.#byMemory.set(text, past);
    }
    return past;
  }

  /** A node that threw is in a state of its own: its past led there, and nothing follows. */
  #after(edge: number, past: number, input: number, machine: Machine, threw: string | undefined): number {
    const memory = threw === undefined ? machine.memory() : undefined;
    if (memory === undefined) return this.#target(past, input);
    const to = this.#pastWith(this.#owners[past]!, memory);
    this.#targets[edge] = to;
    if (this.#lived[to] === undefined) [this.#parents[to], this.#inputs[to]] = [past, input];
    return to;
  }

  #settle(past: number, machine: Machine): void {
    this.#lived[past] ??= { view: this.views.idOf(machine.view), timers: this.#timersOf(machine) };
    this.#keep(past, machine);
  }

  #timersOf({ timers, syncs }: Machine): Timers {
    const events = timers.map(({ event }) => event);
    let text = "";
    for (const { name, delayMs, event } of timers) text += `${exact(name)} ${delayMs} ${events.indexOf(event)},`;
    for (const name of syncs) text += exact(name);
    let known = this.#timers.get(text);
    if (known === undefined) {
      const own = [
        ...dueTimers(timers).map(({ name }) => this.inputs.idOf({ kind: "timer", name })),
        ...syncs.map((_, nth) => this.inputs.idOf({ kind: "synced", nth })),
      ];
      known = { text, own, isSilent: timers.length + syncs.length === 0 };
      this.#timers.set(text, known);
    }
    return known;
  }

  #transition(to: number, { effects, threw }: Output): Transition {
    const sends: number[] = [];
    const replies: Reply[] = [];
    const from = this.#nodeIds[this.#owners[to]!]!;
    for (const effect of effects) {
      if (effect.kind === "send") sends.push(this.letters.idOf({ from, to: effect.to, payload: effect.payload }));
      if (effect.kind === "reply") {
        const { client, operation, payload } = effect;
        replies.push({
          client,
          operation,
          payload,
          input: this.#answers.idOf({ kind: "answered", response: payload }),
        });
      }
    }
    return { to, sends, replies, threw, effects: effects.length, cuts: cutsOf(effects, this.#everyEffect) };
  }

  // Machines: going on consumes one, going back means running again from the start.

  #keep(past: number, machine: Machine): void {
    this.#machines.set(past, machine);
    if (this.#machines.size > MACHINES_MAX) this.#machines.delete(this.#machines.keys().next().value!);
  }

  #machineAt(past: number): Machine {
    const machine = this.#machines.get(past);
    this.#machines.delete(past);
    return machine ?? this.#relive(past);
  }

  #handle(machine: Machine, input: number): Output {
    this.handled++;
    return machine.handle(this.inputs.get(input));
  }

  #handleAgain(machine: Machine, to: number): Output {
    this.handled++;
    return machine.handleAgain(this.inputs.get(this.#inputs[to]!), this.views.get(this.#lived[to]!.view));
  }

  /**
   * Runs a past again, and holds its steps to what they led to before: each in full the first times that it is run
   * again, later by the number of its effects.
   */
  #relive(past: number): Machine {
    const way: number[] = [];
    for (let at = past; this.#parents[at]! >= 0; at = this.#parents[at]!) way.push(at);
    const owner = this.#owners[past]!;
    const machine = this.#boot(owner);
    this.handled++;
    this.#compare(owner, machine, this.#starts[owner]!, machine.started, way);
    for (let i = way.length - 1; i >= 0; i--) {
      const at = way[i]!;
      const input = this.#inputs[at]!;
      const edge = this.#edge(this.#parents[at]!, input);
      const known = this.#transitions[edge]!;
      const times = (this.#relived[edge] ?? 0) + 1;
      this.#relived[edge] = times;
      const output = times > COMPARED_MAX ? this.#handleAgain(machine, at) : this.#handle(machine, input);
      if (times <= COMPARED_MAX || output.effects.length !== known.effects)
        this.#compare(at, machine, known, output, way.slice(i));
    }
    return machine;
  }

  #compare(past: number, machine: Machine, known: Transition, output: Output, wayBack: readonly number[]): void {
    const again = this.#transition(past, output);
    const { view, timers } = this.#lived[past]!;
    const isSame =
      again.threw === known.threw &&
      areEqual(again.sends, known.sends) &&
      areEqual(again.cuts, known.cuts) &&
      areEqual(
        again.replies.map(({ input }) => input),
        known.replies.map(({ input }) => input),
      ) &&
      this.views.idOf(machine.view) === view &&
      this.#timersOf(machine) === timers;
    if (isSame) return;
    const inputs = wayBack.map((at) => this.inputs.get(this.#inputs[at]!)).reverse();
    const told = ({ sends, replies, threw }: Transition, seen: unknown, set: string) => {
      return { sends: sends.map((letter) => this.letters.get(letter)), replies, threw, seen, timers: set };
    };
    const first = told(known, this.views.get(view), timers.text);
    const second = told(again, machine.view, this.#timersOf(machine).text);
    throw new ChangedNode(this.#nodeIds[this.#owners[past]!]!, inputs, first, second);
  }
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}

/** A node that does not do the same after the same past. */
export class ChangedNode extends Changed {
  readonly node: NodeId;
  readonly inputs: readonly Input[];
  readonly first: unknown;
  readonly second: unknown;

  constructor(node: NodeId, inputs: readonly Input[], first: unknown, second: unknown) {
    super(`${node} did not do the same after the same past`);
    this.node = node;
    this.inputs = inputs;
    this.first = first;
    this.second = second;
  }
}

/**
 * Where a crash can cut a handler off. Where messages may be lost for nothing, a crash between two messages is a crash
 * after the second whose message is lost, so only writes to the disk divide a handler.
 */
function cutsOf(effects: readonly Effect[], everyEffect: boolean): number[] {
  const cuts: number[] = [];
  let counted = 0;
  for (const { kind } of effects) {
    if (kind === "log") continue;
    if (kind === "crash") {
      // What came before is the handler that this crash cut off itself.
      counted = 0;
      cuts.length = 0;
    } else {
      counted++;
      if (kind === "disk" || everyEffect) cuts.push(counted);
    }
  }
  return cuts;
}
