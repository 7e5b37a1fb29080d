/** The hint ladder: `checker/suites/<id>/hints.md`, rungs `## 1. <title> (stage 1)`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { MachineError } from "./errors.ts";
import type { ExerciseProgress, ProgressStore } from "./progress.ts";
import { remember } from "./remember.ts";

export interface Rung {
  /** 1-based. */
  readonly number: number;
  readonly title: string;
  /** Stage it belongs to; null for hints on the whole. */
  readonly stage: number | null;
  readonly text: string;
}

/** @throws Error naming the line when the file is not a ladder: numbers must run 1, 2, 3, … */
export function parseHints(markdown: string, where: string): Rung[] {
  const rungs: Rung[] = [];
  let body: string[] | null = null;
  let head: Omit<Rung, "text"> | null = null;
  const close = () => {
    if (head !== null && body !== null) rungs.push({ ...head, text: body.join("\n").trim() });
  };
  for (const [i, line] of markdown.split(/\r?\n/).entries()) {
    if (!line.startsWith("## ")) {
      body?.push(line);
      continue;
    }
    close();
    const match = /^## (\d+)\. (.+?)(?: \(stage (\d+)\))?\s*$/.exec(line);
    const number = Number(match?.[1]);
    if (match === null || number !== rungs.length + 1)
      throw new Error(`${where}:${i + 1}: expected "## ${rungs.length + 1}. <title> (stage <n>)", got "${line}"`);
    head = { number, title: match[2]!, stage: match[3] === undefined ? null : Number(match[3]) };
    body = [];
  }
  close();
  const empty = rungs.find((rung) => rung.text === "");
  if (empty !== undefined) throw new Error(`${where}: hint ${empty.number} is empty`);
  return rungs;
}

export function readHints(root: string, id: string): Rung[] {
  const path = `checker/suites/${id}/hints.md`;
  let markdown: string;
  try {
    markdown = readFileSync(join(root, path), "utf8");
  } catch {
    throw new MachineError(`There are no hints for ${id} yet.`);
  }
  return parseHints(markdown, path);
}

function rungsOrNone(root: string, id: string): Rung[] {
  try {
    return readHints(root, id);
  } catch (error) {
    if (error instanceof MachineError) return [];
    throw error;
  }
}

export interface Shown {
  readonly rung: Rung;
  readonly total: number;
  /** False when every rung had been shown before: this is the last one again. */
  readonly fresh: boolean;
  /** Title, then text. */
  readonly text: string;
  /** Why it could not be remembered: the next rung will be this one again. Null when it was. */
  readonly unsaved: unknown;
}

/** The next rung, remembered as shown. After the last it is the last again. */
export function nextRung(
  context: { readonly root: string; readonly progress: ProgressStore },
  entry: CatalogEntry,
): Shown {
  const rungs = readHints(context.root, entry.id);
  if (rungs.length === 0) throw new MachineError(`There are no hints for ${entry.id} yet.`);
  const before = Math.min(context.progress.read().exercises[entry.id]?.hints ?? 0, rungs.length);
  const fresh = before < rungs.length;
  const rung = rungs[fresh ? before : rungs.length - 1]!;
  const shown = { rung, total: rungs.length, fresh, text: rungText(rung, rungs.length) };
  if (!fresh) return { ...shown, unsaved: null };
  const update = (was: ExerciseProgress) => ({ ...was, hints: Math.max(was.hints ?? 0, rung.number) });
  return { ...shown, unsaved: remember(context.progress, entry.id, update) };
}

/** The rungs that have been shown, and how many there are. An exercise without hints has a ladder of none. */
export function ladder(
  context: { readonly root: string; readonly progress: ProgressStore },
  entry: CatalogEntry,
): { readonly opened: readonly Rung[]; readonly total: number } {
  const rungs = rungsOrNone(context.root, entry.id);
  const opened = context.progress.read().exercises[entry.id]?.hints ?? 0;
  return { opened: rungs.slice(0, opened), total: rungs.length };
}

/**
 * Opens rung `number` if it is the next one, and does nothing otherwise: who asks twice for the same rung burns one.
 * What could not be remembered is shown all the same.
 */
export function openRung(
  context: { readonly root: string; readonly progress: ProgressStore },
  entry: CatalogEntry,
  number: number,
): { readonly opened: readonly Rung[]; readonly total: number } {
  const before = ladder(context, entry);
  if (number !== before.opened.length + 1 || number > before.total) return before;
  const { rung } = nextRung(context, entry);
  return { ...before, opened: [...before.opened, rung] };
}

export function rungText(rung: Rung, total: number): string {
  const stage = rung.stage === null ? "" : ` (stage ${rung.stage})`;
  return `Hint ${rung.number} of ${total}: ${rung.title}${stage}\n\n${rung.text}`;
}
