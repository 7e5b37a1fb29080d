/*
 * Webhook verification. Signatures over raw bytes, in constant time, with a replay window and keys that rotate.
 *
 * Start with stage 1: Sign and verify.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/webhook
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { HmacSha256 } from "../../given/payment-system/hmac.ts";
import { NotStarted } from "../not-started.ts";

export interface WebhookOptions {
  /**
   * At least one. Each is `whsec_` and then 24 to 64 random bytes in base64 (RFC 4648, section 4: padded, without
   * spaces or line ends, unused bits zero). While keys change there are two: the new one first, then the old one.
   */
  readonly secrets: readonly string[];
  readonly hmac: HmacSha256;
  /** How far from the receiver's clock a timestamp may be, either way. 0 to 86,400,000. Default: 300,000. */
  readonly toleranceMs?: number;
}

/**
 * The headers of a request by their names in lower case, as Node's `http` gives them. Others than the three are
 * ignored.
 *
 * - `webhook-id`: 1 to 255 characters of visible ASCII (`!` to `~`) without `.`. The same for every delivery of an
 *   event.
 * - `webhook-timestamp`: when this delivery was sent, in whole seconds since 1970: one to twelve decimal digits,
 *   without leading zeros. (A timestamp in milliseconds has thirteen.)
 * - `webhook-signature`: one or more items, separated by spaces. An item is a version, a comma and a signature. Of
 *   version `v1` the signature is the HMAC-SHA256 in base64, as above: 44 characters. Items of other versions, `v1a`
 *   too, and items that are no such thing are passed over, however many there are.
 */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Why a message is refused, the first that applies:
 *
 * - `malformed`: one of the three headers is missing, empty or an array (it came more than once), or the id or the
 *   timestamp is not as above.
 * - `expired`: the timestamp is more than the tolerance before now. `future`: more than the tolerance after. Neither
 *   says that the message is genuine.
 * - `signature`: no item is the `v1` signature of this message under any of the secrets.
 */
export type Refusal = "malformed" | "expired" | "future" | "signature";

export type Verification =
  | {
      readonly valid: true;
      readonly id: string;
      readonly timestampSeconds: number;
      /**
       * The place in `secrets` of the first one that an item was signed with. When the old secret is no longer needed,
       * this says so.
       */
      readonly secret: number;
    }
  | { readonly valid: false; readonly reason: Refusal };

export type SignedHeaders = Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>>;

export class Webhook {
  /**
   * Later changes to `options.secrets` change nothing here.
   * @throws RangeError when an option is not as its description says. The message holds no part of a secret: errors go
   * to logs.
   */
  constructor(options: WebhookOptions) {
    throw new NotStarted("stage 1: Sign and verify");
  }

  /**
   * The three headers to send with `body`. `webhook-signature` has one item for each secret, in their order, with one
   * space between: a receiver that has not changed keys yet finds the old one.
   *
   * `timestampSeconds` is 0 to 999,999,999,999.
   * @throws RangeError when the id or the timestamp is not one that a header may hold.
   */
  sign(id: string, timestampSeconds: number, body: Uint8Array): SignedHeaders {
    throw new NotStarted("stage 1: Sign and verify");
  }

  /**
   * Whether `body` with these headers comes from a holder of one of the secrets, and is of now. Never throws for
   * what came over the wire.
   *
   * The comparison with the signatures is `equalInConstantTime`. The HMAC is computed once for each secret at most,
   * however many items there are, and not at all for a message that is malformed or outside the window: a stranger must
   * not be able to make work. O(characters of the headers * secrets + bytes of the body * secrets).
   *
   * `nowMs` is the receiver's clock, an integer from 0 to 2^53 - 1.
   * @throws RangeError when `nowMs` is not: with NaN for a time no message is ever too old.
   */
  verify(headers: WebhookHeaders, body: Uint8Array, nowMs: number): Verification {
    throw new NotStarted("stage 1: Sign and verify");
  }
}

/**
 * Whether `a` and `b` hold the same bytes. Which bytes are read, and how often, depends on the two lengths and never on
 * what the bytes are: a comparison that ends at the first difference takes longer the more of a guess is right, and so
 * tells a forger one byte after the other. Arrays of different lengths may be refused at once, since how long a
 * signature is is no secret. O(bytes).
 */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  throw new NotStarted("stage 1: Sign and verify");
}
