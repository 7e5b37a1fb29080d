/** Waits that have an end, whatever the other side does. */

import type { Part } from "./define.ts";

const AGAIN_MS = 50;

/**
 * Asks a part that may have been killed and be on its way back, again and again. Rejects after `waitMs` as `ask` does.
 */
export async function askPatiently<Answer>(part: Part, question: unknown, waitMs: number): Promise<Answer> {
  const until = performance.now() + waitMs;
  while (true) {
    try {
      return await part.ask<Answer>(question);
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Rejects with `why` when `signal` has been aborted for `ms` and `work` has still not ended. */
export function endsSoonAfter<Value>(work: Promise<Value>, signal: AbortSignal, ms: number, why: string) {
  return new Promise<Value>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const hurry = (): void => {
      timer = setTimeout(() => reject(new Error(why)), ms);
    };
    if (signal.aborted) hurry();
    else signal.addEventListener("abort", hurry, { once: true });
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", hurry);
    };
    work.finally(over).then(resolve, reject);
  });
}
