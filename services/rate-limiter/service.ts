/**
 * The rate limiter at work: gateways, each a process, over one store process, before a small API. Rules are data. The
 * load is autocannon, and the audit counts what reached the API against the bounds of the chapter.
 */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, type Drive, defineService, type Part, type Running, type Stage } from "../kit/define.ts";
import { type Options, UsageError } from "../kit/options.ts";
import { askPatiently } from "../kit/patience.ts";
import { HOST } from "../kit/ports.ts";
import { findProgram } from "../kit/programs.ts";
import {
  type Admission,
  admissionCheck,
  answersCheck,
  boundCheck,
  fullestIntervals,
  fullestSilences,
  type Seen,
  tokensCheck,
} from "./accounting.ts";
import type { Served } from "./api.ts";
import { curveLines } from "./curves.ts";
import type { GatewayData } from "./gateway.ts";
import { type LoadResult, runLoad } from "./load.ts";
import { scriptArguments } from "./redis-decider.ts";
import { BadRules, boundOf, type Rule, readRules, rulesFor } from "./rules.ts";
import type { Tokens } from "./store.ts";

const here = (name: string): string => join(import.meta.dirname, name);

/** Of each gateway. With four keys, each key has connections everywhere. */
const CONNECTIONS = 8;
const KEYS = 4;
/** A part that was killed is back within this time, on a machine that has much else to do; after Ctrl-C few wait. */
const [BACK_MS, HASTE_MS] = [60_000, 2_000];
/** A Redis beside the parts is driven as long as they were, and no longer than this. */
const COMPARED_MS_MAX = 10_000;

const gatewayNames = (options: Options): string[] =>
  Array.from({ length: options.integer("gateways", 1, 16) }, (_, index) => `gateway-${index + 1}`);

export default defineService({
  system: "rate-limiter",
  summary: "Gateways over one store before a small API: a reverse proxy that admits by rules.",
  exercises: [
    "distributed-limiter",
    "token-bucket",
    "fixed-window",
    "sliding-window-log",
    "sliding-window-counter",
    "leaky-bucket",
  ].map((slug) => `rate-limiter/${slug}`),
  port: 8_080,
  options: {
    gateways: { value: "<n>", default: "3", help: "gateway processes, 1 to 16" },
    rules: { value: "<file>", help: "rules of your own; services/rate-limiter/rules.json shows the form" },
    path: { value: "<path>", default: "/search", help: "what the load asks for" },
    redis: { value: "<url>", help: '"none", or a Redis other than one found on the PATH' },
  },
  parts: (options) => [...gatewayNames(options), "store"],
  start,
});

interface Redis {
  readonly url: URL;
  readonly what: string;
}

interface Parts {
  readonly api: Part;
  readonly store: Part;
  readonly apiUrl: string;
  readonly storeUrl: string;
  readonly gateways: readonly URL[];
  readonly redis: Redis | null;
}

async function start(stage: Stage): Promise<Running> {
  const rules = rulesOf(stage.options);
  const names = gatewayNames(stage.options);
  const path = stage.options.text("path")!;
  const ruling = rulesFor(rules, path.split("?")[0]!);
  // Two slashes would begin the name of another server, and the load would go there.
  if (!/^\/(?!\/)/.test(path) || ruling.length === 0)
    throw new UsageError(`--path is "${path}", and no rule concerns it.`);
  const parts = await startParts(stage, rules, names);
  const { gateways, redis } = parts;
  let seen: { parts: Seen; redis: Seen | null } | null = null;
  return {
    serves: [
      ...names.map((name, index) => ({ name, url: gateways[index]!.href })),
      { name: "api", url: parts.apiUrl },
      { name: "store", url: parts.storeUrl },
      ...(redis === null ? [] : [{ name: "redis-gateway", url: redis.url.href }]),
    ],
    next: [
      `curl -i -H 'x-api-key: me' ${gateways[0]!.href}search`,
      `npm exec --prefix services -- autocannon -d 5 -H 'x-api-key: me' ${gateways[0]!.href}search`,
    ],
    drive: async (amount, signal) => {
      const settings = { path, connections: CONNECTIONS, keys: keysOf("load"), signal };
      const first = await runLoad({ ...settings, urls: gateways, amount, onAnswer: () => stage.counted() });
      let second: LoadResult | null = null;
      if (redis !== null && !signal.aborted) {
        const time = { kind: "time", ms: Math.min(Math.ceil(first.seconds * 1_000), COMPARED_MS_MAX) } as const;
        second = await runLoad({ ...settings, urls: [redis.url], amount: time, onAnswer: () => {} });
      }
      seen = { parts: first.seen, redis: second?.seen ?? null };
      return driveOf(first, second, ruling, redis);
    },
    audit: () => audit(parts, rules, seen, stage.signal.aborted ? HASTE_MS : BACK_MS),
  };
}

const keysOf = (prefix: string): string[] => Array.from({ length: KEYS }, (_, index) => `${prefix}-${index}`);

function rulesOf(options: Options): Rule[] {
  const file = options.text("rules");
  try {
    return readRules(readFileSync(file ?? here("rules.json"), "utf8"));
  } catch (error) {
    const isTheirs = error instanceof BadRules || (error as NodeJS.ErrnoException).syscall !== undefined;
    if (file !== undefined && isTheirs) throw new UsageError(`--rules ${file}: ${(error as Error).message}`);
    throw error;
  }
}

async function startParts(stage: Stage, rules: readonly Rule[], names: readonly string[]): Promise<Parts> {
  const ports = await stage.ports(names.length);
  const [apiPort, storePort] = (await stage.ports(2)) as [number, number];
  const secret = randomBytes(16).toString("hex");
  const [api, store] = await Promise.all([
    stage.start({ name: "api", file: here("api.ts"), data: { port: apiPort } }),
    stage.start({ name: "store", file: here("store.ts"), data: { port: storePort, rules, secret } }),
  ]);
  const common = { apiPort, storePort, rules, secret };
  const redisUrl = await startRedis(stage, rules);
  const gateway = (name: string, data: GatewayData): Promise<Part> =>
    stage.start({ name, file: here("gateway.ts"), data });
  await Promise.all(names.map((name, index) => gateway(name, { ...common, port: ports[index]!, redisUrl: null })));
  const gateways = ports.map((port) => new URL(`http://${HOST}:${port}/`));
  const started = {
    api,
    store,
    apiUrl: `http://${HOST}:${apiPort}/`,
    storeUrl: `tcp://${HOST}:${storePort}`,
    gateways,
  };
  if (redisUrl === null) return { ...started, redis: null };
  const [port] = (await stage.ports(1)) as [number];
  await gateway("redis-gateway", { ...common, port, redisUrl: redisUrl.url });
  return { ...started, redis: { url: new URL(`http://${HOST}:${port}/`), what: redisUrl.what } };
}

/** Null where there is none to run beside the parts; the reason is said. */
async function startRedis(stage: Stage, rules: readonly Rule[]): Promise<{ url: string; what: string } | null> {
  const asked = stage.options.text("redis");
  if (asked === "none") return null;
  const without = rules.find((rule) => scriptArguments(rule) === null);
  if (without !== undefined) {
    stage.say(`redis    left out: rule "${without.name}" is a ${without.algorithm}, for which decide.lua has no form`);
    return null;
  }
  if (asked !== undefined) {
    if (!/^rediss?:\/\//.test(asked)) throw new UsageError(`--redis is "${asked}", expected redis://… or none.`);
    return { url: asked, what: "Redis by URL" };
  }
  const program = findProgram("redis-server");
  if (program === null) {
    stage.say(
      "redis    left out: there is no redis-server on the PATH (apt-get install redis-server, or --redis <url>)",
    );
    return null;
  }
  const [port] = (await stage.ports(1)) as [number];
  await stage.start({ name: "redis", file: here("redis-server.ts"), data: { program, port } });
  return { url: `redis://${HOST}:${port}`, what: "Redis, in one script" };
}

function driveOf(first: LoadResult, second: LoadResult | null, rules: readonly Rule[], redis: Redis | null): Drive {
  const statuses = [...first.statuses].sort(([a], [b]) => a - b);
  const untilMs = Math.min(first.seconds, second?.seconds ?? Number.POSITIVE_INFINITY) * 1_000;
  // All rules of the path bound it, the tightest most.
  const boundAt = (ms: number): number => KEYS * Math.min(...rules.map((rule) => boundOf(rule, ms)));
  const curves = [
    { name: "parts", admittedMs: first.admittedMs },
    ...(second === null ? [] : [{ name: "redis", admittedMs: second.admittedMs }]),
  ];
  const rate = second === null ? 0 : Math.round(sum([...second.statuses.values()]) / second.seconds);
  return {
    client: "autocannon",
    requests: sum(statuses.map(([, count]) => count)),
    seconds: first.seconds,
    latencies: first.latencies,
    counts: {
      ...Object.fromEntries(statuses.map(([status, count]) => [`x ${status}`, count])),
      unanswered: first.unanswered,
    },
    lines: [
      ...curveLines(curves, untilMs, boundAt),
      ...(redis === null || second === null
        ? []
        : [`redis    ${redis.what}, behind one gateway: ${rate.toLocaleString("en")} requests a second`]),
    ],
  };
}

async function audit(
  { api, store }: Parts,
  rules: readonly Rule[],
  seen: { parts: Seen; redis: Seen | null } | null,
  waitMs: number,
): Promise<Check[]> {
  // Asked first: whoever was killed a moment ago has its next number once it answers.
  const tokens = await askPatiently<Tokens>(store, "tokens", waitMs);
  const { served, admissions } = await askPatiently<Served>(api, "admissions", waitMs);
  const isRedis = ({ node }: Admission): boolean => node.startsWith("redis-");
  const own = admissions.filter((each) => !isRedis(each));
  const others = admissions.filter(isRedis);
  const storeDeaths = store.incarnation - 1;
  const bound = boundCheck("no key passed its bound in any interval", fullestIntervals(own, rules, storeDeaths));
  // A run of days has more than the API keeps.
  const noted = `; of the first ${admissions.length.toLocaleString("en")} of ${served.toLocaleString("en")} admissions`;
  const checks = [served > admissions.length ? { ...bound, detail: bound.detail + noted } : bound];
  const silences = fullestSilences(own, rules);
  if (silences.length > 0) checks.push(boundCheck("a silent store left each gateway its budget", silences));
  if (storeDeaths === 0) checks.push(tokensCheck(own, rules, tokens));
  if (others.length > 0) {
    const plain = rules.map((rule) => (rule.algorithm === "leased-bucket" ? { ...rule, lease: null } : rule));
    checks.push(boundCheck("nor did a key behind Redis", fullestIntervals(others, plain, 0)));
  }
  // The API notes in memory: what a dead one had served is not known.
  if (seen !== null && api.incarnation === 1) {
    const all = {
      admitted: seen.parts.admitted + (seen.redis?.admitted ?? 0),
      lost: seen.parts.lost + (seen.redis?.lost ?? 0),
    };
    checks.push(answersCheck(served, all));
    checks.push(admissionCheck(seen.parts.admitted));
  }
  return checks;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
