/**
 * Alternative: a codec for base64 of its own, signatures compared as the bytes that they stand for, and the items of
 * the header in the outer loop, with the HMACs remembered.
 */

import type { HmacSha256 } from "../../given/payment-system/hmac.ts";

export interface WebhookOptions {
  readonly secrets: readonly string[];
  readonly hmac: HmacSha256;
  readonly toleranceMs?: number;
}

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Refusal = "malformed" | "expired" | "future" | "signature";

export type Verification =
  | { readonly valid: true; readonly id: string; readonly timestampSeconds: number; readonly secret: number }
  | { readonly valid: false; readonly reason: Refusal };

export type SignedHeaders = Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>>;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export class Webhook {
  private readonly keys: Uint8Array[] = [];
  private readonly hmac: HmacSha256;
  private readonly toleranceMs: number;

  constructor({ secrets, hmac, toleranceMs = 5 * 60 * 1_000 }: WebhookOptions) {
    for (const secret of secrets) {
      const key = /^whsec_/.test(secret) ? decode(secret.substring(6)) : undefined;
      if (key === undefined || key.length < 24 || key.length > 64)
        throw new RangeError("a secret is not a whsec_ secret");
      this.keys.push(key);
    }
    if (this.keys.length < 1) throw new RangeError("no secrets");
    if (!Number.isInteger(toleranceMs) || toleranceMs < 0 || toleranceMs > 24 * 3_600_000) {
      throw new RangeError(`a tolerance of ${toleranceMs} ms`);
    }
    this.hmac = hmac;
    this.toleranceMs = toleranceMs;
  }

  sign(id: string, timestampSeconds: number, body: Uint8Array): SignedHeaders {
    if (!isId(id)) throw new RangeError("not an id");
    if (!isTimestamp(`${timestampSeconds}`)) throw new RangeError("not a timestamp");
    const timestamp = `${timestampSeconds}`;
    let signature = "";
    for (const key of this.keys) {
      if (signature !== "") signature += " ";
      signature += `v1,${encode(this.hmac(key, join(id, timestamp, body)))}`;
    }
    return { "webhook-signature": signature, "webhook-timestamp": timestamp, "webhook-id": id };
  }

  verify(headers: WebhookHeaders, body: Uint8Array, nowMs: number): Verification {
    if (!Number.isSafeInteger(nowMs) || nowMs < 0) throw new RangeError(`a clock of ${nowMs}`);
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
    if (!isId(id) || !isTimestamp(timestamp) || typeof signature !== "string" || signature.length === 0) {
      return { valid: false, reason: "malformed" };
    }
    const sentMs = Number.parseInt(timestamp, 10) * 1_000;
    if (sentMs + this.toleranceMs < nowMs) return { valid: false, reason: "expired" };
    if (sentMs - this.toleranceMs > nowMs) return { valid: false, reason: "future" };

    const macs: Uint8Array[] = [];
    let best = this.keys.length;
    for (const item of signature.split(/ +/)) {
      const given = item.slice(0, 3) === "v1," ? decode(item.slice(3)) : undefined;
      if (given === undefined || given.length !== 32) continue;
      for (let k = 0; k < best; k++) {
        macs[k] ??= this.hmac(this.keys[k]!, join(id, timestamp, body));
        if (equalInConstantTime(macs[k]!, given)) best = k;
      }
    }
    if (best === this.keys.length) return { valid: false, reason: "signature" };
    return { valid: true, id, timestampSeconds: sentMs / 1_000, secret: best };
  }
}

/** Gathers the differences as a sum of absolute values, from the end. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  let sum = 0;
  for (let i = a.byteLength - 1; i >= 0; i--) sum += Math.abs(a[i]! - b[i]!);
  return sum === 0;
}

function isId(id: unknown): id is string {
  if (typeof id !== "string" || id.length === 0 || id.length > 255) return false;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    if (code <= 32 || code >= 127 || code === 46) return false;
  }
  return true;
}

function isTimestamp(text: unknown): text is string {
  return typeof text === "string" && /^\d{1,12}$/.test(text) && (text === "0" || text[0] !== "0");
}

function join(id: string, timestamp: string, body: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode([id, timestamp, ""].join("."));
  const bytes = new Uint8Array(head.length + body.length);
  for (let i = 0; i < head.length; i++) bytes[i] = head[i]!;
  for (let i = 0; i < body.length; i++) bytes[head.length + i] = body[i]!;
  return bytes;
}

function encode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[word >> 18]! + ALPHABET[(word >> 12) & 63]!;
    text += i + 1 < bytes.length ? ALPHABET[(word >> 6) & 63]! : "=";
    text += i + 2 < bytes.length ? ALPHABET[word & 63]! : "=";
  }
  return text;
}

/** Undefined unless `text` is what `encode` makes of some bytes. */
function decode(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, "");
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit);
    if (value === -1) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  const all = Uint8Array.from(bytes);
  return encode(all) === text ? all : undefined;
}
