// Given parts of `distributed-limiter`: options, messages, what a node and the store may touch, and the arithmetic of a
// bucket.

/**
 * A token bucket: `refillTokens` flow in every `refillIntervalMs`, evenly, until it holds `capacity`. All are integers,
 * 1 or more.
 */
export interface BucketOptions {
  readonly capacity: number;
  readonly refillTokens: number;
  readonly refillIntervalMs: number;
}

/**
 * A bucket at a moment, in parts: `refillIntervalMs` of them make a token, and each millisecond brings `refillTokens`.
 */
export interface Level {
  readonly parts: number;
  readonly atMs: number;
}

/** A full bucket. */
export function fullLevel({ capacity, refillIntervalMs }: BucketOptions, nowMs: number): Level {
  return { parts: capacity * refillIntervalMs, atMs: nowMs };
}

/** The same bucket later. A time before the level's own changes nothing. */
export function refilled(
  level: Level,
  { capacity, refillTokens, refillIntervalMs }: BucketOptions,
  nowMs: number,
): Level {
  if (nowMs <= level.atMs) return level;
  const most = capacity * refillIntervalMs;
  const missing = most - level.parts;
  const ms = Math.min(nowMs - level.atMs, Math.ceil(missing / refillTokens));
  return { parts: Math.min(most, level.parts + ms * refillTokens), atMs: nowMs };
}

/** Whole tokens. */
export function tokensIn({ parts }: Level, { refillIntervalMs }: BucketOptions): number {
  return Math.floor(parts / refillIntervalMs);
}

/** With `tokens` more, or fewer when negative; never above the capacity. */
export function withTokens(level: Level, { capacity, refillIntervalMs }: BucketOptions, tokens: number): Level {
  return { ...level, parts: Math.min(capacity * refillIntervalMs, level.parts + tokens * refillIntervalMs) };
}
