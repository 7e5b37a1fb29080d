/** What the measuring parent and an isolate say to each other. One command at a time; every command has one reply. */

import type { DatabaseAccess } from "../kit/offered.ts";

/**
 * The first message, before any code under test is loaded. The token stays in the isolate's closure and proves its
 * replies.
 */
export interface Load {
  readonly type: "load";
  readonly token: string;
  /** Bundle with `benches`, `subject` and `offerDatabase`. */
  readonly bundle: string;
  /** Which of the benches this isolate runs. */
  readonly bench: number;
  readonly seed: number;
  /** Null where the exercise has none. */
  readonly database: DatabaseAccess | null;
}

export type Command =
  /** Build the work under `key`; `n` for growth. */
  | { readonly type: "prepare"; readonly key: string; readonly n?: number }
  /** Run it `repeats` times, or fewer when `stopAfterMs` have gone by in between. */
  | { readonly type: "run"; readonly key: string; readonly repeats: number; readonly stopAfterMs: number }
  /** Run fresh work exactly `runs` times and say what came of it; `n` for growth. */
  | { readonly type: "audit"; readonly runs: number; readonly n?: number }
  | { readonly type: "count" }
  | { readonly type: "heap" };

export type Result =
  | { readonly type: "loaded" }
  | { readonly type: "prepared"; readonly opsPerRun: number }
  | { readonly type: "ran"; readonly repeats: number; readonly ns: number }
  | { readonly type: "counted"; readonly value: number; readonly digest?: string }
  | { readonly type: "audited"; readonly digest: string }
  /** The code under test threw. */
  | { readonly type: "threw"; readonly message: string };

export type Reply = Result & { readonly token: string };
