/** Counts what was admitted against what the chapter proves. Pure. */

import type { Check } from "../kit/define.ts";
import { boundOf, type Rule } from "./rules.ts";

/** A request that reached the API. It was admitted between the two times, on one clock. */
export interface Admission {
  readonly rule: string;
  readonly key: string;
  /** Name and incarnation of the gateway. */
  readonly node: string;
  readonly by: string;
  /** When the gateway had received it, and when the API had. */
  readonly sinceMs: number;
  readonly servedMs: number;
}

/** Begins of intervals that are tried for a key with every end; from each other begin, so many ends are tried. */
const BEGINS_MAX = 256;
const ENDS_NEAR = 512;

/** How full the fullest interval was, of one key. */
export interface Fullest {
  readonly rule: string;
  readonly count: number;
  readonly bound: number;
  readonly ms: number;
}

/**
 * For each key, the interval that came nearest to its bound or went farthest above it. A request counts for an interval
 * only if it was received and served in it: then it was admitted in it, and no delay on the way can make a right
 * limiter look wrong. `storeDeaths`: rules whose state dies with the store may give everything once more after each.
 */
export function fullestIntervals(
  admissions: readonly Admission[],
  rules: readonly Rule[],
  storeDeaths: number,
): Fullest[] {
  return rules.flatMap((rule) => {
    const limit = "limit" in rule ? rule.limit : rule.capacity;
    const extra = rule.algorithm === "leased-bucket" ? 0 : storeDeaths * limit;
    const own = admissions.filter((each) => each.rule === rule.name && each.by !== "silence");
    // Clocks are read in whole milliseconds: an interval of the limiter's may be one longer than ours.
    return byKey(own, ({ key }) => key).map((each) => fullest(rule.name, each, (ms) => boundOf(rule, ms + 1) + extra));
  });
}

/** What gateways admitted without the store: each life of each gateway has a budget of its own per key. */
export function fullestSilences(admissions: readonly Admission[], rules: readonly Rule[]): Fullest[] {
  return rules.flatMap((rule) => {
    const own = admissions.filter((each) => each.rule === rule.name && each.by === "silence");
    const bound = (ms: number): number =>
      rule.whenSilent === null
        ? 0
        : boundOf({ ...rule, ...rule.whenSilent, algorithm: "token-bucket" } as Rule, ms + 1);
    return byKey(own, ({ node, key }) => `${node} ${key}`).map((each) => fullest(rule.name, each, bound));
  });
}

function byKey(admissions: readonly Admission[], nameOf: (each: Admission) => string): Admission[][] {
  const groups = new Map<string, Admission[]>();
  for (const each of admissions) {
    const group = groups.get(nameOf(each));
    if (group === undefined) groups.set(nameOf(each), [each]);
    else group.push(each);
  }
  return [...groups.values()];
}

/** O(admissions). A long interval may begin a little early; a burst is met exactly. */
function fullest(rule: string, admissions: readonly Admission[], boundIn: (ms: number) => number): Fullest {
  const served = [...admissions].sort((a, b) => a.servedMs - b.servedMs);
  const begins = served.map(({ sinceMs }) => sinceMs).sort((a, b) => a - b);
  const step = Math.max(1, Math.ceil(begins.length / BEGINS_MAX));
  let worst: Fullest | null = null;
  let from = 0;
  for (const [index, begin] of begins.entries()) {
    const countMax = index % step === 0 ? Number.POSITIVE_INFINITY : ENDS_NEAR;
    while (served[from]!.servedMs < begin) from++;
    let count = 0;
    for (let end = from; end < served.length && count < countMax; end++) {
      const { sinceMs, servedMs } = served[end]!;
      if (sinceMs < begin) continue;
      count++;
      const ms = servedMs - begin;
      const bound = boundIn(ms);
      if (worst === null || count - bound > worst.count - worst.bound) worst = { rule, count, bound, ms };
    }
  }
  return worst ?? { rule, count: 0, bound: 0, ms: 0 };
}

export function boundCheck(name: string, intervals: readonly Fullest[]): Check {
  const above = intervals.filter(({ count, bound }) => count > bound);
  const nearest = [...intervals].sort((a, b) => b.count - b.bound - (a.count - a.bound))[0];
  if (nearest === undefined) return { name, passed: true, detail: "nothing was admitted" };
  const { rule, count, bound, ms } = nearest;
  const keys = `${intervals.length} ${intervals.length === 1 ? "key" : "keys"}`;
  const detail = `${keys}; nearest: ${count} of at most ${bound} in ${Math.ceil(ms)} ms (rule ${rule})`;
  return { name, passed: above.length === 0, detail };
}

/** What clients saw of the requests that they sent. */
export interface Seen {
  readonly admitted: number;
  /** Connections that broke before the answer, and gateways that had none from the API: each may hide one admission. */
  readonly lost: number;
}

/** Every answer was served once, and what was served without an answer is no more than what was lost on the way. */
export function answersCheck(served: number, { admitted, lost }: Seen): Check {
  return {
    name: "answers and served requests agree",
    passed: admitted <= served && served <= admitted + lost,
    detail: `${admitted} answers of the API, ${served} requests served, ${lost} sent without an answer`,
  };
}

/** What refuses everything passes no bound, and is no limiter. */
export function admissionCheck(admitted: number): Check {
  return { name: "what the rules allow passed", passed: admitted > 0, detail: `${admitted} answers of the API` };
}

/** No request passed that no token had paid for. */
export function tokensCheck(
  admissions: readonly Admission[],
  rules: readonly Rule[],
  tokens: { readonly taken: number; readonly granted: number; readonly returned: number },
): Check {
  const leased = new Set(rules.filter(({ algorithm }) => algorithm === "leased-bucket").map(({ name }) => name));
  const spent = admissions.filter(({ rule, by }) => leased.has(rule) && by !== "silence").length;
  const { taken, granted, returned } = tokens;
  return {
    name: "every admission spent a token",
    passed: spent <= taken + granted - returned,
    detail: `${spent} spent of ${granted} leased, ${returned} returned and ${taken} taken one by one`,
  };
}
