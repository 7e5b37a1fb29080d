import { join } from "node:path";
import type { ExerciseResult, TestResult } from "../../../course/report.ts";
import { numberSteps } from "../../judge/failure-text.ts";
import { DEFAULT_SEED, drawingPath, optionsFor } from "../../learner/checking.ts";
import { EXERCISES } from "../../learner/file.ts";
import { selectEntry } from "../../learner/select.ts";
import { statusWord } from "../../text/paint.ts";
import { indent, wrap } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";

export const replay = defineCommand({
  name: "replay",
  usage: "<id>",
  summary: "The failing schedule again, step by step.",
  positionals: { least: 1, most: 1 },
  options: {
    seed: {
      type: "string",
      value: "<n>",
      help: `the seed of the failing check; without it the last one, or ${DEFAULT_SEED}`,
    },
  },
  details: "On a terminal, Enter shows the next step. Nothing is saved.",
  async run(context, args) {
    const entry = selectEntry(context.course, args.positionals[0]!);
    const last = context.progress.read().exercises[entry.id]?.last;
    const seed = args.number("seed", 0) ?? last?.seed ?? DEFAULT_SEED;
    const grader = await context.grader();
    const request = { from: join(context.root, EXERCISES), seed, bench: false };
    const result = await grader.check(entry, optionsFor(context, request));
    if (context.signal.aborted) return EXIT.interrupted;
    const failing = result.stages
      .flatMap((stage) => stage.tests)
      .find((test) => test.status !== "passed" && test.message !== null);
    if (failing?.failure !== undefined) await walk(context, result, failing);
    else tellWithoutSteps(context, result, failing);
    return result.status === "passed" ? EXIT.passed : EXIT.notPassed;
  },
});

async function walk(context: Context, result: ExerciseResult, test: TestResult): Promise<void> {
  const { terminal, signal } = context;
  const { paint } = terminal;
  const failure = test.failure!;
  const invariant = failure.invariant;
  const say = (text: string, hang: string) => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);
  terminal.out(`${paint.bold(result.id)} · seed ${result.seed}\n${paint.pressure("✗")} ${test.name}\n\n`);
  const lines = terminal.canAsk ? terminal.lines() : null;
  const pause = async (): Promise<boolean> => lines === null || (await lines.ask("", signal)) !== null;
  try {
    if (lines !== null) terminal.out(paint.dim("Enter: next step\n\n"));
    for (const { number, text } of numberSteps(failure.steps)) {
      const lead = number === null ? "" : `${number}.`;
      const [first = "", ...rest] = wrap(text, terminal.width() - 7).split("\n");
      terminal.out(`  ${lead.padStart(4)} ${first}\n${rest.map((part) => `       ${part}\n`).join("")}`);
      if (!(await pause())) return;
    }
  } finally {
    lines?.close();
  }
  if (failure.counterexample !== undefined) say(`Smallest counterexample: ${failure.counterexample}`, "  ");
  terminal.out("\n");
  say(`${paint.flow("expected")}  ${failure.expected}`, "  ");
  say(`${paint.pressure("got     ")}  ${failure.got}`, "  ");
  terminal.out("\n");
  say(`Invariant: ${invariant.text}`, "  ");
  if (failure.note !== undefined) say(failure.note, "  ");
  if (failure.drawing !== undefined) terminal.out(`\n${indent(failure.drawing, "  ")}\n`);
  if (failure.mermaid !== undefined) say(`As a diagram: ${drawingPath(result.id)}`, "  ");
}

/** Nothing failed, or it failed before a behavior could take steps (a loop, a crash, a file that does not parse). */
function tellWithoutSteps({ terminal }: Context, result: ExerciseResult, failing: TestResult | undefined): void {
  const head = `${terminal.paint.bold(result.id)} · seed ${result.seed} · ${statusWord(result.status, terminal.paint)}`;
  const text =
    result.status === "passed"
      ? "With this seed every behavior holds. There is nothing to replay."
      : (failing?.message ?? result.message ?? "");
  const name = failing === undefined ? "" : `  ${failing.name}\n`;
  terminal.out(`${head}\n${name}${wrap(text, terminal.width(), "  ")}\n`);
}
