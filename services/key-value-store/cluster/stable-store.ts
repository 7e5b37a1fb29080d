import type { StableMap } from "../../../given/key-value-store/replica.ts";
import type { LsmStore } from "../../../solutions/key-value-store/lsm-store.ts";

/**
 * What a node keeps through a crash, in an LSM store with `sync: "manual"`: values are JSON. A `set` is durable after
 * the next `sync`; the turn of the node holds back all that it says until then.
 */
export class StableStore implements StableMap {
  readonly #store: LsmStore;
  #isDirty = false;

  constructor(store: LsmStore) {
    this.#store = store;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what lies there is the node's own
  get(key: string): any {
    const bytes = this.#store.get(key);
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
  }

  set(key: string, value: unknown): void {
    this.#store.put(key, Buffer.from(JSON.stringify(value)));
    this.#isDirty = true;
  }

  delete(key: string): void {
    this.#store.delete(key);
    this.#isDirty = true;
  }

  keys(prefix: string): string[] {
    const keys: string[] = [];
    for (const [key] of this.#store.scan({ from: prefix })) {
      if (!key.startsWith(prefix)) break;
      keys.push(key);
    }
    return keys;
  }

  sync(): void {
    if (this.#isDirty) this.#store.sync();
    this.#isDirty = false;
  }
}
