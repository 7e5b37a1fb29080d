/** Rules are data. What a file says is checked here, whole, before a gateway sees any of it. Pure. */

import type { BucketOptions } from "../../given/rate-limiter/bucket-level.ts";
import { checkLimiterOptions, type LeaseOptions, type LimiterOptions } from "../../given/rate-limiter/central-store.ts";
import { MAX_LIMIT, MAX_PERIOD_MS } from "../../given/rate-limiter/limiter.ts";

interface Common {
  /** Unique: it names the rule in headers, keys and figures. */
  readonly name: string;
  /**
   * It concerns requests whose path is this or lies below it; the longest path that fits decides, with all its rules.
   */
  readonly path: string;
  /** `client`: the API key, or the address where there is none. `address`: always the address. */
  readonly key: "client" | "address";
  /** What a gateway may admit alone when the store is silent, per key; null refuses. */
  readonly whenSilent: BucketOptions | null;
}

/** The store decides each request, in one step with the other rules of the path. */
export type CentralRule = Common &
  (
    | ({ readonly algorithm: "token-bucket" | "leaky-bucket" } & BucketOptions)
    | {
        readonly algorithm: "fixed-window" | "sliding-window-log" | "sliding-window-counter";
        readonly limit: number;
        readonly windowMs: number;
      }
  );

/** Gateways lease tokens from the store and spend them without asking. It stands alone on its path. */
export type LeasedRule = Common &
  BucketOptions & { readonly algorithm: "leased-bucket"; readonly lease: LeaseOptions | null };

export type Rule = CentralRule | LeasedRule;

/** A client has its decision after so long at the latest. */
export const ANSWER_WITHIN_MS = 500;

const WINDOWS = ["fixed-window", "sliding-window-log", "sliding-window-counter"];
const BUCKETS = ["token-bucket", "leaky-bucket"];
const RULES_MAX = 100;

/** A file that is refused: the message names the rule and the field. The gateways keep what they have. */
export class BadRules extends Error {}

/** @throws BadRules for a missing or unknown field, a value out of range, or rules that contradict each other. */
export function readRules(text: string): Rule[] {
  const file = record(parse(text), "the file");
  only(file, ["version", "rules"], "the file");
  if (file.version !== 1) throw new BadRules(`the file has version ${JSON.stringify(file.version)}, expected 1`);
  if (!Array.isArray(file.rules) || file.rules.length === 0 || file.rules.length > RULES_MAX)
    throw new BadRules(`"rules" is no list of 1 to ${RULES_MAX} rules`);
  const rules = file.rules.map(readRule);
  for (const [index, { name, path }] of rules.entries()) {
    if (rules.findIndex((other) => other.name === name) !== index) throw new BadRules(`two rules are named "${name}"`);
    const here = rules.filter((other) => other.path === path);
    if (here.length > 1 && here.some(({ algorithm }) => algorithm === "leased-bucket"))
      throw new BadRules(
        `rule "${name}": a leased bucket stands alone on its path, and ${path} has ${here.length} rules`,
      );
  }
  return rules;
}

function readRule(value: unknown, index: number): Rule {
  const rule = record(value, `rule ${index + 1}`);
  const where = typeof rule.name === "string" ? `rule "${rule.name}"` : `rule ${index + 1}`;
  const fail = (what: string): never => {
    throw new BadRules(`${where}: ${what}`);
  };
  const { name, path, key, algorithm } = rule;
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,30}$/.test(name)) fail(`"name" is ${JSON.stringify(name)}`);
  if (typeof path !== "string" || !/^\/[\w./-]{0,100}$/.test(path)) fail(`"path" is ${JSON.stringify(path)}`);
  if (key !== "client" && key !== "address") fail(`"key" is ${JSON.stringify(key)}, expected "client" or "address"`);
  const common = ["name", "path", "key", "algorithm", "whenSilent"];
  const bucket = ["capacity", "refillTokens", "refillIntervalMs"];
  const isWindow = WINDOWS.includes(algorithm as string);
  if (!isWindow && !BUCKETS.includes(algorithm as string) && algorithm !== "leased-bucket")
    fail(`"algorithm" is ${JSON.stringify(algorithm)}`);
  only(
    rule,
    [...common, ...(isWindow ? ["limit", "windowMs"] : bucket), ...(algorithm === "leased-bucket" ? ["lease"] : [])],
    where,
  );
  if (rule.whenSilent !== null)
    only(record(rule.whenSilent, `${where}: "whenSilent"`), bucket, `${where}: "whenSilent"`);
  if (algorithm === "leased-bucket" && rule.lease !== null)
    only(
      record(rule.lease, `${where}: "lease"`),
      ["tokens", "spendMs", "ttlMs", "outstandingMax"],
      `${where}: "lease"`,
    );
  try {
    if (isWindow) checkWindow(rule);
    checkLimiterOptions(
      limiterOptions(
        (isWindow ? { ...rule, capacity: 1, refillTokens: 1, refillIntervalMs: 1 } : rule) as unknown as LeasedRule,
      ),
    );
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  return rule as unknown as Rule;
}

function checkWindow({ limit, windowMs }: Record<string, unknown>): void {
  const isInteger = (value: unknown, most: number): boolean =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
  if (!isInteger(limit, MAX_LIMIT))
    throw new RangeError(`limit is ${limit}, expected an integer from 1 to ${MAX_LIMIT}`);
  if (!isInteger(windowMs, MAX_PERIOD_MS))
    throw new RangeError(`windowMs is ${windowMs}, expected an integer from 1 to ${MAX_PERIOD_MS}`);
}

/** Options of `LimitStore` and `LimitNode` for one rule. */
export function limiterOptions(rule: LeasedRule): LimiterOptions {
  const { capacity, refillTokens, refillIntervalMs, whenSilent, lease = null } = rule;
  const bucket = { capacity, refillTokens, refillIntervalMs };
  return { bucket, answerWithinMs: ANSWER_WITHIN_MS, resendMs: 100, whenSilent, lease };
}

/** The rules of the longest path that the request's path lies below; none of them may refuse. */
export function rulesFor(rules: readonly Rule[], path: string): readonly Rule[] {
  const fits = rules.filter((rule) => path === rule.path || path.startsWith(rule.path.replace(/\/?$/, "/")));
  const longest = Math.max(...fits.map((rule) => rule.path.length));
  return fits.filter((rule) => rule.path.length === longest);
}

/** The quota of a rule, as the RateLimit fields name it: so much in a window of so many seconds. */
export function quotaOf(rule: Rule): { readonly quota: number; readonly windowSeconds: number } {
  if ("limit" in rule) return { quota: rule.limit, windowSeconds: Math.ceil(rule.windowMs / 1_000) };
  const toFullMs = (rule.capacity * rule.refillIntervalMs) / rule.refillTokens;
  return { quota: rule.capacity, windowSeconds: Math.max(1, Math.ceil(toFullMs / 1_000)) };
}

/**
 * The most that one key may be admitted in an interval of `ms`, as the chapter proves it. What a gateway admits in
 * silence comes on top.
 */
export function boundOf(rule: Rule, ms: number): number {
  if ("capacity" in rule) {
    const outstanding = rule.algorithm === "leased-bucket" ? (rule.lease?.outstandingMax ?? 0) : 0;
    return Math.floor(rule.capacity + (ms * rule.refillTokens) / rule.refillIntervalMs) + outstanding;
  }
  const { limit, windowMs, algorithm } = rule;
  if (algorithm === "sliding-window-log") return limit * (Math.floor(ms / windowMs) + 1);
  if (algorithm === "fixed-window") return limit * (Math.ceil(ms / windowMs) + 1);
  return Math.floor(limit + (limit * ms) / windowMs);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRules(`the file is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BadRules(`${what} is ${JSON.stringify(value)}, expected an object`);
}

/** A blank field is refused as a wrong one is: a rule never means what its author did not write. */
function only(value: Record<string, unknown>, fields: readonly string[], where: string): void {
  const missing = fields.filter((field) => value[field] === undefined);
  if (missing.length > 0) throw new BadRules(`${where} lacks "${missing.join('", "')}"`);
  const unknown = Object.keys(value).filter((field) => !fields.includes(field));
  if (unknown.length > 0) throw new BadRules(`${where} has "${unknown.join('", "')}", which means nothing there`);
}
