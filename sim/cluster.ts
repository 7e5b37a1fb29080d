import type { Operation } from "./client.ts";
import { ClientProcess } from "./client-process.ts";
import { copy } from "./copy.ts";
import { describePayload } from "./describe.ts";
import { EventQueue } from "./event-queue.ts";
import { type FaultCounts, type Faults, noFaultCounts } from "./faults.ts";
import { Injector } from "./injector.ts";
import { createEvent, EVENT, type Kernel, type SimEvent, textOf } from "./kernel.ts";
import { Machines } from "./machines.ts";
import { Messenger } from "./messenger.ts";
import { Network } from "./network.ts";
import type { Node, NodeId } from "./node.ts";
import { type Plan, type PlanEvent, planFrom } from "./plan.ts";
import { createRandom, type Random } from "./prng.ts";
import { NodeProcess } from "./process.ts";
import {
  BUILT_IN,
  type Invariant,
  type Scenario,
  type ScenarioFactory,
  type Violation,
  type World,
} from "./scenario.ts";
import { Trace } from "./trace.ts";
import { Workload } from "./workload.ts";

export interface ClusterOptions {
  readonly scenario: ScenarioFactory;
  readonly seed: number;
  /** What chance does. */
  readonly faults: Faults;
  /**
   * What happens besides. When given, the rates of `faults` (crashes, partitions, pauses, clocks) make no plan of their
   * own.
   */
  readonly plan?: Plan | undefined;
  /** Length of the fault phase, ms of virtual time. Default: 5000. */
  readonly durationMs?: number | undefined;
  /** After it everything heals; then clients must end and the system converge within so many ms. Default: 5000. */
  readonly settleMs?: number | undefined;
  /** More handled events than this break the invariant "the run ends". Default: 1,000,000. */
  readonly eventsMax?: number | undefined;
  /** Give up after so many ms, with no verdict on what should follow. Default: never. */
  readonly stopAtMs?: number | undefined;
  /** Keep a trace. Costs about half of the speed. Default: false. */
  readonly trace?: boolean | undefined;
}

export interface RunResult {
  readonly violation: Violation | undefined;
  /** Events handled. */
  readonly events: number;
  /** Faults that happened. */
  readonly injected: Readonly<FaultCounts>;
  /**
   * The plan of this run, with every fault of chance added as an event: replaying it without chance gives the same run.
   */
  readonly plan: Plan;
  readonly history: readonly Operation[];
  readonly marks: ReadonlyMap<string, number>;
  readonly trace: Trace | undefined;
  /** True time at the end, ms. */
  readonly endedAt: number;
}

export const DURATION_MS = 5000;
export const SETTLE_MS = 5000;
export const EVENTS_MAX = 1_000_000;

/** Runs a scenario once, from start to verdict. */
export function simulate(options: ClusterOptions): RunResult {
  return new Cluster(options).run();
}

/**
 * One run, which can also be driven by hand: `advance` to a time, `inject` faults, look at it as a `World`. A lab in a
 * page does so. Virtual time only moves forward.
 */
export class Cluster implements Kernel, World {
  now = 0;
  cause = -1;
  lastNode: NodeId | null = null;
  healed = false;
  /** Events handled so far. */
  events = 0;
  violation: Violation | undefined;
  readonly injected: FaultCounts = noFaultCounts();
  readonly marks = new Map<string, number>();
  readonly faults: Faults;
  readonly trace: Trace | undefined;
  readonly queue = new EventQueue<SimEvent>();
  readonly random: Random;
  readonly nodeIds: readonly NodeId[];

  readonly #scenario: Scenario;
  readonly #invariants: readonly [string, Invariant][];
  readonly #processes: readonly NodeProcess[];
  readonly #messenger: Messenger;
  readonly #machines: Machines;
  readonly #workload: Workload;
  readonly #injector: Injector;
  readonly #plan: Plan;
  #durationMs: number;
  readonly #settleMs: number;
  readonly #eventsMax: number;
  readonly #stopAtMs: number;
  #askedConvergedAt = -1;
  #ended = false;

  constructor(options: ClusterOptions) {
    this.faults = options.faults;
    this.#durationMs = options.durationMs ?? DURATION_MS;
    this.#settleMs = options.settleMs ?? SETTLE_MS;
    this.#eventsMax = options.eventsMax ?? EVENTS_MAX;
    this.#stopAtMs = options.stopAtMs ?? Number.POSITIVE_INFINITY;
    this.trace = options.trace === true ? new Trace() : undefined;
    this.random = createRandom(options.seed);
    const scenario = options.scenario({ seed: options.seed, random: this.random.fork("scenario") });
    this.#scenario = scenario;
    this.#invariants = Object.entries(scenario.invariants ?? {});
    this.nodeIds = Object.keys(scenario.nodes);
    const names = [...this.nodeIds, ...Object.keys(scenario.clients ?? {})];
    if (new Set(names).size !== names.length) throw new Error("a client has the name of a node");

    const reliable = names.map((name) => scenario.reliable?.includes(name) ?? false);
    const nodeCount = this.nodeIds.length;
    const network = new Network(names, nodeCount, options.seed, options.faults, this.injected, reliable);
    this.#messenger = new Messenger(this, names, network);
    this.#processes = Object.entries(scenario.nodes).map(([id, factory], index) => {
      const peers = this.nodeIds.filter((peer) => peer !== id);
      return new NodeProcess(id, index, this, peers, factory, this.random.fork(`node ${id}`));
    });
    this.#machines = new Machines(this, this.#messenger, this.#processes);
    const clients = Object.entries(scenario.clients ?? {}).map(([id, program], i) => {
      return new ClientProcess(id, nodeCount + i, this, this.random.fork(`client ${id}`), program);
    });
    this.#workload = new Workload(this, this.#messenger, clients);
    const { skipped } = this.#workload;
    this.#injector = new Injector(this, network, this.#machines, (id) => this.#processOf(id), skipped);
    this.#plan = options.plan ?? this.#chancePlan();
    for (const { index } of this.#processes) this.queue.push(0, createEvent(EVENT.start, index, -1));
    this.#injector.adopt(this.#plan);
    for (const event of this.#plan) if (event.kind === "end") this.#durationMs = Math.min(this.#durationMs, event.at);
    for (const { index } of clients) this.queue.push(0, createEvent(EVENT.clientWakes, index, -1));
  }

  /** To the end: fault phase, healing, settling, final checks. */
  run(): RunResult {
    if (this.#stopAtMs < this.#durationMs) {
      this.advance(this.#stopAtMs);
      return this.#result();
    }
    this.advance(this.#durationMs);
    this.heal();
    const deadline = this.now + this.#settleMs;
    while (this.violation === undefined && !this.#isSettled()) {
      if (this.queue.nextTime > this.#stopAtMs) return this.#result();
      if (this.queue.nextTime > deadline) {
        this.now = deadline;
        this.#ended = true;
        this.#reportUnsettled();
        break;
      }
      this.step();
    }
    this.#ended = true;
    if (this.violation === undefined) this.#check(Object.entries(this.#scenario.atEnd ?? {}));
    return this.#result();
  }

  /** Handles all events up to and including `untilMs`, or up to the first violation. */
  advance(untilMs: number): void {
    while (this.violation === undefined && this.queue.nextTime <= untilMs) this.step();
    if (this.violation === undefined) this.now = Math.max(this.now, untilMs);
  }

  /** Handles the next event; false when there is none. */
  step(): boolean {
    const at = this.queue.nextTime;
    const event = this.queue.pop();
    if (event === undefined) return false;
    this.now = at;
    if (event.canceled) return true;
    if (++this.events > this.#eventsMax) {
      this.fail(
        BUILT_IN.endless,
        `more than ${this.#eventsMax} events by ${at} ms: do nodes answer each other without end?`,
      );
      return true;
    }
    this.cause = event.cause;
    if (event.kind === EVENT.fault) this.inject(event.payload as PlanEvent);
    else if (event.kind === EVENT.faultEnd) {
      if (!this.healed) this.#injector.end(event);
    } else if (event.target < this.#processes.length) {
      if (this.#machines.step(event)) this.#check(this.#invariants);
    } else if (this.#workload.step(event)) {
      this.#check(this.#invariants);
    }
    return true;
  }

  /** Makes a fault of a plan happen now, whatever its `at`. After healing nothing can be injected. */
  inject(event: PlanEvent): void {
    if (!this.healed) this.#injector.inject(event);
  }

  /** Ends every fault: partitions heal, nodes restart and resume, chance stops. Clocks stay as they are. */
  heal(): void {
    if (this.healed || this.violation !== undefined) return;
    this.healed = true;
    this.cause = -1;
    this.#messenger.network.heal();
    this.trace?.add(this.now, -1, { kind: "all-healed" });
    for (const process of this.#processes) {
      this.#machines.resume(process);
      process.crashAtEffect = 0;
      if (process.incarnation > 0) this.#machines.restart(process, process.incarnation);
    }
    this.#check(this.#invariants);
  }

  /** Carries a node's message; the context calls it. */
  send(from: number, to: NodeId, message: unknown): void {
    const target = this.nodeIds.indexOf(to);
    if (target < 0) throw new Error(`send to "${to}": there is no such node; nodes are ${this.nodeIds.join(", ")}`);
    this.#messenger.transmit(EVENT.message, from, target, copy(message));
  }

  fail(invariant: string, message: string): void {
    if (this.violation !== undefined) return;
    this.violation = { invariant, message, at: this.now, node: this.lastNode, when: this.#ended ? "end" : "step" };
    this.trace?.add(this.now, this.cause, { kind: "violation", invariant, message, node: this.lastNode });
  }

  // The world, as invariants see it.

  get history(): readonly Operation[] {
    return this.#workload.history;
  }

  get clientsDone(): boolean {
    return this.#workload.done;
  }

  node(id: NodeId): Node | undefined {
    return this.#processOf(id).node;
  }

  live(): { readonly id: NodeId; readonly node: Node }[] {
    return this.#processes.flatMap(({ id, node }) => (node === undefined ? [] : [{ id, node }]));
  }

  disk(id: NodeId) {
    return this.#processOf(id).disk;
  }

  /** Sends, disk operations and replies of a node so far: the places where `crash-at-effect` can strike. */
  effects(id: NodeId): number {
    return this.#processOf(id).effects;
  }

  /** A message in the scenario's words. */
  describe(payload: unknown): string {
    return (this.#scenario.describe ?? describePayload)(payload);
  }

  clock(id: NodeId): number {
    return this.#processOf(id).clock.read(this.now);
  }

  mark(name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1);
  }

  #processOf(id: NodeId): NodeProcess {
    const process = this.#processes[this.nodeIds.indexOf(id)];
    if (process === undefined) throw new Error(`there is no node "${id}"; nodes are ${this.nodeIds.join(", ")}`);
    return process;
  }

  #chancePlan(): Plan {
    const { immortal = [], reliable = [] } = this.#scenario;
    const nodes = this.nodeIds.filter((id) => !reliable.includes(id));
    const mortal = nodes.filter((id) => !immortal.includes(id));
    return planFrom(this.faults, { nodes, mortal, durationMs: this.#durationMs }, this.random.fork("plan"));
  }

  // Verdicts.

  #check(invariants: readonly [string, Invariant][]): void {
    for (const [name, invariant] of invariants) {
      if (this.violation !== undefined) return;
      const wrong = ask(invariant, this);
      if (wrong !== undefined) this.fail(name, wrong);
    }
  }

  #isSettled(): boolean {
    if (!this.#workload.done) return false;
    // Ask once a millisecond, when all its events are done: convergence checks compare whole stores.
    if (this.queue.nextTime <= this.now || this.#askedConvergedAt === this.now) return false;
    this.#askedConvergedAt = this.now;
    return this.#missing() === undefined;
  }

  #missing(): string | undefined {
    return this.#scenario.converged === undefined ? undefined : ask(this.#scenario.converged, this);
  }

  #reportUnsettled(): void {
    const within = `within ${this.#settleMs} ms after everything healed`;
    const waiting = this.#workload.waiting();
    const missing = this.#missing();
    if (waiting.length > 0) this.fail(BUILT_IN.clientsEnd, `${waiting.join(", ")} not done ${within}`);
    else if (missing !== undefined) this.fail(BUILT_IN.converges, `not ${within}: ${missing}`);
  }

  #result(): RunResult {
    return {
      violation: this.violation,
      events: this.events,
      injected: this.injected,
      plan: [...this.#plan, ...this.#messenger.network.recorded],
      history: this.history,
      marks: this.marks,
      trace: this.trace,
      endedAt: this.now,
    };
  }
}

/** An assertion that throws says what is wrong as well as a text that is returned. */
function ask(invariant: Invariant, world: World): string | undefined {
  try {
    return invariant(world) ?? undefined;
  } catch (error) {
    return textOf(error);
  }
}
