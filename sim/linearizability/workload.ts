import type { Operation } from "./history.ts";
import type { KeyValueInput, RegisterInput, Value } from "./models.ts";

/** A small seeded generator (mulberry32, Tommy Ettinger, public domain). Numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface WorkloadOptions {
  seed: number;
  operations: number;
  clients: number;
  /** Share of reads, 0 to 1. */
  reads: number;
  /** Different values written; small numbers make reads ambiguous, which is harder. */
  values: number;
  /** Share of operations whose answer is lost; half of those take effect. */
  lost?: number;
}

interface Slot {
  call: number;
  end: number;
  client: number;
  effect: number;
  isRead: boolean;
  value: number;
  isLost: boolean;
  /** 0 to 1, for dealing operations to keys. */
  luck: number;
}

/** Closed-loop clients: each calls, waits, and calls again; an operation takes effect at a random moment between. */
function slots(options: WorkloadOptions): Slot[] {
  const random = generator(options.seed);
  const free = new Array<number>(options.clients).fill(0);
  return Array.from({ length: options.operations }, (_, index) => {
    const client = index % options.clients;
    const call = free[client]! + random();
    const length = 0.5 + random() * 2;
    const end = call + length;
    free[client] = end;
    const isLost = random() < (options.lost ?? 0);
    const effect = isLost && random() < 0.5 ? Number.POSITIVE_INFINITY : call + random() * length;
    return {
      call,
      end,
      client,
      effect,
      isRead: random() < options.reads,
      value: Math.floor(random() * options.values),
      isLost,
      luck: random(),
    };
  });
}

/**
 * A linearizable register history. With `stale`, the read at that share of its length answers an old value at the end.
 */
export function registerWorkload(
  options: WorkloadOptions & { stale?: number },
): Operation<RegisterInput, Value | undefined>[] {
  let value: Value = null;
  const result: Operation<RegisterInput, Value | undefined>[] = [];
  for (const slot of slots(options).sort((a, b) => a.effect - b.effect)) {
    const { client, call } = slot;
    if (!slot.isRead && slot.effect < Number.POSITIVE_INFINITY) value = slot.value;
    const input: RegisterInput = slot.isRead ? { op: "read" } : { op: "write", value: slot.value };
    if (slot.isLost) result.push({ status: "unknown", client, input, call });
    else result.push({ status: "ok", client, input, output: slot.isRead ? value : undefined, call, return: slot.end });
  }
  if (options.stale !== undefined) spoil(result, Math.floor(options.stale * result.length));
  return result;
}

/** A linearizable key-value history: operations fall on `keys` keys at random. */
export function keyValueWorkload(options: WorkloadOptions & { keys: number }): Operation<KeyValueInput, string>[] {
  const values = new Map<string, string>();
  return slots(options)
    .map((slot) => ({ ...slot, key: `k${Math.floor(slot.luck * options.keys)}` }))
    .sort((a, b) => a.effect - b.effect)
    .map(({ client, call, end, isRead, value, key }) => {
      if (!isRead) values.set(key, `v${value}`);
      const input: KeyValueInput = isRead ? { op: "get", key } : { op: "put", key, value: `v${value}` };
      return { status: "ok", client, input, output: isRead ? (values.get(key) ?? "") : "", call, return: end };
    });
}

/** Gives the first read from `from` on an answer that was never written. */
function spoil(history: Operation<RegisterInput, Value | undefined>[], from: number): void {
  const at = history.findIndex(
    (operation, index) => index >= from && operation.status === "ok" && operation.input.op === "read",
  );
  const operation = history[at];
  if (operation?.status === "ok") history[at] = { ...operation, output: -1 };
}
