import type { RateLimiter } from "../../../given/rate-limiter/limiter.ts";
import { createRandom, type Random } from "../../../sim/prng.ts";
import { FixedWindow } from "../../../solutions/rate-limiter/fixed-window.ts";
import { SlidingWindowLog } from "../../../solutions/rate-limiter/sliding-window-log.ts";
import { TokenBucket } from "../../../solutions/rate-limiter/token-bucket.ts";
import type { LabModel } from "../kit/session.ts";

/** Three reference limiters on the same requests. What they promise differs; what they admit in one second shows it. */

export const limit = 10;
export const windowMs = 1000;
const bucketCapacity = 5;
/** How much of the past the picture shows. */
export const shownMs = 5000;

export type Pattern = "boundary" | "steady" | "quiet";
export type Action =
  | { readonly kind: "send"; readonly count: number }
  | { readonly kind: "pattern"; readonly pattern: Pattern };

export interface Track {
  readonly name: string;
  /** The most it may admit in any one second, by its contract. */
  readonly bound: number;
  readonly limiter: RateLimiter;
  /** Times of the shown past. */
  admitted: number[];
  refused: number[];
  /** Most admitted in any one second since the start. */
  mostInWindow: number;
}

export interface State {
  nowMs: number;
  pattern: Pattern;
  readonly random: Random;
  readonly tracks: readonly Track[];
  arrived: number[];
  /** Times at which requests that are already decided upon will arrive, ascending. */
  due: number[];
}

export const model: LabModel<State, { readonly pattern: Pattern }, Action> = {
  stepMs: 10,

  init: (seed, { pattern }) => ({
    nowMs: 0,
    pattern,
    random: createRandom(seed),
    tracks: [
      track("Fixed window", 2 * limit, new FixedWindow({ limit, windowMs })),
      track("Sliding log", limit, new SlidingWindowLog({ limit, windowMs })),
      track(
        "Token bucket",
        bucketCapacity + limit,
        new TokenBucket({ capacity: bucketCapacity, refillTokens: limit, refillIntervalMs: windowMs }),
      ),
    ],
    arrived: [],
    due: [],
  }),

  step(state) {
    const until = state.nowMs + model.stepMs;
    plan(state, until);
    while (state.due.length > 0 && state.due[0]! < until) offer(state, state.due.shift()!);
    state.nowMs = until;
    forget(state);
    return state;
  },

  act(state, action) {
    if (action.kind === "pattern") {
      state.pattern = action.pattern;
      state.due = [];
      return state;
    }
    for (let i = 0; i < action.count; i += 1) state.due.push(state.nowMs + Math.floor((i * 120) / action.count));
    state.due.sort((a, b) => a - b);
    return state;
  },
};

// --- internal ---

function track(name: string, bound: number, limiter: RateLimiter): Track {
  return { name, bound, limiter, admitted: [], refused: [], mostInWindow: 0 };
}

/** Adds the pattern's requests that arrive before `until`. */
function plan(state: State, until: number): void {
  const { pattern, random } = state;
  if (pattern === "quiet") return;
  if (pattern === "steady") {
    // Fifteen a second on average, half as much again as the limit.
    if (random.chance((1.5 * limit * model.stepMs) / windowMs)) state.due.push(state.nowMs + random.integer(0, 9));
    state.due.sort((a, b) => a - b);
    return;
  }
  // Every other second: a full limit just before the window ends, and one just after it began.
  const period = 2 * windowMs;
  if (state.nowMs % period !== period - 150 || until > state.nowMs + model.stepMs) return;
  const boundary = state.nowMs + 150;
  for (let i = 0; i < limit; i += 1) state.due.push(boundary - 140 + i * 13 + random.integer(0, 8));
  for (let i = 0; i < limit; i += 1) state.due.push(boundary + 10 + i * 13 + random.integer(0, 8));
  state.due.sort((a, b) => a - b);
}

function offer(state: State, at: number): void {
  state.arrived.push(at);
  for (const each of state.tracks) {
    if (!each.limiter.tryAcquire("caller", at).allowed) {
      each.refused.push(at);
      continue;
    }
    each.admitted.push(at);
    const recent = each.admitted.filter((time) => time > at - windowMs).length;
    each.mostInWindow = Math.max(each.mostInWindow, recent);
  }
}

function forget(state: State): void {
  const oldest = state.nowMs - shownMs;
  const shown = (times: number[]) =>
    times[0] !== undefined && times[0] < oldest ? times.filter((at) => at >= oldest) : times;
  state.arrived = shown(state.arrived);
  for (const each of state.tracks) {
    each.admitted = shown(each.admitted);
    each.refused = shown(each.refused);
  }
}
