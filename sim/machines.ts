import { copy } from "./copy.ts";
import { crashChoices, flipRandomBit } from "./crash-choices.ts";
import { SimulatedCrash } from "./disk.ts";
import { type Carried, createEvent, EVENT, type Kernel, type SimEvent, textOf } from "./kernel.ts";
import type { Messenger } from "./messenger.ts";
import type { Node } from "./node.ts";
import type { NodeProcess } from "./process.ts";
import { BUILT_IN } from "./scenario.ts";
import type { Trace } from "./trace.ts";

/** Runs the nodes: hands them what happens, and takes them down and up again. */
export class Machines {
  readonly #kernel: Kernel;
  readonly #messenger: Messenger;
  readonly #processes: readonly NodeProcess[];

  constructor(kernel: Kernel, messenger: Messenger, processes: readonly NodeProcess[]) {
    this.#kernel = kernel;
    this.#messenger = messenger;
    this.#processes = processes;
  }

  /** Hands one event to its node; false when no handler ran. */
  step(event: SimEvent): boolean {
    const kernel = this.#kernel;
    const process = this.#processes[event.target]!;
    if (event.kind === EVENT.start || event.kind === EVENT.restart) {
      if (event.kind === EVENT.restart) return this.restart(process, event.incarnation);
      this.#boot(process);
      // Invariants first see the cluster when all nodes have started.
      return process.index === this.#processes.length - 1;
    }
    if (event.incarnation >= 0 && event.incarnation !== process.incarnation) return false;
    if (process.paused) {
      process.backlog.push(event);
      return false;
    }
    const isMessage = event.kind === EVENT.message || event.kind === EVENT.request;
    if (isMessage && !this.#messenger.arrives(event, process.node !== undefined)) return false;
    kernel.lastNode = process.id;
    if (kernel.trace !== undefined) kernel.cause = this.#traceHandler(kernel.trace, process, event);
    try {
      this.#handle(process, process.node!, event);
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) {
        kernel.fail(BUILT_IN.throws, `${process.id} threw in ${HANDLERS[event.kind]}: ${textOf(error)}`);
      }
    }
    if (process.crashing) this.crash(process, process.downMs, true, kernel.cause);
    return true;
  }

  /** Takes a node down: volatile state is gone, the disk keeps what it must and what chance lets it. */
  crash(process: NodeProcess, downMs: number, midHandler: boolean, cause: number): void {
    const kernel = this.#kernel;
    const { injected } = kernel;
    injected.crashes++;
    if (midHandler) injected.midHandlerCrashes++;
    process.die();
    this.#release(process);
    const random = kernel.random.fork(`crash of ${process.id} at ${kernel.now}`);
    const report = process.disk.crash(crashChoices(kernel.faults, random));
    injected.lostWrites += report.lostWrites;
    injected.tornWrites += report.tornWrites;
    injected.lostNames += report.lostNames;
    const disk = report.lines.slice();
    const flipped = random.chance(kernel.faults.bitFlips) ? flipRandomBit(process.disk, random) : undefined;
    if (flipped !== undefined) {
      injected.bitFlips++;
      disk.push(flipped);
    }
    const index = kernel.trace?.add(kernel.now, cause, { kind: "crash", node: process.id, midHandler, disk }) ?? -1;
    const { incarnation } = process;
    kernel.queue.push(kernel.now + downMs, createEvent(EVENT.restart, process.index, index, { incarnation }));
  }

  /** Brings a node up again, unless it has been since: `incarnation` is the one that ended. */
  restart(process: NodeProcess, incarnation: number): boolean {
    if (process.node !== undefined || process.incarnation !== incarnation) return false;
    this.#kernel.injected.restarts++;
    this.#boot(process);
    return true;
  }

  /** Ends a pause: what has waited comes next, in its order, before anything else of this millisecond. */
  resume(process: NodeProcess): void {
    process.paused = false;
    this.#release(process);
  }

  #release(process: NodeProcess): void {
    for (const event of process.backlog) this.#kernel.queue.pushFirst(this.#kernel.now, event);
    process.backlog = [];
  }

  #boot(process: NodeProcess): void {
    const kernel = this.#kernel;
    kernel.lastNode = process.id;
    if (kernel.trace !== undefined) {
      const incarnation = process.incarnation + 1;
      kernel.cause = kernel.trace.add(kernel.now, kernel.cause, { kind: "start", node: process.id, incarnation });
    }
    try {
      process.boot();
      process.node!.onStart?.();
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) {
        kernel.fail(BUILT_IN.throws, `${process.id} threw while it started: ${textOf(error)}`);
      }
    }
    if (process.crashing) this.crash(process, process.downMs, true, kernel.cause);
  }

  #handle(process: NodeProcess, node: Node, event: SimEvent): void {
    switch (event.kind) {
      case EVENT.message:
        node.onMessage?.(this.#kernel.nodeIds[event.from]!, event.payload);
        break;
      case EVENT.timer:
        process.timers.delete(event.name);
        node.onTimer?.(event.name);
        break;
      case EVENT.synced:
        (event.payload as () => void)();
        node.onSynced?.(event.name);
        break;
      default: {
        const { operation, payload } = event.payload as Carried;
        node.onRequest?.(payload, this.#replier(process, event.from, operation));
      }
    }
  }

  /** A reply is an effect of the incarnation that was asked; after its crash, or a second time, it goes nowhere. */
  #replier(process: NodeProcess, client: number, operation: number): (response: unknown) => void {
    const { incarnation } = process;
    let replied = false;
    return (response) => {
      if (process.incarnation !== incarnation || replied) return;
      const payload = copy(response);
      process.effect();
      replied = true;
      this.#messenger.transmit(EVENT.response, process.index, client, { operation, payload });
    };
  }

  #traceHandler(trace: Trace, process: NodeProcess, event: SimEvent): number {
    if (event.kind === EVENT.timer || event.kind === EVENT.synced) {
      const kind = event.kind === EVENT.timer ? "timer" : "synced";
      return trace.add(this.#kernel.now, event.cause, { kind, node: process.id, name: event.name });
    }
    return this.#messenger.traceDelivery(trace, event);
  }
}

const HANDLERS: Readonly<Record<number, string>> = {
  [EVENT.message]: "onMessage",
  [EVENT.request]: "onRequest",
  [EVENT.timer]: "onTimer",
  [EVENT.synced]: "onSynced",
};
