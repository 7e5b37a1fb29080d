/** What the panel says: what goes on, what to do next, and figures against their bounds. */

import type { BenchmarkResult, ExerciseResult, ExerciseStanding, TestResult } from "../../../course/report.ts";
import type { Exercise } from "../../../course/types.ts";
import { formatNumber, formatQuantity } from "../format.ts";
import { type Mark, markOf, markWords } from "../progress.ts";
import type { Activity, ExerciseView } from "./state.ts";

/** Two or three words beside the title. */
export function headWords(view: ExerciseView, exercise: Exercise): string {
  const { activity } = view;
  switch (activity?.kind) {
    case undefined:
      return markWords(markOf(view));
    case "waiting":
      return activity.saved ? "saved" : "waiting";
    case "checking":
      return activity.stage === 0
        ? "reading the file"
        : `checking, stage ${activity.stage} of ${exercise.stages.length}`;
    case "measuring":
      return "behaviors pass, measuring";
  }
}

/** One or two sentences: what goes on, and where nothing does, what to do next. */
export function nowWords(id: string, exercise: Exercise, view: ExerciseView): string {
  if (view.activity !== null) return activityWords(view.activity, exercise);
  if (view.stopped !== null) return `The last check was given up: ${sentence(view.stopped)} Check again.`;
  return view.standing === undefined ? "" : nextWords(markOf(view), id, exercise, view.standing.exercise);
}

/** "Checked at 14:03, took 4.3 s. Seed 42." Empty where nothing was checked. `now` decides whether the day is said. */
export function checkedWords({ checkedAt, exercise }: ExerciseStanding, now: Date): string {
  if (checkedAt === null) return "";
  const at = new Date(checkedAt);
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const sameDay = at.toDateString() === now.toDateString();
  const day = sameDay ? "" : ` on ${at.toLocaleDateString("en-US", { day: "numeric", month: "long" })}`;
  // What was read from the progress file has no duration.
  const took = exercise.durationMs > 0 ? `, took ${(exercise.durationMs / 1000).toFixed(1)} s` : "";
  return `Checked${day} at ${time}${took}. Seed ${exercise.seed}.`;
}

/** The figure against what it is held to: "53 of at most 464 messages", "0.92 of the reference, at least 0.5". */
export function figureWords(result: BenchmarkResult): string {
  const { kind, unit, learner, reference, ratio, threshold } = result;
  // A figure that JSON cannot carry arrives as null.
  if (!Number.isFinite(learner)) return "not measured";
  switch (kind) {
    case "count":
      return `${formatNumber(learner)} of at most ${formatQuantity(threshold, unit)}`;
    case "heap":
      return `${formatQuantity(learner, unit)} of at most ${formatQuantity(threshold, unit)}`;
    case "growth":
      return `× ${formatNumber(learner)} from n to 16n, at most × ${formatNumber(threshold)}`;
    case "ratio": {
      const own = formatQuantity(learner, unit);
      if (ratio === null || reference === null) return own;
      const theirs = formatQuantity(reference, unit);
      return `${ratio.toFixed(2)} of the reference, at least ${threshold} (${own} against ${theirs})`;
    }
  }
}

/** Behaviors that did not hold and say why, in the order of the report. */
export const failuresOf = (tests: readonly TestResult[]): readonly TestResult[] =>
  tests.filter((test) => test.status !== "passed" && test.status !== "not-started" && test.message !== null);

// --- internal ---

function activityWords(activity: Activity, exercise: Exercise): string {
  switch (activity.kind) {
    case "waiting":
      return activity.saved ? "Saved. The check begins." : "In line behind another exercise.";
    case "checking": {
      const { stage, tests } = activity;
      if (stage === 0) return "Reading the file: types, exports and imports.";
      const held = tests.filter(({ test }) => test.status === "passed").length;
      const rest = tests.length - held;
      const count = `${held} ${held === 1 ? "behavior holds" : "behaviors hold"} so far`;
      return `Stage ${stage}, “${exercise.stages[stage - 1]}”: ${count}${rest === 0 ? "" : `, ${rest} not`}.`;
    }
    case "measuring": {
      const { bench } = activity;
      if (activity.quiet) return "Every behavior holds. Another measurement on this machine has to end first.";
      if (bench === null) return "Every behavior holds. Now it is measured.";
      return `Every behavior holds. Measuring ${bench.number} of ${bench.of}: ${bench.name}.`;
    }
  }
}

function nextWords(mark: Mark, id: string, exercise: Exercise, result: ExerciseResult): string {
  switch (mark) {
    case "passed":
      return "Compare with the reference, then go on.";
    case "behaviors-pass":
      return "The benchmarks are still to be measured: check now.";
    case "edited":
      return "The file has changed since this verdict: check now.";
    case "not-checked":
      return "There is code in the file, and no verdict yet: check now.";
    case "not-started":
      return `Write stage 1, “${exercise.stages[0]}”, in exercises/${id}.ts, and save.`;
    case "failed": {
      const stage = result.stages.findIndex(({ status }) => status !== "passed");
      const first = failuresOf(result.stages[stage]?.tests ?? [])[0];
      if (first !== undefined) return `Mend stage ${stage + 1} first: “${first.name}”.`;
      break;
    }
    case "too-slow":
      return "Every behavior holds; look at the benchmark that is over its bound.";
  }
  return result.message ?? "";
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
