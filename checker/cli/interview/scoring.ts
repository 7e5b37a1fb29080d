/** After the talk: who raised what, red flags, eight scores with evidence. Every question can be left out; unknown stays unknown. */

import type { Interview, Sheet } from "../../../course/interview.ts";
import {
  type DimensionId,
  dimensions,
  type RaisedBy,
  raisedByLabels,
  type Score,
  scoreLabels,
} from "../../../course/rubric.ts";
import type { SelfScore } from "../../../course/scorecard.ts";
import type { Level } from "../../../course/types.ts";
import { wrap } from "../../text/wrap.ts";
import type { Terminal } from "../terminal.ts";
import type { Notes } from "./room.ts";

type Ask = (prompt: string) => Promise<string | null>;

const RAISED: readonly RaisedBy[] = ["unprompted", "open-probe", "pointed-hint", "giveaway"];
const SCORES: readonly Score[] = [0, 1, 2, 3, 4];

/** Asks until everything is answered or the input ends; what was answered by then counts. */
export async function score(
  terminal: Terminal,
  ask: Ask,
  interview: Interview,
  level: Level,
  notes: Notes,
): Promise<SelfScore> {
  const sheet = interview.sheets[level];
  const scores: Partial<Record<DimensionId, Score>> = {};
  const evidence: Partial<Record<DimensionId, string>> = {};
  const raisedBy: Record<string, RaisedBy> = {};
  const redFlags: string[] = [];
  const entered = (): SelfScore => ({ level, scores, raisedBy, redFlags, evidence });
  const { paint } = terminal;
  const say = (text: string, hang = "  ") => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);

  terminal.out(`\n${paint.bold("Scoring")}\n`);
  say(
    "Score what was said, whoever asked for it; who raised it is discounted separately. Enter leaves a question open.",
  );
  if (notes.written.length > 0) {
    terminal.out("\n  Your notes\n");
    for (const { minute, text } of notes.written) say(`${Math.floor(minute)}' ${text}`, "    ");
  }

  terminal.out(`\n${paint.bold("Who raised it first?")}\n`);
  terminal.out(
    `${paint.dim(wrap(RAISED.map((by, i) => `${i + 1} ${raisedByLabels[by]}`).join(" · "), terminal.width(), "  "))}\n`,
  );
  for (const probe of sheet.probes) {
    say(`${probe.id}: ${probe.lookingFor}`);
    const shown = notes.rungs.get(probe.id);
    const preset = shown === undefined ? "Enter: it did not come up" : `Enter: ${raisedByLabels[shown]}`;
    const typed = await choice(`    1 to 4 (${preset}): `, 4);
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

  terminal.out(`\n${paint.bold("How good was it?")}\n`);
  terminal.out(
    `${paint.dim(wrap(SCORES.map((one) => `${one} ${scoreLabels[one]}`).join(" · "), terminal.width(), "  "))}\n`,
  );
  for (const dimension of dimensions) {
    terminal.out(`\n${paint.bold(dimension.title)} ${paint.dim(`weight ${dimension.weight}`)}\n`);
    say(`At ${level}: ${dimension.expects[level]}`);
    for (const signal of sheet.signals[dimension.id]) say(signal, "    - ");
    const moved = notes.moves.get(dimension.id);
    if (moved !== undefined && moved !== 0) say(`Your replies at the forks: ${moved > 0 ? "+" : ""}${moved}.`);
    const typed = await choice("  0 to 4: ", 4, 0);
    if (typed === "ended") return entered();
    if (typed === null) continue;
    scores[dimension.id] = typed as Score;
    const proof = await answer("  Your words that prove it (Enter: none): ");
    if (proof === null) return entered();
    if (proof.trim() !== "") evidence[dimension.id] = proof.trim();
  }
  return entered();

  async function answer(prompt: string): Promise<string | null> {
    const typed = await ask(prompt);
    if (!terminal.canAsk) terminal.out("\n");
    return typed;
  }

  /** A number within the bounds, null for Enter, "ended" when there is no more input. Anything else is asked again. */
  async function choice(prompt: string, most: number, least = 1): Promise<number | null | "ended"> {
    for (;;) {
      const typed = await answer(prompt);
      if (typed === null) return "ended";
      if (typed.trim() === "") return null;
      const value = Number(typed.trim());
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      say(`Type a number from ${least} to ${most}, or Enter.`);
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
