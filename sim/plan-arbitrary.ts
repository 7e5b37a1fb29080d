import fc from "fast-check";
import type { NodeId } from "./node.ts";
import type { Plan, PlanEvent } from "./plan.ts";

export interface PlanArbitraryOptions {
  /** Nodes that faults may strike. */
  readonly nodes: readonly NodeId[];
  /** Length of the fault phase, ms. */
  readonly durationMs: number;
  /** Kinds of faults. Default: partition, crash, crash-at-effect, pause, drop, duplicate, delay. */
  readonly kinds?: readonly PlannableKind[];
  /** Default: 12. */
  readonly eventsMax?: number;
  /** Longest partition, downtime, pause or delay, ms. Default: a quarter of the fault phase. */
  readonly forMsMax?: number;
  /** Message faults strike among the first so many messages of a link. Default: 20. */
  readonly nthMax?: number;
}

export type PlannableKind =
  | "partition"
  | "crash"
  | "crash-at-effect"
  | "pause"
  | "clock"
  | "drop"
  | "duplicate"
  | "delay";

const DEFAULT_KINDS: readonly PlannableKind[] = [
  "partition",
  "crash",
  "crash-at-effect",
  "pause",
  "drop",
  "duplicate",
  "delay",
];

/**
 * Fault plans for fast-check: give the plan to `simulate` with faults "calm". Shrinks toward fewer, earlier and shorter
 * faults; each is whole in itself, so every sublist is a plan.
 */
export function planArbitrary(options: PlanArbitraryOptions): fc.Arbitrary<Plan> {
  const { kinds = DEFAULT_KINDS, eventsMax = 12 } = options;
  const event = fc.oneof(...kinds.map((kind) => arbitraryOf(kind, options)));
  return fc.array(event, { maxLength: eventsMax }).map((plan) => plan.slice().sort((a, b) => startOf(a) - startOf(b)));
}

function arbitraryOf(kind: PlannableKind, options: PlanArbitraryOptions): fc.Arbitrary<PlanEvent> {
  const { nodes, durationMs, nthMax = 20 } = options;
  const at = fc.integer({ min: 0, max: durationMs });
  const forMs = fc.integer({ min: 1, max: Math.max(1, options.forMsMax ?? durationMs >> 2) });
  const node = fc.constantFrom(...nodes);
  const nth = fc.integer({ min: 1, max: nthMax });
  const link = fc.tuple(node, node).filter(([from, to]) => from !== to);
  switch (kind) {
    case "partition": {
      const side = fc.subarray([...nodes], { minLength: 1, maxLength: Math.max(1, nodes.length - 1) });
      const direction = fc.constantFrom("both" as const, "out" as const, "in" as const);
      return fc.record({ kind: fc.constant(kind), at, forMs, side, direction });
    }
    case "crash":
    case "pause":
      return fc.record({ kind: fc.constant(kind), at, forMs, node });
    case "crash-at-effect":
      return fc.record({ kind: fc.constant(kind), at, forMs, node, nth });
    case "clock": {
      const offsetMs = fc.integer({ min: -1000, max: 1000 });
      const driftPpm = fc.integer({ min: -1000, max: 1000 });
      return fc.record({ kind: fc.constant(kind), at, node, offsetMs, driftPpm });
    }
    case "delay":
      return fc.tuple(link, nth, forMs).map(([[from, to], n, ms]) => ({ kind, from, to, nth: n, ms }));
    default:
      return fc.tuple(link, nth).map(([[from, to], n]) => ({ kind, from, to, nth: n }));
  }
}

function startOf(event: PlanEvent): number {
  return "at" in event ? event.at : 0;
}
