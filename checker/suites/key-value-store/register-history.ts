/** Judges what clients of a register saw. */

import type { World } from "../../../sim/index.ts";
import {
  check,
  type Operation,
  type RegisterInput,
  register,
  renderCounterexample,
} from "../../../sim/linearizability.ts";
import type { RegisterRequest, RegisterResponse } from "../../../solutions/key-value-store/linearizable-register.ts";

type History = Operation<RegisterInput, string | null | undefined>[];

function historyOf(history: World["history"]): History {
  return history.map((operation) => {
    const { client, call } = operation;
    const request = operation.input as RegisterRequest;
    const input: RegisterInput = request.op === "write" ? { op: "write", value: request.value } : { op: "read" };
    if (operation.status === "unknown") return { status: "unknown", client, input, call };
    const response = operation.output as RegisterResponse;
    const output = response.op === "read" ? response.value : undefined;
    return { status: "ok", client, input, output, call, return: operation.return };
  });
}

/** Says which answer no order explains, if there is one. */
export function notLinearizable(world: World): string | undefined {
  const history = historyOf(world.history);
  const result = check(register(), history);
  if (result.verdict === "linearizable") return undefined;
  if (result.verdict === "unknown") return "the checker could not decide";
  const culprit = result.counterexample?.window.find(({ role }) => role === "culprit");
  return culprit === undefined
    ? "no order explains the answers"
    : `no order explains ${culprit.client}'s ${culprit.text}`;
}

/** The checker's explanation, for a terminal. */
export function explainHistory(history: World["history"]): string | undefined {
  const result = check(register(), historyOf(history));
  if (result.verdict !== "not-linearizable" || result.counterexample === null) return undefined;
  return renderCounterexample(result.counterexample);
}

/** A read must not return what was certainly replaced before the read began, nor what nobody wrote. */
export function staleRead(world: World): string | undefined {
  const history = historyOf(world.history);
  const writes = history.filter(({ input }) => input.op === "write");
  for (const read of history) {
    if (read.input.op !== "read" || read.status !== "ok") continue;
    const source = writes.find(({ input }) => input.op === "write" && input.value === read.output);
    if (source === undefined && read.output !== null) return `${read.client} read ${read.output}, which nobody wrote`;
    const sourceEnd = source === undefined ? -1 : source.status === "ok" ? source.return : Number.POSITIVE_INFINITY;
    const newer = writes.find((other) => other.status === "ok" && other.call > sourceEnd && other.return < read.call);
    if (newer?.input.op === "write")
      return `${read.client} read ${read.output} after ${newer.input.value}, written later, was acknowledged`;
  }
  return undefined;
}

/** The reference's messages in the words of the paper; others by their `type`. */
export function describeMessage(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return String(payload);
  const { op, value, consistency, type, stamped } = payload as Record<string, unknown>;
  if (op === "write") return value === undefined ? "written" : `write ${String(value)}`;
  if (op === "read") return value === undefined ? `read (${String(consistency)})` : `read ${String(value)}`;
  const held = (stamped as { value?: unknown } | undefined)?.value;
  return held === undefined ? String(type ?? "message") : `${String(type)} ${String(held)}`;
}
