import type { Operation } from "../client.ts";
import type { NodeId } from "../node.ts";
import type { Trace } from "../trace.ts";
import { ClientRun, type ClientSetup } from "./client-pasts.ts";
import { exact } from "./exact.ts";
import { Changed, dueTimers, type Effect, type Input, Machine, type MachineSetup, type Output } from "./machine.ts";
import type { Sight } from "./small-world.ts";
import type { Step } from "./step.ts";

/** A message that was sent in this run. */
export interface Flight {
  readonly id: number;
  readonly from: NodeId;
  readonly to: NodeId;
  /** Number on its link, from 1. */
  readonly nth: number;
  readonly payload: unknown;
  readonly text: string;
  arrived: boolean;
  lost: boolean;
  /** A later message of its link has arrived before it. */
  passed: boolean;
  readonly cause: number;
}

export interface RunSetup {
  readonly nodes: readonly MachineSetup[];
  readonly clients: readonly ClientSetup[];
  readonly trace: Trace | undefined;
}

/**
 * One schedule, run from start to end with all nodes in one world, as a cluster runs it: no pasts, no merging. What a
 * search found is believed only when it happens here too.
 */
export class Run {
  readonly flights: Flight[] = [];
  /** What a handler or a client threw. */
  threw: { readonly who: NodeId; readonly text: string } | undefined;
  lastNode: NodeId | null = null;
  /** Steps taken so far; the time in the trace. */
  at = 0;
  readonly trace: Trace | undefined;
  readonly machines: readonly Machine[];
  readonly clients: readonly ClientRun[];
  readonly #nodeIds: readonly NodeId[];
  readonly #clientIds: readonly NodeId[];
  readonly #history: Operation[] = [];
  /** By client: position of the operation it waits for; -1 for none. */
  readonly #waitsFor: number[];
  readonly #sent = new Map<string, number>();
  readonly #incarnations: number[];
  #position = 0;
  #ids = 0;

  constructor({ nodes, clients, trace }: RunSetup) {
    this.trace = trace;
    this.#nodeIds = nodes.map(({ id }) => id);
    this.#clientIds = clients.map(({ id }) => id);
    this.#waitsFor = clients.map(() => -1);
    this.#incarnations = nodes.map(() => 1);
    const machines: Machine[] = [];
    for (const [i, setup] of nodes.entries()) {
      const cause = this.#note(-1, { kind: "start", node: setup.id, incarnation: 1 });
      machines.push(new Machine(setup));
      this.#take(i, machines[i]!.started, cause);
    }
    this.machines = machines;
    this.clients = clients.map((setup) => new ClientRun(setup));
    for (const [i] of clients.entries()) this.#checkClient(i);
  }

  /** What invariants see. */
  sight(): Sight {
    const views = this.machines.map(({ view }) => view);
    return {
      nodeIds: this.#nodeIds,
      views,
      view: (id) => views[this.#nodeIds.indexOf(id)],
      history: this.#history,
      clientsDone: this.clients.every(({ waits }) => waits.kind === "end"),
    };
  }

  /** @throws Changed when the step cannot be taken: the nodes do not do what they did when it was found. */
  take(step: Step): void {
    this.at++;
    switch (step.kind) {
      case "call":
        this.#call(step.client, null);
        return;
      case "wake":
        this.#wake(step.client);
        return;
      case "drop": {
        const flight = this.#flight(step);
        flight.lost = true;
        const { id, from, to, cause } = flight;
        this.#note(cause, { kind: "drop", id, from, to, reason: "lost" });
        return;
      }
      case "crash":
        this.#crash(step);
        return;
      default: {
        const { node, input, cause } = this.#inputOf(step);
        this.#handle(node, input, cause);
      }
    }
  }

  #inputOf(step: Step & { kind: "deliver" | "timer" | "synced" }): { node: number; input: Input; cause: number } {
    if (step.kind === "deliver") return this.#arrival(step);
    const node = this.#nodeOf(step.node);
    const machine = this.machines[node]!;
    if (step.kind === "timer") {
      const { name } = step;
      if (!dueTimers(machine.timers).some((timer) => timer.name === name))
        throw new Changed(`${step.node} has no timer "${name}" that is due`);
      return { node, input: { kind: "timer", name }, cause: this.#note(-1, { kind: "timer", node: step.node, name }) };
    }
    const name = machine.syncs[step.nth];
    if (name === undefined) throw new Changed(`${step.node} has no sync that is under way`);
    const cause = this.#note(-1, { kind: "synced", node: step.node, name });
    return { node, input: { kind: "synced", nth: step.nth }, cause };
  }

  #arrival(step: Step & { kind: "deliver" }): { node: number; input: Input; cause: number } {
    const flight = this.#flight(step);
    const { id, from, to, payload } = flight;
    const body = { kind: "deliver", id, role: "message", from, to, copy: flight.arrived } as const;
    if (!flight.arrived)
      for (const other of this.flights)
        if (other.from === from && other.to === to && other.nth < flight.nth && !other.arrived) other.passed = true;
    flight.arrived = true;
    const cause = this.#note(flight.cause, body);
    return { node: this.#nodeOf(to), input: { kind: "message", from, payload }, cause };
  }

  #crash({ node, during, effect, disk }: Step & { kind: "crash" }): void {
    const at = this.#nodeOf(node);
    if (during?.kind === "call") {
      this.#call(during.client, { effect, disk });
      return;
    }
    const { input, cause } = this.#interrupted(during, at);
    this.#handle(at, { kind: "crash", during: input, effect, disk }, cause);
  }

  /** What a crash interrupts: nothing, a handler, or the restart of another crash. */
  #interrupted(during: Step | null, node: number): { input: Input | null; cause: number } {
    if (during === null) return { input: null, cause: -1 };
    if (during.kind === "crash") {
      const { input, cause } = this.#interrupted(during.during, node);
      return { input: { kind: "crash", during: input, effect: during.effect, disk: during.disk }, cause };
    }
    return this.#inputOf(during as Step & { kind: "deliver" | "timer" | "synced" });
  }

  #call(name: NodeId, crash: { readonly effect: number; readonly disk: readonly number[] } | null): void {
    const client = this.#clientIds.indexOf(name);
    const run = this.clients[client];
    if (run?.waits.kind !== "to-call") throw new Changed(`${name} has nothing to ask`);
    const { node: to, request: payload, operation } = run.waits;
    const node = this.#nodeOf(to);
    const position = this.#history.length;
    const call = this.#position++;
    this.#history.push({ status: "unknown", client: name, node: to, input: payload, call, callMs: this.at });
    this.#waitsFor[client] = position;
    const invoked = this.#note(-1, {
      kind: "invoke",
      client: name,
      nth: operation,
      operation: position,
      node: to,
      input: payload,
    });
    run.take({ kind: "called", returned: [] });
    const cause = this.#carry("request", name, to, payload, invoked);
    const request = { kind: "request", client: name, operation, payload } as const;
    this.#handle(node, crash === null ? request : { kind: "crash", during: request, ...crash }, cause);
  }

  #wake(name: NodeId): void {
    const client = this.#clientIds.indexOf(name);
    const run = this.clients[client];
    if (run?.waits.kind !== "wake") throw new Changed(`${name} does not sleep`);
    this.lastNode = null;
    run.take({ kind: "woke" });
    this.#checkClient(client);
  }

  #handle(node: number, input: Input, cause: number): void {
    this.lastNode = this.#nodeIds[node]!;
    this.#take(node, this.machines[node]!.handle(input), cause);
  }

  #take(node: number, { effects, threw }: Output, cause: number): void {
    const id = this.#nodeIds[node]!;
    let because = cause;
    for (const effect of effects) because = this.#carryOut(node, effect, because);
    if (threw !== undefined) this.threw ??= { who: id, text: threw };
  }

  /** Returns the cause of the effects that follow. */
  #carryOut(node: number, effect: Effect, cause: number): number {
    const id = this.#nodeIds[node]!;
    switch (effect.kind) {
      case "send":
        this.#send(id, effect.to, effect.payload, cause);
        return cause;
      case "reply":
        this.#answer(id, effect, cause);
        return cause;
      case "log":
        this.#note(cause, { kind: "log", node: id, text: effect.text });
        return cause;
      case "disk": {
        const { operation, file, bytes } = effect;
        this.#note(cause, { kind: "disk", node: id, operation, file, bytes });
        return cause;
      }
      case "crash": {
        const { midHandler, disk } = effect;
        const crashed = this.#note(cause, { kind: "crash", node: id, midHandler, disk });
        return this.#note(crashed, { kind: "start", node: id, incarnation: ++this.#incarnations[node]! });
      }
    }
  }

  #send(from: NodeId, to: NodeId, payload: unknown, because: number): void {
    const nth = this.#nth(from, to);
    const id = this.#ids++;
    const cause = this.#note(because, { kind: "send", id, role: "message", from, to, nth, payload });
    const [arrived, lost, passed] = [false, false, false];
    this.flights.push({ id, from, to, nth, payload, text: exact(payload), arrived, lost, passed, cause });
  }

  /** A reply reaches the client at once, unless it waits for something else by now. */
  #answer(from: NodeId, { client: to, operation, payload }: Effect & { kind: "reply" }, cause: number): void {
    const client = this.#clientIds.indexOf(to);
    const run = this.clients[client]!;
    const back = this.#carry("response", from, to, payload, cause);
    if (run.waits.kind !== "answer" || run.waits.operation !== operation) return;
    const position = this.#waitsFor[client]!;
    this.#waitsFor[client] = -1;
    const call = this.#history[position]!;
    const returned = { return: this.#position++, returnMs: this.at };
    this.#history[position] = { ...call, status: "ok", output: payload, ...returned };
    this.#note(back, { kind: "return", client: to, operation: position, status: "ok", output: payload });
    run.take({ kind: "answered", response: payload });
    this.#checkClient(client);
  }

  /** A message that arrives at once. Returns its delivery. */
  #carry(role: "request" | "response", from: NodeId, to: NodeId, payload: unknown, because: number): number {
    const id = this.#ids++;
    const cause = this.#note(because, { kind: "send", id, role, from, to, nth: this.#nth(from, to), payload });
    return this.#note(cause, { kind: "deliver", id, role, from, to, copy: false });
  }

  #nth(from: NodeId, to: NodeId): number {
    const link = exact([from, to]);
    const nth = (this.#sent.get(link) ?? 0) + 1;
    this.#sent.set(link, nth);
    return nth;
  }

  #flight({ from, to, nth }: Step & { kind: "deliver" | "drop" }): Flight {
    const flight = this.flights.find((each) => each.from === from && each.to === to && each.nth === nth);
    if (flight === undefined) throw new Changed(`${from} has not sent message ${nth} to ${to}`);
    return flight;
  }

  #nodeOf(id: NodeId): number {
    const node = this.#nodeIds.indexOf(id);
    if (node < 0) throw new Error(`there is no node "${id}"; nodes are ${this.#nodeIds.join(", ")}`);
    return node;
  }

  #checkClient(client: number): void {
    const { threw } = this.clients[client]!;
    if (threw !== undefined) this.threw ??= { who: this.#clientIds[client]!, text: threw };
  }

  #note(cause: number, body: Parameters<Trace["add"]>[2]): number {
    return this.trace?.add(this.at, cause, body) ?? -1;
  }
}
