import type { Faults } from "./faults.ts";
import type { NodeId } from "./node.ts";
import type { Random } from "./prng.ts";

/**
 * One fault, as data: it can be generated, printed, replayed, and left out to see whether it mattered. Faults that last
 * end by themselves, so that leaving one out never leaves a heal without its partition. `at` and `forMs` are ms of true
 * time; `nth` counts from 1.
 */
export type PlanEvent =
  | {
      readonly kind: "partition";
      readonly at: number;
      readonly forMs: number;
      /** These nodes are cut from all others. */
      readonly side: readonly NodeId[];
      /** Which messages are lost: between the sides, only those that `side` sends, or only those sent to it. */
      readonly direction: "both" | "out" | "in";
    }
  | { readonly kind: "crash"; readonly at: number; readonly forMs: number; readonly node: NodeId }
  /** Crashes before the node's nth send, disk operation or reply since `at`: in the middle of a handler. */
  | {
      readonly kind: "crash-at-effect";
      readonly at: number;
      readonly forMs: number;
      readonly node: NodeId;
      readonly nth: number;
      /** Withdrawn when the node has not done so many effects by then, ms after `at`. Default: never. */
      readonly withinMs?: number;
    }
  | { readonly kind: "pause"; readonly at: number; readonly forMs: number; readonly node: NodeId }
  | {
      readonly kind: "clock";
      readonly at: number;
      readonly node: NodeId;
      /** From now on the clock shows true time + offset, ms. */
      readonly offsetMs: number;
      /** And gains this much, parts per million; negative when it is slow. */
      readonly driftPpm: number;
    }
  /** The nth message sent on a link is lost. Requests and responses count as messages of their client's link. */
  | {
      readonly kind: "drop";
      readonly from: NodeId;
      readonly to: NodeId;
      readonly nth: number;
      /** Its loss does not matter, it only makes the schedule smaller: drawings count it and do not show it. */
      readonly aside?: boolean;
    }
  /** The nth message sent on a link arrives twice. */
  | { readonly kind: "duplicate"; readonly from: NodeId; readonly to: NodeId; readonly nth: number }
  /** The nth message sent on a link takes exactly this long, whatever the order of its link. */
  | {
      readonly kind: "delay";
      readonly from: NodeId;
      readonly to: NodeId;
      readonly nth: number;
      readonly ms: number;
      /**
       * So late that it does not matter, which only makes the schedule smaller: drawings count it and do not show it.
       */
      readonly aside?: boolean;
    }
  /** Every message takes exactly this long, unless another event says otherwise. */
  | { readonly kind: "delays"; readonly ms: number }
  /** The fault phase ends here, sooner than the run's `durationMs`. */
  | { readonly kind: "end"; readonly at: number }
  /**
   * The client's nth operation is never sent; the client waits so long and takes it for one whose outcome is unknown.
   */
  | { readonly kind: "skip"; readonly client: NodeId; readonly nth: number; readonly ms: number };

export type Plan = readonly PlanEvent[];

export interface PlanShape {
  /** Nodes that may be cut off. */
  readonly nodes: readonly NodeId[];
  /** Nodes that may crash or pause; usually all. */
  readonly mortal: readonly NodeId[];
  /** Length of the fault phase, ms. */
  readonly durationMs: number;
}

/** Turns the rates of `faults` into timed events, in order of time. */
export function planFrom(faults: Faults, shape: PlanShape, random: Random): PlanEvent[] {
  const plan: PlanEvent[] = [];
  clocks(plan, faults, shape, random.fork("clocks"));
  if (shape.nodes.length > 1) partitions(plan, faults, shape, random.fork("partitions"));
  if (shape.mortal.length > 0) {
    crashes(plan, faults, shape, random.fork("crashes"));
    pauses(plan, faults, shape, random.fork("pauses"));
  }
  return plan.sort((a, b) => timeOf(a) - timeOf(b));
}

/** When an event takes effect, ms; message faults wait from the start. */
export function timeOf(event: PlanEvent): number {
  return "at" in event ? event.at : 0;
}

/** One line for people. */
export function describePlanEvent(event: PlanEvent): string {
  switch (event.kind) {
    case "partition": {
      const what = event.direction === "both" ? "cut off" : event.direction === "out" ? "not heard" : "deaf";
      return `${event.at} ms: ${event.side.join(", ")} ${what} for ${event.forMs} ms`;
    }
    case "crash":
      return `${event.at} ms: ${event.node} crashes, restarts after ${event.forMs} ms`;
    case "crash-at-effect":
      return (
        `${event.at} ms: ${event.node} crashes before its ${ordinal(event.nth)} effect, restarts after ` +
        `${event.forMs} ms`
      );
    case "pause":
      return `${event.at} ms: ${event.node} pauses for ${event.forMs} ms`;
    case "clock": {
      const drift = event.driftPpm === 0 ? "" : `, drift ${signed(event.driftPpm)} ppm`;
      return `${event.at} ms: ${event.node}'s clock is ${signed(event.offsetMs)} ms off${drift}`;
    }
    case "drop":
      return `${ordinal(event.nth)} message ${event.from} -> ${event.to} is lost`;
    case "duplicate":
      return `${ordinal(event.nth)} message ${event.from} -> ${event.to} arrives twice`;
    case "delay":
      return `${ordinal(event.nth)} message ${event.from} -> ${event.to} takes ${event.ms} ms`;
    case "delays":
      return `every other message takes ${event.ms} ms`;
    case "end":
      return `${event.at} ms: everything heals`;
    case "skip":
      return `${ordinal(event.nth)} operation of ${event.client} is left out`;
  }
}

function partitions(plan: PlanEvent[], faults: Faults, { nodes, durationMs }: PlanShape, random: Random): void {
  for (const at of times(faults.partitionsPerSecond, durationMs, random)) {
    const side = random.shuffle(nodes).slice(0, random.integer(1, Math.max(1, nodes.length >> 1)));
    const direction = random.chance(faults.oneWayShare) ? random.pick(["out", "in"] as const) : "both";
    const forMs = 1 + random.exponential(faults.partitionMeanMs);
    plan.push({ kind: "partition", at, forMs, side: nodes.filter((node) => side.includes(node)), direction });
  }
}

function crashes(plan: PlanEvent[], faults: Faults, shape: PlanShape, random: Random): void {
  const downMax = faults.downMax === "minority" ? (shape.nodes.length - 1) >> 1 : faults.downMax;
  const up = new Map(shape.mortal.map((node) => [node, 0]));
  for (const at of times(faults.crashesPerSecond, shape.durationMs, random)) {
    const node = random.pick(shape.mortal);
    const forMs = 1 + random.exponential(faults.downMeanMs);
    const nth = random.integer(1, 6);
    const midHandler = random.chance(faults.midHandlerShare);
    const down = [...up.values()].filter((until) => until > at).length;
    if (down >= downMax || up.get(node)! > at) continue;
    // A crash in a handler comes when the node next does something; until then it counts as down, to keep within the
    // limit.
    up.set(node, midHandler ? at + forMs + MID_HANDLER_WINDOW_MS : at + forMs);
    const withinMs = MID_HANDLER_WINDOW_MS;
    plan.push(
      midHandler ? { kind: "crash-at-effect", at, forMs, node, nth, withinMs } : { kind: "crash", at, forMs, node },
    );
  }
}

/** A crash by chance waits so long for its handler. */
const MID_HANDLER_WINDOW_MS = 500;

function pauses(plan: PlanEvent[], faults: Faults, { mortal, durationMs }: PlanShape, random: Random): void {
  for (const at of times(faults.pausesPerSecond, durationMs, random)) {
    plan.push({ kind: "pause", at, forMs: 1 + random.exponential(faults.pauseMeanMs), node: random.pick(mortal) });
  }
}

function clocks(plan: PlanEvent[], faults: Faults, { nodes, durationMs }: PlanShape, random: Random): void {
  const offset = () => random.integer(-faults.clockOffsetMaxMs, faults.clockOffsetMaxMs);
  const drift = () => random.integer(-faults.clockDriftMaxPpm, faults.clockDriftMaxPpm);
  for (const node of nodes) {
    const event = { kind: "clock", at: 0, node, offsetMs: offset(), driftPpm: drift() } as const;
    if (event.offsetMs !== 0 || event.driftPpm !== 0) plan.push(event);
  }
  for (const at of times(faults.clockJumpsPerSecond, durationMs, random)) {
    plan.push({ kind: "clock", at, node: random.pick(nodes), offsetMs: offset(), driftPpm: drift() });
  }
}

/** Times of a Poisson process, rounded to ms. */
function times(perSecond: number, durationMs: number, random: Random): number[] {
  const out: number[] = [];
  if (perSecond <= 0) return out;
  for (let at = random.exponential(1000 / perSecond); at < durationMs; at += 1 + random.exponential(1000 / perSecond))
    out.push(at);
  return out;
}

function signed(n: number): string {
  return n >= 0 ? `+${n}` : String(n);
}

function ordinal(n: number): string {
  const tail = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${tail}`;
}
