import type { Decision, RateLimiter } from "../../given/rate-limiter/limiter.ts";
import type { Ask } from "./wire.ts";

/**
 * Checks all, then takes all: nothing else runs on this thread in between. A probe, of cost 0, tells what is left and
 * charges nothing; a call that refuses charges nothing either and tells the wait.
 */
export function decideAll(
  limiters: ReadonlyMap<string, RateLimiter>,
  asks: readonly Ask[],
  nowMs: number,
): { readonly rule: string; readonly decision: Decision } {
  const of = ({ rule }: Ask): RateLimiter => {
    const limiter = limiters.get(rule);
    if (limiter === undefined) throw new Error(`there is no rule "${rule}"`);
    return limiter;
  };
  const refusing = asks.filter((ask) => {
    const probe = of(ask).tryAcquire(ask.key, nowMs, 0);
    return !probe.allowed || probe.remaining < 1;
  });
  const decided = (refusing.length > 0 ? refusing : asks).map((ask) => ({
    rule: ask.rule,
    decision: of(ask).tryAcquire(ask.key, nowMs),
  }));
  // Of several refusals the longest wait counts; of several admissions the least that is left.
  return decided.reduce((worst, each) => (strictness(each.decision) > strictness(worst.decision) ? each : worst));
}

const strictness = (decision: Decision): number => (decision.allowed ? -decision.remaining : 1 + decision.retryAfterMs);
