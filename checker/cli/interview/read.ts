/**
 * What is read and not rehearsed: `--read`, an interview that ended in a hire, and `--compare`, one question at three
 * levels.
 */

import { type Interview, playedSheet, type TranscriptLine } from "../../../course/interview.ts";
import { computeScorecard, scorecardToMarkdown, transcriptScore } from "../../../course/scorecard.ts";
import { wrap, wrapMarkdown } from "../../text/wrap.ts";
import type { Terminal } from "../terminal.ts";
import { clockFace } from "./clock.ts";

/** False where the interview has no such transcript. */
export function readHired(terminal: Terminal, interview: Interview): boolean {
  const { hired } = interview;
  if (hired === undefined) return false;
  const { paint } = terminal;
  const say = (text: string, hang = "  ") => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);
  say(hired.intro);
  printLines(terminal, hired.lines);
  terminal.out(`\n${paint.bold("Which words show what")}\n`);
  const signals = Object.values(playedSheet(interview.sheets[hired.level], hired.design).signals).flat();
  for (const { signal, quote } of hired.card.shown) {
    say(signals.find(({ id }) => id === signal)!.says, "  - ");
    say(`"${quote}"`, "    ");
  }
  terminal.out("\n");
  const card = scorecardToMarkdown(computeScorecard(interview, transcriptScore(interview, hired)));
  // The evidence has just been read; the card's own list of it is left out.
  terminal.out(`${wrapMarkdown(card.split("\n## Evidence")[0]!, terminal.width())}\n`);
  say(hired.verdict);
  return true;
}

/** False where the interview has no such question. */
export function compareLevels(terminal: Terminal, { sideBySide }: Interview): boolean {
  if (sideBySide === undefined) return false;
  const { paint } = terminal;
  const say = (text: string, hang = "  ") => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);
  terminal.out(`${paint.bold("Interviewer")}\n`);
  say(sideBySide.question);
  for (const [level, { answer, why }] of Object.entries(sideBySide.answers)) {
    terminal.out(`\n${paint.bold(level)}\n`);
    say(answer);
    say(why, "    ");
  }
  return true;
}

export function printLines(terminal: Terminal, lines: readonly TranscriptLine[]): void {
  const { paint } = terminal;
  for (const { minute, who, text } of lines) {
    terminal.out(
      `\n${paint.dim(clockFace(minute))} ${paint.bold(who === "interviewer" ? "Interviewer" : "Candidate")}\n`,
    );
    terminal.out(`${wrap(text, terminal.width(), "  ")}\n`);
  }
}
