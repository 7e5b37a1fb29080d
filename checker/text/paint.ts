/**
 * The terminal's palette. Two working colors and amber, with the meanings of the whole course: flow for what is
 * admitted, pressure for what is refused, amber for what is unknown. Never by color alone: every mark has a symbol of
 * its own.
 */

import { type AnyStatus, statusWords, type Tone, toneOf } from "../../course/report.ts";

export type Paint = (text: string) => string;

export interface Palette {
  readonly flow: Paint;
  readonly pressure: Paint;
  readonly amber: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

/** Anything that is asked where it writes to. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const plain: Paint = (text) => text;
export const NO_PAINT: Palette = { flow: plain, pressure: plain, amber: plain, dim: plain, bold: plain };

/**
 * Colors only on a terminal; `NO_COLOR` (https://no-color.org) and `FORCE_COLOR` decide where they are set, the first
 * of them wins.
 */
export function paletteFor(screen: Screen, env: Environment): Palette {
  if (!wantsColor(screen, env)) return NO_PAINT;
  const rich = env.COLORTERM === "truecolor" || env.COLORTERM === "24bit" || env.FORCE_COLOR === "3";
  return {
    flow: rich ? sgr("38;2;32;158;150", "39") : sgr("36", "39"),
    pressure: rich ? sgr("38;2;227;79;48", "39") : sgr("31", "39"),
    amber: rich ? sgr("38;2;214;154;33", "39") : sgr("33", "39"),
    dim: sgr("2", "22"),
    bold: sgr("1", "22"),
  };
}

function wantsColor(screen: Screen, env: Environment): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") return env.FORCE_COLOR !== "0";
  return screen.isTTY === true && env.TERM !== "dumb";
}

function sgr(open: string, close: string): Paint {
  return (text) => (text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`);
}

const SYMBOLS: Readonly<Record<Tone, string>> = { flow: "✓", pressure: "✗", unknown: "?", idle: "·" };

/** One symbol a tone, colored where colors are on. */
export function mark(status: AnyStatus, paint: Palette): string {
  const tone = toneOf(status);
  return inTone(tone, paint)(SYMBOLS[tone]);
}

/** A status word in its color. */
export function statusWord(status: AnyStatus, paint: Palette): string {
  return inTone(toneOf(status), paint)(statusWords(status));
}

function inTone(tone: Tone, paint: Palette): Paint {
  return { flow: paint.flow, pressure: paint.pressure, unknown: paint.amber, idle: paint.dim }[tone];
}
