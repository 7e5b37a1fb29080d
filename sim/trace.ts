import { canonical, Hash64 } from "./canonical.ts";
import type { NodeId } from "./node.ts";
import type { PlanEvent } from "./plan.ts";

/** What happened, in order. `cause` is the index of the trace event that led to this one; -1 for none. */
export type TraceEvent = { readonly at: number; readonly cause: number } & TraceBody;

export type MessageRole = "message" | "request" | "response";

/** Why a message never arrived. */
export type DropReason = "lost" | "partition" | "down";

export type TraceBody =
  | { readonly kind: "start"; readonly node: NodeId; readonly incarnation: number }
  | {
      readonly kind: "send";
      readonly id: number;
      readonly role: MessageRole;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly nth: number;
      readonly payload: unknown;
    }
  | {
      readonly kind: "deliver";
      readonly id: number;
      readonly role: MessageRole;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly copy: boolean;
    }
  | {
      readonly kind: "drop";
      readonly id: number;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly reason: DropReason;
    }
  | { readonly kind: "timer"; readonly node: NodeId; readonly name: string }
  | { readonly kind: "synced"; readonly node: NodeId; readonly name: string }
  | {
      readonly kind: "disk";
      readonly node: NodeId;
      readonly operation: string;
      readonly file: string;
      readonly bytes: number;
    }
  | { readonly kind: "log"; readonly node: NodeId; readonly text: string }
  | {
      readonly kind: "invoke";
      readonly client: NodeId;
      readonly nth: number;
      readonly operation: number;
      readonly node: NodeId;
      readonly input: unknown;
    }
  | {
      readonly kind: "return";
      readonly client: NodeId;
      readonly operation: number;
      readonly status: "ok" | "unknown";
      readonly output: unknown;
    }
  | { readonly kind: "fault"; readonly fault: PlanEvent }
  | { readonly kind: "crash"; readonly node: NodeId; readonly midHandler: boolean; readonly disk: readonly string[] }
  | { readonly kind: "resume"; readonly node: NodeId }
  | { readonly kind: "heal"; readonly side: readonly NodeId[] }
  | { readonly kind: "all-healed" }
  | { readonly kind: "violation"; readonly invariant: string; readonly message: string; readonly node: NodeId | null };

/** The record of one run. Same seed, same trace, byte for byte, in every engine. */
export class Trace {
  readonly events: TraceEvent[] = [];

  /** Returns the event's index, for the causes of others. */
  add(at: number, cause: number, body: TraceBody): number {
    return this.events.push({ at, cause, ...body }) - 1;
  }

  /** One canonical line an event. */
  serialize(): string {
    return this.events.map((event) => `${canonical(event)}\n`).join("");
  }

  /** 16 hex digits that name the trace. */
  hash(): string {
    const hasher = new Hash64();
    for (const event of this.events) hasher.update(`${canonical(event)}\n`);
    return hasher.digest();
  }
}
