import { type DimensionId, dimensions } from "./rubric.ts";
import type { Level } from "./types.ts";

/**
 * A mock interview as data. The site and `bp interview` render it: the clock runs, the interviewer's lines appear at
 * their minute, everything else stays collapsed until asked for. Scoring is in `scorecard.ts`, the rubric in
 * `rubric.ts`.
 *
 * All minutes count from the start of the interview; texts are plain sentences, with `code` spans and nothing else.
 */
export interface Interview {
  /** Slug of the system, as in the manifest. */
  readonly system: string;
  readonly title: string;
  /** The same problem three times: a sheet is complete in itself. */
  readonly sheets: Readonly<Record<Level, Sheet>>;
  /** A bad but plausible excerpt to score before you score yourself. */
  readonly calibration: Calibration;
}

export interface Sheet {
  readonly level: Level;
  /** The question, in the interviewer's words; all that the candidate sees at minute 0. */
  readonly opening: string;
  /** What the interviewer wants to find out at this level. Shown after the interview. */
  readonly after: string;
  /** Contiguous, from 0 to `interviewMinutes`. */
  readonly phases: readonly Phase[];
  /** Interviewer's lines, by minute. */
  readonly prompts: readonly Prompt[];
  /** What a good candidate's board shows, by minute. */
  readonly boards: readonly Board[];
  /** How many hints (pointed hints and giveaways together) fit into a hire at this level. */
  readonly hintBudget: number;
  readonly probes: readonly Probe[];
  readonly forks: readonly Fork[];
  readonly change: RequirementChange;
  /** What to listen for, by dimension: behaviors, not keywords. Adds to `expects` of the rubric. */
  readonly signals: Readonly<Record<DimensionId, readonly string[]>>;
  readonly redFlags: readonly RedFlag[];
  readonly followUps: readonly FollowUp[];
}

export const interviewMinutes = 45;

export interface Phase {
  readonly title: string;
  readonly startMinute: number;
  readonly endMinute: number;
  /** What must be on the board when the phase ends. */
  readonly goal: string;
}

export interface Prompt {
  readonly minute: number;
  readonly line: string;
  /** Collapsed. */
  readonly modelAnswer: string;
  /** The probe that this line opens; the renderer offers its rungs here and asks who raised the topic. */
  readonly probe?: string;
}

export interface Board {
  readonly minute: number;
  readonly title: string;
  readonly mermaid: string;
  /** The same board in words: text alternative on the site, the board itself in a terminal. */
  readonly alt: string;
}

/** A topic that has to come up, and the three ways in which the interviewer helps it up. */
export interface Probe {
  readonly id: string;
  readonly dimension: DimensionId;
  /** What is being looked for; hidden until the end. */
  readonly lookingFor: string;
  /** Does not name the answer. Raised after it: worth 0.7. */
  readonly open: string;
  /** Names the place, not the answer. Raised after it: worth 0.4. Takes one of the hint budget. */
  readonly pointed: string;
  /** Says it, so that the interview can go on. Worth nothing. Takes one of the hint budget. */
  readonly giveaway: string;
  readonly modelAnswer: string;
}

/** One moment, three replies. */
export interface Fork {
  readonly id: string;
  readonly minute: number;
  readonly line: string;
  readonly replies: readonly [weak: ForkReply, acceptable: ForkReply, strong: ForkReply];
}

export interface ForkReply {
  readonly grade: "weak" | "acceptable" | "strong";
  readonly reply: string;
  /** Which dimension moves, by how much of a point, and why. */
  readonly moves: readonly { readonly dimension: DimensionId; readonly by: number; readonly why: string }[];
}

export interface RequirementChange {
  readonly minute: number;
  readonly line: string;
  /** What the change breaks in a typical design so far. */
  readonly breaks: string;
  readonly modelAnswer: string;
}

/** Caps its dimension at 1 (`redFlagCap`). */
export interface RedFlag {
  readonly id: string;
  readonly dimension: DimensionId;
  readonly behavior: string;
}

export interface FollowUp {
  readonly question: string;
  /** At most 120 words. */
  readonly modelAnswer: string;
  readonly source: { readonly title: string; readonly url: string };
}

export interface Calibration {
  readonly level: Level;
  /** What to do with the excerpt. */
  readonly intro: string;
  readonly lines: readonly TranscriptLine[];
  /** Collapsed until the reader has scored: one entry for each dimension that the excerpt touches. */
  readonly key: readonly CalibrationKey[];
  /** Why it sounds better than it is. */
  readonly verdict: string;
}

export interface TranscriptLine {
  readonly minute: number;
  readonly who: "interviewer" | "candidate";
  readonly text: string;
}

export interface CalibrationKey {
  readonly dimension: DimensionId;
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** The candidate's words that decide it, verbatim from `lines`. */
  readonly quote: string;
  readonly why: string;
}

/** Checks what types cannot, at load, so that a slip fails the build and not a rehearsal. Returns its argument. */
export function defineInterview(interview: Interview): Interview {
  for (const level of ["mid", "senior", "staff"] as const) checkSheet(interview.sheets[level], level, interview.system);
  const said = interview.calibration.lines.filter((line) => line.who === "candidate").map((line) => line.text);
  for (const { quote, dimension } of interview.calibration.key) {
    if (!said.some((text) => text.includes(quote)))
      throw new Error(
        `${interview.system}: calibration key of "${dimension}" quotes what the candidate never says: "${quote}"`,
      );
  }
  return interview;
}

function checkSheet(sheet: Sheet, level: Level, system: string): void {
  const where = `${system} interview, ${level}`;
  const fail = (problem: string): never => {
    throw new Error(`${where}: ${problem}`);
  };
  if (sheet.level !== level) fail(`the sheet says it is "${sheet.level}"`);

  let minute = 0;
  for (const phase of sheet.phases) {
    if (phase.startMinute !== minute || phase.endMinute <= minute)
      fail(`phase "${phase.title}" must start at minute ${minute} and end later`);
    minute = phase.endMinute;
  }
  if (minute !== interviewMinutes) fail(`phases end at minute ${minute}, not ${interviewMinutes}`);

  for (const [name, minutes] of [
    ["prompts", sheet.prompts.map((prompt) => prompt.minute)],
    ["boards", sheet.boards.map((board) => board.minute)],
  ] as const) {
    if (minutes.some((at, i) => at < (minutes[i - 1] ?? 0) || at > interviewMinutes))
      fail(`${name} must stand in the order of their minutes, within ${interviewMinutes}`);
  }

  unique(sheet.probes, "probe", fail);
  unique(sheet.forks, "fork", fail);
  unique(sheet.redFlags, "red flag", fail);
  const probes = new Set(sheet.probes.map((probe) => probe.id));
  for (const { probe, line } of sheet.prompts) {
    if (probe !== undefined && !probes.has(probe)) fail(`prompt "${line}" opens the unknown probe "${probe}"`);
  }
  for (const { id, replies } of sheet.forks) {
    if (replies.map((reply) => reply.grade).join() !== "weak,acceptable,strong")
      fail(`fork "${id}" needs a weak, an acceptable and a strong reply, in this order`);
  }
  for (const { id } of dimensions) {
    if (sheet.signals[id].length === 0) fail(`dimension "${id}" has no signals`);
  }
  if (sheet.followUps.length < 5) fail(`${sheet.followUps.length} follow-ups; at least 5 are needed`);
  for (const { question, modelAnswer } of sheet.followUps) {
    const words = modelAnswer.split(/\s+/).length;
    if (words > 120) fail(`the answer to "${question}" has ${words} words; 120 is the most`);
  }
}

function unique(items: readonly { readonly id: string }[], what: string, fail: (problem: string) => never): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) fail(`${what} "${id}" exists twice`);
    seen.add(id);
  }
}
