/**
 * One side is stopped between two operations on shared memory, and the other one comes in: at every place, alone and in
 * pairs.
 */

import { ensure, step } from "../../../kit/index.ts";
import { clearSteps } from "../../../kit/steps.ts";
import { type AtomicCall, unwatched, watch } from "../atomics-watch.ts";

export interface Meeting {
  /** The side that is stopped. */
  readonly outer: () => void;
  /** What the other side does when it comes in. */
  readonly inner: () => void;
  /** After both are done. */
  readonly finish: () => void;
}

/** Places at which somebody may come in during one run; more mean that the run does not end. */
const PLACES_MAX = 2_000;

/**
 * Runs `setUp()` afresh for every place, and for every pair of places up to `pairsWithin` apart. @returns how many runs
 * there were.
 */
export function atEveryPlace(setUp: () => Meeting, pairsWithin: number): number {
  let runs = 0;
  for (let first = 0; first < PLACES_MAX; first++) {
    for (let second = first; second <= first + pairsWithin; second++) {
      clearSteps();
      const meeting = setUp();
      let place = -1;
      let cameIn = false;
      const maybeComeIn =
        (when: string) =>
        (call: AtomicCall): void => {
          place++;
          if (place !== first && place !== second) return;
          cameIn ||= place === first;
          unwatched(() => {
            step(`the other thread comes in ${when} operation ${Math.floor(place / 2) + 1}, Atomics.${call.method}`);
            meeting.inner();
          });
        };
      watch({ before: maybeComeIn("before"), after: maybeComeIn("after") }, meeting.outer);
      meeting.finish();
      runs++;
      if (!cameIn) {
        ensure(first > 0, () => ({
          expected: "operations of Atomics on shared memory",
          got: "none: another thread need never see what was done",
        }));
        return runs;
      }
    }
  }
  return runs;
}
