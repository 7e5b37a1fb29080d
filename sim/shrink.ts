import { Cluster, type ClusterOptions, type RunResult } from "./cluster.ts";
import { ddmin } from "./ddmin.ts";
import type { Faults } from "./faults.ts";
import type { Plan, PlanEvent } from "./plan.ts";
import { countMessages, DRAWN_MESSAGES_MAX, scheduleOf } from "./schedule.ts";
import type { TraceEvent } from "./trace.ts";

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
    // Each pass opens ways for the others; three rounds reach the end in practice.
    for (let round = 0; round < 3 && this.eventsLeft > 0; round++) {
      const before = this.plan;
      this.leaveOutFaults();
      this.leaveOutOperations();
      this.endSooner();
      this.evenDelays();
      this.simplify();
      this.fixCrashTimes();
      if (this.plan === before) break;
    }
    if (this.eventsLeft > 0) this.setMessagesAside();
    if (this.eventsLeft > 0) this.tidy();
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

  /** A client waits as long for an operation that is left out as it did for the operation, so that the others keep their times. */
  private leaveOutOperations(): void {
    const { plan } = this;
    const trace = this.trace();
    const returned = new Map(trace.flatMap((event) => (event.kind === "return" ? [[event.operation, event.at]] : [])));
    const operations = trace.filter((event) => event.kind === "invoke");
    ddmin(operations, (kept) => {
      const skips = operations
        .filter((operation) => !kept.includes(operation))
        .map(({ client, nth, operation, at }) => {
          return { kind: "skip", client, nth, ms: (returned.get(operation) ?? at) - at } as const;
        });
      return this.adopt([...plan, ...skips]);
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

  /** Shorter delays, downtimes and partitions, earlier crash points, straighter clocks: event by event. */
  private simplify(): void {
    for (let i = 0; i < this.plan.length; i++) {
      for (const simpler of simplerThan(this.plan[i]!)) {
        if (this.adopt(this.plan.map((event, at) => (at === i ? simpler : event)))) break;
      }
    }
  }

  /** A crash that counts effects holds on to everything before it; one at a time of its own lets go of it. */
  private fixCrashTimes(): void {
    const crashes = this.trace().filter((event) => event.kind === "crash" && event.midHandler);
    for (const crash of crashes as (TraceEvent & { kind: "crash" })[]) {
      const i = this.plan.findIndex((event) => event.kind === "crash-at-effect" && event.node === crash.node);
      const event = this.plan[i];
      if (event?.kind !== "crash-at-effect" || event.at === crash.at) continue;
      const { node, forMs } = event;
      const plain = [crash.at, crash.at + 1].map((at) => ({ kind: "crash", at, forMs, node }) as const);
      const near = [1, 2, 3, 4].map((nth) => ({ ...event, at: crash.at, nth }));
      for (const fixed of [...plain, ...near]) {
        if (this.adopt(this.plan.map((other, at) => (at === i ? fixed : other)))) break;
      }
    }
  }

  /** Events about operations and messages that the small run no longer gets to. */
  private tidy(): void {
    const reached = new Map<string, number>();
    for (const event of this.trace()) {
      if (event.kind === "send") reached.set(`${event.from} > ${event.to}`, event.nth);
      if (event.kind === "invoke") reached.set(event.client, event.nth);
    }
    const matters = (event: PlanEvent) => {
      if (event.kind === "skip") return event.nth < (reached.get(event.client) ?? 0);
      const isAboutMessage = event.kind === "drop" || event.kind === "duplicate" || event.kind === "delay";
      return !isAboutMessage || event.nth <= (reached.get(`${event.from} > ${event.to}`) ?? 0);
    };
    this.adopt(this.plan.filter(matters));
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

function simplerThan(event: PlanEvent): PlanEvent[] {
  const shorter = (ms: number) =>
    [0.05, 0.25, 0.5].map((factor) => Math.max(1, Math.round(ms * factor))).filter((n) => n < ms);
  switch (event.kind) {
    case "delay":
      return shorter(event.ms).map((ms) => ({ ...event, ms }));
    case "clock":
      return [
        { ...event, driftPpm: 0 },
        { ...event, offsetMs: 0 },
      ].filter((simpler) => simpler.driftPpm !== event.driftPpm || simpler.offsetMs !== event.offsetMs);
    case "crash-at-effect": {
      const sooner = Array.from({ length: Math.min(event.nth - 1, 8) }, (_, i) => ({ ...event, nth: i + 1 }));
      return [...shorter(event.forMs).map((forMs) => ({ ...event, forMs })), ...sooner];
    }
    case "partition":
    case "crash":
    case "pause":
      return shorter(event.forMs).map((forMs) => ({ ...event, forMs }));
    default:
      return [];
  }
}
