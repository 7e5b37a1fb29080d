/** Raft nodes under a leader, for the stages that begin with one. */

import { ensure, show, step } from "../../../kit/index.ts";
import { RaftBus } from "./bus.ts";
import type { CreateRaft } from "./cluster.ts";

/** Nodes whose steps are told when a behavior fails. */
export function busOf(
  create: CreateRaft,
  names: readonly string[],
  options: ConstructorParameters<typeof RaftBus>[2] = {},
): RaftBus {
  return new RaftBus(create, names, { log: step, ...options });
}

/** n1 leads and has committed these. */
export function ledBy(
  create: CreateRaft,
  names: readonly string[],
  commands: readonly string[],
  voters = names,
): RaftBus {
  const nodes = busOf(create, names, { voters });
  nodes.elect("n1");
  for (const command of commands) nodes.propose("n1", command);
  nodes.deliver();
  nodes.settle("n1");
  return nodes;
}

export function same(what: string, got: unknown, expected: unknown): void {
  ensure(JSON.stringify(got) === JSON.stringify(expected), () => ({
    expected: `${what}: ${show(expected)}`,
    got: show(got),
  }));
}

/** The call must throw a RangeError. */
export function refused(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  ensure(false, () => ({ expected: "a RangeError", got: "the call to return" }));
}
