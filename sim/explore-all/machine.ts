import { ContextDisk } from "../context-disk.ts";
import { copy } from "../copy.ts";
import { SimDisk, SimulatedCrash } from "../disk.ts";
import { exhaust } from "../exhaust.ts";
import { textOf } from "../kernel.ts";
import type { Context, Node, NodeFactory, NodeId } from "../node.ts";
import type { Random } from "../prng.ts";
import { exact, freeze } from "./exact.ts";
import type { Fingerprint, Look } from "./small-world.ts";

/** What can happen to a node. Inputs are all that a node ever learns, so its past is the list of them. */
export type Input = Handled | Crash;

type Handled =
  | { readonly kind: "message"; readonly from: NodeId; readonly payload: unknown }
  | { readonly kind: "timer"; readonly name: string }
  /** The sync that was started as the nth of those that are not complete. */
  | { readonly kind: "synced"; readonly nth: number }
  | { readonly kind: "request"; readonly client: NodeId; readonly operation: number; readonly payload: unknown };

/** A crash and the restart, with nothing of this node between them. */
interface Crash {
  readonly kind: "crash";
  /**
   * What the node was doing, and before which of its effects (from 1) it was cut off; null: nothing. A restart may be
   * cut off too.
   */
  readonly during: Input | null;
  readonly effect: number;
  /** What the disk kept, as answers to the questions of `SimDisk.crash`. */
  readonly disk: readonly number[];
}

/** What a node does to the world outside, in the order in which it does it. */
export type Effect =
  | { readonly kind: "send"; readonly to: NodeId; readonly payload: unknown }
  | { readonly kind: "reply"; readonly client: NodeId; readonly operation: number; readonly payload: unknown }
  | { readonly kind: "disk"; readonly operation: string; readonly file: string; readonly bytes: number }
  | { readonly kind: "log"; readonly text: string }
  | { readonly kind: "crash"; readonly midHandler: boolean; readonly disk: readonly string[] };

/** What came of one input. */
export interface Output {
  readonly effects: readonly Effect[];
  /** The text of what a handler threw. */
  readonly threw: string | undefined;
}

/** A timer that is set. */
export interface Timer {
  readonly name: string;
  readonly delayMs: number;
  /** Number of the input in whose handler it was set. */
  readonly event: number;
  /** What the clock of the node showed then. */
  readonly setMs: number;
}

export interface MachineSetup {
  readonly id: NodeId;
  readonly peers: readonly NodeId[];
  readonly factory: NodeFactory;
  /** The stream of this node, from its beginning. Made at its first draw. */
  readonly random: () => Random;
  readonly look: Look | undefined;
  readonly fingerprint: Fingerprint | undefined;
  /** Shows the node a clock; see `ExploreAllOptions`. */
  readonly clock: boolean;
  readonly keepsUnsynced: boolean;
}

/** A node asked for what a search over orders cannot give. Ends the search: it is the caller's mistake. */
export class UnfitNode extends Error {
  override readonly name = "UnfitNode";
}

/** The same past led to something else. */
export class Changed extends Error {
  override readonly name = "Changed";
}

/** One node with its disk, driven input by input, without a network and without time. */
export class Machine {
  readonly disk = new SimDisk();
  /** What `look` returned last. */
  view: unknown;
  /** In the order in which they were set. */
  timers: Timer[] = [];
  #syncs: { readonly name: string; readonly complete: () => void }[] = [];
  #node: Node | undefined;
  readonly #setup: MachineSetup;
  #effects: Effect[] = [];
  /** Inputs so far, the start included. */
  #event = 0;
  #incarnation = 0;
  #draws = 0;
  #random: Random | undefined;
  /** What the clock of the node shows at the least: its timers took so long. */
  #elapsedMs = 0;
  /** Requests that were not answered. */
  #open = new Set<string>();
  /** Crash before this effect of the input at hand, counting from 1; 0 for never. */
  #crashAt = 0;
  #counted = 0;
  #crashing = false;
  /** Ends the search, whatever the node makes of it. */
  #refused: Error | undefined;

  /** Starts the node; `started` says what came of it. */
  constructor(setup: MachineSetup) {
    this.#setup = setup;
    this.disk.observe = ({ kind, file, bytes }) => this.#effect({ kind: "disk", operation: kind, file, bytes });
    this.started = this.#run(() => this.#boot());
  }

  readonly started: Output;

  /** Syncs that are not complete, by name. */
  get syncs(): readonly string[] {
    return this.#syncs.map(({ name }) => name);
  }

  handle(input: Input): Output {
    return this.#run(() => this.#perform(input));
  }

  /** As `handle`, when what is seen afterwards is known. */
  handleAgain(input: Input, view: unknown): Output {
    const output = this.#run(() => this.#perform(input), false);
    this.view = view;
    return output;
  }

  /**
   * What a crash of this node can leave on its disk, each as the answers that lead there; of equal disks one. When
   * `during` is given the machine is used up by asking.
   */
  crashes(during: Input | null, effect: number): readonly (readonly number[])[] {
    if (during !== null) this.#run(() => this.#cutOff(during, effect));
    if (this.#setup.keepsUnsynced || this.disk.unsynced === 0) return [[]];
    const outcomes = new Map<string, readonly number[]>();
    exhaust((choose) => {
      const answers: number[] = [];
      const disk = this.disk.clone();
      disk.crash((options, label) => {
        const answer = label === "tear" ? 0 : choose(options, label);
        answers.push(answer);
        return answer;
      });
      const content = exact(disk.list().map((file) => [file, disk.read(file)]));
      if (!outcomes.has(content)) outcomes.set(content, answers);
    });
    return [...outcomes.values()];
  }

  /**
   * All that decides what this machine does next, as plain data; undefined where a past must not be merged with
   * another.
   */
  memory(): unknown {
    const { fingerprint } = this.#setup;
    if (fingerprint === undefined || this.#syncs.length > 0) return undefined;
    const events = [...new Set(this.timers.map(({ event }) => event))];
    const timers = this.timers.map(({ name, delayMs, event, setMs }) => {
      return [name, delayMs, events.indexOf(event), this.#setup.clock ? setMs : 0];
    });
    const rest = [this.#draws, this.#setup.clock ? this.#elapsedMs : 0, [...this.#open]];
    return [copy(fingerprint(this.#node!)), this.view, timers, this.disk.image(), rest];
  }

  // What the context offers.

  now(): number {
    if (this.#setup.clock) return this.#elapsedMs;
    const why = `${this.#setup.id} reads its clock, and a search over orders does not measure time`;
    throw this.#refuse(new UnfitNode(`${why}. With \`clock: "elapsed"\` the clock shows how long its timers took.`));
  }

  draw(): number {
    this.#draws++;
    this.#random ??= this.#setup.random();
    return this.#random.float();
  }

  send(to: NodeId, payload: unknown): void {
    const { id, peers } = this.#setup;
    if (to !== id && !peers.includes(to))
      throw new Error(`send to "${to}": there is no such node; nodes are ${[id, ...peers].sort().join(", ")}`);
    this.#effect({ kind: "send", to, payload: copy(payload) });
  }

  setTimer(name: string, delayMs: number): void {
    if (!(delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY))
      throw new RangeError(`setTimer("${name}", ${delayMs}): expected a delay of 0 ms or more`);
    this.clearTimer(name);
    this.timers.push({ name, delayMs: Math.ceil(delayMs), event: this.#event, setMs: this.#elapsedMs });
  }

  clearTimer(name: string): void {
    this.timers = this.timers.filter((timer) => timer.name !== name);
  }

  syncLater(file: string, name: string): void {
    this.#syncs.push({ name, complete: this.disk.beginSync(file) });
  }

  log(text: string): void {
    this.#effects.push({ kind: "log", text: String(text) });
  }

  /** @throws SimulatedCrash when the incarnation is over. */
  checkLive(incarnation: number): this {
    if (incarnation !== this.#incarnation || this.#crashing) throw new SimulatedCrash();
    return this;
  }

  // How an input is handled.

  #run(work: () => void, looks = true): Output {
    this.#event++;
    this.#effects = [];
    this.#counted = 0;
    let threw: string | undefined;
    try {
      work();
      const { look, id } = this.#setup;
      if (looks && look !== undefined) this.view = freeze(copy(look(this.#node!, this.view, id)));
    } catch (error) {
      threw = textOf(error);
    }
    if (this.#refused !== undefined) throw this.#refused;
    return { effects: this.#effects, threw };
  }

  #perform(input: Input): void {
    if (input.kind === "crash") {
      this.#fall(input);
      this.#boot();
    } else this.#dispatch(input);
  }

  #fall({ during, effect, disk }: Crash): void {
    if (during !== null) this.#cutOff(during, effect);
    this.#crash(disk, during !== null);
  }

  #dispatch(input: Handled): void {
    const node = this.#node!;
    switch (input.kind) {
      case "message":
        node.onMessage?.(input.from, copy(input.payload));
        break;
      case "timer": {
        const timer = this.timers.find(({ name }) => name === input.name)!;
        this.clearTimer(input.name);
        this.#elapsedMs = Math.max(this.#elapsedMs, timer.setMs + timer.delayMs);
        node.onTimer?.(input.name);
        break;
      }
      case "synced": {
        const [sync] = this.#syncs.splice(input.nth, 1);
        sync!.complete();
        node.onSynced?.(sync!.name);
        break;
      }
      case "request":
        this.#open.add(exact([input.client, input.operation]));
        node.onRequest?.(copy(input.payload), this.#replier(input.client, input.operation));
        break;
    }
  }

  /** Runs the handler up to an effect, which does not happen. */
  #cutOff(during: Input, effect: number): void {
    if (during.kind === "crash") this.#fall(during);
    this.#crashAt = effect;
    try {
      if (during.kind === "crash") this.#boot();
      else this.#dispatch(during);
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
    }
    if (!this.#crashing) throw this.#refuse(new Changed(`its handler had ${effect - 1} effects instead of more`));
  }

  #crash(answers: readonly number[], midHandler: boolean): void {
    let asked = 0;
    const { lines } = this.disk.crash((options) => (this.#setup.keepsUnsynced ? options - 1 : answers[asked++]!));
    this.#effects.push({ kind: "crash", midHandler, disk: lines });
    this.#node = undefined;
    this.timers = [];
    this.#syncs = [];
    this.#open.clear();
    this.#crashAt = 0;
    this.#counted = 0;
    this.#crashing = false;
  }

  #boot(): void {
    this.#incarnation++;
    this.#node = this.#setup.factory(new MachineContext(this, this.#setup, this.#incarnation));
    this.#node.onStart?.();
  }

  #effect(effect: Effect): void {
    this.#counted++;
    if (this.#counted === this.#crashAt) this.#crashing = true;
    if (this.#crashing) throw new SimulatedCrash();
    this.#effects.push(effect);
  }

  /** A reply is an effect of the incarnation that was asked; after its crash, or a second time, it goes nowhere. */
  #replier(client: NodeId, operation: number): (response: unknown) => void {
    const incarnation = this.#incarnation;
    let replied = false;
    return (response) => {
      if (this.#incarnation !== incarnation || replied) return;
      const payload = copy(response);
      this.#effect({ kind: "reply", client, operation, payload });
      replied = true;
      this.#open.delete(exact([client, operation]));
    };
  }

  #refuse(error: Error): Error {
    this.#refused ??= error;
    return error;
  }
}

/**
 * Timers of one node that may be the next to fire. Any time may pass between two handlers, so a timer that was set
 * earlier and for longer may be due before or after one that was set later; one that was set earlier and for no longer,
 * or in the same handler and for less, is due first on any clock.
 */
export function dueTimers(timers: readonly Timer[]): Timer[] {
  const isBefore = (a: Timer, i: number, b: Timer, j: number) =>
    a.event < b.event ? a.delayMs <= b.delayMs : a.event === b.event && (a.delayMs - b.delayMs || i - j) < 0;
  return timers.filter((timer, j) => !timers.some((other, i) => i !== j && isBefore(other, i, timer, j)));
}

/** The only thing a node holds of its machine. */
class MachineContext implements Context {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  readonly disk: ContextDisk;
  readonly #machine: Machine;
  readonly #incarnation: number;

  constructor(machine: Machine, { id, peers }: MachineSetup, incarnation: number) {
    this.self = id;
    this.peers = peers;
    this.#machine = machine;
    this.#incarnation = incarnation;
    this.disk = new ContextDisk(
      () => this.#live().disk,
      (file, name) => this.#live().syncLater(file, name),
    );
    Object.freeze(this);
  }

  readonly now = (): number => this.#live().now();
  readonly random = (): number => this.#live().draw();
  readonly send = (to: NodeId, message: unknown): void => this.#live().send(to, message);
  readonly setTimer = (name: string, delayMs: number): void => this.#live().setTimer(name, delayMs);
  readonly clearTimer = (name: string): void => this.#live().clearTimer(name);
  readonly log = (text: string): void => this.#live().log(text);

  #live(): Machine {
    return this.#machine.checkLive(this.#incarnation);
  }
}
