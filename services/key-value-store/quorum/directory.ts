import { slotOf } from "../slots.ts";
import type { QuorumReplica } from "./replica.ts";

/** Keys of the directory's own begin so; keys of clients begin with another letter. */
const PREFIX = "d/";

/**
 * Which keys there are, for SCAN: the store itself has no such question. It is kept in the store, a set of keys for
 * each slot, and grows as the shopping cart of the Dynamo paper does: two nodes that add at the same time leave two
 * siblings, a reader takes the union, and the next to add writes it. So what a quorum knew is never lost. A key stays
 * in it when it is deleted, as its tombstone stays in the store.
 */
export class Directory {
  readonly #replica: QuorumReplica;
  readonly #secret: string;

  constructor(replica: QuorumReplica, secret: string) {
    this.#replica = replica;
    this.#secret = secret;
  }

  /** @throws NoQuorumError */
  async add(key: string): Promise<void> {
    const place = PREFIX + slotOf(key, this.#secret);
    const { values, context } = await this.#replica.get(place);
    const keys = union(values);
    if (keys.has(key) && values.length === 1) return;
    await this.#replica.put(place, JSON.stringify([...keys.add(key)]), context);
  }

  /** @throws NoQuorumError */
  async keysOf(slot: number): Promise<string[]> {
    const { values } = await this.#replica.get(PREFIX + slot);
    return [...union(values)].sort();
  }
}

function union(values: readonly string[]): Set<string> {
  return new Set(values.flatMap((value) => JSON.parse(value) as string[]));
}
