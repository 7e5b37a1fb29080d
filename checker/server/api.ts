/**
 * The grader's API under `npm start`. All paths are below the site's base URL.
 *
 *   GET  __bp/state      200 LiveState                 every exercise, with what is known of it and what goes on
 *   GET  __bp/events     server-sent events; `data` is a ServiceEvent as JSON. The first one is the state, so that
 *                        nothing is missed in between; a comment every 15 s keeps the line open
 *   POST __bp/check      { id, bench? }   202 {}       the verdict comes as an event. Measured unless `bench` is false
 *   POST __bp/hint       { id, open? }    200 HintLadder   opens rung `open` where it is the next one
 *   POST __bp/reference  { id }           200 { code } after a pass, or 409
 *
 * Every request carries the token of this start in `x-bp-token` (in the page: `<meta name="bp-token">`). Errors are
 * `{ error }` with 400, 403, 404, 405, 409, 413, 415 or 500. After a 403 a page that was served by an earlier start
 * reads the new token from the site's first page.
 */

import type { ExerciseResult, HintLadder, LiveState, ServiceEvent } from "../../course/report.ts";

/** What the middleware serves. Under `npm start` it lives in a process of its own (`remote.ts`). */
export interface GraderService {
  readonly state: () => Promise<LiveState>;
  /** Resolves to the verdict. @throws UnknownExercise for ids that the manifest does not have. */
  readonly check: (id: string, bench: boolean) => Promise<ExerciseResult>;
  /** Resolves as soon as the check is in line. */
  readonly ask: (id: string, bench: boolean) => Promise<void>;
  /** Opens rung `open` where it is the next one; without it nothing is opened. */
  readonly hint: (id: string, open?: number) => Promise<HintLadder>;
  /** The solution's text. @throws NotPassedYet */
  readonly reference: (id: string) => Promise<string>;
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

export class NotPassedYet extends Error {
  constructor(id: string) {
    super(`${id} has not passed yet. To see the reference all the same: npx bp solution ${id} --reveal`);
    this.name = "NotPassedYet";
  }
}
