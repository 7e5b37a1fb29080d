/**
 * After the talk: who raised what, red flags, and the words that show each signal. Whatever the input leaves open stays
 * unknown.
 */

import { type Interview, playedSheet, type Sheet, type Signal } from "../../../course/interview.ts";
import { type DimensionId, dimensions, type RaisedBy, raisedByLabels } from "../../../course/rubric.ts";
import type { SelfScore, SignalEntry } from "../../../course/scorecard.ts";
import type { Level } from "../../../course/types.ts";
import { wrap } from "../../text/wrap.ts";
import type { Terminal } from "../terminal.ts";
import { clockFace } from "./clock.ts";
import type { Notes } from "./room.ts";

type Ask = (prompt: string) => Promise<string | null>;

const RAISED: readonly RaisedBy[] = ["unprompted", "open-probe", "pointed-hint", "giveaway"];

/** Asks until everything is answered or the input ends; what was answered by then counts. */
export async function score(
  terminal: Terminal,
  ask: Ask,
  interview: Interview,
  level: Level,
  notes: Notes,
): Promise<SelfScore> {
  const sheet = playedSheet(interview.sheets[level], notes.design);
  const signals: Record<string, SignalEntry> = {};
  const above: Partial<Record<DimensionId, string>> = {};
  const raisedBy: Record<string, RaisedBy> = {};
  const redFlags: string[] = [];
  const entered = (): SelfScore => ({ level, design: notes.design, signals, above, raisedBy, redFlags });
  const { paint } = terminal;
  const say = (text: string, hang = "  ") => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);

  terminal.out(`\n${paint.bold("Scoring")}\n`);
  say("Score what was said, no matter who asked for it; who raised it is discounted separately.");

  terminal.out(`\n${paint.bold("Who raised it first?")}\n`);
  terminal.out(
    `${paint.dim(wrap(RAISED.map((by, i) => `${i + 1} ${raisedByLabels[by]}`).join(" · "), terminal.width(), "  "))}\n`,
  );
  for (const probe of sheet.probes) {
    say(`${probe.id}: ${probe.lookingFor}`);
    const shown = notes.rungs.get(probe.id);
    const preset = shown === undefined ? "Enter: it did not come up" : `Enter: ${raisedByLabels[shown]}`;
    const typed = await choice(`    1 to 4 (${preset}): `, RAISED.length);
    if (typed === "ended") return entered();
    const by = typed === null ? shown : RAISED[typed - 1];
    if (by !== undefined) raisedBy[probe.id] = by;
  }

  if (sheet.redFlags.length > 0) terminal.out(`\n${paint.bold("Did any of these happen?")}\n`);
  for (const flag of sheet.redFlags) {
    const [first = "", ...rest] = wrap(`${flag.behavior} y/N`, terminal.width() - 5).split("\n");
    const typed = await answer(`  ${paint.pressure("!")} ${[first, ...rest].join("\n    ")} `);
    if (typed === null) return entered();
    if (/^y/i.test(typed.trim())) redFlags.push(flag.id);
  }

  terminal.out(`\n${paint.bold("Which words show it?")}\n`);
  say("Quote yourself: a signal without your words has no credit. Enter: it was missed. -: it could not come up.");
  if (notes.written.length > 0) {
    say("Your notes, for which the number is enough:");
    for (const [i, { minute, text }] of notes.written.entries()) say(`${i + 1}. ${clockFace(minute)} ${text}`, "    ");
  }
  for (const dimension of dimensions) {
    terminal.out(`\n${paint.bold(dimension.title)} ${paint.dim(`weight ${dimension.weight}`)}\n`);
    say(`At ${level}: ${dimension.expects[level]}`);
    const moved = notes.moves.get(dimension.id);
    if (moved !== undefined && moved !== 0) say(`Your replies at the forks: ${moved > 0 ? "+" : ""}${moved}.`);
    for (const signal of sheet.signals[dimension.id]) {
      const entry = await judge(signal);
      if (entry === null) return entered();
      signals[signal.id] = entry;
    }
    const more = await answer("    Above the level (your words, Enter: nothing): ");
    if (more === null) return entered();
    if (more.trim() !== "") above[dimension.id] = quoteOf(more);
  }
  return entered();

  /** Null when there is no more input. */
  async function judge({ says }: Signal): Promise<SignalEntry | null> {
    say(says, "    - ");
    const typed = await answer("      Your words: ");
    if (typed === null) return null;
    if (typed.trim() === "") return { state: "missed" };
    if (typed.trim() === "-") return { state: "unseen" };
    return { state: "shown", quote: quoteOf(typed) };
  }

  /** The words themselves, or those of the note whose number was typed. */
  function quoteOf(typed: string): string {
    const words = typed.trim();
    return (/^\d+$/.test(words) ? notes.written[Number(words) - 1]?.text : undefined) ?? words;
  }

  async function answer(prompt: string): Promise<string | null> {
    const typed = await ask(prompt);
    if (!terminal.canAsk) terminal.out("\n");
    return typed;
  }

  /** A number from 1 to `most`, null for Enter, "ended" when there is no more input. Anything else is asked again. */
  async function choice(prompt: string, most: number): Promise<number | null | "ended"> {
    for (;;) {
      const typed = await answer(prompt);
      if (typed === null) return "ended";
      if (typed.trim() === "") return null;
      const value = Number(typed.trim());
      if (Number.isInteger(value) && value >= 1 && value <= most) return value;
      say(`Type a number from 1 to ${most}, or Enter.`);
    }
  }
}

/** Questions that come after the interview; each answer is shown when asked for. */
export async function followUps(terminal: Terminal, ask: Ask, sheet: Sheet): Promise<void> {
  const { paint } = terminal;
  terminal.out(`\n${paint.bold("Follow-ups")} ${paint.dim("Enter: show the answer · q: end")}\n`);
  for (const { question, modelAnswer, source } of sheet.followUps) {
    terminal.out(`\n${wrap(question, terminal.width(), "  ")}\n`);
    const typed = await ask("  > ");
    if (!terminal.canAsk) terminal.out("\n");
    if (typed === null || /^q/i.test(typed.trim())) return;
    terminal.out(`${wrap(modelAnswer, terminal.width(), "    ")}\n`);
    terminal.out(`${paint.dim(wrap(`${source.title}: ${source.url}`, terminal.width(), "    "))}\n`);
  }
}
