/** What a node is told when it starts, and what it tells. */

import type { Cut } from "../common/power-cut-disk.ts";

export type Mode =
  | { readonly kind: "log" }
  | { readonly kind: "quorum"; readonly n: number; readonly r: number; readonly w: number; readonly sloppy: boolean };

export interface NodeData {
  readonly mode: Mode;
  readonly nodes: readonly NodeAddress[];
  /** Shared by the nodes of a run. */
  readonly secret: string;
  /** Draws what a cut takes off a disk. */
  readonly seed: number;
}

export interface NodeAddress {
  readonly name: string;
  /** For clients. */
  readonly port: number;
  readonly peerPort: number;
}

export interface NodeFigures {
  readonly cut: Cut;
  readonly incarnation: number;
}
