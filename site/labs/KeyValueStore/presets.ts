import type { NodeId } from "../../../given/key-value-store/replica.ts";
import type { ClientName } from "./cluster.ts";
import type { Action, Params } from "./model.ts";

export type PresetName = "overlap" | "sloppy" | "partial" | "siblings";

export interface Preset {
  readonly title: string;
  /** What to look for. */
  readonly about: string;
  readonly params: Pick<Params, "n" | "r" | "w" | "sloppy" | "slow">;
  readonly via: Readonly<Record<ClientName, NodeId>>;
  /** What happens, at which ms; in order. */
  readonly script: readonly (readonly [atMs: number, action: Action])[];
  /** When the point has been made, ms. */
  readonly startMs: number;
}

const ask = (client: ClientName, order: "read" | "put" | "write"): Action => ({ kind: "order", client, order });
const cut = (after: number): Action => ({ kind: "cut", after });

export const presets: Readonly<Record<PresetName, Preset>> = {
  sloppy: {
    title: "Stale despite R + W > N",
    about:
      "Ana is cut off together with n4 and n5. They stand in for the homes that she cannot reach, and her " +
      "write is acknowledged. Ben asks two homes: both answer, and neither has heard of it. When the " +
      "partition heals, the hints are handed over.",
    params: { n: 3, r: 2, w: 2, sloppy: true, slow: 0 },
    via: { Ana: "n4", Ben: "n1", Cleo: "n2" },
    script: [
      [10, ask("Ana", "write")],
      [120, ask("Ana", "read")],
      [180, cut(3)],
      [190, ask("Ana", "put")],
      [310, ask("Ben", "read")],
      [380, ask("Cleo", "read")],
      [520, cut(0)],
      [720, ask("Ben", "read")],
      [780, ask("Cleo", "read")],
    ],
    startMs: 360,
  },
  overlap: {
    title: "R + W ≤ N",
    about:
      "Nothing fails. Each client asks the replica beside it and takes the first answer, while writes are " +
      "still on their way to the others. Two messages in five are slow.",
    params: { n: 3, r: 1, w: 1, sloppy: false, slow: 40 },
    via: { Ana: "n1", Ben: "n2", Cleo: "n3" },
    script: [[0, { kind: "traffic", on: true }]],
    startMs: 430,
  },
  partial: {
    title: "A read goes back",
    about:
      "R + W > N, strict, and no write that was acknowledged is missed. But Ana's second write reached n1 " +
      "alone before n1 crashed. A read that includes n1 returns it; a later one, of n2 and n3, does not.",
    params: { n: 3, r: 2, w: 2, sloppy: false, slow: 0 },
    via: { Ana: "n1", Ben: "n1", Cleo: "n3" },
    script: [
      [10, ask("Ana", "write")],
      [120, ask("Ana", "read")],
      [190, cut(1)],
      [200, ask("Ana", "put")],
      [225, { kind: "crash", node: "n1", forMs: 60 }],
      [290, cut(2)],
      [320, ask("Ben", "read")],
      [370, cut(1)],
      [385, ask("Cleo", "read")],
      [520, cut(0)],
      [860, ask("Cleo", "read")],
      [920, ask("Ben", "read")],
    ],
    startMs: 440,
  },
  siblings: {
    title: "Partition and heal",
    about:
      "Both sides take a write that had not seen the other's. After the partition neither may be thrown " +
      "away: the homes keep both, a read returns both, and the next write that has read both replaces them.",
    params: { n: 3, r: 2, w: 2, sloppy: true, slow: 0 },
    via: { Ana: "n1", Ben: "n5", Cleo: "n2" },
    script: [
      [10, ask("Ana", "write")],
      [120, ask("Ben", "read")],
      [120, ask("Ana", "read")],
      [190, cut(3)],
      [210, ask("Ana", "put")],
      [210, ask("Ben", "put")],
      [380, cut(0)],
      [620, ask("Cleo", "read")],
      [760, ask("Cleo", "write")],
      [880, ask("Ben", "read")],
    ],
    startMs: 680,
  },
};
