/** A node that keeps fragments, and what fails together with it. */
export interface Place {
  readonly node: string;
  readonly rack: string;
}

/** Everything a store may ask of others. Names of fragments are up to 255 printable ASCII characters. */
export type Call =
  /** Durable when the reply is `ok`. */
  | { readonly to: string; readonly op: "write"; readonly name: string; readonly bytes: Uint8Array }
  /**
   * At most `length` bytes from `offset`. `missing`: no such fragment. `damaged`: the node itself has noticed; it may
   * also have noticed nothing.
   */
  | {
      readonly to: string;
      readonly op: "read";
      readonly name: string;
      readonly offset: number;
      readonly length: number;
    }
  | { readonly to: string; readonly op: "erase"; readonly name: string }
  /**
   * The newest value and its version; `missing` when there is none, and then the version still counts: deleting is a
   * change too. 0: never set.
   */
  | { readonly to: "metadata"; readonly op: "get"; readonly key: string }
  /**
   * `conflict`, and nothing done, unless the key is at `version`. Durable and seen by every later get and scan when
   * `ok`. `null` deletes.
   */
  | {
      readonly to: "metadata";
      readonly op: "set";
      readonly key: string;
      readonly version: number;
      readonly value: unknown;
    }
  /** Up to `limit` entries from `from` on, 100 at most, in the order of `<`. */
  | { readonly to: "metadata"; readonly op: "scan"; readonly from: string; readonly limit: number };

export interface Reply {
  /** `lost`: no reply in time. What was asked may have been done, or may be done yet. */
  readonly status: "ok" | "missing" | "damaged" | "conflict" | "lost";
  readonly bytes?: Uint8Array;
  // biome-ignore lint/suspicious/noExplicitAny: what the store has written there is its own
  readonly value?: any;
  readonly version?: number;
  readonly entries?: readonly { readonly key: string; readonly value: unknown }[];
}

/**
 * Work in steps: each yields calls that go out together, and is resumed with a reply to each, in their order. It may
 * never be resumed.
 */
export type Task<Result> = Generator<readonly Call[], Result, readonly Reply[]>;
