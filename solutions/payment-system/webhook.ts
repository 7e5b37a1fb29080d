/**
 * Webhooks signed as Standard Webhooks says, scheme `v1`: what a receiver does before it believes a word, and what a
 * sender does before it sends.
 *
 * Signed are the bytes `id.timestamp.body`: the id and the timestamp as they stand in their headers, and the body as it
 * came over the wire. A body that was parsed and written again is another body: spaces, the order of fields and the
 * form of numbers change. A body is bytes, and need not be UTF-8.
 *
 * A valid message may come again while it is within the window: who handles it must still do so once for each id.
 * Source: Standard Webhooks, spec/standard-webhooks.md, 2026.
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { HmacSha256 } from "../../given/payment-system/hmac.ts";

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
  readonly #keys: readonly Uint8Array[];
  readonly #hmac: HmacSha256;
  readonly #toleranceMs: number;

  /**
   * Later changes to `options.secrets` change nothing here.
   * @throws RangeError when an option is not as its description says. The message holds no part of a secret: errors go
   * to logs.
   * @stage 1
   */
  constructor(options: WebhookOptions) {
    const { secrets, hmac, toleranceMs = 300_000 } = options;
    if (secrets.length === 0) throw new RangeError("secrets is empty, expected at least one secret");
    this.#keys = secrets.map(keyOf);
    this.#hmac = hmac;
    this.#toleranceMs = requireInteger("toleranceMs", toleranceMs, 0, 86_400_000);
  }

  /**
   * The three headers to send with `body`. `webhook-signature` has one item for each secret, in their order, with one
   * space between: a receiver that has not changed keys yet finds the old one.
   *
   * `timestampSeconds` is 0 to 999,999,999,999.
   * @throws RangeError when the id or the timestamp is not one that a header may hold.
   * @stage 1
   */
  sign(id: string, timestampSeconds: number, body: Uint8Array): SignedHeaders {
    if (!ID.test(id)) {
      throw new RangeError(`id is ${JSON.stringify(id)}, expected 1 to 255 characters of visible ASCII without "."`);
    }
    const timestamp = String(requireInteger("timestampSeconds", timestampSeconds, 0, 999_999_999_999));
    const content = contentOf(id, timestamp, body);
    const items = this.#keys.map((key) => `v1,${base64Of(this.#hmac(key, content))}`);
    return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": items.join(" ") };
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
   * @stage 1
   */
  verify(headers: WebhookHeaders, body: Uint8Array, nowMs: number): Verification {
    requireInteger("nowMs", nowMs, 0, Number.MAX_SAFE_INTEGER);
    const id = headers["webhook-id"];
    const timestamp = headers["webhook-timestamp"];
    const signatures = headers["webhook-signature"];
    if (typeof id !== "string" || !ID.test(id)) return refused("malformed");
    if (typeof timestamp !== "string" || !TIMESTAMP.test(timestamp)) return refused("malformed");
    if (typeof signatures !== "string" || signatures === "") return refused("malformed");

    const timestampSeconds = Number(timestamp);
    const ageMs = nowMs - timestampSeconds * 1_000;
    if (ageMs > this.#toleranceMs) return refused("expired");
    if (ageMs < -this.#toleranceMs) return refused("future");

    const candidates = candidatesIn(signatures);
    if (candidates.length === 0) return refused("signature");
    const content = contentOf(id, timestamp, body);
    for (let secret = 0; secret < this.#keys.length; secret++) {
      const expected = codesOf(base64Of(this.#hmac(this.#keys[secret]!, content)));
      for (const candidate of candidates) {
        if (equalInConstantTime(candidate, expected)) return { valid: true, id, timestampSeconds, secret };
      }
    }
    return refused("signature");
  }
}

/**
 * Whether `a` and `b` hold the same bytes. Which bytes are read, and how often, depends on the two lengths and never on
 * what the bytes are: a comparison that ends at the first difference takes longer the more of a guess is right, and so
 * tells a forger one byte after the other. Arrays of different lengths may be refused at once, since how long a
 * signature is is no secret. O(bytes).
 * @stage 1
 */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** Without `.`: it ends the id, so that `a.1` with `2` cannot be read as `a` with `1.2`. */
const ID = /^[!-\-/-~]{1,255}$/;
const TIMESTAMP = /^(?:0|[1-9][0-9]{0,11})$/;
const PREFIX = "whsec_";
/** 32 bytes in base64, version 1. */
const ITEM = /^v1,[A-Za-z0-9+/]{43}=$/;

const refused = (reason: Refusal): Verification => ({ valid: false, reason });

function keyOf(secret: string, index: number): Uint8Array {
  const key = secret.startsWith(PREFIX) ? bytesOf(secret.slice(PREFIX.length)) : null;
  if (key !== null && key.length >= 24 && key.length <= 64) return key;
  const got = key === null ? `has ${secret.length} characters that are no such thing` : `has ${key.length} bytes`;
  throw new RangeError(`secrets[${index}] ${got}, expected "${PREFIX}" and 24 to 64 bytes in base64`);
}

/**
 * The signatures of version `v1` that have the right form, as texts and not as the bytes that they stand for: of 44
 * characters the last one that counts has bits that stand for nothing, so four texts stand for the same bytes.
 */
function candidatesIn(signatures: string): Uint8Array[] {
  return signatures
    .split(" ")
    .filter((item) => ITEM.test(item))
    .map((item) => codesOf(item.slice(3)));
}

/** `id.timestamp.body` */
function contentOf(id: string, timestamp: string, body: Uint8Array): Uint8Array {
  const start = codesOf(`${id}.${timestamp}.`);
  const content = new Uint8Array(start.length + body.length);
  content.set(start);
  content.set(body, start.length);
  return content;
}

/** Null when `text` is not the one way in which base64 writes some bytes: `atob` alone takes spaces and missing `=`. */
function bytesOf(text: string): Uint8Array | null {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  return btoa(binary) === text ? codesOf(binary) : null;
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Of a text whose characters are all below 256. */
function codesOf(text: string): Uint8Array {
  const codes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) codes[i] = text.charCodeAt(i);
  return codes;
}
