/** `bp interview <system> --calibrate`: score a bad but plausible excerpt before scoring yourself. */

import type { Interview } from "../../../course/interview.ts";
import { dimensions } from "../../../course/rubric.ts";
import type { Level } from "../../../course/types.ts";
import { wrap } from "../../text/wrap.ts";
import type { Terminal } from "../terminal.ts";
import { printLines } from "./read.ts";

/**
 * At the level asked for, or at the transcript's own where it has no key for that one. Resolves to the number of
 * dimensions scored within one point of the key, and how many were scored.
 */
export async function calibrate(
  terminal: Terminal,
  ask: (prompt: string) => Promise<string | null>,
  { calibration }: Interview,
  wanted: Level = calibration.level,
): Promise<{ readonly scored: number; readonly close: number }> {
  const { paint } = terminal;
  const level = calibration.keys[wanted] === undefined ? calibration.level : wanted;
  const key = calibration.keys[level] ?? [];
  const say = (text: string, hang = "  ") => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);
  say(calibration.intro);
  printLines(terminal, calibration.lines);
  terminal.out(`\n${paint.bold(`Score it at ${level} level`)} ${paint.dim("0 to 4, Enter: skip")}\n`);
  const given = new Map<string, number>();
  for (const { dimension } of key) {
    const title = dimensions.find(({ id }) => id === dimension)!.title;
    for (;;) {
      const typed = await ask(`  ${title}: `);
      if (!terminal.canAsk) terminal.out("\n");
      if (typed === null || typed.trim() === "") break;
      const value = Number(typed.trim());
      if (Number.isInteger(value) && value >= 0 && value <= 4) {
        given.set(dimension, value);
        break;
      }
      say("Type a number from 0 to 4, or Enter.");
    }
  }
  terminal.out(`\n${paint.bold("The key")}\n`);
  let close = 0;
  for (const { dimension, score, quote, why } of key) {
    const title = dimensions.find(({ id }) => id === dimension)!.title;
    const yours = given.get(dimension);
    if (yours !== undefined && Math.abs(yours - score) <= 1) close++;
    terminal.out(`  ${title}: ${score}${yours === undefined ? "" : `, you said ${yours}`}\n`);
    say(`"${quote}" ${why}`, "    ");
  }
  terminal.out("\n");
  say(calibration.verdict);
  if (given.size > 0) say(`Within one point of the key: ${close} of ${given.size}.`);
  return { scored: given.size, close };
}
