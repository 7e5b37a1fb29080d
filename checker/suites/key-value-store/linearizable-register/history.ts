/** Clients of a register under the simulator, and the judgment of what they saw. */

import type { NodeId, Replica, ReplicaContext } from "../../../../given/key-value-store/replica.ts";
import {
  type Client,
  type ClientProgram,
  type Faults,
  faults,
  type Scenario,
  type World,
} from "../../../../sim/index.ts";
import {
  check,
  type Operation,
  type RegisterInput,
  register,
  renderCounterexample,
} from "../../../../sim/linearizability.ts";
import type { RegisterRequest, RegisterResponse } from "../../../../solutions/key-value-store/linearizable-register.ts";
import { replicas } from "../replicas.ts";

/**
 * Messages between nodes are fast, or very late: half of a write arrives long after the other half, and reads fit in
 * between. Nothing is lost and nothing happens to nodes, unless asked for.
 */
export function stragglers(changes: Partial<Faults> = {}): Faults {
  const late = { reordering: 0.4, reorderingMeanMs: 100, delayMeanMs: 1, loss: 0, duplication: 0.01 };
  return faults("hostile", { crashesPerSecond: 0, partitionsPerSecond: 0, pausesPerSecond: 0, ...late, ...changes });
}

/**
 * c1 mostly writes, mostly at the first node; c2 reads at the first and the second in turn; c3 does anything anywhere.
 * They do not wait long.
 */
export function registerScenario(
  names: readonly NodeId[],
  create: (context: ReplicaContext) => Replica<RegisterRequest, RegisterResponse>,
  read: RegisterRequest & { readonly op: "read" },
  judges: Readonly<Record<string, (world: World) => string | undefined>>,
  operations = 5,
): () => Scenario {
  function* client(c: Client<RegisterRequest, RegisterResponse>): ReturnType<ClientProgram<unknown, unknown>> {
    for (let i = 1; i <= operations; i++) {
      yield* c.sleep(c.random.integer(0, 4));
      const write: RegisterRequest = { op: "write", value: `${c.self}-${i}` };
      const anywhere = c.random.pick(names);
      const node = c.self === "c2" ? names[i % 2]! : c.self === "c1" && c.random.chance(0.7) ? names[0]! : anywhere;
      yield* c.invoke(node, c.random.chance(c.self === "c1" ? 0.8 : c.self === "c2" ? 0 : 0.2) ? write : read, 250);
    }
  }
  return () => ({
    nodes: replicas<RegisterRequest, RegisterResponse>(names, create),
    clients: { c1: client, c2: client, c3: client },
    invariants: Object.fromEntries(Object.entries(judges).map(([name, judge]) => [name, atEveryAnswer(judge)])),
    describe: describeMessage,
  });
}

/** Asks again when another answer has come: the first wrong one ends the run, and a short run is soon made small. */
function atEveryAnswer(judge: (world: World) => string | undefined): (world: World) => string | undefined {
  let answers = 0;
  return (world) => {
    const now = world.history.reduce((count, { status }) => count + (status === "ok" ? 1 : 0), 0);
    if (now === answers) return undefined;
    answers = now;
    return judge(world);
  };
}

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
export function notLinearizable(world: Pick<World, "history">): string | undefined {
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
