/** What the judge tells the suite about this run. Outside the judge (an author runs a suite by hand) defaults apply. */

import { inject } from "vitest";

export interface RunContext {
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Every random choice of a suite derives from it. */
  readonly seed: number;
  /** Where the flight recorder appends, or null. */
  readonly recordPath: string | null;
  /** Proves that a line of the record was written by the kit. */
  readonly token: string;
}

declare module "vitest" {
  interface ProvidedContext {
    run: RunContext;
  }
}

export const run: RunContext = inject("run") ?? { id: "", seed: 42, recordPath: null, token: "" };
