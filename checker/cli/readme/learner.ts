/** The learner of the README: a token bucket with one mistake, and the same file without it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

export const ID = "rate-limiter/token-bucket";
/** What the wrong bucket does not hold, as the suite names it. */
export const FAILS_IN = "a clock that steps back is taken as the latest time seen";

const MENDED = `    this.#latestMs = Math.max(this.#latestMs, nowMs);
    const timeMs = this.#latestMs;
`;
const MISTAKEN = "    const timeMs = nowMs;\n";

/** As it lies in `exercises/`. */
export function rightBucket(): string {
  const text = readFileSync(join(import.meta.dirname, "token-bucket.right.ts"), "utf8");
  return text.replaceAll("../../../given/", "../../given/");
}

/**
 * Mints tokens when the clock steps back: the refill starts again from the earlier time, and the way forward is paid
 * twice.
 */
export function wrongBucket(): string {
  const wrong = rightBucket().replace(MENDED, MISTAKEN).replace("  #latestMs = 0;\n", "");
  if (!wrong.includes(MISTAKEN) || wrong.includes("#latestMs"))
    throw new Error("token-bucket.right.ts has changed: mend learner.ts");
  return wrong;
}
