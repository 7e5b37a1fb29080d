import type { EventQueue } from "./event-queue.ts";
import type { FaultCounts, Faults } from "./faults.ts";
import type { NodeId } from "./node.ts";
import type { Random } from "./prng.ts";
import type { Trace } from "./trace.ts";

/** What the parts of one run share: its time, its queue, its record. */
export interface Kernel {
  /** True time, ms. */
  readonly now: number;
  /** The fault phase is over. */
  readonly healed: boolean;
  /** Trace index of what is being handled, the cause of what it does; -1 without a trace. */
  cause: number;
  /** The node whose handler runs, or ran last. */
  lastNode: NodeId | null;
  readonly trace: Trace | undefined;
  readonly faults: Faults;
  readonly injected: FaultCounts;
  readonly queue: EventQueue<SimEvent>;
  readonly random: Random;
  readonly nodeIds: readonly NodeId[];
  /** Ends the run; only the first violation counts. */
  fail(invariant: string, message: string): void;
}

/** What waits in the queue. One shape for all kinds keeps the loop fast; unused fields hold 0, "" or undefined. */
export interface SimEvent {
  readonly kind: number;
  /** Index of the process it concerns: nodes first, then clients. */
  readonly target: number;
  readonly from: number;
  /** Message or operation number. */
  readonly id: number;
  /** Void when the process has been restarted since; -1 for messages, which outlive the receiver's crashes. */
  readonly incarnation: number;
  readonly name: string;
  readonly payload: unknown;
  readonly cause: number;
  canceled: boolean;
}

export const EVENT = {
  start: 0,
  message: 1,
  request: 2,
  response: 3,
  timer: 4,
  synced: 5,
  fault: 6,
  faultEnd: 7,
  restart: 8,
  clientWakes: 9,
  clientTimeout: 10,
} as const;

/** What a request or a response carries. */
export interface Carried {
  /** Position in the history. */
  readonly operation: number;
  readonly payload: unknown;
}

export function createEvent(
  kind: number,
  target: number,
  cause: number,
  { from = 0, id = 0, incarnation = -1, name = "", payload }: EventDetail = {},
): SimEvent {
  return { kind, target, from, id, incarnation, name, payload, cause, canceled: false };
}

interface EventDetail {
  from?: number;
  id?: number;
  incarnation?: number;
  name?: string;
  payload?: unknown;
}

/** The message of an error, or the text of what was thrown in its place. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}
