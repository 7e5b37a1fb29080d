import type { Entry, NodeId, Role } from "../../../../given/object-storage/replicated-log.ts";
import type { LabModel } from "../../kit/session.ts";
import { type Bench, nodeNames, setUp } from "./cluster.ts";
import { type PresetName, presets, type ScriptAction } from "./presets.ts";

/** Five Raft nodes to cut off, crash and ask. Everything is a function of seed, preset and what the reader did. */
export interface Params {
  readonly preset: PresetName;
}

export type Action =
  | { readonly kind: "propose"; readonly node: NodeId }
  | { readonly kind: "read"; readonly node: NodeId }
  | { readonly kind: "crash"; readonly node: NodeId }
  | { readonly kind: "restart"; readonly node: NodeId }
  /** Moves the node to the other side of the partition, or back. */
  | { readonly kind: "cut"; readonly node: NodeId }
  | { readonly kind: "heal" };

export interface EntryView {
  readonly index: number;
  readonly term: number;
  /** The command, or "–" for a no-op. */
  readonly text: string;
  readonly isCommitted: boolean;
}

export interface NodeView {
  readonly name: NodeId;
  readonly isUp: boolean;
  /** On the side that is cut off from the others. */
  readonly isCut: boolean;
  readonly role: Role;
  readonly term: number;
  readonly votedFor: NodeId | null;
  readonly commitIndex: number;
  /** What is in its log; of one that is down, on its disk. */
  readonly entries: readonly EntryView[];
}

/** Something worth a line under the picture. */
export interface Note {
  readonly at: number;
  readonly node: NodeId;
  readonly text: string;
  readonly tone: "flow" | "pressure" | "plain";
}

export interface State extends Bench {
  nowMs: number;
  readonly params: Params;
  played: number;
  readonly cut: Set<NodeId>;
  /** The leader that the script has cut off. */
  oldLeader: NodeId | undefined;
  commands: number;
  reads: number;
  nodes: readonly NodeView[];
  /** When each command was first applied anywhere. */
  readonly committedAt: Map<string, number>;
  readonly notes: Note[];
  /** Stretches in which a node was down; open ends are still down. */
  readonly downs: { readonly node: NodeId; readonly from: number; to?: number }[];
  /** By term: who led. More than one would break election safety. */
  readonly leaders: Map<number, Set<NodeId>>;
  /** By index: what was applied. A second text would break state machine safety. */
  readonly appliedAt: Map<number, Set<string>>;
}

export const runMs = 3_000;

export const model: LabModel<State, Params, Action> = {
  stepMs: 10,

  init(seed, params) {
    const state: State = {
      ...setUp(seed),
      nowMs: 0,
      params,
      played: 0,
      cut: new Set(),
      oldLeader: undefined,
      commands: 0,
      reads: 0,
      nodes: [],
      committedAt: new Map(),
      notes: [],
      downs: [],
      leaders: new Map(),
      appliedAt: new Map(),
    };
    look(state);
    return state;
  },

  step(state) {
    const { cluster, cut, nowMs } = state;
    // The simulator's partitions end by themselves; one that lasts is renewed.
    if (cut.size > 0)
      cluster.inject({
        kind: "partition",
        at: nowMs,
        forMs: model.stepMs + 1,
        side: [...cut].sort(),
        direction: "both",
      });
    cluster.advance(nowMs + model.stepMs);
    if (cluster.violation !== undefined) throw new Error(cluster.violation.message);
    state.nowMs = nowMs + model.stepMs;
    look(state);
    play(state);
    return state;
  },

  act(state, action) {
    perform(state, action);
    look(state);
    return state;
  },

  isDone: (state) => state.nowMs >= runMs,
};

/** Whoever takes itself for a leader; a leader that was cut off may be one of two. */
export const leadersNow = ({ nodes }: State): readonly NodeView[] =>
  nodes.filter(({ isUp, role }) => isUp && role === "leader");

/** What must never happen, and has not as long as this is empty. */
export function broken({ leaders, appliedAt }: State): readonly string[] {
  const twoLead = [...leaders].filter(([, names]) => names.size > 1).map(([term]) => `two leaders in term ${term}`);
  const twoApply = [...appliedAt].filter(([, texts]) => texts.size > 1).map(([index]) => `two entries at ${index}`);
  return [...twoLead, ...twoApply];
}

// --- internal ---

function perform(state: State, action: Action): void {
  const { machines, cut } = state;
  if (action.kind === "heal") {
    if (cut.size > 0) note(state, "n1", "the partition heals", "plain");
    cut.clear();
    return;
  }
  const { node } = action;
  const machine = machines.get(node)!;
  if (action.kind === "cut") {
    if (!cut.delete(node)) cut.add(node);
    if (cut.size === nodeNames.length) cut.clear();
  } else if (action.kind === "crash" && !machine.isDown) {
    machine.crash();
    state.downs.push({ node, from: state.nowMs });
  } else if (action.kind === "restart" && machine.isDown) {
    machine.restart();
    const down = state.downs.findLast((each) => each.node === node);
    if (down) down.to = state.nowMs;
  } else if (action.kind === "propose") {
    state.commands += 1;
    machine.orders.push({ kind: "propose", command: `c${state.commands}` });
  } else if (action.kind === "read") ask(state, node);
}

function ask(state: State, node: NodeId): void {
  state.reads += 1;
  state.machines.get(node)!.orders.push({ kind: "read", name: `read ${state.reads}` });
  note(state, node, `read ${state.reads} asked`, "plain");
}

function play(state: State): void {
  const { script } = presets[state.params.preset];
  for (let due = script[state.played]; due !== undefined && due[0] <= state.nowMs; due = script[state.played]) {
    act(state, due[1]);
    state.played += 1;
  }
  look(state);
}

function act(state: State, action: ScriptAction): void {
  const leaders = [...leadersNow(state)].sort((a, b) => b.term - a.term);
  const leader = leaders[0]?.name ?? nodeNames[0]!;
  const others = nodeNames.filter((name) => name !== leader);
  if (action.kind === "heal") perform(state, { kind: "heal" });
  else if (action.kind === "cut leader") {
    state.oldLeader = leader;
    for (const node of [leader, others[0]!]) perform(state, { kind: "cut", node });
  } else if (action.kind === "cut follower") perform(state, { kind: "cut", node: others[0]! });
  else if (action.kind === "crash leader") perform(state, { kind: "crash", node: leader });
  else if (action.kind === "crash followers") {
    for (const node of others.slice(0, action.count)) perform(state, { kind: "crash", node });
  } else if (action.kind === "restart") {
    const down = nodeNames.filter((name) => state.machines.get(name)!.isDown);
    for (const node of down.slice(0, action.count)) perform(state, { kind: "restart", node });
  } else {
    const node = action.at === "old leader" ? (state.oldLeader ?? leader) : leader;
    if (action.kind === "read") ask(state, node);
    else state.machines.get(node)!.orders.push({ kind: "propose", command: action.command });
  }
}

/** Notes what has changed since the last look. */
function look(state: State): void {
  const before = state.nodes;
  state.nodes = nodeNames.map((name, index) => viewOf(state, name, before[index]));
  for (const [index, node] of state.nodes.entries()) {
    const { name, role, term } = node;
    if (node.isUp && role === "leader") {
      const names = state.leaders.get(term) ?? new Set();
      state.leaders.set(term, names.add(name));
      if (before[index]?.role !== "leader") note(state, name, `leads in term ${term}`, "flow");
    } else if (node.isUp && before[index]?.isUp && before[index]?.role === "leader")
      note(state, name, "no longer leads", "pressure");
    noteApplied(state, name);
    noteAnswers(state, name);
  }
}

function noteApplied(state: State, name: NodeId): void {
  for (const entry of state.machines.get(name)!.applied) {
    const text = `${entry.term} ${textOf(entry)}`;
    state.appliedAt.set(entry.index, (state.appliedAt.get(entry.index) ?? new Set()).add(text));
    if (entry.payload.kind !== "command" || state.committedAt.has(textOf(entry))) continue;
    state.committedAt.set(textOf(entry), state.nowMs);
    note(state, name, `${textOf(entry)} is committed`, "flow");
  }
}

function noteAnswers(state: State, name: NodeId): void {
  const { answered, refused } = state.machines.get(name)!;
  for (const [read, value] of answered) note(state, name, `${read} answered: ${value}`, "flow");
  answered.clear();
  for (const what of refused.splice(0)) note(state, name, `${what} refused: it does not lead`, "pressure");
}

function note(state: State, node: NodeId, text: string, tone: Note["tone"]): void {
  state.notes.push({ at: state.nowMs, node, text, tone });
}

function viewOf(state: State, name: NodeId, before: NodeView | undefined): NodeView {
  const machine = state.machines.get(name)!;
  const isCut = state.cut.has(name);
  const { status, stored } = machine;
  if (status === undefined) {
    const { term, votedFor } = stored.hardState;
    const entries = entriesOf(stored.entries, before?.commitIndex ?? 0);
    return {
      name,
      isUp: false,
      isCut,
      role: "follower",
      term,
      votedFor,
      commitIndex: before?.commitIndex ?? 0,
      entries,
    };
  }
  const { role, term, votedFor, commitIndex, log } = status;
  return { name, isUp: true, isCut, role, term, votedFor, commitIndex, entries: entriesOf(log, commitIndex) };
}

function entriesOf(log: readonly Entry[], commitIndex: number): EntryView[] {
  return log.map((entry) => ({
    index: entry.index,
    term: entry.term,
    text: textOf(entry),
    isCommitted: entry.index <= commitIndex,
  }));
}

function textOf({ payload }: Entry): string {
  return payload.kind === "command" ? String(payload.command) : "–";
}
