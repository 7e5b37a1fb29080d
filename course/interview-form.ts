/**
 * What a whole interview has beyond its types: it follows the candidate's design, lets the candidate lead, and brings
 * transcripts to judge by. `checker/chapters` holds every converted interview to it.
 */

import {
  type Interview,
  interviewMinutes,
  lead,
  playedSheet,
  type Sheet,
  type Transcript,
  waysToPlay,
} from "./interview.ts";
import { type DimensionId, dimensions, type RaisedBy } from "./rubric.ts";
import { computeScorecard, type Outcome, type SelfScore, transcriptScore } from "./scorecard.ts";
import type { Level } from "./types.ts";

const levels = ["mid", "senior", "staff"] as const;

/** Two or three designs are common; a fourth is a variant of one of them. */
const branchesOfASheet = { least: 2, most: 3 } as const;
/** Moments with three replies, however the interview is played. */
const forksOfASheet = 3;
const boardsOfASheet = 5;
/** Around this minute the requirement changes. */
const changeMinute = { least: 26, most: 30 } as const;

/** Everything in which the interview falls short; empty when whole. */
export function interviewProblems(interview: Interview): string[] {
  return [
    ...levels.flatMap((level) => sheetProblems(interview.sheets[level])),
    ...budgetProblems(interview),
    ...hiredProblems(interview),
    ...calibrationProblems(interview),
    ...sideBySideProblems(interview),
    ...((interview.figures ?? []).length >= 5 ? [] : ["fewer than five figures are tied to the chapter's estimates"]),
  ];
}

/**
 * A card on which every signal of the level is shown in the candidate's words: what the rubric calls a hire. Raised as
 * given; topics that are left out were unprompted.
 */
export function everySignal(
  interview: Interview,
  level: Level,
  design: string | null,
  raisedBy: Readonly<Record<string, RaisedBy>> = {},
): SelfScore {
  const signals = Object.values(playedSheet(interview.sheets[level], design).signals).flat();
  return {
    level,
    design,
    signals: Object.fromEntries(signals.map(({ id, says }) => [id, { state: "shown", quote: says }])),
    above: {},
    raisedBy,
    redFlags: [],
  };
}

// --- internal ---

function sheetProblems(sheet: Sheet): string[] {
  const at = (problem: string) => `${sheet.level}: ${problem}`;
  const problems: string[] = [];
  const { designs } = sheet;
  const { least, most } = branchesOfASheet;
  if (designs === undefined) problems.push(at("it does not ask which design was chosen, and cannot follow it"));
  else {
    if (designs.branches.length < least || designs.branches.length > most)
      problems.push(at(`${designs.branches.length} designs to choose from; ${least} or ${most}`));
    if (designs.minute > lead.from)
      problems.push(at(`it asks for the design at minute ${designs.minute}, after the lead`));
    for (const { id, title, sign, probes } of designs.branches) {
      if (title.length < 8 || sign.length < 20)
        problems.push(at(`branch "${id}" needs a title and a sign on the board`));
      if (probes.length === 0) problems.push(at(`branch "${id}" asks nothing of its own: no probe`));
    }
  }
  if (!sheet.phases.some(({ startMinute, endMinute }) => startMinute === lead.from && endMinute === lead.to))
    problems.push(at(`no phase from minute ${lead.from} to ${lead.to}, in which the candidate leads`));
  for (const { design, played } of waysToPlay(sheet)) {
    const where = design === null ? at : (problem: string) => at(`with design "${design}", ${problem}`);
    problems.push(...playedProblems(played).map(where));
  }
  return problems;
}

function playedProblems(sheet: Sheet): string[] {
  const problems: string[] = [];
  const timed = [...sheet.prompts, ...sheet.forks, sheet.change].map(({ minute }) => minute);
  const interruptions = timed.filter((minute) => minute >= lead.from && minute < lead.to).length;
  if (interruptions > lead.interruptions)
    problems.push(
      `${interruptions} interruptions between minutes ${lead.from} and ${lead.to}; ${lead.interruptions} are the most`,
    );
  const { minute } = sheet.change;
  if (minute < changeMinute.least || minute > changeMinute.most)
    problems.push(`the requirement changes at minute ${minute}, not near 28`);
  if (sheet.forks.length !== forksOfASheet)
    problems.push(`${sheet.forks.length} forks; ${forksOfASheet} are asked for`);
  for (const { id, replies } of sheet.forks) {
    const moved = replies.map(({ moves }) => moves.reduce((sum, { by }) => sum + by, 0));
    if (!(moved[0]! < 0 && moved[0]! < moved[1]! && moved[1]! < moved[2]!))
      problems.push(`the replies of fork "${id}" do not move the score in the order of their grades`);
  }
  if (sheet.boards.length < boardsOfASheet) problems.push(`${sheet.boards.length} boards; ${boardsOfASheet} at least`);
  if (sheet.boards.at(-1)?.minute !== interviewMinutes) problems.push("no board at the end");
  const probed = new Set(sheet.probes.map(({ dimension }) => dimension));
  const asked: readonly DimensionId[] = ["framing", "estimation", "interfaces", "correctness", "operations"];
  for (const dimension of asked) {
    // At staff level the interviewer asks no question about interfaces: it has to come unprompted.
    if (!probed.has(dimension) && !(sheet.level === "staff" && dimension === "interfaces"))
      problems.push(`no probe for ${dimension}`);
  }
  return problems;
}

function budgetProblems({ sheets }: Interview): string[] {
  const [mid, senior, staff] = levels.map((level) => sheets[level].hintBudget);
  return mid! > senior! && senior! > staff! ? [] : ["the hint budget does not shrink from level to level"];
}

function hiredProblems(interview: Interview): string[] {
  const { hired } = interview;
  if (hired === undefined) return ["there is no transcript of a hire"];
  const problems: string[] = [];
  if (hired.level !== "senior") problems.push(`the hire is at ${hired.level} level, not senior`);
  if (!isHire(outcomeOf(interview, hired))) problems.push(`the hire scores ${describe(outcomeOf(interview, hired))}`);
  return [...problems, ...transcriptProblems(hired, "the hire")];
}

function calibrationProblems(interview: Interview): string[] {
  const { calibration } = interview;
  const { card, keys } = calibration;
  if (card === undefined) return ["the bad transcript has no card"];
  const problems: string[] = [];
  const outcome = outcomeOf(interview, { ...calibration, card });
  if (outcome.state === "incomplete" || isHire(outcome))
    problems.push(`the bad transcript scores ${describe(outcome)}`);
  for (const level of levels) {
    if ((keys[level] ?? []).length < 4) problems.push(`the bad transcript has no key at ${level} level`);
  }
  // A higher level asks more of the same words.
  for (const { id } of dimensions) {
    const scores = levels.map((level) => keys[level]?.find(({ dimension }) => dimension === id)?.score);
    const [mid = 4, senior = mid, staff = senior] = scores;
    if (mid < senior || senior < staff) problems.push(`the key of ${id} gives the same words more at a higher level`);
  }
  return [...problems, ...transcriptProblems({ ...calibration, card }, "the bad transcript")];
}

function transcriptProblems({ design, lines, card }: Transcript, name: string): string[] {
  const problems: string[] = [];
  if (design === undefined) problems.push(`${name} does not say which design was chosen`);
  const minutes = lines.map(({ minute }) => minute);
  if (minutes.some((minute, i) => minute < (minutes[i - 1] ?? 0) || minute > interviewMinutes))
    problems.push(`the lines of ${name} do not follow the clock`);
  for (const { signal, quote } of card.shown)
    if (quote.split(/\s+/).length < 3) problems.push(`${name}: "${quote}" is too short to show "${signal}"`);
  return problems;
}

function sideBySideProblems({ sideBySide }: Interview): string[] {
  if (sideBySide === undefined) return ["no question is answered at all three levels"];
  return levels
    .filter((level) => sideBySide.answers[level].answer.length < 80 || sideBySide.answers[level].why.length < 20)
    .map((level) => `the answer side by side at ${level} level says too little, or not why it is of that level`);
}

const outcomeOf = (interview: Interview, transcript: Transcript): Outcome =>
  computeScorecard(interview, transcriptScore(interview, transcript)).outcome;

const isHire = (outcome: Outcome): boolean =>
  outcome.state === "scored" && (outcome.band.id === "hire" || outcome.band.id === "strong");

const describe = (outcome: Outcome): string =>
  outcome.state === "scored" ? `${outcome.total}: ${outcome.band.title}` : outcome.state;
