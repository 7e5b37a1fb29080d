import type { Operation, Outcome } from "./client.ts";
import type { ClientProcess } from "./client-process.ts";
import { copy } from "./copy.ts";
import { type Carried, createEvent, EVENT, type Kernel, type SimEvent, textOf } from "./kernel.ts";
import type { Messenger } from "./messenger.ts";
import type { NodeId } from "./node.ts";
import { BUILT_IN } from "./scenario.ts";

/** Runs the clients and writes down the history: what they asked, what they were told, and in which order. */
export class Workload {
  readonly history: Operation[] = [];
  /** Operations that a plan leaves out, "client#nth", and how long the client waits in their place, ms. */
  readonly skipped = new Map<string, number>();
  readonly #kernel: Kernel;
  readonly #messenger: Messenger;
  readonly #clients: readonly ClientProcess[];
  #position = 0;

  constructor(kernel: Kernel, messenger: Messenger, clients: readonly ClientProcess[]) {
    this.#kernel = kernel;
    this.#messenger = messenger;
    this.#clients = clients;
  }

  get done(): boolean {
    return this.waiting().length === 0;
  }

  /** Names of the clients that have not come to their end. */
  waiting(): NodeId[] {
    return this.#clients.filter((client) => !client.done).map((client) => client.id);
  }

  /** Hands one event to its client; false when it came too late to matter. */
  step(event: SimEvent): boolean {
    const kernel = this.#kernel;
    const client = this.#clients[event.target - kernel.nodeIds.length]!;
    kernel.lastNode = null;
    if (event.kind === EVENT.clientWakes) {
      this.#resume(client, event.payload);
      return true;
    }
    if (event.kind === EVENT.clientTimeout) {
      if (client.waitsFor !== event.id) return false;
      this.#finish(client, event.id, { status: "unknown" });
      return true;
    }
    if (!this.#messenger.arrives(event, true)) return false;
    const { operation, payload } = event.payload as Carried;
    if (client.waitsFor !== operation) return false;
    if (kernel.trace !== undefined) kernel.cause = this.#messenger.traceDelivery(kernel.trace, event);
    const call = this.history[operation]!;
    this.history[operation] = {
      ...call,
      status: "ok",
      output: payload,
      return: this.#position++,
      returnMs: kernel.now,
    };
    // The history keeps its own copy, which the client's program cannot change.
    this.#finish(client, operation, { status: "ok", response: copy(payload) });
    return true;
  }

  #finish(client: ClientProcess, operation: number, outcome: Outcome<unknown>): void {
    const kernel = this.#kernel;
    client.waitsFor = -1;
    if (kernel.trace !== undefined) {
      const output = outcome.status === "ok" ? copy(outcome.response) : undefined;
      const body = { kind: "return", client: client.id, operation, status: outcome.status, output } as const;
      kernel.cause = kernel.trace.add(kernel.now, kernel.cause, body);
    }
    this.#resume(client, outcome);
  }

  #resume(client: ClientProcess, value: unknown): void {
    const kernel = this.#kernel;
    let wait: ReturnType<ClientProcess["resume"]>;
    try {
      wait = client.resume(value);
    } catch (error) {
      client.done = true;
      kernel.fail(BUILT_IN.clientThrows, `${client.id}: ${textOf(error)}`);
    }
    if (wait === undefined) return;
    if (wait.kind === "sleep") {
      this.#wakeAfter(client, Math.ceil(wait.ms), undefined);
      return;
    }
    const nth = ++client.operations;
    const skippedMs = this.skipped.get(`${client.id}#${nth}`);
    if (skippedMs === undefined) this.#invoke(client, nth, wait.to, wait.request, wait.timeoutMs);
    else this.#wakeAfter(client, skippedMs, { status: "unknown" });
  }

  #wakeAfter(client: ClientProcess, ms: number, payload: Outcome<unknown> | undefined): void {
    const kernel = this.#kernel;
    kernel.queue.push(kernel.now + ms, createEvent(EVENT.clientWakes, client.index, kernel.cause, { payload }));
  }

  #invoke(client: ClientProcess, nth: number, to: NodeId, request: unknown, timeoutMs: number): void {
    const kernel = this.#kernel;
    const target = kernel.nodeIds.indexOf(to);
    if (target < 0) throw new Error(`${client.id} asks "${to}"; nodes are ${kernel.nodeIds.join(", ")}`);
    const operation = this.history.length;
    const input = copy(request);
    const call = this.#position++;
    this.history.push({ status: "unknown", client: client.id, node: to, input, call, callMs: kernel.now });
    client.waitsFor = operation;
    if (kernel.trace !== undefined) {
      const body = { kind: "invoke", client: client.id, nth, operation, node: to, input } as const;
      kernel.cause = kernel.trace.add(kernel.now, kernel.cause, body);
    }
    this.#messenger.transmit(EVENT.request, client.index, target, { operation, payload: copy(request) });
    const timeout = createEvent(EVENT.clientTimeout, client.index, kernel.cause, { id: operation });
    kernel.queue.push(kernel.now + timeoutMs, timeout);
  }
}
