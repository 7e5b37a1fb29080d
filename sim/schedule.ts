import type { NodeId } from "./node.ts";
import { describePlanEvent, type Plan, type PlanEvent } from "./plan.ts";
import type { MessageRole, Trace, TraceEvent } from "./trace.ts";

/** A trace as people read it: lanes and rows, ready for any renderer. */
export interface Schedule {
  /** Clients first, then nodes; only those that take part. */
  readonly lanes: readonly NodeId[];
  readonly rows: readonly Row[];
  /** What `at` counts. Default: ms. */
  readonly unit?: "ms" | "step";
  /** Messages whose loss, or endless delay, was found not to matter; they are not among the rows. */
  readonly aside: number;
}

export type Row = SendRow | ArrivalRow | MarkRow;

export interface SendRow {
  readonly kind: "send";
  readonly at: number;
  readonly role: MessageRole;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly label: string;
  /** Names the message in this schedule, from 1. */
  readonly number: number;
  /** What became of it. "pending": still on its way at the end, or too late to matter. */
  readonly fate: "arrives" | "lost" | "partition" | "down" | "pending";
  /** It arrives before anything else in this schedule happens, and has no row for that. */
  readonly direct: boolean;
}

export interface ArrivalRow {
  readonly kind: "arrival";
  readonly at: number;
  readonly sentAt: number;
  readonly role: MessageRole;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly label: string;
  readonly number: number;
  /** The second copy of a message. */
  readonly again: boolean;
}

export interface MarkRow {
  readonly kind: "mark";
  readonly at: number;
  readonly mark: "crash" | "restart" | "pause" | "resume" | "cut" | "heal" | "clock" | "note" | "unknown" | "violation";
  /** The lanes it concerns; empty for all. */
  readonly lanes: readonly NodeId[];
  readonly text: string;
}

/** Turns a trace into rows. `describe` puts a payload into words. */
export function scheduleOf(trace: Trace, plan: Plan, describe: (payload: unknown) => string): Schedule {
  return new ScheduleBuilder(trace, plan, describe).build();
}

type Sent = TraceEvent & { kind: "send" };

class ScheduleBuilder {
  readonly #trace: Trace;
  readonly #describe: (payload: unknown) => string;
  readonly #aside: ReadonlySet<string>;
  readonly #hidden = new Set<number>();
  readonly #sent = new Map<number, Sent>();
  readonly #numbers = new Map<number, number>();
  readonly #fates = new Map<number, SendRow["fate"]>();
  /** Trace events that led to something that is drawn. */
  readonly #fruitful = new Set<number>();
  readonly #rows: Row[] = [];

  constructor(trace: Trace, plan: Plan, describe: (payload: unknown) => string) {
    this.#trace = trace;
    this.#describe = describe;
    this.#aside = setAside(plan);
  }

  build(): Schedule {
    for (const event of this.#trace.events) this.#survey(event);
    for (const event of this.#trace.events) this.#add(event);
    const rows = joinDirect(this.#rows);
    return { lanes: this.#lanes(rows), rows, aside: this.#hidden.size };
  }

  /** First pass: what became of each message, and what is not worth a row. */
  #survey(event: TraceEvent): void {
    if (event.kind === "send") {
      this.#sent.set(event.id, event);
      if (this.#aside.has(linkKey(event))) this.#hidden.add(event.id);
      else this.#fruitful.add(event.cause);
      this.#fates.set(event.id, "pending");
    } else if (event.kind === "deliver") {
      this.#fates.set(event.id, "arrives");
    } else if (event.kind === "drop") {
      if (this.#fates.get(event.id) !== "arrives") this.#fates.set(event.id, event.reason);
    } else if (event.kind === "crash" || event.kind === "log") {
      this.#fruitful.add(event.cause);
    }
  }

  #add(event: TraceEvent): void {
    const { at } = event;
    switch (event.kind) {
      case "send":
        if (this.#hidden.has(event.id)) return;
        this.#numbers.set(event.id, this.#numbers.size + 1);
        this.#rows.push({
          kind: "send",
          at,
          role: event.role,
          from: event.from,
          to: event.to,
          label: this.#describe(event.payload),
          number: this.#numbers.get(event.id)!,
          fate: this.#fates.get(event.id)!,
          direct: false,
        });
        return;
      case "deliver":
        this.#addArrival(event);
        return;
      case "timer":
      case "synced": {
        const index = this.#trace.events.indexOf(event);
        const what = event.kind === "timer" ? `timer "${event.name}"` : `synced "${event.name}"`;
        if (this.#fruitful.has(index)) this.#mark(at, "note", [event.node], `${event.node}: ${what}`);
        return;
      }
      case "start":
        if (event.incarnation > 1) this.#mark(at, "restart", [event.node], `${event.node} restarts`);
        return;
      case "crash": {
        const where = event.midHandler ? " in the middle of a handler" : "";
        const disk = event.disk.length > 0 ? ` (disk: ${event.disk.join("; ")})` : "";
        this.#mark(at, "crash", [event.node], `${event.node} crashes${where}${disk}`);
        return;
      }
      case "resume":
        this.#mark(at, "resume", [event.node], `${event.node} goes on`);
        return;
      case "heal":
        this.#mark(at, "heal", event.side, `${event.side.join(", ")}: partition heals`);
        return;
      case "all-healed":
        this.#mark(at, "heal", [], "everything heals");
        return;
      case "fault":
        this.#addFault(at, event.fault);
        return;
      case "log":
        this.#mark(at, "note", [event.node], `${event.node}: ${event.text}`);
        return;
      case "return":
        if (event.status === "unknown")
          this.#mark(at, "unknown", [event.client], `${event.client} gives up, outcome unknown`);
        return;
      case "violation":
        this.#mark(at, "violation", event.node === null ? [] : [event.node], `${event.invariant}: ${event.message}`);
        return;
      default:
    }
  }

  #addArrival(event: TraceEvent & { kind: "deliver" }): void {
    if (this.#hidden.has(event.id)) return;
    const sent = this.#sent.get(event.id)!;
    this.#rows.push({
      kind: "arrival",
      at: event.at,
      sentAt: sent.at,
      role: event.role,
      from: event.from,
      to: event.to,
      label: this.#describe(sent.payload),
      number: this.#numbers.get(event.id)!,
      again: event.copy,
    });
  }

  #addFault(at: number, fault: PlanEvent): void {
    const text = describePlanEvent(fault).replace(/^\d+ ms: /, "");
    if (fault.kind === "partition") this.#mark(at, "cut", fault.side, text);
    else if (fault.kind === "pause") this.#mark(at, "pause", [fault.node], text);
    else if (fault.kind === "clock") this.#mark(at, "clock", [fault.node], text);
    // A crash has a trace event of its own, which knows what the disk lost.
  }

  #mark(at: number, mark: MarkRow["mark"], lanes: readonly NodeId[], text: string): void {
    this.#rows.push({ kind: "mark", at, mark, lanes, text });
  }

  #lanes(rows: readonly Row[]): NodeId[] {
    const used = new Set(rows.flatMap((row) => (row.kind === "mark" ? row.lanes : [row.from, row.to])));
    const nodes = new Set<NodeId>();
    const clients = new Set<NodeId>();
    for (const event of this.#trace.events) {
      if (event.kind === "start") nodes.add(event.node);
      if (event.kind === "invoke") clients.add(event.client);
    }
    return [...clients, ...nodes].filter((id) => used.has(id));
  }
}

/** A message that arrives before anything else happens needs one row only. */
function joinDirect(rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const next = rows[i + 1];
    const direct = row.kind === "send" && next?.kind === "arrival" && next.number === row.number && !next.again;
    if (direct) i++;
    out.push(direct ? { ...row, direct } : row);
  }
  return out;
}

/** More are hard to read; only then are messages taken out whose loss does not matter. */
export const DRAWN_MESSAGES_MAX = 25;

/** Messages that a schedule shows. */
export function countMessages(schedule: Schedule): number {
  return schedule.rows.filter((row) => row.kind === "send").length;
}

/** Keys of the messages that a plan keeps out of drawings. */
export function setAside(plan: Plan): Set<string> {
  return new Set(plan.flatMap((event) => ("aside" in event && event.aside === true ? [linkKey(event)] : [])));
}

/** Names a message by its link and its place there. */
export function linkKey(message: { from: NodeId; to: NodeId; nth: number }): string {
  return `${message.from} > ${message.to} #${message.nth}`;
}
