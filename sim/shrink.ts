import { Cluster, type ClusterOptions, type RunResult } from "./cluster.ts";
import { ddmin } from "./ddmin.ts";
import type { Faults } from "./faults.ts";
import type { Plan, PlanEvent } from "./plan.ts";
import { countMessages, DRAWN_MESSAGES_MAX, linkKey, scheduleOf, setAside } from "./schedule.ts";
import type { TraceEvent } from "./trace.ts";

export interface Shrunk {
  /** Runs the small counterexample, with its trace. */
  readonly options: ClusterOptions;
  readonly plan: Plan;
  readonly runs: number;
}

/**
 * Makes a failing run small: every fault of chance becomes an event of a plan, then whatever can be left out while the
 * same invariant still breaks is left out: faults, client operations, unequal delays, and time. `eventsMax` bounds the
 * simulated events spent on it, so that the result does not depend on the speed of a machine.
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

/** Setting messages aside makes nodes send others; so often it is tried again with those. */
const ASIDE_ROUNDS_MAX = 4;

/** Beyond the end of every run. */
const NEVER_MS = 1e9;

class Shrinker {
  readonly #base: ClusterOptions;
  readonly #invariant: string;
  readonly #mayLose: boolean;
  readonly #mayDelay: boolean;
  #plan: Plan;
  #eventsLeft: number;
  #stopAtMs: number;
  #runs = 0;

  constructor(failing: ClusterOptions, result: RunResult, eventsMax: number) {
    const { violation } = result;
    if (violation === undefined) throw new Error("shrink: the run broke no invariant");
    this.#base = { ...failing, faults: withoutChance(failing.faults), trace: false };
    this.#mayLose = failing.faults.loss > 0;
    this.#mayDelay = failing.faults.reordering > 0;
    this.#invariant = violation.invariant;
    this.#plan = result.plan;
    this.#eventsLeft = eventsMax;
    // What breaks at a step need not be searched for long after it broke first.
    this.#stopAtMs = violation.when === "step" ? violation.at + 100 : Number.POSITIVE_INFINITY;
  }

  run(): Shrunk {
    // Each pass opens ways for the others; three rounds reach the end in practice.
    for (let round = 0; round < 3 && this.#eventsLeft > 0; round++) {
      const before = this.#plan;
      this.#leaveOutFaults();
      this.#fixDelays();
      this.#leaveOutOperations();
      this.#endSooner();
      this.#evenDelays();
      this.#simplify();
      this.#fixCrashTimes();
      if (this.#plan === before) break;
    }
    // With messages out of the way, operations may be, too.
    for (let round = 0; round < 3 && this.#eventsLeft > 0; round++) {
      const before = this.#plan;
      this.#setMessagesAside();
      if (this.#plan === before || this.#drawn() <= DRAWN_MESSAGES_MAX) break;
      this.#leaveOutOperations();
    }
    if (this.#eventsLeft > 0) this.#tidy();
    return { options: { ...this.#base, plan: this.#plan, trace: true }, plan: this.#plan, runs: this.#runs };
  }

  /** Whether the plan still breaks the invariant; when it does, it is the new best. */
  #adopt(plan: Plan): boolean {
    if (this.#eventsLeft <= 0) return false;
    this.#runs++;
    const { violation, events } = new Cluster({ ...this.#base, plan, stopAtMs: this.#stopAtMs }).run();
    this.#eventsLeft -= events + 1;
    if (violation?.invariant !== this.#invariant) return false;
    if (violation.when === "step") this.#stopAtMs = Math.min(this.#stopAtMs, violation.at + 100);
    this.#plan = plan;
    return true;
  }

  #leaveOutFaults(): void {
    const isMade = (event: PlanEvent) => MADE_HERE.has(event.kind);
    const made = this.#plan.filter(isMade);
    ddmin(
      this.#plan.filter((event) => !isMade(event)),
      (kept) => this.#adopt([...made, ...kept]),
    );
  }

  /**
   * Every message's delay becomes an event: chance draws by a message's place on its link, and places are about to
   * change.
   */
  #fixDelays(): void {
    if (this.#plan.some((event) => event.kind === "delays")) return;
    const rest = this.#plan.filter((event) => event.kind !== "delay");
    this.#adopt([...rest, { kind: "delays", ms: 1 }, ...delaysOf(this.#trace()).filter(({ ms }) => ms !== 1)]);
  }

  /**
   * A client waits as long for an operation that is left out as it did for the operation, so that the others keep their
   * times; and their messages, of which fewer are sent before them now, keep their fates.
   */
  #leaveOutOperations(): void {
    const plan = this.#plan;
    const trace = this.#trace();
    const places = new Places(trace);
    const returned = new Map(trace.flatMap((event) => (event.kind === "return" ? [[event.operation, event.at]] : [])));
    const operations = trace.filter((event) => event.kind === "invoke");
    ddmin(operations, (kept) => {
      const skips = operations
        .filter((operation) => !kept.includes(operation))
        .map(({ client, nth, operation, at }) => {
          return { kind: "skip", client, nth, ms: (returned.get(operation) ?? at) - at } as const;
        });
      const left = new Set(
        operations.filter((operation) => !kept.includes(operation)).map(({ operation }) => operation),
      );
      return this.#adopt([...places.without(left, plan), ...skips]);
    });
  }

  /** What is judged when the run is over needs no more time than its clients. */
  #endSooner(): void {
    if (this.#stopAtMs !== Number.POSITIVE_INFINITY) return;
    const returns = this.#trace().filter((event) => event.kind === "return");
    const last = returns.at(-1)?.at ?? 0;
    for (const at of [0, last + 1, last + 500, last + 2000])
      if (this.#adopt([...this.#plan, { kind: "end", at }])) return;
  }

  /** All messages take 1 ms, but for those whose delay matters. */
  #evenDelays(): void {
    const flat = [...this.#plan.filter((event) => event.kind !== "delays"), { kind: "delays", ms: 1 } as const];
    const before = flat.filter((event) => event.kind !== "delay");
    const delays = delaysOf(this.#trace()).filter(({ ms }) => ms !== 1);
    if (this.#adopt([...before, ...delays])) ddmin(delays, (kept) => this.#adopt([...before, ...kept]));
  }

  /** Shorter delays, downtimes and partitions, earlier crash points, straighter clocks: event by event. */
  #simplify(): void {
    for (let i = 0; i < this.#plan.length; i++) {
      for (const simpler of simplerThan(this.#plan[i]!)) {
        if (this.#adopt(this.#plan.map((event, at) => (at === i ? simpler : event)))) break;
      }
    }
  }

  /** A crash that counts effects holds on to everything before it; one at a time of its own lets go of it. */
  #fixCrashTimes(): void {
    const crashes = this.#trace().filter((event) => event.kind === "crash" && event.midHandler);
    for (const crash of crashes as (TraceEvent & { kind: "crash" })[]) {
      const i = this.#plan.findIndex((event) => event.kind === "crash-at-effect" && event.node === crash.node);
      const event = this.#plan[i];
      if (event?.kind !== "crash-at-effect" || event.at === crash.at) continue;
      const { node, forMs } = event;
      const plain = [crash.at, crash.at + 1].map((at) => ({ kind: "crash", at, forMs, node }) as const);
      const near = [1, 2, 3, 4].map((nth) => ({ ...event, at: crash.at, nth }));
      for (const fixed of [...plain, ...near]) {
        if (this.#adopt(this.#plan.map((other, at) => (at === i ? fixed : other)))) break;
      }
    }
  }

  /** Events about operations and messages that the small run no longer gets to. */
  #tidy(): void {
    const reached = new Map<string, number>();
    for (const event of this.#trace()) {
      if (event.kind === "send") reached.set(linkOf(event), event.nth);
    }
    this.#adopt(this.#plan.filter((event) => !isMessageFault(event) || event.nth <= (reached.get(linkOf(event)) ?? 0)));
    // An operation that is left out may be one that the run does get to.
    let drawn = this.#drawn();
    for (const skip of this.#plan.filter((event) => event.kind === "skip")) {
      const without = this.#plan.filter((event) => event !== skip);
      if (this.#drawn(without) <= drawn && this.#adopt(without)) drawn = this.#drawn();
    }
  }

  /**
   * In a run that loses messages, those that do not matter are lost; in one that only delays them, they never come.
   * Nodes may send again what they get no answer to, so what counts is that fewer messages are left to draw.
   */
  #setMessagesAside(): void {
    if (!this.#mayLose && !this.#mayDelay) return;
    for (let round = 0; round < ASIDE_ROUNDS_MAX && this.#eventsLeft > 0; round++) {
      const before = this.#drawn();
      if (before <= DRAWN_MESSAGES_MAX) return;
      this.#setAsideOnce(before);
      if (this.#drawn() === before) return;
    }
  }

  #setAsideOnce(before: number): void {
    const plan = this.#plan;
    const events = this.#trace();
    const lost = new Set(events.flatMap((event) => (event.kind === "drop" ? [event.id] : [])));
    const messages = events.filter(
      (event): event is Sent =>
        event.kind === "send" && event.role === "message" && event.nth > 0 && !lost.has(event.id),
    );
    const aside = setAside(plan);
    let fewest = before;
    ddmin(
      messages.filter((message) => !aside.has(linkKey(message))),
      (kept) => {
        const keep = new Set(kept.map(linkKey));
        const left = messages.filter((message) => !keep.has(linkKey(message)) && !aside.has(linkKey(message)));
        const smaller = [...plan, ...left.map((message) => this.#withoutIt(message))];
        const drawn = this.#drawn(smaller);
        if (drawn >= fewest || !this.#adopt(smaller)) return false;
        fewest = drawn;
        return true;
      },
    );
  }

  #withoutIt({ from, to, nth }: Sent): PlanEvent {
    if (this.#mayLose) return { kind: "drop", from, to, nth, aside: true };
    return { kind: "delay", from, to, nth, ms: NEVER_MS, aside: true };
  }

  /** Messages that a drawing of the plan's run would show. */
  #drawn(plan = this.#plan): number {
    const cluster = this.#traced(plan);
    return countMessages(scheduleOf(cluster.trace!, plan, () => ""));
  }

  #trace(): readonly TraceEvent[] {
    return this.#traced().trace!.events;
  }

  #traced(plan = this.#plan): Cluster {
    const cluster = new Cluster({ ...this.#base, plan, stopAtMs: this.#stopAtMs, trace: true });
    this.#runs++;
    cluster.run();
    this.#eventsLeft -= cluster.events;
    return cluster;
  }
}

type Sent = TraceEvent & { kind: "send" };

function linkOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from} > ${to}`;
}

type MessageFault = PlanEvent & { kind: "drop" | "duplicate" | "delay" };

/**
 * Which operation every message of a run comes from, and so which messages are not sent when operations are left out.
 */
class Places {
  /** Per link, by place from 1: the operation that led to the message; -1 for none. */
  readonly #links = new Map<string, number[]>();

  constructor(trace: readonly TraceEvent[]) {
    const roots: number[] = [];
    for (const event of trace) {
      const root = event.kind === "invoke" ? event.operation : (roots[event.cause] ?? -1);
      roots.push(root);
      if (event.kind !== "send" || event.nth === 0) continue;
      const link = linkOf(event);
      const places = this.#links.get(link) ?? [-1];
      places[event.nth] = root;
      this.#links.set(link, places);
    }
  }

  /** The plan with its message faults moved to the new places of their messages. */
  without(operations: ReadonlySet<number>, plan: Plan): PlanEvent[] {
    return plan.flatMap((event) => (isMessageFault(event) ? this.#moved(event, operations) : [event]));
  }

  #moved(event: MessageFault, operations: ReadonlySet<number>): MessageFault[] {
    const places = this.#links.get(linkOf(event)) ?? [];
    if (operations.has(places[event.nth] ?? -1)) return [];
    const gone = places.slice(0, event.nth).filter((operation) => operations.has(operation)).length;
    return [{ ...event, nth: event.nth - gone }];
  }
}

function isMessageFault(event: PlanEvent): event is MessageFault {
  return event.kind === "drop" || event.kind === "duplicate" || event.kind === "delay";
}

/** The delay that each message had, as plan events; one that was still on its way at the end never comes. */
function delaysOf(events: readonly TraceEvent[]): (PlanEvent & { kind: "delay" })[] {
  const delays = new Map<number, PlanEvent & { kind: "delay" }>();
  const sentAt = new Map<number, number>();
  for (const event of events) {
    if (event.kind === "send" && event.nth > 0) {
      const { from, to, nth } = event;
      sentAt.set(event.id, event.at);
      delays.set(event.id, { kind: "delay", from, to, nth, ms: NEVER_MS });
    }
    const delay = "id" in event ? delays.get(event.id) : undefined;
    if (delay === undefined) continue;
    // A message that is lost in a partition or at a node that is down got there, and no later than that.
    const arrives = (event.kind === "deliver" && !event.copy) || (event.kind === "drop" && event.reason !== "lost");
    if (arrives) delays.set(event.id as number, { ...delay, ms: event.at - sentAt.get(event.id as number)! });
    if (event.kind === "drop" && event.reason === "lost") delays.delete(event.id);
  }
  return [...delays.values()];
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
