import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Decider, Outcome } from "./decider.ts";
import { ANSWER_WITHIN_MS, type Rule } from "./rules.ts";

/** Null for a rule that `decide.lua` does not know. */
export function scriptArguments(rule: Rule): readonly (string | number)[] | null {
  if ("capacity" in rule) return ["bucket", rule.capacity, rule.refillTokens, rule.refillIntervalMs];
  if (rule.algorithm === "sliding-window-counter") return null;
  return [rule.algorithm === "fixed-window" ? "window" : "log", rule.limit, rule.windowMs, 0];
}

/** The same rules in one script on a Redis: each request asks once, and nothing is leased. Silence refuses. */
export async function redisDecider(url: string): Promise<Decider> {
  const redis = new Redis(url, {
    lazyConnect: true,
    commandTimeout: ANSWER_WITHIN_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 100,
  });
  // Each call that fails says so itself; only at the start nobody else would tell why.
  let last = "";
  redis.on("error", (error: Error) => {
    last = error.message;
  });
  await redis.connect().catch((error: Error) => {
    // Without the password that may stand in the URL.
    throw new Error(`no Redis answers at ${new URL(url).host}: ${last || error.message}`);
  });
  const script = readFileSync(join(import.meta.dirname, "decide.lua"), "utf8");
  redis.defineCommand("decide", { lua: script });
  const call = redis as unknown as {
    decide: (keys: number, ...words: (string | number)[]) => Promise<[number, number, number]>;
  };
  return {
    async decide(rules, key): Promise<Outcome> {
      const keys = rules.map((rule) => `backpressure:{${key}}:${rule.name}`);
      const words = rules.flatMap((rule) => scriptArguments(rule) ?? []);
      try {
        const [allowed, index, figure] = await call.decide(rules.length, ...keys, ...words);
        const rule = rules[index - 1]!;
        return allowed === 1
          ? { allowed: true, by: "store", rule, remaining: figure, retryAfterMs: null }
          : { allowed: false, by: "store", rule, remaining: 0, retryAfterMs: figure };
      } catch {
        return { allowed: false, by: "silence", rule: rules[0]!, remaining: null, retryAfterMs: null };
      }
    },
    close: () => redis.disconnect(),
  };
}
