/** The code under test. The judge decides which file `bp:subject` is; a suite only knows its shape. */

import { captureGlobals, verifyGlobals } from "./integrity.ts";
import { record } from "./recorder.ts";

/**
 * Imports the learner's file, typed as the reference:
 * `const { TokenBucket } = await subject<typeof import("../../../solutions/rate-limiter/token-bucket.ts")>();`
 */
export async function subject<Module>(): Promise<Module> {
  captureGlobals();
  record({ kind: "importing" });
  const module = (await import("bp:subject" as string)) as Module;
  record({ kind: "imported" });
  verifyGlobals("while it was imported");
  return module;
}
