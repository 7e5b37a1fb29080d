/** The command line, from arguments to exit code. Everything that can end a command early is handled here, once. */

import { catalog, systems } from "../../course/manifest.ts";
import { explainSystemError, MachineError, UsageError } from "../learner/errors.ts";
import { loadGrader } from "../learner/grader.ts";
import { openProgress } from "../learner/progress.ts";
import { closest } from "../text/closest.ts";
import { wrap } from "../text/wrap.ts";
import { type Command, readArguments, usageOf } from "./command.ts";
import { COMMAND_NAMES, loadCommand } from "./commands/index.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit.ts";
import { helpText } from "./help.ts";
import { terminalOf } from "./terminal.ts";

/** How long what was started may take to end after Ctrl-C before the process leaves without it. */
const GRACE_MS = 4_000;

/** Runs one command of `bp` on the real process and ends it. `change`: for tests that need another course. */
export const run = (
  argv: readonly string[],
  root: string,
  change: Partial<Pick<Context, "course" | "grader">> = {},
): Promise<never> => onProcess(root, change, (context) => dispatch(argv, context));

/** The same for a script that is no command of `bp`, such as `npm run mutants`. */
export const runScript = (script: Command, root: string): Promise<never> =>
  onProcess(root, {}, (context) =>
    guarded(
      context,
      () => runWith(script, process.argv.slice(2), context),
      async () => script,
    ),
  );

async function onProcess(
  root: string,
  change: Partial<Context>,
  work: (context: Context) => Promise<number>,
): Promise<never> {
  const stop = new AbortController();
  let forced: number | null = null;
  const interrupt = (code: number) => {
    // A second Ctrl-C does not wait.
    if (forced !== null) process.exit(forced);
    forced = code;
    stop.abort();
    setTimeout(() => process.exit(code), GRACE_MS).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt(EXIT.interrupted));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // The reader has gone (`bp list | head -1`): nobody sees more output, so nothing more is done.
      if (error.code === "EPIPE") interrupt(EXIT.readerLeft);
      else throw error;
    });
  }
  const code = await work({
    root,
    course: { catalog, systems },
    terminal: terminalOf(process, process.env),
    env: process.env,
    progress: openProgress(root),
    grader: loadGrader,
    signal: stop.signal,
    now: () => new Date(),
    ...change,
  });
  await flushed(process.stdout);
  await flushed(process.stderr);
  process.exit(forced ?? code);
}

/** Resolves to the exit code; never throws. */
export const dispatch = (argv: readonly string[], context: Context): Promise<number> =>
  guarded(context, () => runCommand(argv, context), loadCommand);

/** `commandOf`: the command whose usage helps. */
async function guarded(
  context: Context,
  work: () => Promise<number>,
  commandOf: (name: string) => Promise<Command>,
): Promise<number> {
  const { terminal } = context;
  const say = (text: string) => terminal.err(`${wrap(text, terminal.width())}\n`);
  try {
    const code = await work();
    const notice = context.progress.takeNotice();
    if (notice !== null) say(notice);
    return context.signal.aborted ? EXIT.interrupted : code;
  } catch (error) {
    if (context.signal.aborted) return EXIT.interrupted;
    if (error instanceof UsageError) {
      say(error.message);
      if (error.command !== null) terminal.err(`\n${usageOf(await commandOf(error.command))}`);
      return EXIT.usage;
    }
    const known = error instanceof MachineError ? error.message : explainSystemError(error);
    if (known !== null) say(known);
    else {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say("The grader itself failed. This is not a verdict on your code. Please report it with these lines:");
      terminal.err(`${detail}\n`);
    }
    return EXIT.graderFailed;
  }
}

async function runCommand(argv: readonly string[], context: Context): Promise<number> {
  const [name = "status", ...rest] = argv;
  if (name === "--version" || name === "-v") return showVersion(context);
  if (name === "help" || name === "--help" || name === "-h") return showHelp(rest[0], context);
  if (name.startsWith("-")) throw new UsageError(`"${name}" belongs behind a command. \`npx bp help\` lists them.`);
  if (!COMMAND_NAMES.includes(name)) throw new UsageError(unknownCommand(name, context));
  return runWith(await loadCommand(name), rest, context);
}

async function runWith(command: Command, argv: readonly string[], context: Context): Promise<number> {
  const args = readArguments(command, argv);
  if (args === null) {
    context.terminal.out(usageOf(command));
    return EXIT.passed;
  }
  return command.run(context, args);
}

async function showHelp(name: string | undefined, context: Context): Promise<number> {
  if (name === undefined) context.terminal.out(await helpText(context.terminal.paint));
  else if (COMMAND_NAMES.includes(name)) context.terminal.out(usageOf(await loadCommand(name)));
  else throw new UsageError(unknownCommand(name, context));
  return EXIT.passed;
}

async function showVersion(context: Context): Promise<number> {
  const { readFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  const { version } = JSON.parse(readFileSync(join(context.root, "package.json"), "utf8")) as { version: string };
  context.terminal.out(`backpressure ${version}, Node ${process.versions.node}\n`);
  return EXIT.passed;
}

/** People type `bp rate-limiter/token-bucket` and mean `bp check` of it. */
function unknownCommand(name: string, context: Context): string {
  const isExercise = context.course.catalog.some((entry) => entry.id === name || entry.system.slug === name);
  if (isExercise) return `"${name}" is an exercise, not a command. Did you mean \`npx bp check ${name}\`?`;
  const near = closest(name, COMMAND_NAMES);
  const advice =
    near.length === 0 ? "`npx bp help` lists them." : `Did you mean ${near.map((one) => `\`${one}\``).join(" or ")}?`;
  return `There is no command "${name}". ${advice}`;
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write("", () => resolve());
  });
