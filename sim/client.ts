import type { NodeId } from "./node.ts";
import type { Random } from "./prng.ts";

/**
 * A client of a workload: a generator that the simulator resumes. It does one thing at a time, and waits with `yield*`:
 *
 *     function* client(c: Client<Request, Response>) {
 *       const outcome = yield* c.invoke("n1", { op: "get", key: "x" });
 *       if (outcome.status === "unknown") yield* c.sleep(100);
 *     }
 */
export type ClientProgram<Request, Response> = (
  client: Client<Request, Response>,
) => Generator<ClientWait, void, unknown>;

export interface Client<Request = unknown, Response = unknown> {
  /** This client's name. */
  readonly self: NodeId;
  /** All nodes of the scenario, in order. */
  readonly nodes: readonly NodeId[];
  /** This client's own stream. */
  readonly random: Random;
  /** True time, ms. */
  now(): number;
  /** True once the fault phase has ended and everything is repaired. */
  healed(): boolean;
  sleep(ms: number): Generator<ClientWait, void, unknown>;
  /**
   * Asks a node (`onRequest`) and waits for its reply. The operation enters the history with the time of its call and
   * its return. `timeoutMs` (default: 1000): afterwards the outcome is unknown, for the operation may have happened, or
   * may happen yet.
   */
  invoke(to: NodeId, request: Request, timeoutMs?: number): Generator<ClientWait, Outcome<Response>, unknown>;
}

export type Outcome<Response> = { readonly status: "ok"; readonly response: Response } | { readonly status: "unknown" };

/** What a client waits for; made by `sleep` and `invoke` only. */
export type ClientWait =
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "invoke"; readonly to: NodeId; readonly request: unknown; readonly timeoutMs: number };

/**
 * An operation as its client saw it; fits `sim/linearizability`. `call` and `return` are positions in the run, so no
 * two are equal; the times in ms are for people.
 */
export type Operation<Request = unknown, Response = unknown> = OperationCall<Request> &
  ({ status: "unknown" } | { status: "ok"; output: Response; return: number; returnMs: number });

interface OperationCall<Request> {
  readonly client: NodeId;
  /** The node that was asked. */
  readonly node: NodeId;
  readonly input: Request;
  readonly call: number;
  readonly callMs: number;
}

export const CLIENT_TIMEOUT_MS = 1000;
