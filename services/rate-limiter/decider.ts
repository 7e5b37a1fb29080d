/** How a gateway comes to a decision: by the parts, through the store; or by a Redis that runs the same rules. */

import type { Rule } from "./rules.ts";

export interface Outcome {
  readonly allowed: boolean;
  /** Who decided: the store, a lease that the gateway holds, or the gateway alone, because the store was silent. */
  readonly by: "store" | "lease" | "silence";
  /** The one that refused, or has least left. */
  readonly rule: Rule;
  /** Null where the one who decided does not know. */
  readonly remaining: number | null;
  /** Of a refusal: until the same request may pass, if nothing else happens. */
  readonly retryAfterMs: number | null;
}

export interface Decider {
  /** One request of `key`, which all of `rules` must admit. Resolves in any case, and soon. */
  readonly decide: (rules: readonly Rule[], key: string) => Promise<Outcome>;
  readonly close: () => void;
}
