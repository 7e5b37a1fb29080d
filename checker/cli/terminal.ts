/** Where a command reads and writes. The real one wraps the process; tests bring their own. */

import { createInterface } from "node:readline";
import { type Palette, paletteFor } from "../text/paint.ts";
import { WIDTH } from "../text/wrap.ts";

export interface Terminal {
  /** Results, on stdout. */
  readonly out: (text: string) => void;
  /** What goes wrong, and progress that must not mix with results, on stderr. */
  readonly err: (text: string) => void;
  readonly paint: Palette;
  /** Colors of stderr, which may go elsewhere than stdout. */
  readonly errPaint: Palette;
  /** True when stdout is a terminal: live lines are allowed. */
  readonly live: boolean;
  /** True when someone can answer at a terminal. */
  readonly canAsk: boolean;
  /** Columns to fill: the terminal's, at most 100, 80 where unknown. */
  readonly width: () => number;
  /** Opens line input. Close it, or the process does not end. */
  readonly lines: () => LineInput;
}

export interface LineInput {
  /**
   * Writes `prompt`, resolves to the next line without its end, or null when there will be none. Aborts resolve to
   * null.
   */
  readonly ask: (prompt: string, signal?: AbortSignal) => Promise<string | null>;
  readonly close: () => void;
}

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function terminalOf(streams: Streams, env: NodeJS.ProcessEnv): Terminal {
  const { stdin, stdout, stderr } = streams;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    paint: paletteFor(stdout, env),
    errPaint: paletteFor(stderr, env),
    live: stdout.isTTY === true && env.TERM !== "dumb" && !isCi(env),
    canAsk: stdin.isTTY === true && stdout.isTTY === true && !isCi(env),
    width: () => Math.max(40, Math.min(stdout.columns ?? WIDTH, 100)),
    lines: () => openLines(stdin, (text) => void stdout.write(text)),
  };
}

export const isCi = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env.CI !== undefined && env.CI !== "" && env.CI !== "false" && env.CI !== "0";

/** Lines that arrive before they are asked for wait in a queue, so that a script can write all its answers at once. */
export function openLines(input: NodeJS.ReadableStream, write: (text: string) => void): LineInput {
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const waiting: string[] = [];
  let wanted: ((line: string | null) => void) | null = null;
  let ended = false;
  reader.on("line", (line) => {
    if (wanted === null) waiting.push(line);
    else deliver(line);
  });
  reader.on("close", () => {
    ended = true;
    deliver(null);
  });

  function deliver(line: string | null): void {
    const resolve = wanted;
    wanted = null;
    resolve?.(line);
  }

  return {
    ask(prompt, signal) {
      write(prompt);
      const next = waiting.shift();
      if (next !== undefined) return Promise.resolve(next);
      if (ended || signal?.aborted) return Promise.resolve(null);
      return new Promise((resolve) => {
        const onAbort = () => deliver(null);
        signal?.addEventListener("abort", onAbort, { once: true });
        wanted = (line) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(line);
        };
      });
    },
    close: () => reader.close(),
  };
}
