import {
  type Board,
  type Designs,
  type Fork,
  interviewMinutes,
  type Phase,
  type Prompt,
  type RequirementChange,
  type Sheet,
} from "../../course/interview.ts";
import { freshScore, type SelfScore } from "../../course/scorecard.ts";
import type { Level } from "../../course/types.ts";

/** A rehearsal's clock and what it has brought up so far. Pure: the page brings the real time. */

/** Anything that has its minute in an interview. */
export type Moment =
  | { readonly kind: "prompt"; readonly minute: number; readonly prompt: Prompt }
  | { readonly kind: "fork"; readonly minute: number; readonly fork: Fork }
  | { readonly kind: "change"; readonly minute: number; readonly change: RequirementChange }
  | { readonly kind: "designs"; readonly minute: number; readonly designs: Designs }
  | { readonly kind: "board"; readonly minute: number; readonly board: Board };

/**
 * All moments of a played sheet in the order of the clock; at the same minute the interviewer speaks before the design
 * is asked for and the board is compared.
 */
export function moments(sheet: Sheet): Moment[] {
  const all: Moment[] = [
    ...sheet.prompts.map((prompt): Moment => ({ kind: "prompt", minute: prompt.minute, prompt })),
    ...sheet.forks.map((fork): Moment => ({ kind: "fork", minute: fork.minute, fork })),
    { kind: "change", minute: sheet.change.minute, change: sheet.change },
    ...(sheet.designs ? [{ kind: "designs" as const, minute: sheet.designs.minute, designs: sheet.designs }] : []),
    ...sheet.boards.map((board): Moment => ({ kind: "board", minute: board.minute, board })),
  ];
  return all.sort((a, b) => a.minute - b.minute || order[a.kind] - order[b.kind]);
}

const order = { prompt: 0, change: 1, fork: 2, designs: 3, board: 4 } as const;

export const due = (all: readonly Moment[], minute: number): Moment[] =>
  all.filter((moment) => moment.minute <= minute);

/** Minute of the next moment, or the end of the interview. */
export function nextMinute(all: readonly Moment[], minute: number): number {
  return all.find((moment) => moment.minute > minute)?.minute ?? interviewMinutes;
}

/** The phase that the clock is in; the last one once the time is over. */
export function phaseAt(sheet: Sheet, minute: number): Phase {
  return sheet.phases.find((phase) => minute < phase.endMinute) ?? sheet.phases.at(-1)!;
}

/** `12:05` of `754` seconds rounded down. */
export function clockText(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A rehearsal as it is kept in the browser. Running: `startedAt` is set and real time adds to `beforeMs`. */
export interface Rehearsal {
  readonly stage: "ready" | "running" | "paused" | "scoring";
  readonly beforeMs: number;
  readonly startedAt: number | null;
  readonly score: SelfScore;
  /** The candidate's own sentences, noted while they were said: evidence for the scoring. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly minute: number;
  readonly text: string;
}

export const fresh = (level: Level): Rehearsal => ({
  stage: "ready",
  beforeMs: 0,
  startedAt: null,
  score: freshScore(level),
  notes: [],
});

/** Kept under a key of its own: an older layout is not read. */
export const rehearsalVersion = 2;

/** Once chosen, a design stays: its lines have been heard. */
export const chooseDesign = (rehearsal: Rehearsal, design: string): Rehearsal => ({
  ...rehearsal,
  score: { ...rehearsal.score, design },
});

export const note = (rehearsal: Rehearsal, minute: number, text: string): Rehearsal =>
  text.trim() === "" ? rehearsal : { ...rehearsal, notes: [...rehearsal.notes, { minute, text: text.trim() }] };

const totalMs = interviewMinutes * 60_000;

/** Interview time, never beyond the end. */
export function elapsedMs(rehearsal: Rehearsal, now: number): number {
  const running = rehearsal.startedAt === null ? 0 : Math.max(0, now - rehearsal.startedAt);
  return Math.min(totalMs, rehearsal.beforeMs + running);
}

export function start(rehearsal: Rehearsal, now: number): Rehearsal {
  return { ...rehearsal, stage: "running", startedAt: now };
}

export function pause(rehearsal: Rehearsal, now: number): Rehearsal {
  return { ...rehearsal, stage: "paused", beforeMs: elapsedMs(rehearsal, now), startedAt: null };
}

/** Moves the clock without waiting; it keeps running if it ran. */
export function jump(rehearsal: Rehearsal, minute: number, now: number): Rehearsal {
  const startedAt = rehearsal.startedAt === null ? null : now;
  return { ...rehearsal, beforeMs: Math.min(totalMs, minute * 60_000), startedAt };
}

export function finish(rehearsal: Rehearsal, now: number): Rehearsal {
  return { ...pause(rehearsal, now), stage: "scoring" };
}
