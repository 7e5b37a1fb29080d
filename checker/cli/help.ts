import type { Palette } from "../text/paint.ts";
import { wrap } from "../text/wrap.ts";
import { COMMAND_NAMES, loadCommand } from "./commands/index.ts";

/** `bp help`: every command on one line. */
export async function helpText(paint: Palette): Promise<string> {
  const commands = await Promise.all(COMMAND_NAMES.map(loadCommand));
  const column = 28;
  const lines = commands.map(({ name, usage, summary }) => {
    const left = `  ${name === "status" ? "" : `${name} `}${usage}`;
    const [first = "", ...rest] = wrap(summary, 80 - column).split("\n");
    const head = left.length < column ? [left.padEnd(column) + first] : [left, " ".repeat(column) + first];
    return [...head, ...rest.map((line) => " ".repeat(column) + line)].join("\n");
  });
  return [
    `${paint.bold("npx bp")} <command>`,
    "",
    ...lines,
    "",
    "`npx bp <command> --help` explains one. An id is `system` or `system/exercise`.",
    "Exit codes: 0 all that was asked for passed; 1 graded, and something did not",
    "pass; 2 wrong usage or unknown name; 3 the grader itself failed.",
    "",
  ].join("\n");
}
