import type { NodeId } from "../../given/key-value-store/replica.ts";
import type { Command } from "./command.ts";
import { Failure, type Reply } from "./resp/reply.ts";

/** What stands between a node's clients and the learner's replica: one for each mode. */
export interface Engine {
  /** Never rejects: what went wrong is a Failure. */
  execute(command: Command): Promise<Reply>;
  /** The engine keeps no order, so each request of a connection must wait for the one before. */
  readonly isUnordered: boolean;
  /** From another node. */
  onMessage(from: NodeId, message: unknown): void;
  /** The way to a peer is cut. */
  onCut(peer: NodeId): void;
  /** Lines of `INFO replication`. */
  info(): Readonly<Record<string, string | number>>;
  /** Resolves when requests can be answered. */
  ready(): Promise<void>;
}

/** The write may have happened, or may happen yet. */
export const unknownOutcome = (why: string): Failure => new Failure("UNKNOWN", `${why}; the outcome is not known`);
