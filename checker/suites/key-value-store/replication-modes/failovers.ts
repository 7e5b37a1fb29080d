/**
 * The storm for `replication-modes`: writers, an operator who promotes one node after the other, and what must be left
 * of the log.
 */

import type { NodeId, Replica, ReplicaContext } from "../../../../given/key-value-store/replica.ts";
import {
  type Client,
  type ClientProgram,
  type Faults,
  faults,
  type Scenario,
  type World,
} from "../../../../sim/index.ts";
import type { LogRequest, LogResponse } from "../../../../solutions/key-value-store/replication-modes.ts";
import { replicas } from "../replicas.ts";

/** Crashes, partitions and losses; fewer where one node that is away stops everything. */
export function stormy(gently: boolean): Faults {
  return faults("hostile", {
    crashesPerSecond: gently ? 1 : 3,
    downMeanMs: 60,
    partitionsPerSecond: gently ? 1 : 2,
    partitionMeanMs: 150,
  });
}

/**
 * Two writers append at whoever leads; the operator promotes a random node now and then, and a last one when all is
 * well, and reads its log. `lossMax`: acknowledged entries that each failover may lose.
 */
export function failovers(
  names: readonly NodeId[],
  create: (context: ReplicaContext) => Replica<LogRequest, LogResponse>,
  lossMax: number,
): () => Scenario {
  function* writer(c: Client<LogRequest, LogResponse>): ReturnType<ClientProgram<unknown, unknown>> {
    let leader = names[0]!;
    for (let i = 1; i <= 15; i++) {
      const outcome = yield* c.invoke(leader, { op: "append", value: `${c.self}-${i}` }, 150);
      if (outcome.status === "unknown" || outcome.response.status === "not-leader") leader = c.random.pick(names);
      yield* c.sleep(c.random.integer(5, 60));
    }
  }
  function* operator(c: Client<LogRequest, LogResponse>): ReturnType<ClientProgram<unknown, unknown>> {
    for (let term = 1; ; term++) {
      const last = c.healed();
      const node = c.random.pick(names);
      const promoted = yield* c.invoke(node, { op: "promote", term }, 300);
      if (last && promoted.status === "ok" && promoted.response.status === "ok") {
        yield* c.sleep(400);
        const log = yield* c.invoke(node, { op: "read" }, 300);
        if (log.status === "ok" && log.response.status === "ok") return;
      }
      yield* c.sleep(c.random.integer(100, 300));
    }
  }
  return () => ({
    nodes: replicas<LogRequest, LogResponse>(names, create),
    clients: { w1: writer, w2: writer, op: operator },
    atEnd: { "acknowledged entries stay where they were": (world: World) => missingEntries(world, lossMax) },
    describe,
  });
}

function missingEntries(world: World, lossMax: number): string | undefined {
  const { history } = world;
  const final = history.at(-1);
  const log = final?.status === "ok" ? (final.output as { values?: readonly string[] }).values : undefined;
  if (log === undefined) return "the last leader did not show its log";
  if (new Set(log).size !== log.length) return `an entry is twice in ${log.join(", ")}`;
  let promotions = 0;
  let acknowledged = 0;
  const lost: string[] = [];
  for (const { input, status, ...rest } of history) {
    const request = input as LogRequest;
    const response = status === "ok" ? (rest as unknown as { output: LogResponse }).output : undefined;
    if (request.op === "promote" && response?.status !== "stale") promotions++;
    if (request.op !== "append" || response?.op !== "append" || response.status !== "ok") continue;
    acknowledged++;
    if (log[response.index] !== request.value) lost.push(`${request.value} (was ${response.index})`);
  }
  if (promotions > 1 && acknowledged > 0) world.mark("a failover");
  const most = lossMax * Math.max(0, promotions - 1);
  if (lost.length <= most) return undefined;
  return `${lost.join(", ")} acknowledged, and not there in [${log.join(", ")}]`;
}

export function describe(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return String(payload);
  const { op, type, status, value, term, index, length, at } = payload as Record<string, unknown>;
  const parts = [op ?? type ?? "message", value, status];
  if (term !== undefined) parts.push(`term ${String(term)}`);
  if (index !== undefined) parts.push(`at ${String(index)}`);
  if (at !== undefined) parts.push(`from ${String(at)}`);
  if (length !== undefined) parts.push(`has ${String(length)}`);
  return parts.filter((part) => part !== undefined).join(" ");
}
