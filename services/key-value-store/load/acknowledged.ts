/**
 * What a store without a leader promises: no acknowledged write is lost, and with overlapping quorums none is missed.
 */

import type { Operation } from "../../../sim/linearizability.ts";
import type { Check } from "../../kit/define.ts";
import type { Answered, Asked } from "./history.ts";

export const WRITES_CHECK = "no acknowledged write is lost";

type Seen = Operation<Asked, Answered>;
type Acknowledged = Seen & { status: "ok" };

/**
 * Each value is written once. An acknowledged write may be gone from the siblings at the end only when one of them can
 * have replaced it, by itself or through others that are gone too: it had not returned before that write was called.
 * (One that had returned was replaced by it.) So two writes at the same time do not excuse each other when both are
 * gone.
 *
 * @param left siblings of each key, read after the load
 */
export function judgeWrites(history: readonly Seen[], left: ReadonlyMap<string, readonly string[]>): Check {
  let acknowledged = 0;
  const lost: string[] = [];
  for (const [key, operations] of byKey(history)) {
    const writes = operations.filter(({ input }) => input.op === "set");
    const siblings = new Set<string | null>(left.get(key) ?? []);
    const survivors = writes.filter((write) => siblings.has(written(write)));
    for (const write of writes) {
      if (write.status !== "ok") continue;
      acknowledged++;
      if (!survivors.some((other) => other === write || !isBefore(other, write)))
        lost.push(`${key} = ${written(write)}`);
    }
  }
  const figures = `${acknowledged.toLocaleString("en")} acknowledged writes, ${lost.length} lost`;
  return {
    name: WRITES_CHECK,
    passed: lost.length === 0,
    detail: lost.length === 0 ? figures : `${figures}: ${lost.slice(0, 5).join(", ")}`,
  };
}

/**
 * Reads that returned something older than a write that was acknowledged before they began. With `r + w > n` there must
 * be none; otherwise their number is a figure.
 */
export function staleReads(history: readonly Seen[]): number {
  let stale = 0;
  for (const operations of byKey(history).values()) {
    const writes = operations.filter(({ input }) => input.op === "set");
    const acknowledged = writes.filter((write): write is Acknowledged => write.status === "ok");
    const byValue = new Map(writes.map((write) => [written(write), write]));
    for (const read of operations) {
      if (read.status !== "ok" || read.input.op !== "get") continue;
      const source = byValue.get(read.output as string | null);
      const isOlder = (write: Acknowledged): boolean => source === undefined || isBefore(source, write);
      if (acknowledged.some((write) => write.return < read.call && isOlder(write))) stale++;
    }
  }
  return stale;
}

function byKey(history: readonly Seen[]): Map<string, Seen[]> {
  const all = new Map<string, Seen[]>();
  for (const operation of history) {
    if (operation.status === "failed") continue;
    const of = all.get(operation.input.key);
    if (of === undefined) all.set(operation.input.key, [operation]);
    else of.push(operation);
  }
  return all;
}

const written = ({ input }: Seen): string | null => (input.op === "set" ? input.value : null);

/** The first had returned when the second was called. */
const isBefore = (first: Seen, second: Seen): boolean => first.status === "ok" && first.return < second.call;
