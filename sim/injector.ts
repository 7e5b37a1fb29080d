import { createEvent, EVENT, type Kernel, type SimEvent } from "./kernel.ts";
import type { Machines } from "./machines.ts";
import type { Network } from "./network.ts";
import type { NodeId } from "./node.ts";
import type { Plan, PlanEvent } from "./plan.ts";
import type { NodeProcess } from "./process.ts";

/** Makes the events of a plan happen, and ends those that last. */
export class Injector {
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #machines: Machines;
  readonly #processOf: (id: NodeId) => NodeProcess;
  readonly #skipped: Map<string, number>;

  constructor(
    kernel: Kernel,
    network: Network,
    machines: Machines,
    processOf: (id: NodeId) => NodeProcess,
    skipped: Map<string, number>,
  ) {
    this.#kernel = kernel;
    this.#network = network;
    this.#machines = machines;
    this.#processOf = processOf;
    this.#skipped = skipped;
  }

  /**
   * Message faults and skips hold from the start, and so do the clocks and crash points of time 0: they are there when
   * the nodes start. The others wait for their time.
   */
  adopt(plan: Plan): void {
    for (const event of plan) {
      const early = event.kind === "clock" || event.kind === "crash-at-effect";
      if (!("at" in event) || (early && event.at === 0)) this.inject(event);
      else if (event.kind !== "end") {
        this.#kernel.queue.push(event.at, createEvent(EVENT.fault, 0, -1, { payload: event }));
      }
    }
  }

  /** Makes it happen now, whatever its `at`. */
  inject(event: PlanEvent): void {
    switch (event.kind) {
      case "skip":
        this.#skipped.set(`${event.client}#${event.nth}`, event.ms);
        break;
      case "delays":
        this.#network.fixDelays(event.ms);
        break;
      case "end":
        break;
      case "drop":
      case "duplicate":
      case "delay":
        this.#network.plan(event);
        break;
      case "partition":
        this.#kernel.injected.partitions++;
        this.#network.cut(event.side, event.direction, 1);
        this.#endLater(event, event.forMs, this.#trace(event));
        break;
      case "clock":
        this.#kernel.injected.clockChanges++;
        this.#processOf(event.node).clock.set(this.#kernel.now, event.offsetMs, event.driftPpm);
        this.#trace(event);
        break;
      default: {
        const process = this.#processOf(event.node);
        // A node that is down can neither crash nor pause; one that has not started yet can have its crash point set.
        const isDown = process.node === undefined && !(event.kind === "crash-at-effect" && process.incarnation === 0);
        if (!isDown) this.#strike(process, event);
      }
    }
  }

  #strike(process: NodeProcess, event: PlanEvent & { kind: "crash" | "crash-at-effect" | "pause" }): void {
    const kernel = this.#kernel;
    if (event.kind === "crash") {
      this.#machines.crash(process, event.forMs, false, this.#trace(event));
    } else if (event.kind === "pause") {
      kernel.injected.pauses++;
      process.paused = true;
      process.pausedUntil = Math.max(process.pausedUntil, kernel.now + event.forMs);
      this.#endLater(event, event.forMs, this.#trace(event));
    } else {
      process.crashAtEffect = process.effects + event.nth;
      process.downMs = event.forMs;
      if (event.withinMs !== undefined) this.#endLater(event, event.withinMs, -1, process.crashAtEffect);
    }
  }

  /** The end of a fault that lasts; nodes are restarted by an event of their own. */
  end(event: SimEvent): void {
    const fault = event.payload as PlanEvent;
    const { trace, now } = this.#kernel;
    if (fault.kind === "partition") {
      this.#network.cut(fault.side, fault.direction, -1);
      trace?.add(now, event.cause, { kind: "heal", side: fault.side });
    } else if (fault.kind === "crash-at-effect") {
      const process = this.#processOf(fault.node);
      if (process.crashAtEffect === event.id) process.crashAtEffect = 0;
    } else if (fault.kind === "pause") {
      const process = this.#processOf(fault.node);
      if (!process.paused || process.pausedUntil > now) return;
      trace?.add(now, event.cause, { kind: "resume", node: fault.node });
      this.#machines.resume(process);
    }
  }

  #endLater(event: PlanEvent, afterMs: number, cause: number, id = 0): void {
    this.#kernel.queue.push(this.#kernel.now + afterMs, createEvent(EVENT.faultEnd, 0, cause, { id, payload: event }));
  }

  #trace(fault: PlanEvent): number {
    return this.#kernel.trace?.add(this.#kernel.now, -1, { kind: "fault", fault }) ?? -1;
  }
}
