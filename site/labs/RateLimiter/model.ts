import type { RateLimiter } from "../../../given/rate-limiter/limiter.ts";
import { FixedWindow } from "../../../solutions/rate-limiter/fixed-window.ts";
import { LeakyBucketQueue } from "../../../solutions/rate-limiter/leaky-bucket.ts";
import { SlidingWindowCounter } from "../../../solutions/rate-limiter/sliding-window-counter.ts";
import { SlidingWindowLog } from "../../../solutions/rate-limiter/sliding-window-log.ts";
import { TokenBucket } from "../../../solutions/rate-limiter/token-bucket.ts";
import type { LabModel } from "../kit/session.ts";
import { worstWindow } from "./rate.ts";
import {
  arrivalTimes,
  type Bins,
  clockAt,
  type Pattern,
  presetBins,
  runMs,
  stepBackMs,
  stepsBackAtMs,
} from "./traffic.ts";

/**
 * The five reference limiters of the chapter on the same requests of one caller. Times are true times; the limiters
 * read a clock, which steps back in one of the patterns.
 */

export interface Params {
  readonly limit: number;
  readonly windowMs: number;
  /** Of the token bucket and of the queue. Both refill or drain `limit` in `windowMs`. */
  readonly capacity: number;
  readonly pattern: Pattern;
  /** The reader's own traffic, used by the pattern "drawn". */
  readonly drawn: Bins;
  /** How far the clock steps back half-way: 0 for a clock that only goes forward. */
  readonly clockBackMs: number;
}

export const defaults: Params = {
  limit: 10,
  windowMs: 1000,
  capacity: 10,
  pattern: "boundary",
  drawn: [],
  clockBackMs: 0,
};

export interface Track {
  readonly name: string;
  /** The most that it lets through in any window of `windowMs`, by its contract. */
  readonly promise: number;
  readonly decide: (clockMs: number) => Verdict;
  /** When requests went through, ascending. */
  readonly admitted: number[];
  /** When requests were refused, ascending. */
  readonly refused: number[];
  /** When the requests in the queue will go out, ascending; only the queue has any. */
  readonly waiting: number[];
  /** Of all that it let through or queued. */
  longestWaitMs: number;
}

/** Refused, or let out at a time of the limiter's clock. */
type Verdict = { readonly allowed: false } | { readonly allowed: true; readonly leavesAtMs: number };

/** What the five said to one request, in the order of the tracks. */
export interface Decision {
  readonly atMs: number;
  readonly answers: readonly ("through" | "queued" | "refused")[];
}

export interface State {
  nowMs: number;
  readonly params: Params;
  readonly bins: Bins;
  /** All arrivals of the run, and how many of them have arrived. */
  readonly arrivals: readonly number[];
  arrived: number;
  readonly tracks: readonly Track[];
  /** Of all requests that have arrived, oldest first. */
  readonly decisions: Decision[];
}

export const model: LabModel<State, Params> = {
  stepMs: 10,

  init(seed, params) {
    const bins = binsOf(params);
    const arrivals = arrivalTimes(bins, seed);
    return { nowMs: 0, params, bins, arrivals, arrived: 0, tracks: tracksFor(params), decisions: [] };
  },

  step(state) {
    const until = state.nowMs + model.stepMs;
    while (state.arrivals[state.arrived]! < until) {
      offer(state, state.arrivals[state.arrived]!);
      state.arrived += 1;
    }
    for (const track of state.tracks) letOut(track, until);
    state.nowMs = until;
    return state;
  },

  isDone: (state) => state.nowMs >= runMs,
};

/** The traffic that these parameters mean. */
export function binsOf({ pattern, drawn, limit, windowMs }: Params): Bins {
  return pattern === "drawn" ? drawn : presetBins(pattern, limit, windowMs);
}

/** Parameters of a pattern that the reader picks. "drawn" starts with what is there. */
export function picked(pattern: Pattern, before: Params): Partial<Params> {
  if (pattern === "drawn") return { pattern, drawn: binsOf(before) };
  return { pattern, clockBackMs: pattern === "clock" ? stepBackMs : 0 };
}

/** What a lane says about itself, from the start of the run until now. */
export function summary(track: Track, params: Params) {
  const worst = worstWindow(track.admitted, params.windowMs);
  return { worst, over: (worst?.count ?? 0) > params.limit };
}

// --- internal ---

function tracksFor({ limit, windowMs, capacity }: Params): Track[] {
  const window = { limit, windowMs };
  const refill = { capacity, refillTokens: limit, refillIntervalMs: windowMs };
  const queue = new LeakyBucketQueue({ capacity, leakUnits: limit, leakIntervalMs: windowMs });
  return [
    track("Fixed window", 2 * limit, atOnce(new FixedWindow(window))),
    track("Sliding window log", limit, atOnce(new SlidingWindowLog(window))),
    track("Sliding window counter", 2 * limit, atOnce(new SlidingWindowCounter(window))),
    track("Token bucket", capacity + limit, atOnce(new TokenBucket(refill))),
    track("Leaky bucket, as a queue", limit, (clockMs) => {
      const offer = queue.offer(caller, clockMs);
      return offer.accepted ? { allowed: true, leavesAtMs: offer.departsAtMs } : { allowed: false };
    }),
  ];
}

const caller = "caller";

/** Four of the five decide and let through in one moment. */
function atOnce(limiter: RateLimiter): Track["decide"] {
  return (clockMs) =>
    limiter.tryAcquire(caller, clockMs).allowed ? { allowed: true, leavesAtMs: clockMs } : { allowed: false };
}

function track(name: string, promise: number, decide: Track["decide"]): Track {
  return { name, promise, decide, admitted: [], refused: [], waiting: [], longestWaitMs: 0 };
}

function offer(state: State, atMs: number): void {
  const answers = state.tracks.map((track) => answerOf(track, atMs, state.params.clockBackMs));
  state.decisions.push({ atMs, answers });
}

function answerOf(track: Track, atMs: number, clockBackMs: number): Decision["answers"][number] {
  letOut(track, atMs);
  const verdict = track.decide(clockAt(atMs, clockBackMs));
  if (!verdict.allowed) {
    track.refused.push(atMs);
    return "refused";
  }
  const leavesAt = Math.max(atMs, trueTime(verdict.leavesAtMs, clockBackMs));
  track.longestWaitMs = Math.max(track.longestWaitMs, leavesAt - atMs);
  if (leavesAt > atMs) {
    track.waiting.push(leavesAt);
    return "queued";
  }
  track.admitted.push(atMs);
  return "through";
}

/** When a clock that never goes backwards, because its reader remembers the latest time, reaches `clockMs`. */
function trueTime(clockMs: number, backMs: number): number {
  return clockMs < stepsBackAtMs ? clockMs : clockMs + backMs;
}

/** Moves what leaves the queue before `untilMs`. */
function letOut(track: Track, untilMs: number): void {
  while (track.waiting[0] !== undefined && track.waiting[0] < untilMs) track.admitted.push(track.waiting.shift()!);
}
