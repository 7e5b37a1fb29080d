import type { NodeId } from "../node.ts";

/** One event of a schedule, as plain data: it can be printed, stored and run again. */
export type Step =
  /** The nth message of a link, from 1, arrives; `again`: once more. */
  | {
      readonly kind: "deliver";
      readonly from: NodeId;
      readonly to: NodeId;
      readonly nth: number;
      readonly again: boolean;
    }
  | { readonly kind: "drop"; readonly from: NodeId; readonly to: NodeId; readonly nth: number }
  | { readonly kind: "timer"; readonly node: NodeId; readonly name: string }
  /** The sync that was started as the nth, from 0, of those that are not complete. */
  | { readonly kind: "synced"; readonly node: NodeId; readonly nth: number }
  /** A client's next operation reaches its node. */
  | { readonly kind: "call"; readonly client: NodeId }
  | { readonly kind: "wake"; readonly client: NodeId }
  /**
   * A crash and the restart: while nothing runs, or `during` a step, before its handler's effect of that number.
   * `disk`: what it kept.
   */
  | {
      readonly kind: "crash";
      readonly node: NodeId;
      readonly during: Step | null;
      readonly effect: number;
      readonly disk: readonly number[];
    };
