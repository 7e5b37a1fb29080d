/** The code under test. The judge decides which file `bp:subject` is; a suite only knows its shape. */

import { captureGlobals, verifyGlobals } from "./integrity.ts";
import { record } from "./recorder.ts";
import { run } from "./run.ts";
import { keepSignalsHome } from "./signals.ts";
import { showThrown } from "./thrown.ts";

/**
 * Imports the learner's file, typed as the reference:
 * `const { TokenBucket } = await subject<typeof import("../../../solutions/rate-limiter/token-bucket.ts")>();`
 */
export async function subject<Module>(): Promise<Module> {
  captureGlobals();
  // Not where an author runs a suite by hand: Vitest's own process may be the same.
  if (run.recordPath !== null) keepSignalsHome((what) => record({ kind: "tampered", what }));
  record({ kind: "importing" });
  let module: Module;
  try {
    module = (await import("bp:subject" as string)) as Module;
  } catch (error) {
    verifyGlobals("while it was imported");
    const notStarted = error instanceof Error && error.name === "NotStarted";
    record({ kind: "import-failed", error: showThrown(error), notStarted });
    throw error;
  }
  record({ kind: "imported" });
  verifyGlobals("while it was imported");
  return module;
}
