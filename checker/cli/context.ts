/** Everything a command may reach for. Built once by `main.ts`; tests build their own. */

import type { LearnerContext } from "../learner/context.ts";
import type { Terminal } from "./terminal.ts";

export interface Context extends LearnerContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}
