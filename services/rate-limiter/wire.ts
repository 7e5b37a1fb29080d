/** What gateways and the store say to one another: JSON, one value a line. Whoever connects may send anything. */

import type { FromStore, ToStore } from "../../given/rate-limiter/central-store.ts";
import type { Decision } from "../../given/rate-limiter/limiter.ts";
import type { LineLimits } from "../kit/lines.ts";

export const LIMITS: LineLimits = { bytesMax: 16_384, unreadMax: 4 * 2 ** 20 };

export type ToLimitStore =
  | { readonly type: "hello"; readonly node: string; readonly secret: string }
  /** Of the exercise `distributed-limiter`, about the rule of that name. */
  | { readonly type: "limiter"; readonly rule: string; readonly message: ToStore }
  /** All of `rules` must admit the key; if one refuses, none is charged. */
  | { readonly type: "decide"; readonly id: number; readonly asks: readonly Ask[] };

export interface Ask {
  readonly rule: string;
  readonly key: string;
}

export type FromLimitStore =
  | { readonly type: "limiter"; readonly rule: string; readonly message: FromStore }
  /** Of the rule that refused, or of the one that has least left. */
  | { readonly type: "decided"; readonly id: number; readonly rule: string; readonly decision: Decision };

/** Null for what no gateway sends. The parts trust their messages, so nothing half right passes. */
export function readToStore(value: unknown): ToLimitStore | null {
  if (!isRecord(value)) return null;
  const { type } = value;
  if (type === "hello") return isName(value.node) && isKey(value.secret) ? (value as never) : null;
  if (type === "decide") {
    const { id, asks } = value;
    const isAsk = (ask: unknown): boolean => isRecord(ask) && isName(ask.rule) && isKey(ask.key);
    const isFine = isCount(id) && Array.isArray(asks) && asks.length > 0 && asks.length <= 16 && asks.every(isAsk);
    return isFine ? (value as never) : null;
  }
  if (type !== "limiter" || !isName(value.rule) || !isRecord(value.message)) return null;
  const { message } = value;
  if (!isKey(message.key) || !isCount(message.incarnation) || !isCount(message.seq) || !isCount(message.floor))
    return null;
  if (message.type === "take") return value as never;
  if (message.type === "lease") return isCount(message.tokens) ? (value as never) : null;
  return message.type === "return" && isCount(message.lease) && isCount(message.tokens) ? (value as never) : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isName = (value: unknown): boolean => typeof value === "string" && /^[a-z][a-z0-9-]{0,30}$/.test(value);
const isKey = (value: unknown): boolean => typeof value === "string" && value.length > 0 && value.length <= 64;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;
