/**
 * What a page knows of the grader, and how each event changes it. Pure: the same fold runs in the worker and in every
 * tab.
 */

import {
  type CheckEvent,
  type ExerciseStanding,
  isStatus,
  type LiveState,
  type ServiceEvent,
  type TestResult,
} from "../../../course/report.ts";

/**
 * `detached`: a published page, or the server's own rendering. `lost`: the server does not answer; it is asked again.
 */
export type Connection = "detached" | "connecting" | "attached" | "lost";

export interface GraderState {
  readonly connection: Connection;
  /** Why there is no grader although the server answers; null while there is one. */
  readonly graderEnded: string | null;
  readonly exercises: Readonly<Record<string, ExerciseView>>;
}

export interface ExerciseView {
  /** Absent until the grader has spoken of it. */
  readonly standing?: ExerciseStanding;
  /** What goes on now; null when nothing does. While something does, the standing is old. */
  readonly activity: Activity | null;
  /** Why the last check was given up; null when it was not. */
  readonly stopped: string | null;
}

export type Activity =
  /** Saved or asked for; waits for its turn. */
  | { readonly kind: "waiting"; readonly saved: boolean }
  /** `stage` is 0 while the file is read. */
  | { readonly kind: "checking"; readonly stage: number; readonly tests: readonly LiveTest[] }
  /**
   * Behaviors pass. `bench` is null until the first one begins; `quiet` while it waits for another measurement to end.
   */
  | { readonly kind: "measuring"; readonly bench: LiveBench | null; readonly quiet: boolean };

export interface LiveTest {
  /** 1-based. */
  readonly stage: number;
  readonly test: TestResult;
}

export interface LiveBench {
  readonly name: string;
  readonly number: number;
  readonly of: number;
}

/** Besides what the service says: whether it can be heard at all. */
export type LinkEvent = { readonly kind: "link"; readonly connection: Connection };

export type GraderEvent = ServiceEvent | LinkEvent;

export const detached: GraderState = { connection: "detached", graderEnded: null, exercises: {} };

const untouched: ExerciseView = { activity: null, stopped: null };

export const viewOf = (state: GraderState, id: string): ExerciseView => state.exercises[id] ?? untouched;

export function fold(state: GraderState, event: GraderEvent): GraderState {
  switch (event.kind) {
    case "link":
      // What was under way has no witness any more; the next state tells.
      return event.connection === "lost"
        ? { ...idle(state), connection: "lost" }
        : { ...state, connection: event.connection };
    case "grader":
      return event.state === "ended" ? { ...idle(state), graderEnded: event.why } : { ...state, graderEnded: null };
    case "state":
      return started(state, event.state);
    case "saved":
      return change(state, event.id, (view) => ({
        ...view,
        ...(view.standing === undefined ? {} : { standing: { ...view.standing, edited: true } }),
        activity: { kind: "waiting", saved: true },
        stopped: null,
      }));
    case "queued":
      return change(state, event.id, (view) => ({
        ...view,
        activity: view.activity ?? { kind: "waiting", saved: false },
        stopped: null,
      }));
    case "checking":
      return change(state, event.id, (view) => ({
        ...view,
        activity: { kind: "checking", stage: 0, tests: [] },
        stopped: null,
      }));
    case "progress":
      return change(state, event.id, (view) => progressed(view, event.event));
    case "result":
      return isKnown(event.standing) ? change(state, event.id, (view) => concluded(view, event.standing)) : state;
    case "stopped":
      // Given up because it was saved again: the newer save is what counts.
      return change(state, event.id, (view) =>
        view.activity?.kind === "waiting" ? view : { ...view, activity: null, stopped: event.why },
      );
    default:
      return state;
  }
}

/** What stands here is no longer, or not yet, the truth about the file. */
export const isOld = ({ standing, activity }: ExerciseView): boolean =>
  standing !== undefined &&
  (standing.edited || (activity !== null && (activity.kind !== "measuring" || standing.measured)));

// --- internal ---

function change(state: GraderState, id: string, to: (view: ExerciseView) => ExerciseView): GraderState {
  return { ...state, exercises: { ...state.exercises, [id]: to(viewOf(state, id)) } };
}

function idle(state: GraderState): GraderState {
  const exercises = Object.entries(state.exercises).map(([id, view]) => [id, { ...view, activity: null }]);
  return { ...state, exercises: Object.fromEntries(exercises) };
}

function started(state: GraderState, live: LiveState): GraderState {
  const exercises = Object.fromEntries(
    live.exercises.filter(isKnown).map((standing) => [standing.exercise.id, { ...untouched, standing }]),
  );
  let next: GraderState = { ...state, graderEnded: null, exercises };
  for (const id of live.waiting) next = fold(next, { kind: "queued", id });
  if (live.running === null) return next;
  const { id, events } = live.running;
  // Its verdict on the behaviors, where it has come to that, is in the standing already.
  next = fold(next, { kind: "checking", id });
  for (const event of events) next = fold(next, { kind: "progress", id, event });
  return next;
}

function progressed(view: ExerciseView, event: CheckEvent): ExerciseView {
  const { activity } = view;
  // The last words of a check that a newer save has ended.
  if (activity === null || activity.kind === "waiting") return view;
  switch (event.kind) {
    case "phase":
      return event.phase === "measure" ? { ...view, activity: { kind: "measuring", bench: null, quiet: false } } : view;
    case "test": {
      if (activity.kind !== "checking") return view;
      const tests = [...activity.tests, { stage: event.stage, test: event.test }];
      return { ...view, activity: { kind: "checking", stage: Math.max(activity.stage, event.stage), tests } };
    }
    case "bench": {
      const { name, number, of } = event;
      return { ...view, activity: { kind: "measuring", bench: { name, number, of }, quiet: false } };
    }
    case "waiting":
      return { ...view, activity: { kind: "measuring", bench: null, quiet: true } };
    default:
      return view;
  }
}

function concluded(view: ExerciseView, standing: ExerciseStanding): ExerciseView {
  if (view.activity?.kind === "waiting") return { ...view, standing };
  const goesOn = view.activity?.kind === "measuring" && !standing.measured;
  return { standing, activity: goesOn ? view.activity : null, stopped: null };
}

/** A status that this page does not know comes from a grader of another version; it must not be drawn as anything. */
const isKnown = (standing: ExerciseStanding): boolean => isStatus(standing?.exercise?.status);
