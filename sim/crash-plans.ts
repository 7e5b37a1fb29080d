import { Cluster, type ClusterOptions } from "./cluster.ts";
import { faults } from "./faults.ts";
import type { NodeId } from "./node.ts";
import type { Plan } from "./plan.ts";

/**
 * One plan for every place where `node` can crash in a calm run of the scenario: before each of its sends, disk
 * operations and replies. Give them to `explore` as `plans`, with faults "calm": the coordinator then dies after every
 * step k.
 */
export function crashPlans(
  options: Pick<ClusterOptions, "scenario" | "durationMs" | "settleMs"> & { readonly seed?: number },
  node: NodeId,
  downMs = 200,
): Plan[] {
  const cluster = new Cluster({ ...options, seed: options.seed ?? 1, faults: faults("calm"), plan: [] });
  const { violation } = cluster.run();
  if (violation !== undefined)
    throw new Error(`broken without any crash: ${violation.invariant}: ${violation.message}`);
  return Array.from({ length: cluster.effects(node) }, (_, i) => [
    { kind: "crash-at-effect", at: 0, forMs: downMs, node, nth: i + 1 } as const,
  ]);
}
