/** Messages of a provider, signed by Node's own HMAC and base64, and the definition of what a receiver answers. */

import { createHmac } from "node:crypto";
import type { HmacSha256 } from "../../../../given/payment-system/hmac.ts";
import type { Verification, WebhookHeaders } from "../../../../solutions/payment-system/webhook.ts";

/** A key of `length` bytes, different for each `seed`, with the serialized secret. */
export interface Key {
  readonly bytes: Uint8Array;
  readonly secret: string;
}

export function key(seed: number, length = 32): Key {
  const bytes = Uint8Array.from({ length }, (_, i) => (seed * 101 + i * 37 + ((i * i) >> 2)) & 255);
  return { bytes, secret: `whsec_${Buffer.from(bytes).toString("base64")}` };
}

/** A new array each time, as `HmacSha256` asks for, and not one of Node's pool. */
export const hmac: HmacSha256 = (secret, message) =>
  Uint8Array.from(createHmac("sha256", secret).update(message).digest());

/** Counts its calls and the bytes that it was given. */
export function countingHmac(): { readonly hmac: HmacSha256; calls: number } {
  const counting = {
    calls: 0,
    hmac: (secret: Uint8Array, message: Uint8Array): Uint8Array => {
      counting.calls++;
      return hmac(secret, message);
    },
  };
  return counting;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Base64 of the HMAC over `id.timestamp.body`. */
export function signature({ bytes }: Key, id: string, timestamp: string, body: Uint8Array): string {
  return createHmac("sha256", bytes).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

export function headersOf(id: string, timestamp: string, signatures: string): WebhookHeaders {
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures };
}

/** A message that the receiver must take, signed with `keys` in this order. */
export function signedBy(keys: readonly Key[], id: string, timestamp: string, body: Uint8Array): WebhookHeaders {
  return headersOf(id, timestamp, keys.map((each) => `v1,${signature(each, id, timestamp, body)}`).join(" "));
}

const ID_CHARACTERS = new Set(
  Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter((c) => c !== "."),
);

const isId = (id: string): boolean => id.length >= 1 && id.length <= 255 && [...id].every((c) => ID_CHARACTERS.has(c));
const isTimestamp = (text: string): boolean =>
  text.length >= 1 &&
  text.length <= 12 &&
  [...text].every((c) => c >= "0" && c <= "9") &&
  String(Number(text)) === text;

/** From the contract, line by line. */
export function decided(
  keys: readonly Key[],
  toleranceMs: number,
  headers: WebhookHeaders,
  body: Uint8Array,
  nowMs: number,
): Verification {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`]);
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string") {
    return { valid: false, reason: "malformed" };
  }
  if (!isId(id) || !isTimestamp(timestamp) || signatures === "") return { valid: false, reason: "malformed" };
  const timestampSeconds = Number(timestamp);
  if (nowMs - timestampSeconds * 1_000 > toleranceMs) return { valid: false, reason: "expired" };
  if (timestampSeconds * 1_000 - nowMs > toleranceMs) return { valid: false, reason: "future" };
  const items = signatures.split(" ");
  const secret = keys.findIndex((each) => items.includes(`v1,${signature(each, id, timestamp, body)}`));
  return secret === -1 ? { valid: false, reason: "signature" } : { valid: true, id, timestampSeconds, secret };
}
