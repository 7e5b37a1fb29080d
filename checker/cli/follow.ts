/** What a check is doing at the moment, in a line an exercise. */

import type { CatalogEntry } from "../../course/manifest.ts";
import type { CheckEvent } from "../../course/report.ts";
import { clip, padEnd } from "../text/columns.ts";
import { duration } from "../text/figures.ts";
import type { Palette } from "../text/paint.ts";

const PHASES = {
  conform: "reading the file",
  judge: "running behaviors",
  measure: "measuring against the reference",
} as const;

interface Running {
  readonly startedAt: number;
  phase: keyof typeof PHASES;
  tests: number;
  failed: number;
}

export interface Follower {
  readonly started: (entry: CatalogEntry) => void;
  readonly progressed: (event: CheckEvent) => void;
  /** Off the screen until it is started again. */
  readonly waits: (entry: CatalogEntry) => void;
  readonly finished: (id: string) => void;
  readonly lines: () => string[];
}

export function follow(
  paint: Palette,
  width: () => number,
  total: number,
  now: () => number = () => performance.now(),
): Follower {
  const running = new Map<string, Running>();
  let done = 0;
  return {
    started: ({ id }) => void running.set(id, { startedAt: now(), phase: "conform", tests: 0, failed: 0 }),
    progressed(event) {
      const one = running.get(event.id);
      if (one === undefined) return;
      if (event.kind === "phase") one.phase = event.phase;
      else if (event.kind === "test") {
        one.tests++;
        if (event.test.status !== "passed") one.failed++;
      }
    },
    waits: ({ id }) => void running.delete(id),
    finished(id) {
      if (running.delete(id)) done++;
    },
    lines() {
      const lines = [...running].map(([id, one]) => {
        const tests =
          one.phase === "judge" && one.tests > 0
            ? `: ${one.tests} run${one.failed > 0 ? `, ${one.failed} failing` : ""}`
            : "";
        const what = clip(`${PHASES[one.phase]}${tests}`, Math.max(10, width() - 48));
        return (
          `${paint.dim("…")} ${padEnd(clip(id, 36), 36)} ` +
          `${paint.dim(`${what} ${duration(now() - one.startedAt)}`)}`
        );
      });
      return total > 1 ? [...lines, paint.dim(`${done} of ${total} done`)] : lines;
    },
  };
}
