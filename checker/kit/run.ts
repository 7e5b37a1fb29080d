/** What the judge tells the suite about this run. Outside the judge (an author runs a suite by hand) defaults apply. */

import { inject } from "vitest";
import { type DatabaseAccess, offerDatabase } from "./offered.ts";

export interface RunContext {
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Every random choice of a suite derives from it. */
  readonly seed: number;
  /** Where the flight recorder appends, or null. */
  readonly recordPath: string | null;
  /** Proves that a line of the record was written by the kit. */
  readonly token: string;
  /** Where the code under test was read, for the lines that failures name. */
  readonly subjectPath?: string;
  /** For a suite that runs its subject in threads (`threads.ts`). */
  readonly threadScript?: string;
  /** For a suite that runs its subject on a database (`postgres.ts`). */
  readonly database?: DatabaseAccess;
  /** Stages above it are not registered. Default: all. */
  readonly lastStage?: number;
  /** Only the behavior of this name is registered: a mutant has to fail in the one that it names. Default: all. */
  readonly only?: string;
  /** False where only the verdict matters: a failure is thrown as it was found. Default: true. */
  readonly shrink?: boolean;
  /** Upper bound for every `timeoutMs`; the judge's own tests shorten it. Default: none. */
  readonly patienceMs?: number;
}

declare module "vitest" {
  interface ProvidedContext {
    run: RunContext;
  }
}

const given = inject("run") as (RunContext & { token: string }) | undefined;

export const run: Omit<RunContext, "token"> = given ?? { id: "", seed: 42, recordPath: null };

let secret = given?.token ?? "";
// Vitest keeps what it injects in an object that any code of the process can reach; the token must not stay there.
if (given !== undefined) given.token = "";
offerDatabase(given?.database);

/** Hands the token to the recorder, once. Later callers get nothing. */
export function takeToken(): string {
  const token = secret;
  secret = "";
  return token;
}
