import { explainSystemError } from "../learner/errors.ts";
import { wrap } from "../text/wrap.ts";
import type { Terminal } from "./terminal.ts";

/** Says on stderr that `what` was not remembered; nothing for null. */
export function tellUnsaved(terminal: Terminal, what: string, unsaved: unknown): void {
  if (unsaved === null) return;
  const why = explainSystemError(unsaved) ?? (unsaved instanceof Error ? unsaved.message : String(unsaved));
  terminal.err(`${wrap(`${what}, but progress could not be saved. ${why}`, terminal.width())}\n`);
}
