/** For tests: a course of two systems, a folder to work in, a grader that says what it is told to. */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { ExerciseResult, Status, TestResult } from "../../course/report.ts";
import type { Exercise, Part, System } from "../../course/types.ts";
import type { CheckOptions } from "../check.ts";
import type { Grader } from "./grader.ts";
import type { Course } from "./select.ts";

const exercise = (slug: string, title: string): Exercise => ({
  slug,
  title,
  summary: `Builds ${title.toLowerCase()}.`,
  level: "senior",
  topics: [],
  minutes: 30,
  stages: ["Begin", "Go on"],
});

const limiter: System = {
  slug: "rate-limiter",
  title: "Rate limiter",
  question: "Who may pass?",
  exercises: [exercise("fixed-window", "Fixed window"), exercise("token-bucket", "Token bucket")],
};
const queue: System = {
  slug: "message-queue",
  title: "Message queue",
  question: "In which order?",
  exercises: [exercise("log", "The log")],
};
const planned: System = { slug: "news-feed", title: "News feed", question: "Who pays?", exercises: [] };
const part: Part = { slug: "infrastructure", title: "Infrastructure", systems: [limiter, queue, planned] };

export const course: Course = {
  systems: part.systems,
  catalog: part.systems.flatMap((system) =>
    system.exercises.map((one): CatalogEntry => ({ id: `${system.slug}/${one.slug}`, part, system, exercise: one })),
  ),
};

export const STUB = 'throw new NotStarted("stage 1");\n';

/** A folder with a stub for each exercise. */
export function scratchRoot(): string {
  const root = mkdtempSync(join(tmpdir(), "bp-cli-"));
  for (const { id } of course.catalog) put(root, `exercises/${id}.ts`, STUB);
  return root;
}

export function put(root: string, path: string, text: string): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

export function resultOf(id: string, status: Status, change: Partial<ExerciseResult> = {}): ExerciseResult {
  const bad: TestResult = {
    name: "holds the bound",
    status: "failed",
    message: "1. tryAcquire\n\nexpected  a refusal\ngot       an admission",
  };
  const good: TestResult = { name: "admits the first", status: "passed", message: null };
  const ran = status === "passed" || status === "failed" || status === "too-slow";
  return {
    id,
    status,
    seed: 42,
    durationMs: 812,
    message: status === "passed" ? null : "What happened.",
    stages: ran
      ? [
          { title: "Begin", status: "passed", tests: [good] },
          status === "failed"
            ? { title: "Go on", status: "failed", tests: [good, bad] }
            : { title: "Go on", status: "passed", tests: [good] },
        ]
      : [],
    benchmarks: [],
    ...change,
  };
}

export interface FakeGrader extends Grader {
  readonly asked: { readonly id: string; readonly options: CheckOptions }[];
  closed: number;
}

/** `verdict` decides; it may throw, or wait for the signal. */
export function fakeGrader(
  verdict: (id: string, options: CheckOptions) => ExerciseResult | Promise<ExerciseResult>,
): FakeGrader {
  const grader: FakeGrader = {
    asked: [],
    closed: 0,
    async check(entry, options) {
      grader.asked.push({ id: entry.id, options });
      return verdict(entry.id, options);
    },
    warm: () => ({
      check: grader.check,
      close: async () => {
        grader.closed++;
      },
    }),
  };
  return grader;
}

/** Waits until `condition` holds; fails after five seconds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const started = Date.now();
  while (!condition()) {
    if (Date.now() - started > 5_000) throw new Error(`waited five seconds for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
