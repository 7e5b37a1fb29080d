import type { NodeId } from "../../../given/key-value-store/replica.ts";
import { createRandom, type Random } from "../../../sim/prng.ts";
import type { LabModel } from "../kit/session.ts";
import { type Bench, type ClientName, type Command, clientNames, look, nodeNames, setUp } from "./cluster.ts";
import { judge, missed, type Operation, type Verdict } from "./judge.ts";
import { type PresetName, presets } from "./presets.ts";

/** Five replicas, one key, three clients; what fails is scripted by a preset or done by the reader. */
export interface Params {
  readonly preset: PresetName;
  /** Homes of the key, answers that a read waits for, acknowledgements that a write waits for. */
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** Whether other nodes may stand in for homes that do not answer. */
  readonly sloppy: boolean;
  /** Nodes compare their hash trees now and then. */
  readonly antiEntropy: boolean;
  /** Share of the messages between nodes that take some 50 ms longer, per cent. */
  readonly slow: number;
}

export type Action =
  | { readonly kind: "order"; readonly client: ClientName; readonly order: Command }
  | { readonly kind: "via"; readonly client: ClientName; readonly node: NodeId }
  /** The first `after` nodes are cut off from the others; 0 heals. */
  | { readonly kind: "cut"; readonly after: number }
  | { readonly kind: "crash"; readonly node: NodeId; readonly forMs: number }
  /** Whether the clients go on reading and writing by themselves. */
  | { readonly kind: "traffic"; readonly on: boolean };

export interface ReplicaView {
  readonly name: NodeId;
  readonly isUp: boolean;
  readonly isHome: boolean;
  /** The siblings that it keeps as a home; of one that is down, what is on its disk. */
  readonly values: readonly string[];
  readonly hints: number;
  /** Acknowledged writes that it has not heard of. */
  readonly misses: readonly string[];
}

export interface State extends Bench {
  nowMs: number;
  readonly params: Params;
  /** Steps of the preset's script that have happened. */
  played: number;
  cutAfter: number;
  traffic: boolean;
  readonly random: Random;
  /** When a client asks next, while there is traffic. */
  readonly nextAt: Record<ClientName, number>;
  replicas: readonly ReplicaView[];
}

export const runMs = 1500;

export const defaults: Params = paramsOf("sloppy");

/** Parameters of a preset that the reader picks. */
export function paramsOf(preset: PresetName): Params {
  return { preset, ...presets[preset].params, antiEntropy: false };
}

/** No more answers can be waited for than there are homes. */
export function withHomes(params: Params, n: number): Partial<Params> {
  return { n, r: Math.min(params.r, n), w: Math.min(params.w, n) };
}

export const model: LabModel<State, Params, Action> = {
  stepMs: 5,

  init(seed, params) {
    const { n, r, w, sloppy, slow, antiEntropy } = params;
    const options = { n, r, w, sloppy, antiEntropyMs: antiEntropy ? antiEntropyMs : 0 };
    const state: State = {
      ...setUp(seed, options, slow / 100, presets[params.preset].via),
      nowMs: 0,
      params,
      played: 0,
      cutAfter: 0,
      traffic: false,
      random: createRandom(seed).fork("traffic"),
      nextAt: { Ana: 10, Ben: 20, Cleo: 30 },
      replicas: nodeNames.map((name, i) => ({ name, isUp: true, isHome: i < n, values: [], hints: 0, misses: [] })),
    };
    play(state);
    return state;
  },

  step(state) {
    const { cluster, cutAfter, nowMs } = state;
    // The simulator's partitions end by themselves; a switch that is on renews its own until it is turned off.
    if (cutAfter > 0) {
      const side = nodeNames.slice(0, cutAfter);
      cluster.inject({ kind: "partition", at: nowMs, forMs: model.stepMs + 1, side, direction: "both" });
    }
    if (state.traffic) ask(state);
    cluster.advance(nowMs + model.stepMs);
    if (cluster.violation !== undefined) throw new Error(cluster.violation.message);
    state.nowMs = nowMs + model.stepMs;
    state.replicas = state.replicas.map((before) => viewOf(state, before));
    play(state);
    return state;
  },

  act(state, action) {
    if (action.kind === "order") state.orders[action.client].push(action.order);
    else if (action.kind === "via") state.via[action.client] = action.node;
    else if (action.kind === "cut") state.cutAfter = action.after;
    else if (action.kind === "traffic") state.traffic = action.on;
    else {
      state.cluster.inject({ kind: "crash", at: state.nowMs, forMs: action.forMs, node: action.node });
      state.replicas = state.replicas.map((before) => viewOf(state, before));
    }
    return state;
  },

  isDone: (state) => state.nowMs >= runMs,
};

export interface Judged {
  readonly operation: Operation;
  readonly verdict: Verdict;
}

/** Reads that have ended, in the order of their ends. */
export function reads(state: State): readonly Judged[] {
  return state.operations
    .filter(({ kind, status }) => kind === "read" && status !== "open")
    .sort((a, b) => a.endedPosition! - b.endedPosition!)
    .map((operation) => ({ operation, verdict: judge(operation, state.operations) }));
}

/** Every home is up and keeps the same, and nobody keeps anything for another. */
export function hasConverged({ replicas }: State): boolean {
  const homes = replicas.filter(({ isHome }) => isHome);
  const same = homes.every(({ isUp, values }) => isUp && values.join() === homes[0]!.values.join());
  return same && replicas.every(({ isUp, hints }) => isUp && hints === 0);
}

// --- internal ---

const antiEntropyMs = 150;

function play(state: State): void {
  const { script } = presets[state.params.preset];
  for (let next = script[state.played]; next !== undefined && next[0] <= state.nowMs; next = script[state.played]) {
    model.act!(state, next[1]);
    state.played += 1;
  }
}

/** Ana writes, now and then; Ben and Cleo read, more often. */
function ask(state: State): void {
  const { random, nextAt, orders, nowMs } = state;
  for (const client of clientNames) {
    if (nextAt[client] > nowMs) continue;
    const pauseMs = client === "Ana" ? random.integer(50, 90) : random.integer(20, 40);
    nextAt[client] = nowMs + pauseMs;
    if (orders[client].length === 0) orders[client].push(client === "Ana" ? "write" : "read");
  }
}

function viewOf(state: State, before: ReplicaView): ReplicaView {
  const seen = look(state.cluster, before.name);
  const { values, hints } = seen ?? before;
  const misses = before.isHome ? missed(values, state.operations) : [];
  return { name: before.name, isHome: before.isHome, isUp: seen !== undefined, values, hints, misses };
}
