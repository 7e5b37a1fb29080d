/**
 * The grader's API in the dev server. All paths are below the site's base URL.
 *
 *   GET  __bp/state    200 { version: 1, exercises: ExerciseResult[] }   every exercise, with what is known of it
 *   GET  __bp/events   server-sent events; `data` is a ServiceEvent as JSON, a comment every 15 s keeps the line open
 *   POST __bp/check    { id, bench? }  200 ExerciseResult; also sent as an event. Benchmarks unless `bench` is false
 *   POST __bp/hint     { id }          200 { hint, number, total, title }
 *
 * Every request carries the token of this start in `x-bp-token` (in the page: `<meta name="bp-token">`). Errors are
 * { error } with 400, 403, 404, 405, 413, 415 or 500.
 */

import type { CheckDocument, ExerciseResult, HintAnswer, ServiceEvent } from "../../course/report.ts";

/** What the middleware serves. In the dev server it lives in a process of its own (`remote.ts`). */
export interface GraderService {
  readonly state: () => Promise<CheckDocument>;
  /** @throws UnknownExercise for ids that the manifest does not have. */
  readonly check: (id: string, bench: boolean) => Promise<ExerciseResult>;
  readonly hint: (id: string) => Promise<HintAnswer>;
  /** Returns how to unsubscribe. */
  readonly subscribe: (listener: (event: ServiceEvent) => void) => () => void;
  readonly close: () => Promise<void>;
}

export class UnknownExercise extends Error {
  constructor(id: string) {
    super(`There is no exercise "${id}".`);
    this.name = "UnknownExercise";
  }
}
