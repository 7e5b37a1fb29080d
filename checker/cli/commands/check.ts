import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CatalogEntry } from "../../../course/manifest.ts";
import type { ExerciseResult } from "../../../course/report.ts";
import { checkEntries, DEFAULT_SEED, isWholeCheck, type Outcome, type Request } from "../../learner/checking.ts";
import { UsageError } from "../../learner/errors.ts";
import { EXERCISES } from "../../learner/file.ts";
import { selectEntries } from "../../learner/select.ts";
import { current, following, standings } from "../../learner/standing.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import { folderProblem } from "../../machine/installation.mjs";
import { renderJson } from "../../report/json.ts";
import { renderJunit } from "../../report/junit.ts";
import { liveLines } from "../../report/live.ts";
import { renderExercise, renderLine, renderSummary } from "../../report/terminal.ts";
import { adviceFor } from "../advice.ts";
import { type Arguments, defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";
import { follow } from "../follow.ts";
import { tellUnsaved } from "../unsaved.ts";
import { watchExercise } from "../watching.ts";

export const check = defineCommand({
  name: "check",
  usage: "[id...]",
  summary: "Grade exercises: conformance, hidden behaviors, benchmarks.",
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  options: {
    all: { type: "boolean", help: "every exercise of the course, side by side" },
    from: {
      type: "string",
      value: "<dir>",
      help: "grade <dir>/<system>/<exercise>.ts in place of exercises/ (solutions/ too)",
    },
    stage: { type: "string", value: "<n>", help: "stages 1 to n only" },
    seed: {
      type: "string",
      value: "<n>",
      help: `draw other inputs; without it ${DEFAULT_SEED}, so that a file keeps its verdict`,
    },
    "no-bench": { type: "boolean", help: "behaviors only" },
    watch: { type: "boolean", help: "again on every save" },
    json: { type: "boolean", help: "one JSON document on stdout and nothing else there" },
    junit: { type: "string", value: "<file>", help: "write JUnit XML as well" },
  },
  details:
    "Without an id it grades the exercise you are at. Progress counts whole checks of your own files: " +
    "not --stage, not --from.",
  async run(context, args) {
    const entries = chosen(context, args);
    const request = requestOf(context, args, entries);
    if (args.flag("watch")) {
      if (args.flag("json") || args.text("junit") !== undefined)
        throw new UsageError("--watch goes on for ever; --json and --junit need an end.", "check");
      if (entries.length !== 1) throw new UsageError("--watch follows one exercise. Name it.", "check");
      return watchExercise(context, entries[0]!, request);
    }
    const started = performance.now();
    const outcome = args.flag("json")
      ? await checkEntries(context, entries, request)
      : await checkWithReport(context, entries, request, args);
    if (context.signal.aborted) return EXIT.interrupted;
    const junit = args.text("junit");
    if (junit !== undefined)
      writeWhole(realDisk, resolve(junit), renderJunit({ version: 1, exercises: outcome.results }));
    if (args.flag("json")) context.terminal.out(renderJson(outcome.results));
    else if (entries.length > 1) {
      context.terminal.out(`\n${renderSummary(outcome.results, context.terminal.paint, performance.now() - started)}`);
      adviseMany(context, outcome.results);
    }
    reportTroubles(context, outcome);
    if (outcome.faults.length > 0) return EXIT.graderFailed;
    return outcome.results.every((result) => result.status === "passed") ? EXIT.passed : EXIT.notPassed;
  },
});

function chosen(context: Context, args: Arguments): CatalogEntry[] {
  if (args.flag("all")) {
    if (args.positionals.length > 0) throw new UsageError("Give ids or --all, not both.", "check");
    return [...context.course.catalog];
  }
  if (args.positionals.length > 0) return selectEntries(context.course, args.positionals);
  const here = current(standings(context));
  if (here === null) throw new UsageError("Every exercise has passed. `npx bp check --all` grades all of them again.");
  if (!args.flag("json")) context.terminal.err(`You are at ${here.entry.id}.\n`);
  return [here.entry];
}

function requestOf(context: Context, args: Arguments, entries: readonly CatalogEntry[]): Request {
  const from = args.text("from");
  const folder = from === undefined ? join(context.root, EXERCISES) : fromFolder(context.root, from);
  const stage = args.number("stage", 1);
  for (const { id, exercise } of entries) {
    const last = exercise.stages.length;
    if (stage !== undefined && stage > last)
      throw new UsageError(
        `${id} has ${last} ${last === 1 ? "stage" : "stages"}; there is no stage ${stage}.`,
        "check",
      );
  }
  return {
    from: folder,
    seed: args.number("seed", 0) ?? DEFAULT_SEED,
    // The benchmarks judge the whole exercise; after the first stages there is nothing whole to measure.
    bench: !args.flag("no-bench") && stage === undefined,
    ...(stage === undefined ? {} : { stage }),
  };
}

/** Relative to where the command was typed; `solutions` also works from below the root. */
function fromFolder(root: string, typed: string): string {
  for (const folder of [resolve(typed), resolve(root, typed)]) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) continue;
    const problem = folderProblem(folder);
    if (problem !== null) throw new UsageError(problem, "check");
    return folder;
  }
  throw new UsageError(
    `There is no folder "${typed}". --from takes a folder that holds <system>/<exercise>.ts.`,
    "check",
  );
}

async function checkWithReport(
  context: Context,
  entries: readonly CatalogEntry[],
  request: Request,
  args: Arguments,
): Promise<Outcome> {
  const { terminal } = context;
  const { paint } = terminal;
  const many = entries.length > 1;
  const follower = follow(paint, terminal.width, entries.length);
  const live = terminal.live ? liveLines(terminal.out, follower.lines) : null;
  const print = live?.print ?? terminal.out;
  try {
    return await checkEntries(context, entries, request, {
      onStart: follower.started,
      onProgress: follower.progressed,
      onWait: follower.waits,
      onResult(result) {
        follower.finished(result.id);
        // One exercise gets its whole report; of many, those that failed get theirs where nobody can ask again (CI).
        if (many) print(`${renderLine(result, paint, terminal.width())}\n`);
        if (!many || (!terminal.live && result.status !== "passed" && result.status !== "not-started"))
          print(report(result));
      },
    });
  } finally {
    live?.stop();
  }

  function report(result: ExerciseResult): string {
    const measured = request.bench;
    const own = isWholeCheck(context.root, request) || args.text("from") === undefined;
    const next =
      many || !own
        ? null
        : adviceFor(result, { measured, nextId: following(standings(context), result.id)?.id ?? null });
    const text = renderExercise(result, { paint, width: terminal.width(), next, unmeasured: !measured });
    return many ? `\n${text}\n` : text;
  }
}

function adviseMany(context: Context, results: readonly ExerciseResult[]): void {
  const first = results.find((result) => result.status !== "passed" && result.status !== "not-started");
  if (first !== undefined) context.terminal.out(`The whole failure of one: npx bp check ${first.id}\n`);
}

function reportTroubles({ terminal }: Context, { faults, unsaved }: Outcome): void {
  for (const { id, error } of faults) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`The grader itself failed on ${id}. Please report these lines:\n${detail}\n`);
  }
  tellUnsaved(terminal, "The verdict stands", unsaved);
}
