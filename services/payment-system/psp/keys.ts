/**
 * Idempotency keys as Stripe's API v1 documents them (docs.stripe.com/api/idempotent_requests): once execution has
 * begun, the status and the body are stored, whatever they are; the same key with other parameters is an error; a
 * request that fails validation, or that meets another one in progress, stores nothing.
 */

import { Problem } from "./problem.ts";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const KEY_LENGTH_MAX = 255;
/** They may go after 24 hours, and here they do. Milliseconds. */
const KEPT_MS = 24 * 3_600_000;

interface Stored {
  readonly sinceMs: number;
  readonly request: string;
  /** Null while it runs. */
  answer: Answer | null;
}

export class Keys {
  readonly #stored = new Map<string, Stored>();

  /**
   * Runs `execute` unless the key has an answer. `request` is what must be the same for the same key: method, path and
   * parameters.
   * @throws Problem 400 for another request under the same key, 409 while the first one runs
   */
  async once(key: string, request: string, nowMs: number, execute: () => Promise<Answer>): Promise<Answer> {
    if (key.length > KEY_LENGTH_MAX)
      throw new Problem(400, {
        type: "invalid_request_error",
        message: `Idempotency keys have at most ${KEY_LENGTH_MAX} characters`,
      });
    const known = this.#stored.get(key);
    if (known !== undefined && nowMs < known.sinceMs + KEPT_MS) return replay(known, request, key);
    const stored: Stored = { sinceMs: nowMs, request, answer: null };
    this.#stored.set(key, stored);
    try {
      stored.answer = await execute();
      return stored.answer;
    } catch (error) {
      // Refused before anything was done: the same key may come again with a request that is right.
      if (error instanceof Problem && error.status !== 402) this.#stored.delete(key);
      else if (error instanceof Problem) stored.answer = { status: error.status, body: error.body };
      throw error;
    }
  }
}

function replay({ request: first, answer }: Stored, request: string, key: string): Answer {
  if (first !== request) {
    const message = `Keys for idempotent requests can only be used with the same parameters: ${key}`;
    throw new Problem(400, { type: "idempotency_error", message });
  }
  if (answer === null) {
    const message = "There is currently another in-progress request using this Idempotent Key";
    throw new Problem(409, { type: "idempotency_error", code: "idempotency_key_in_use", message });
  }
  return answer;
}
