import type { Command } from "../../given/stock-exchange/orders.ts";
import type { Refusal, ReplaceRefusal } from "../../solutions/stock-exchange/order-manager.ts";

/**
 * "unsupported": a market order, which says too little about its worst cost. "not-the-owner": of the order that is to
 * be canceled or changed, or of the account in which a new one is placed.
 */
export type RefusalReason = Refusal | ReplaceRefusal | "unsupported";

export interface Refused {
  readonly client: number;
  readonly request: number;
  readonly reason: RefusalReason;
}

const REASONS: readonly RefusalReason[] = [
  ...(["unknown-account", "unknown-symbol", "duplicate-order-id", "invalid-quantity", "invalid-price"] as const),
  ...(["quantity-above-maximum", "price-out-of-band", "notional-above-maximum", "session-limit"] as const),
  ...(["position-limit", "insufficient-cash", "insufficient-shares", "unsupported"] as const),
  ...(["unknown-order", "not-the-owner", "replace-pending"] as const),
];

const HEADER_WORDS = 32;
/** Client, the two halves of the request's number, reason. */
const RECORD_WORDS = 4;

/**
 * The refusals, in memory that all threads share, and the way on which the gateway gets them. A refusal is an answer,
 * so it must outlive the thread that gave it: else the repetition of a refused request would be checked again after a
 * crash, and might be accepted. It changes no balance, so the order manager is rebuilt without it. One thread appends;
 * any number read.
 */
export class RefusalLog {
  readonly #words: Int32Array;

  static allocate(refusals: number): SharedArrayBuffer {
    return new SharedArrayBuffer((HEADER_WORDS + refusals * RECORD_WORDS) * Int32Array.BYTES_PER_ELEMENT);
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  get length(): number {
    return Atomics.load(this.#words, 0);
  }

  append({ client, request, reason }: Refused): void {
    const count = this.length;
    const at = HEADER_WORDS + count * RECORD_WORDS;
    if (at >= this.#words.length) throw new RangeError(`refusal ${count + 1}: the log is full`);
    this.#words.set([client, request | 0, Math.floor(request / 2 ** 32), REASONS.indexOf(reason)], at);
    Atomics.store(this.#words, 0, count + 1);
  }

  /** `index`: 0 to `length` - 1. @throws RangeError */
  read(index: number): Refused {
    if (!(index >= 0 && index < this.length)) throw new RangeError(`refusal ${index}: there are ${this.length}`);
    const [client, low, high, reason] = this.#words.subarray(HEADER_WORDS + index * RECORD_WORDS);
    return { client: client!, request: high! * 2 ** 32 + (low! >>> 0), reason: REASONS[reason!]! };
  }
}

/** Whether the order manager can say what a command could cost at worst. */
export function isSupported(command: Command): boolean {
  return command.type !== "submit" || command.order.kind === "limit";
}
