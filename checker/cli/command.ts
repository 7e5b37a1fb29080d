/** What a command is, and how its arguments are read. One file a command in `commands/`. */

import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../learner/errors.ts";
import { wrap } from "../text/wrap.ts";
import type { Context } from "./context.ts";

export interface OptionSpec {
  readonly type: "boolean" | "string";
  /** One line for `--help`. */
  readonly help: string;
  /** What stands for the value in the usage line, e.g. `<n>`. */
  readonly value?: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  /** A whole number of at least `least`; UsageError otherwise. */
  readonly number: (name: string, least: number) => number | undefined;
}

export interface Command {
  readonly name: string;
  /** How it is typed, where that is not `npx bp <name>`. */
  readonly typed?: string;
  /** Positional arguments as shown, e.g. `[id...]`. */
  readonly usage: string;
  readonly summary: string;
  /** More for `--help`, after the options. */
  readonly details?: string;
  readonly positionals: { readonly least: number; readonly most: number };
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** True: words after the first are not read here, but by the program that the command starts. */
  readonly handsOn?: boolean;
  /** Resolves to the exit code. */
  readonly run: (context: Context, args: Arguments) => Promise<number>;
}

export function defineCommand(command: Command): Command {
  return command;
}

/** Null when `--help` was asked for. Everything that does not fit is a UsageError of this command. */
export function readArguments(command: Command, argv: readonly string[]): Arguments | null {
  if (command.handsOn === true && argv[0]?.startsWith("-") === false)
    return { positionals: argv, flag: () => false, text: () => undefined, number: () => undefined };
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, { type }] of Object.entries(command.options)) options[name] = { type };
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: joinNegative(argv, command), options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${firstSentence(error)}.`, command.name);
  }
  const { values, positionals } = parsed;
  if (values.help === true) return null;
  if (positionals.length < command.positionals.least)
    throw new UsageError(
      `\`${command.typed ?? `bp ${command.name}`}\` needs ${command.usage.split(" [")[0]}.`,
      command.name,
    );
  if (positionals.length > command.positionals.most)
    throw new UsageError(`"${positionals[command.positionals.most]}" is one argument too many.`, command.name);
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => values[name] as string | undefined,
    number: (name, least) => {
      const text = values[name] as string | undefined;
      if (text === undefined) return undefined;
      const value = Number(text);
      if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
        throw new UsageError(`--${name} takes a whole number of at least ${least}, not "${text}".`, command.name);
      return value;
    },
  };
}

/** `--seed -1` is a value that does not fit, not two options: as `--seed=-1` it is refused with a sentence of ours. */
function joinNegative(argv: readonly string[], { options }: Command): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1) ?? "";
    const takesValue = before.startsWith("--") && options[before.slice(2)]?.type === "string";
    if (takesValue && /^-[\d.]/.test(word)) joined[joined.length - 1] = `${before}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** `Usage: npx bp check [id...] [options]`, the options, the details. */
export function usageOf(command: Command): string {
  const shown = Object.entries(command.options);
  const typed = command.typed ?? `npx bp ${command.name}`;
  const head = [typed, command.usage, shown.length > 0 ? "[options]" : ""].filter((part) => part !== "");
  const lines = [wrap(command.summary), "", `Usage: ${head.join(" ")}`];
  if (shown.length > 0) {
    const names = shown.map(([name, option]) => `--${name}${option.value === undefined ? "" : ` ${option.value}`}`);
    const column = Math.max(...names.map((name) => name.length)) + 4;
    lines.push("");
    for (const [i, [, option]] of shown.entries()) {
      const [first = "", ...rest] = wrap(option.help, 80 - column).split("\n");
      lines.push(`  ${names[i]!.padEnd(column - 2)}${first}`, ...rest.map((line) => " ".repeat(column) + line));
    }
  }
  if (command.details !== undefined) lines.push("", wrap(command.details));
  return `${lines.join("\n")}\n`;
}

/** Node's parser explains at length; its first sentence is what a learner needs. */
function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split(/\. |\n/)[0] ?? message).replace(/\.$/, "");
}
