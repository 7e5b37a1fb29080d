import { Cluster, type ClusterOptions, type RunResult } from "./cluster.ts";
import { ddmin } from "./ddmin.ts";
import type { Faults } from "./faults.ts";
import type { Plan, PlanEvent } from "./plan.ts";
import { countMessages, scheduleOf } from "./schedule.ts";
import type { TraceEvent } from "./trace.ts";

/** Drawings of more messages than this are hard to read; only then are messages taken out whose loss does not matter. */
export const DRAWN_MESSAGES_MAX = 25;

export interface Shrunk {
  /** Runs the small counterexample, with its trace. */
  readonly options: ClusterOptions;
  readonly plan: Plan;
  readonly runs: number;
}

/**
 * Makes a failing run small: every fault of chance becomes an event of a plan, then whatever can be left out while the same
 * invariant still breaks is left out: faults, client operations, unequal delays, and time. `eventsMax` bounds the simulated
 * events spent on it, so that the result does not depend on the speed of a machine.
 */
export function shrink(failing: ClusterOptions, result: RunResult, eventsMax: number): Shrunk {
  return new Shrinker(failing, result, eventsMax).run();
}

/** The knobs that remain when every fault is an event of the plan: a crash still has to decide what a disk keeps. */
export function withoutChance(faults: Faults): Faults {
  return { ...faults, loss: 0, duplication: 0, reordering: 0, clientLoss: 0, requestDuplication: 0 };
}

/** Events that make a run simpler rather than worse: leaving them out again would undo the work. */
const MADE_HERE: ReadonlySet<PlanEvent["kind"]> = new Set(["delays", "end", "skip"] as const);

class Shrinker {
  private readonly base: ClusterOptions;
  private readonly invariant: string;
  private readonly mayLose: boolean;
  private plan: Plan;
  private eventsLeft: number;
  private stopAtMs: number;
  private runs = 0;

  constructor(failing: ClusterOptions, result: RunResult, eventsMax: number) {
    const { violation } = result;
    if (violation === undefined) throw new Error("shrink: the run broke no invariant");
    this.base = { ...failing, faults: withoutChance(failing.faults), trace: false };
    this.mayLose = failing.faults.loss > 0;
    this.invariant = violation.invariant;
    this.plan = result.plan;
    this.eventsLeft = eventsMax;
    // What breaks at a step need not be searched for long after it broke first.
    this.stopAtMs = violation.when === "step" ? violation.at + 100 : Number.POSITIVE_INFINITY;
  }

  run(): Shrunk {
    if (this.eventsLeft > 0) {
      this.leaveOutFaults();
      this.leaveOutOperations();
      this.endSooner();
      this.evenDelays();
      this.shorten();
      this.leaveOutFaults();
      this.setMessagesAside();
    }
    return { options: { ...this.base, plan: this.plan, trace: true }, plan: this.plan, runs: this.runs };
  }

  /** Whether the plan still breaks the invariant; when it does, it is the new best. */
  private adopt(plan: Plan): boolean {
    if (this.eventsLeft <= 0) return false;
    this.runs++;
    const { violation, events } = new Cluster({ ...this.base, plan, stopAtMs: this.stopAtMs }).run();
    this.eventsLeft -= events + 1;
    if (violation?.invariant !== this.invariant) return false;
    if (violation.when === "step") this.stopAtMs = Math.min(this.stopAtMs, violation.at + 100);
    this.plan = plan;
    return true;
  }

  private leaveOutFaults(): void {
    const isMade = (event: PlanEvent) => MADE_HERE.has(event.kind);
    const made = this.plan.filter(isMade);
    ddmin(
      this.plan.filter((event) => !isMade(event)),
      (kept) => this.adopt([...made, ...kept]),
    );
  }

  private leaveOutOperations(): void {
    const { plan } = this;
    const operations = this.trace().filter((event) => event.kind === "invoke");
    ddmin(operations, (kept) => {
      const skips = operations.filter((operation) => !kept.includes(operation));
      return this.adopt([...plan, ...skips.map(({ client, nth }) => ({ kind: "skip", client, nth }) as const)]);
    });
  }

  /** What is judged when the run is over needs no more time than its clients. */
  private endSooner(): void {
    if (this.stopAtMs !== Number.POSITIVE_INFINITY) return;
    const returns = this.trace().filter((event) => event.kind === "return");
    const last = returns.at(-1)?.at ?? 0;
    for (const at of [0, last + 1, last + 500, last + 2000])
      if (this.adopt([...this.plan, { kind: "end", at }])) return;
  }

  /** All messages take 1 ms, but for those whose delay matters. */
  private evenDelays(): void {
    const flat = [...this.plan.filter((event) => event.kind !== "delays"), { kind: "delays", ms: 1 } as const];
    const before = flat.filter((event) => event.kind !== "delay");
    const delays = delaysOf(this.trace()).filter(({ ms }) => ms !== 1);
    if (this.adopt([...before, ...delays])) ddmin(delays, (kept) => this.adopt([...before, ...kept]));
  }

  /** Shorter delays, downtimes and partitions, event by event. */
  private shorten(): void {
    for (let i = 0; i < this.plan.length; i++) {
      for (const factor of [0.05, 0.25, 0.5]) {
        const shorter = scaled(this.plan[i]!, factor);
        if (shorter !== undefined && this.adopt(this.plan.map((event, at) => (at === i ? shorter : event)))) break;
      }
    }
  }

  private setMessagesAside(): void {
    if (!this.mayLose) return;
    const cluster = this.traced();
    const describe = (payload: unknown) => cluster.describe(payload);
    if (countMessages(scheduleOf(cluster.trace!, this.plan, describe)) <= DRAWN_MESSAGES_MAX) return;
    const { plan } = this;
    const delivered = new Set(cluster.trace!.events.flatMap((event) => (event.kind === "deliver" ? [event.id] : [])));
    const messages = cluster.trace!.events.filter(
      (event) =>
        event.kind === "send" && event.role === "message" && (delivered.has(event.id) || this.isPending(event)),
    ) as (TraceEvent & { kind: "send" })[];
    ddmin(messages, (kept) => {
      const keep = new Set(kept);
      const lost = messages.filter((message) => !keep.has(message));
      return this.adopt([
        ...plan,
        ...lost.map(({ from, to, nth }) => ({ kind: "drop", from, to, nth, aside: true }) as const),
      ]);
    });
  }

  /** A message to oneself has no link and cannot be lost. */
  private isPending(event: TraceEvent & { kind: "send" }): boolean {
    return event.nth > 0;
  }

  private trace(): readonly TraceEvent[] {
    return this.traced().trace!.events;
  }

  private traced(): Cluster {
    const cluster = new Cluster({ ...this.base, plan: this.plan, stopAtMs: this.stopAtMs, trace: true });
    this.runs++;
    cluster.run();
    this.eventsLeft -= cluster.events;
    return cluster;
  }
}

/** The delay that each message had, as plan events. */
function delaysOf(events: readonly TraceEvent[]): (PlanEvent & { kind: "delay" })[] {
  const sends = new Map<number, TraceEvent & { kind: "send" }>();
  const delays: (PlanEvent & { kind: "delay" })[] = [];
  for (const event of events) {
    if (event.kind === "send") sends.set(event.id, event);
    if (event.kind !== "deliver" || event.copy) continue;
    const { at, from, to, nth } = sends.get(event.id)!;
    if (nth > 0) delays.push({ kind: "delay", from, to, nth, ms: event.at - at });
  }
  return delays;
}

function scaled(event: PlanEvent, factor: number): PlanEvent | undefined {
  const shorter = (ms: number) => Math.max(1, Math.round(ms * factor));
  if (event.kind === "delay") return event.ms > 2 ? { ...event, ms: shorter(event.ms) } : undefined;
  if ("forMs" in event) return event.forMs > 2 ? { ...event, forMs: shorter(event.forMs) } : undefined;
  return undefined;
}
