/** What the frame and its parts say to one another, over the channel that Node gives a child. */

import type { LatencyEntries } from "./latencies.ts";

export type ToPart =
  | {
      readonly type: "start";
      readonly name: string;
      readonly incarnation: number;
      readonly folder: string;
      readonly data: unknown;
    }
  | { readonly type: "ask"; readonly number: number; readonly question: unknown }
  | { readonly type: "close" };

export type FromPart =
  | { readonly type: "ready" }
  | { readonly type: "answer"; readonly number: number; readonly answer: unknown }
  | { readonly type: "failed"; readonly number: number | null; readonly message: string }
  | { readonly type: "figures"; readonly figures: PartFigures };

/** Since the last time. */
export interface PartFigures {
  readonly counts: Readonly<Record<string, number>>;
  readonly latencies: LatencyEntries;
}

/** What the process of a service tells whoever started it with a channel: the test kit. `npx bp` does not listen. */
export type Event =
  | { readonly type: "serving"; readonly serves: readonly { name: string; url: string }[]; readonly folder: string }
  | { readonly type: "part"; readonly name: string; readonly pid: number; readonly incarnation: number }
  | { readonly type: "died"; readonly name: string; readonly pid: number; readonly how: string };
