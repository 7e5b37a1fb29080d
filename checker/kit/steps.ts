/**
 * Records what a test did to the learner's object, so that a failure can list the steps without the suite writing them.
 */

import { Tampered } from "./integrity.ts";
import { record } from "./recorder.ts";
import { show } from "./show.ts";

/** Long runs keep their first and last steps: the start explains the state, the end shows the failure. */
const KEEP_FIRST = 12;
const KEEP_LAST = 12;

let first: string[] = [];
let last: string[] = [];
let dropped = 0;

export function clearSteps(): void {
  first = [];
  last = [];
  dropped = 0;
}

/** Adds a step in words, e.g. `the clock steps back to 400 ms`. */
export function step(text: string): void {
  if (first.length < KEEP_FIRST) {
    first.push(text);
    return;
  }
  last.push(text);
  if (last.length > KEEP_LAST) {
    last.shift();
    dropped++;
  }
}

export function recordedSteps(): string[] {
  return dropped === 0 ? [...first, ...last] : [...first, `… ${dropped} more steps …`, ...last];
}

/**
 * Wraps `target` so that every method call becomes a step:
 * `limiter.tryAcquire("a", 0) -> { allowed: true, remaining: 4 }`. Use it in behaviors, not in benchmarks.
 */
export function observe<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, property) {
      const value = Reflect.get(object, property, object);
      if (typeof value !== "function" || typeof property === "symbol") return value;
      return (...args: unknown[]) => {
        const call = `${name}.${property}(${args.map((argument) => show(argument)).join(", ")})`;
        let result: unknown;
        try {
          result = value.apply(object, args);
        } catch (error) {
          step(`${call} throws ${show(error)}`);
          throw error;
        }
        refuseMatcher(result, call);
        step(result === undefined ? call : `${call} -> ${show(result)}`);
        return result;
      };
    },
  });
}

/**
 * `expect` asks either side of an equality whether it matches; a result that answers for itself would always be right.
 */
function refuseMatcher(result: unknown, call: string): void {
  if (typeof result === "object" && result !== null && "asymmetricMatch" in result) {
    const what = `${call} returned a matcher, which decides for itself what it equals`;
    record({ kind: "tampered", what });
    throw new Tampered(what);
  }
}
