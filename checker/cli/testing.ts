/** For tests: a terminal that remembers. */

import { PassThrough } from "node:stream";
import type { Grader } from "../learner/grader.ts";
import { openProgress } from "../learner/progress.ts";
import { course } from "../learner/testing.ts";
import { NO_PAINT } from "../text/paint.ts";
import type { Context } from "./context.ts";
import { openLines, type Terminal } from "./terminal.ts";

export interface Recorded {
  readonly terminal: Terminal;
  out: string;
  err: string;
  /** Types a line. */
  readonly type: (line: string) => void;
  readonly endInput: () => void;
}

export function recordingTerminal(options: { readonly live?: boolean; readonly canAsk?: boolean } = {}): Recorded {
  const input = new PassThrough();
  const recorded: Recorded = {
    out: "",
    err: "",
    type: (line) => void input.write(`${line}\n`),
    endInput: () => void input.end(),
    terminal: {
      out: (text) => {
        recorded.out += text;
      },
      err: (text) => {
        recorded.err += text;
      },
      paint: NO_PAINT,
      errPaint: NO_PAINT,
      live: options.live ?? false,
      canAsk: options.canAsk ?? false,
      width: () => 80,
      lines: () =>
        openLines(input, (text) => {
          recorded.out += text;
        }),
    },
  };
  return recorded;
}

export function contextOf(root: string, recorded: Recorded, grader: Grader, change: Partial<Context> = {}): Context {
  return {
    root,
    course,
    terminal: recorded.terminal,
    env: {},
    progress: openProgress(root),
    grader: async () => grader,
    signal: new AbortController().signal,
    now: () => new Date("2025-01-31T10:00:00.000Z"),
    ...change,
  };
}
