/** The command line of a service: what all have, and what one adds. */

import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Service } from "./define.ts";
import { type Amount, amountOf, type Kill, killOf } from "./when.ts";

export interface OptionSpec {
  /** One line for `--help`. */
  readonly help: string;
  /** What stands for the value in the help, e.g. `<n>`; absent for a flag. */
  readonly value?: string;
  readonly default?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** An option that cannot be understood; its message says what to write instead. Exit code 2. */
export class UsageError extends Error {}

/** The service's own options, read when asked for. */
export interface Options {
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  /** @throws UsageError unless it is an integer within the range. */
  readonly integer: (name: string, least: number, most: number) => number;
}

export interface CommandLine {
  readonly options: Options;
  /** 0: whatever the system has free. */
  readonly port: number;
  readonly kills: readonly Kill[];
  /** Null: serve until Ctrl-C. */
  readonly load: Amount | null;
  readonly isReference: boolean;
  readonly isJson: boolean;
}

const COMMON: OptionSpecs = {
  load: { value: "<n>", help: "drive it by a real client for so many requests (or <n>s), check, and end" },
  kill: { value: "<part>@<n>", help: "end a part with SIGKILL after n requests (or <n>s, <n>ms); may be repeated" },
  from: { value: "solutions", help: "run the references, whatever has passed" },
  port: { value: "<n>", help: "first loopback port; the next free ones are taken" },
  json: { help: "one document on stdout at the end, and nothing else there" },
};

/** @returns "help" when that was asked for. @throws UsageError */
export function readCommandLine(service: Service, words: readonly string[]): CommandLine | "help" {
  const specs: OptionSpecs = { ...COMMON, ...service.options };
  const values = parsed(words, specs);
  if (values.help === true) return "help";
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const integer = (name: string, least: number, most: number): number => {
    const typed = text(name) ?? "";
    const value = Number(typed);
    if (/^\d+$/.test(typed) && value >= least && value <= most) return value;
    throw new UsageError(`--${name} is "${typed}", expected an integer from ${least} to ${most}.`);
  };
  const options: Options = { flag: (name) => values[name] === true, text, integer };
  const from = text("from");
  if (from !== undefined && from !== "solutions")
    throw new UsageError(`--from is "${from}"; it takes "solutions", and without it your files run where they passed.`);
  return {
    options,
    port: text("port") === undefined ? service.port : integer("port", 0, 65_000),
    kills: ((values.kill ?? []) as string[]).map((each) => readKill(each, service.parts(options))),
    load: readLoad(text("load")),
    isReference: from === "solutions",
    isJson: values.json === true,
  };
}

function parsed(words: readonly string[], specs: OptionSpecs): Record<string, unknown> {
  const config: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, spec] of Object.entries(specs)) {
    const fallback = spec.default === undefined ? {} : { default: spec.default };
    config[name] =
      spec.value === undefined ? { type: "boolean" } : { type: "string", multiple: name === "kill", ...fallback };
  }
  try {
    const { values } = parseArgs({ args: [...words], options: config, allowPositionals: false, strict: true });
    return values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${(message.split(/\. |\n/)[0] ?? message).replace(/\.$/, "")}.`);
  }
}

function readKill(typed: string, parts: readonly string[]): Kill {
  const kill = killOf(typed);
  if (kill === null)
    throw new UsageError(`--kill is "${typed}", expected a part and a moment, as in --kill ${parts[0]}@5000 or @5s.`);
  if (parts.includes(kill.part)) return kill;
  throw new UsageError(`There is no part "${kill.part}". There are ${parts.join(", ")}.`);
}

function readLoad(typed: string | undefined): Amount | null {
  if (typed === undefined) return null;
  const amount = amountOf(typed);
  if (amount === null) throw new UsageError(`--load is "${typed}", expected requests or seconds: 20000 or 10s.`);
  return amount;
}

export function helpOf(service: Service): string {
  const specs = Object.entries({ ...service.options, ...COMMON });
  const heads = specs.map(([name, { value }]) => `--${name}${value === undefined ? "" : ` ${value}`}`);
  const column = Math.max(...heads.map((head) => head.length)) + 4;
  const rows = specs.map(([, { help, default: fallback }], index) => {
    const note = fallback === undefined ? "" : ` (default ${fallback})`;
    return `  ${heads[index]!.padEnd(column - 2)}${help}${note}`;
  });
  return [
    service.summary,
    "",
    `Usage: npx bp run ${service.system} [options]`,
    "",
    ...rows,
    "",
    "It listens on loopback only. Ctrl-C ends it and leaves nothing behind.",
    "Exit codes: 0 what must hold held; 1 it did not; 2 wrong usage; 3 it could not run.",
    "",
  ].join("\n");
}
