/** What the course remembers about a learner: `.backpressure/progress.json`. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ExerciseResult, Status } from "../../course/report.ts";
import { STATUSES } from "../../course/report.ts";
import { type Disk, quietly, realDisk, writeWhole } from "../machine/disk.ts";
import { withLock } from "../machine/lock.ts";

/** One exercise. Times are ISO 8601. */
export interface ExerciseProgress {
  /** The last whole check. */
  readonly last?: LastCheck;
  /** First time that everything passed, benchmarks included. Never taken back. */
  readonly passedAt?: string;
  /** Rungs of the hint ladder that were shown. */
  readonly hints?: number;
  /** When the solution was looked at before passing. */
  readonly revealedAt?: string;
}

export interface LastCheck {
  readonly status: Status;
  readonly at: string;
  readonly seed: number;
  readonly stagesPassed: number;
  readonly stages: number;
  /** False when benchmarks were skipped: then `passed` is only half of it. */
  readonly measured: boolean;
  /** SHA-256 of the file that was graded, so that a later edit shows. */
  readonly file?: string;
  /** Name of the first behavior that did not hold. */
  readonly failing?: string;
}

export interface Progress {
  readonly version: 1;
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

export const EMPTY: Progress = { version: 1, exercises: {} };

export interface ProgressStore {
  /** The folder `.backpressure`. */
  readonly folder: string;
  read(): Progress;
  /** Reads what is there now, changes one exercise, writes the whole. Safe against other processes. */
  update(id: string, change: (before: ExerciseProgress) => ExerciseProgress): Progress;
  /** What was wrong with the file and what was done about it; told once. */
  takeNotice(): string | null;
}

/** `root` is the repository. Reading never writes, except to put a broken file aside. */
export function openProgress(root: string, disk: Disk = realDisk): ProgressStore {
  const folder = join(root, ".backpressure");
  const path = join(folder, "progress.json");
  const previous = join(folder, "progress.previous.json");
  let notice: string | null = null;

  function read(): Progress {
    const now = load(disk, path);
    if (now.state === "whole") return now.progress;
    if (now.state === "newer")
      throw new Error(
        `.backpressure/progress.json was written by a newer version of the course (version ${now.version}). ` +
          "Update with `git pull`.",
      );
    if (now.state === "absent") return EMPTY;
    return withLock(disk, `${path}.lock`, mend);
  }

  /** With the lock held: put the broken file aside, go on from the copy before it. */
  function mend(): Progress {
    const again = load(disk, path);
    if (again.state === "whole") return again.progress;
    const before = load(disk, previous);
    const rebuilt = before.state === "whole" ? before.progress : EMPTY;
    if (again.state === "broken") {
      const aside = freeName(disk, `${path}.broken`);
      disk.rename(path, aside);
      writeWhole(disk, path, serialize(rebuilt));
      const rest = Object.keys(rebuilt.exercises).length;
      notice =
        `The progress file was broken. It is kept as ${shortName(aside)}; ` +
        (before.state === "whole"
          ? `progress was rebuilt from the copy before it (${rest} ${rest === 1 ? "exercise" : "exercises"}).`
          : "there was no earlier copy, so progress starts again. Your exercises are untouched: `npx bp check " +
            "--all` fills it in.");
    }
    return rebuilt;
  }

  function update(id: string, change: (before: ExerciseProgress) => ExerciseProgress): Progress {
    read();
    return withLock(disk, `${path}.lock`, () => {
      const now = load(disk, path);
      const before = now.state === "whole" ? now.progress : now.state === "broken" ? mend() : EMPTY;
      const after: Progress = {
        version: 1,
        exercises: { ...before.exercises, [id]: change(before.exercises[id] ?? {}) },
      };
      // The copy is what a broken file is rebuilt from; it is written whole like the file itself.
      if (now.state === "whole") writeWhole(disk, previous, serialize(before));
      writeWhole(disk, path, serialize(after));
      return after;
    });
  }

  function takeNotice(): string | null {
    const told = notice;
    notice = null;
    return told;
  }

  return { folder, read, update, takeNotice };
}

/** What a whole check of the learner's own file leaves behind. `at` is ISO 8601. */
export function afterCheck(
  before: ExerciseProgress,
  result: ExerciseResult,
  facts: { readonly at: string; readonly measured: boolean; readonly file: string | null },
): ExerciseProgress {
  const failing = result.stages.flatMap((stage) => stage.tests).find((test) => test.status !== "passed")?.name;
  const last: LastCheck = {
    status: result.status,
    at: facts.at,
    seed: result.seed,
    stagesPassed: result.stages.filter((stage) => stage.status === "passed").length,
    stages: result.stages.length,
    measured: facts.measured,
    ...(facts.file === null ? {} : { file: facts.file }),
    ...(failing === undefined ? {} : { failing }),
  };
  const passed = result.status === "passed" && facts.measured;
  return { ...before, last, ...(passed && before.passedAt === undefined ? { passedAt: facts.at } : {}) };
}

type Loaded =
  | { readonly state: "whole"; readonly progress: Progress }
  | { readonly state: "absent" | "broken" }
  | { readonly state: "newer"; readonly version: number };

function load(disk: Disk, path: string): Loaded {
  if (!disk.exists(path)) return { state: "absent" };
  // A file that cannot be read (no permission) is not broken: that error goes up as it is.
  const text = Buffer.from(disk.read(path)).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { state: "broken" };
  }
  if (!isRecord(value)) return { state: "broken" };
  if (typeof value.version === "number" && value.version > 1) return { state: "newer", version: value.version };
  if (value.version !== 1 || !isRecord(value.exercises)) return { state: "broken" };
  return Object.values(value.exercises).every(isExerciseProgress)
    ? { state: "whole", progress: value as unknown as Progress }
    : { state: "broken" };
}

function isExerciseProgress(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { last, passedAt, hints, revealedAt } = value;
  if (passedAt !== undefined && typeof passedAt !== "string") return false;
  if (revealedAt !== undefined && typeof revealedAt !== "string") return false;
  if (hints !== undefined && !(Number.isInteger(hints) && (hints as number) >= 0)) return false;
  if (last === undefined) return true;
  return isRecord(last) && STATUSES.includes(last.status as Status) && typeof last.at === "string";
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const serialize = (progress: Progress): string => `${JSON.stringify(progress, null, 2)}\n`;

/** `progress.json.broken`, then `.broken-2`, …: nothing that was kept is overwritten. */
function freeName(disk: Disk, wanted: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!disk.exists(name)) return name;
  }
}

const shortName = (path: string): string => `.backpressure/${path.split(/[\\/]/).at(-1)}`;

/**
 * Litter of killed processes: `*.new` files older than an hour. Called by `bp doctor`. Returns how many were removed.
 */
export function sweep(folder: string, disk: Disk = realDisk, nowMs = Date.now()): number {
  if (!existsSync(folder)) return 0;
  let removed = 0;
  for (const name of disk.list(folder)) {
    if (!/\.(new|stale)$/.test(name)) continue;
    quietly(() => {
      if (nowMs - disk.modifiedAt(join(folder, name)) < 3_600_000) return;
      disk.remove(join(folder, name));
      removed++;
    });
  }
  return removed;
}
