import { Clock } from "./clock.ts";
import { ContextDisk } from "./context-disk.ts";
import { type DiskOperation, SimDisk, SimulatedCrash } from "./disk.ts";
import { createEvent, EVENT, type Kernel, type SimEvent } from "./kernel.ts";
import type { Context, Node, NodeDisk, NodeFactory, NodeId } from "./node.ts";
import { exponentialFrom, type Random } from "./prng.ts";

/** A kernel that carries messages; see `Cluster.send`. */
export interface MachineKernel extends Kernel {
  send(from: number, to: NodeId, message: unknown): void;
}

/**
 * One simulated machine: what outlives its incarnations (disk, clock, streams), and the incarnation that runs on it, if
 * any.
 */
export class NodeProcess {
  readonly id: NodeId;
  readonly index: number;
  readonly kernel: MachineKernel;
  readonly peers: readonly NodeId[];
  readonly disk: SimDisk;
  readonly clock = new Clock();
  readonly random: Random;
  readonly timers = new Map<string, SimEvent>();
  readonly factory: NodeFactory;
  node: Node | undefined;
  incarnation = 0;
  paused = false;
  pausedUntil = 0;
  /** What happened to the node during its pause. */
  backlog: SimEvent[] = [];
  /** Sends, disk operations and replies so far. */
  effects = 0;
  /** Crash before the effect of this number; 0 for never. */
  crashAtEffect = 0;
  /** How long the node stays down after such a crash, ms. */
  downMs = 0;
  /** The running handler has met its crash point. */
  crashing = false;

  constructor(
    id: NodeId,
    index: number,
    kernel: MachineKernel,
    peers: readonly NodeId[],
    factory: NodeFactory,
    random: Random,
  ) {
    this.id = id;
    this.index = index;
    this.kernel = kernel;
    this.peers = peers;
    this.factory = factory;
    this.random = random;
    const { reorderedWrites, namesNeedSync } = kernel.faults;
    this.disk = new SimDisk({ reorderedWrites, namesNeedSync });
    this.disk.observe = (operation) => this.#observeDisk(operation);
  }

  /** Creates the next incarnation; may throw what the factory throws. */
  boot(): void {
    this.incarnation++;
    this.node = this.factory(new NodeContext(this));
  }

  /** Forgets everything but the disk. */
  die(): void {
    this.node = undefined;
    this.incarnation++;
    for (const timer of this.timers.values()) timer.canceled = true;
    this.timers.clear();
    this.paused = false;
    this.pausedUntil = 0;
    this.crashAtEffect = 0;
    this.crashing = false;
  }

  /** Called before each effect: the places where a crash can divide a handler. */
  effect(): void {
    this.effects++;
    if (this.effects === this.crashAtEffect) this.crashing = true;
    if (this.crashing) throw new SimulatedCrash();
  }

  #observeDisk(operation: DiskOperation): void {
    const { kernel } = this;
    this.effect();
    kernel.trace?.add(kernel.now, kernel.cause, {
      kind: "disk",
      node: this.id,
      operation: operation.kind,
      file: operation.file,
      bytes: operation.bytes,
    });
  }
}

/**
 * The only thing a node holds of the simulator. Arrow functions, so that a node may take them out of the context.
 * Private fields are really private: learner code must not reach the machine.
 */
class NodeContext implements Context {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  readonly disk: NodeDisk;
  readonly #process: NodeProcess;
  readonly #incarnation: number;

  constructor(process: NodeProcess) {
    this.self = process.id;
    this.peers = process.peers;
    this.#process = process;
    this.#incarnation = process.incarnation;
    this.disk = new ContextDisk(() => this.#live().disk, this.#syncLater);
    Object.freeze(this);
  }

  readonly now = (): number => {
    const process = this.#live();
    return process.clock.read(process.kernel.now);
  };

  readonly random = (): number => {
    return this.#live().random.float();
  };

  readonly send = (to: NodeId, message: unknown): void => {
    const process = this.#live();
    process.effect();
    process.kernel.send(process.index, to, message);
  };

  readonly setTimer = (name: string, delayMs: number): void => {
    if (!(delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`setTimer("${name}", ${delayMs}): expected a delay of 0 ms or more`);
    }
    const process = this.#live();
    const { kernel, timers } = process;
    const before = timers.get(name);
    if (before !== undefined) before.canceled = true;
    const { incarnation } = process;
    const event = createEvent(EVENT.timer, process.index, kernel.cause, { incarnation, name });
    timers.set(name, event);
    kernel.queue.push(process.clock.dueAfter(kernel.now, delayMs), event);
  };

  readonly clearTimer = (name: string): void => {
    const { timers } = this.#live();
    const event = timers.get(name);
    if (event === undefined) return;
    event.canceled = true;
    timers.delete(name);
  };

  readonly log = (text: string): void => {
    const { kernel, id } = this.#live();
    kernel.trace?.add(kernel.now, kernel.cause, { kind: "log", node: id, text: String(text) });
  };

  readonly #syncLater = (file: string, name: string): void => {
    const process = this.#live();
    const { kernel } = process;
    const complete = process.disk.beginSync(file);
    const delay = 1 + exponentialFrom(process.random.uint32(), kernel.faults.syncMeanMs);
    const { incarnation } = process;
    const event = createEvent(EVENT.synced, process.index, kernel.cause, { incarnation, name, payload: complete });
    kernel.queue.push(kernel.now + delay, event);
  };

  /** The machine, while this incarnation runs on it; a crash that the node has caught is thrown again. */
  #live(): NodeProcess {
    const process = this.#process;
    if (process.incarnation !== this.#incarnation || process.crashing) throw new SimulatedCrash();
    return process;
  }
}
