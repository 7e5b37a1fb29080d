/** The loop behind `bp watch`: save, verdict; after a pass it measures, then asks before it moves on. */

import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { ExerciseResult } from "../../course/report.ts";
import { keepResult, optionsFor, type Request, withWarmGrader } from "../learner/checking.ts";
import { readLearnerFile } from "../learner/file.ts";
import type { WarmGrader } from "../learner/grader.ts";
import { nextRung } from "../learner/hints.ts";
import { type Poll, pollFiles } from "../learner/poll.ts";
import { following, standings } from "../learner/standing.ts";
import { liveLines } from "../report/live.ts";
import { renderExercise } from "../report/terminal.ts";
import { indent, wrap } from "../text/wrap.ts";
import { adviceFor } from "./advice.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit.ts";
import { follow } from "./follow.ts";
import type { LineInput } from "./terminal.ts";

type Event =
  | { readonly kind: "saved" }
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "stopped" };

/** Resolves when the learner quits or everything has passed. */
export async function watchExercise(context: Context, first: CatalogEntry, request: Request): Promise<number> {
  const grader = await context.grader();
  const lines = context.terminal.lines();
  try {
    return await withWarmGrader(grader, async (warm) => {
      let entry: CatalogEntry = first;
      for (;;) {
        const watcher = new Watcher(context, entry, request, warm, lines);
        const end = await watcher.run();
        if (end.next === null)
          return context.signal.aborted ? EXIT.interrupted : end.passed ? EXIT.passed : EXIT.notPassed;
        entry = end.next;
      }
    });
  } finally {
    lines.close();
  }
}

interface End {
  readonly next: CatalogEntry | null;
  readonly passed: boolean;
}

class Watcher {
  readonly #context: Context;
  readonly #entry: CatalogEntry;
  readonly #request: Request;
  readonly #warm: WarmGrader;
  readonly #lines: LineInput;
  readonly #path: string;
  #dirty = true;
  /** Ends the check that is running when the file is saved again: its verdict would be about a file that is gone. */
  #checking: AbortController | null = null;
  #wake: (() => void) | null = null;

  constructor(context: Context, entry: CatalogEntry, request: Request, warm: WarmGrader, lines: LineInput) {
    this.#context = context;
    this.#entry = entry;
    this.#request = request;
    this.#warm = warm;
    this.#lines = lines;
    this.#path = join(request.from, `${entry.id}.ts`);
  }

  async run(): Promise<End> {
    const { terminal, signal } = this.#context;
    const poll: Poll = pollFiles(
      () => [this.#path],
      () => this.#saved(),
    );
    const onAbort = () => this.#checking?.abort();
    signal.addEventListener("abort", onAbort);
    let passed = false;
    try {
      for (;;) {
        if (signal.aborted) return { next: null, passed };
        if (this.#dirty) {
          const result = await this.#check();
          if (result === null) continue;
          passed = result.status === "passed";
          if (passed && this.#request.bench) {
            const end = await this.#moveOn();
            if (end !== null) return end;
            continue;
          }
        }
        terminal.out(terminal.paint.dim("Waiting for a save. Enter: again · h: hint · q: quit\n"));
        const event = await this.#next();
        if (event.kind === "stopped" || (event.kind === "line" && /^q/i.test(event.text.trim())))
          return { next: null, passed };
        if (event.kind === "line" && /^h/i.test(event.text.trim())) this.#hint();
        else if (event.kind === "line") this.#dirty = true;
      }
    } finally {
      poll.stop();
      signal.removeEventListener("abort", onAbort);
    }
  }

  #saved(): void {
    this.#dirty = true;
    this.#checking?.abort();
    this.#wake?.();
  }

  /** Null when a newer save made the verdict worthless. Behaviors first; benchmarks only once they pass. */
  async #check(): Promise<ExerciseResult | null> {
    const { terminal } = this.#context;
    this.#dirty = false;
    if (terminal.live) terminal.out("\u001b[2J\u001b[3J\u001b[H");
    let result = await this.#grade(false);
    if (result?.status === "passed" && this.#request.bench) result = await this.#grade(true);
    if (result === null || this.#dirty) return null;
    const measured = this.#request.bench || result.status !== "passed";
    const next = result.status === "passed" ? null : adviceFor(result, { measured, nextId: null });
    terminal.out(
      renderExercise(result, {
        paint: terminal.paint,
        width: terminal.width(),
        next,
        unmeasured: !this.#request.bench,
      }),
    );
    return result;
  }

  async #grade(bench: boolean): Promise<ExerciseResult | null> {
    const { terminal, signal } = this.#context;
    const checking = new AbortController();
    this.#checking = checking;
    const follower = follow(terminal.paint, terminal.width, 1);
    follower.started(this.#entry);
    const live = terminal.live ? liveLines(terminal.out, follower.lines) : null;
    const request: Request = { ...this.#request, bench };
    const file = readLearnerFile(this.#path);
    try {
      const options = optionsFor(this.#context, request, { onProgress: follower.progressed });
      const result = await this.#warm.check(this.#entry, { ...options, signal: checking.signal });
      if (checking.signal.aborted || signal.aborted) return null;
      keepResult(this.#context, this.#entry, request, result, file?.hash ?? null);
      return result;
    } catch (error) {
      if (checking.signal.aborted || signal.aborted) return null;
      throw error;
    } finally {
      live?.stop();
      this.#checking = null;
    }
  }

  /** Asks; null means stay. Nothing moves by itself: a learner may want to look at what has just passed. */
  async #moveOn(): Promise<End | null> {
    const { terminal } = this.#context;
    const next = following(standings(this.#context), this.#entry.id);
    if (next === null) {
      terminal.out("That was the last one: every exercise has passed.\n");
      return { next: null, passed: true };
    }
    terminal.out(`\nGo on with ${terminal.paint.bold(next.id)}? y: yes · Enter: stay here · q: quit\n`);
    const event = await this.#next();
    if (event.kind === "stopped") return { next: null, passed: true };
    if (event.kind === "saved") return null;
    const answer = event.text.trim().toLowerCase();
    if (answer.startsWith("y")) return { next, passed: true };
    return answer.startsWith("q") ? { next: null, passed: true } : null;
  }

  #hint(): void {
    const { terminal } = this.#context;
    try {
      terminal.out(`\n${indent(wrap(nextRung(this.#context, this.#entry).text, terminal.width() - 2), "  ")}\n\n`);
    } catch (error) {
      terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }

  /** The next save, typed line, or end. When standard input has ended, only saves and Ctrl-C are left. */
  async #next(): Promise<Event> {
    if (this.#dirty) return { kind: "saved" };
    const { signal } = this.#context;
    const woken = new AbortController();
    const cause = new Promise<Event>((resolve) => {
      this.#wake = () => resolve({ kind: "saved" });
      if (signal.aborted) resolve({ kind: "stopped" });
      signal.addEventListener("abort", () => resolve({ kind: "stopped" }), { once: true, signal: woken.signal });
    });
    const line = this.#lines
      .ask("", woken.signal)
      .then((text) => (text === null ? cause : ({ kind: "line", text } satisfies Event)));
    const event = await Promise.race([cause, line]);
    this.#wake = null;
    woken.abort();
    return event;
  }
}
