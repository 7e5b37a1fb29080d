/** The verdict for a person: stages, the first failure in full, benchmarks, the next step. 80 columns, calm, exact. */

import type { BenchmarkResult, ExerciseResult, StageResult, TestResult } from "../../course/report.ts";
import { clip, padEnd, padStart, visibleWidth } from "../text/columns.ts";
import { duration, figure } from "../text/figures.ts";
import { mark, type Palette, statusWord } from "../text/paint.ts";
import { wrap } from "../text/wrap.ts";

export interface ReportOptions {
  readonly paint: Palette;
  readonly width: number;
  /** Last line: what to do next. Null where someone else says it (watch, check --all). */
  readonly next: string | null;
  /** True when benchmarks were left out on purpose. */
  readonly unmeasured: boolean;
}

/** More than this is a log, not a clue. */
const OUTPUT_LINES = 12;

export function renderExercise(result: ExerciseResult, options: ReportOptions): string {
  const { paint, width } = options;
  const lines = [paint.bold(result.id), ""];
  for (const stage of result.stages) lines.push(...renderStage(stage, options));
  const failures = result.stages.flatMap((stage) => stage.tests).filter((test) => hasText(test));
  const [first, ...others] = failures;
  if (first !== undefined) lines.push("", ...renderFailure(first, options));
  if (others.length > 0) {
    const more = others.length === 1 ? "One more behavior fails" : `${others.length} more behaviors fail`;
    lines.push("", paint.dim(`${more}, listed above. Mend this one first.`));
  }
  if (result.benchmarks.length > 0) {
    if (result.stages.length > 0) lines.push("");
    lines.push("  Benchmarks");
    for (const benchmark of result.benchmarks) lines.push(...renderBenchmark(benchmark, options));
  }
  lines.push(...renderOutput(result, options));
  if (lines.at(-1) !== "") lines.push("");
  lines.push(renderVerdict(result, options));
  if (result.message !== null && result.message !== first?.message) lines.push(wrap(result.message, width, "  "));
  if (options.next !== null) lines.push(wrap(options.next, width, "  "));
  return `${lines.join("\n")}\n`;
}

function renderStage(stage: StageResult, { paint, width }: ReportOptions): string[] {
  const passed = stage.tests.filter((test) => test.status === "passed").length;
  const symbol = mark(stage.status, paint);
  const share =
    stage.status === "not-run"
      ? "not run"
      : stage.status === "not-started"
        ? "not started"
        : `${passed} of ${stage.tests.length}`;
  const title = clip(stage.title, width - 6 - visibleWidth(share));
  const head = `${padEnd(`  ${symbol} ${title}`, width - visibleWidth(share))}${paint.dim(share)}`;
  if (stage.status !== "failed") return [head];
  return [
    head,
    ...stage.tests.map((test) => {
      const why = test.status === "passed" || test.status === "failed" ? "" : ` (${test.status.replaceAll("-", " ")})`;
      const line = `${clip(test.name, width - 8 - why.length)}${why}`;
      return `      ${mark(test.status, paint)} ${test.status === "passed" ? paint.dim(line) : line}`;
    }),
  ];
}

const hasText = (test: TestResult): boolean =>
  test.status !== "passed" && test.status !== "not-run" && test.status !== "not-started" && test.message !== null;

/** The judge lays the text out for 80 columns, with its labels at the left edge; so it stands at the edge here too. */
function renderFailure(test: TestResult, { paint, width }: ReportOptions): string[] {
  const name = paint.bold(wrap(test.name, width - 2).replaceAll("\n", "\n  "));
  const text = (test.message ?? "")
    .replace(/^expected\b/m, (label) => paint.flow(label))
    .replace(/^got\b/m, (label) => paint.pressure(label));
  return [`${mark(test.status, paint)} ${name}`, "", text];
}

function renderBenchmark(benchmark: BenchmarkResult, { paint, width }: ReportOptions): string[] {
  const figures = benchmarkFigures(benchmark);
  const name = `  ${benchmarkMark(benchmark, paint)} ${clip(benchmark.name, width - 4)}`;
  const fits = visibleWidth(name) + 2 + figures.length <= width;
  const head = fits ? [padEnd(name, width - figures.length) + figures] : [name, padStart(figures, width)];
  const lines = [...head, paint.dim(wrap(benchmark.workload, width, "      "))];
  if (benchmark.status !== "passed" && benchmark.message !== null) lines.push(wrap(benchmark.message, width, "      "));
  return lines;
}

function benchmarkMark(benchmark: BenchmarkResult, paint: Palette): string {
  return mark(benchmark.status, paint);
}

/** Measured, then the bound it is held against. */
export function benchmarkFigures({ kind, unit, learner, ratio, threshold }: BenchmarkResult): string {
  if (!Number.isFinite(learner)) return "not measured";
  if (kind === "growth") return `x ${figure(learner)} from n to 16n, at most x ${figure(threshold)}`;
  if (kind !== "ratio") return `${figure(learner)} ${unit}, at most ${figure(threshold)}`;
  const share = ratio === null ? "no ratio" : `${ratio.toFixed(2)} of the reference`;
  return `${figure(learner)} ${unit}, ${share}, at least ${threshold}`;
}

/** What the learner's code printed: the place where people look for their own console.log. */
function renderOutput({ output }: ExerciseResult, { paint, width }: ReportOptions): string[] {
  if (output === undefined) return [];
  const printed = output.text.trimEnd().split("\n");
  const shown = printed.slice(0, OUTPUT_LINES).map((line) => `    ${paint.dim("|")} ${clip(line, width - 6)}`);
  const rest = printed.length - shown.length;
  const more = rest > 0 ? `    ${rest} more lines` : "";
  const cut = output.truncated ? "    The rest was thrown away: it printed too much." : "";
  return ["", "  Your code printed", ...shown, ...[more, cut].filter((line) => line !== "").map(paint.dim)];
}

function renderVerdict(result: ExerciseResult, { paint, unmeasured }: ReportOptions): string {
  const stages = result.stages.length;
  const passed = result.stages.filter((stage) => stage.status === "passed").length;
  const parts = [
    `${mark(result.status, paint)} ${paint.bold(statusWord(result.status, paint))}`,
    ...(stages > 0 ? [`stages ${passed} of ${stages}`] : []),
    ...(unmeasured && result.status === "passed" ? [paint.amber("? not measured")] : []),
    `seed ${result.seed}`,
    duration(result.durationMs),
  ];
  return parts.join(paint.dim(" · "));
}

/** One line an exercise: for `check --all` and CI. */
export function renderLine(result: ExerciseResult, paint: Palette, width: number): string {
  const stages = result.stages.length;
  const passed = result.stages.filter((stage) => stage.status === "passed").length;
  const time = padStart(duration(result.durationMs), 8);
  const share = padStart(stages > 0 ? `${passed}/${stages}` : "", 5);
  const status = padEnd(statusWord(result.status, paint), 15);
  const id = padEnd(clip(result.id, width - 31), width - 31);
  return `${mark(result.status, paint)} ${id} ${status}${share}${time}`;
}

/** The closing lines of several exercises. */
export function renderSummary(results: readonly ExerciseResult[], paint: Palette, durationMs: number): string {
  const passed = results.filter((result) => result.status === "passed").length;
  const counts = new Map<string, number>();
  for (const { status } of results) if (status !== "passed") counts.set(status, (counts.get(status) ?? 0) + 1);
  const rest = [...counts].map(([status, n]) => `${n} ${status.replaceAll("-", " ")}`);
  const all = `${passed} of ${results.length} passed`;
  const head = passed === results.length ? paint.flow(`✓ ${all}`) : all;
  return `${[head, ...rest].join(paint.dim(" · "))}${paint.dim(" · ")}${duration(durationMs)}\n`;
}
