import { copy } from "./copy.ts";
import { type Carried, EVENT, type Kernel, type SimEvent } from "./kernel.ts";
import type { Network } from "./network.ts";
import type { NodeId } from "./node.ts";
import type { DropReason, MessageRole, Trace } from "./trace.ts";

/**
 * Carries messages, requests and responses: asks the network for their fate, counts and traces what becomes of them.
 */
export class Messenger {
  readonly network: Network;
  readonly #kernel: Kernel;
  readonly #names: readonly NodeId[];
  #sent = 0;

  /** `names`: nodes first, then clients. */
  constructor(kernel: Kernel, names: readonly NodeId[], network: Network) {
    this.#kernel = kernel;
    this.#names = names;
    this.network = network;
  }

  /** Takes ownership of the payload: the caller has copied it. */
  transmit(kind: number, from: number, to: number, payload: unknown): void {
    const kernel = this.#kernel;
    const id = this.#sent++;
    if (from === to) {
      const cause = this.#traceSend(kind, id, from, to, 0, payload);
      kernel.queue.push(kernel.now, createMessage(kind, to, from, id, payload, cause, ""));
      return;
    }
    const route = this.network.send(from, to, kernel.now, kind === EVENT.request);
    const cause = kernel.trace === undefined ? -1 : this.#traceSend(kind, id, from, to, route.nth, payload);
    if (route.lost) {
      this.#traceDrop(id, from, to, cause, "lost");
    } else if (this.network.isBlocked(from, to)) {
      this.#dropBlocked(id, from, to, cause);
    } else {
      kernel.queue.push(route.at, createMessage(kind, to, from, id, payload, cause, ""));
      if (route.copyAt >= 0)
        kernel.queue.push(route.copyAt, createMessage(kind, to, from, id, copy(payload), cause, "copy"));
    }
  }

  /** False, and accounted for, when the message ends here: a partition came up on its way, or its node is down. */
  arrives(event: SimEvent, isUp: boolean): boolean {
    if (this.network.isBlocked(event.from, event.target)) {
      this.#dropBlocked(event.id, event.from, event.target, event.cause);
      return false;
    }
    if (isUp) return true;
    this.#kernel.injected.toDownNode++;
    this.#traceDrop(event.id, event.from, event.target, event.cause, "down");
    return false;
  }

  /** Returns the trace index of the delivery. */
  traceDelivery(trace: Trace, event: SimEvent): number {
    return trace.add(this.#kernel.now, event.cause, {
      kind: "deliver",
      id: event.id,
      role: ROLES[event.kind]!,
      from: this.#names[event.from]!,
      to: this.#names[event.target]!,
      copy: event.name === "copy",
    });
  }

  #dropBlocked(id: number, from: number, to: number, cause: number): void {
    this.#kernel.injected.partitioned++;
    this.#traceDrop(id, from, to, cause, "partition");
  }

  #traceDrop(id: number, from: number, to: number, cause: number, reason: DropReason): void {
    const { trace, now } = this.#kernel;
    trace?.add(now, cause, { kind: "drop", id, from: this.#names[from]!, to: this.#names[to]!, reason });
  }

  #traceSend(kind: number, id: number, from: number, to: number, nth: number, payload: unknown): number {
    const { trace, now, cause } = this.#kernel;
    if (trace === undefined) return -1;
    const content = kind === EVENT.message ? payload : (payload as Carried).payload;
    return trace.add(now, cause, {
      kind: "send",
      id,
      role: ROLES[kind]!,
      from: this.#names[from]!,
      to: this.#names[to]!,
      nth,
      payload: copy(content),
    });
  }
}

const ROLES: Readonly<Record<number, MessageRole>> = {
  [EVENT.message]: "message",
  [EVENT.request]: "request",
  [EVENT.response]: "response",
};

/** The hot path: a literal of the one shape, without the detail object of `createEvent`. */
function createMessage(
  kind: number,
  target: number,
  from: number,
  id: number,
  payload: unknown,
  cause: number,
  name: string,
): SimEvent {
  return { kind, target, from, id, incarnation: -1, name, payload, cause, canceled: false };
}
