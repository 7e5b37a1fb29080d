/** The properties of Figure 3 of the paper, looked at after every simulated step. */

import type { Entry, NodeId, Status } from "../../../../given/object-storage/replicated-log.ts";
import type { Invariant, World } from "../../../../sim/index.ts";
import type { RegisterNode } from "./cluster.ts";

interface View {
  readonly id: NodeId;
  readonly status: Status;
}

/**
 * Built anew for every run: each property remembers what it has seen. The first one looks for all at the nodes that did
 * something.
 */
export function safety(): Record<string, Invariant<RegisterNode>> {
  let views: View[] = [];
  const seen = new Map<NodeId, { readonly node: RegisterNode; readonly turns: number }>();
  const look = (world: World<RegisterNode>): View[] => {
    views = [];
    for (const { id, node } of world.live()) {
      const last = seen.get(id);
      if (last?.node === node && last.turns === node.turns) continue;
      seen.set(id, { node, turns: node.turns });
      views.push({ id, status: node.raft.status() });
    }
    return views;
  };
  const election = electionSafety();
  const matching = logMatching();
  const completeness = leaderCompleteness();
  const machine = stateMachineSafety();
  return {
    "at most one leader a term": (world) => election(look(world)),
    "logs that agree on an entry agree up to it": () => matching(views),
    "every leader has all that was committed before": (world) => completeness(views, world),
    "no two nodes commit different entries at one index": (world) => machine(views, world),
  };
}

function electionSafety(): (views: readonly View[]) => string | undefined {
  const leaders = new Map<number, NodeId>();
  return (views) => {
    for (const { id, status } of views) {
      if (status.role !== "leader") continue;
      const other = leaders.get(status.term) ?? id;
      if (other !== id) return `${other} and ${id} both led term ${status.term}`;
      leaders.set(status.term, id);
    }
    return undefined;
  };
}

/** Each (index, term) is one entry, and has one predecessor: from this the property follows by induction. */
function logMatching(): (views: readonly View[]) => string | undefined {
  const seen = new Map<string, { readonly text: string; readonly before: number | undefined; readonly id: NodeId }>();
  const last = new Map<NodeId, readonly Entry[]>();
  return (views) => {
    for (const { id, status } of views) {
      const { log, snapshot } = status;
      const known = last.get(id) ?? [];
      const shift = (log[0]?.index ?? 0) - (known[0]?.index ?? 0);
      last.set(id, log);
      for (let i = log.length - 1; i >= 0; i--) {
        const entry = log[i]!;
        if (known[i + shift] === entry) break;
        const before = i > 0 ? log[i - 1]!.term : (snapshot?.term ?? 0);
        const key = `${entry.index} of term ${entry.term}`;
        const text = JSON.stringify(entry.payload);
        const first = seen.get(key);
        if (first === undefined) seen.set(key, { text, before, id });
        else if (first.text !== text) return `${first.id} and ${id} have different entries ${key}`;
        else if (first.before !== before)
          return `before entry ${key}, ${first.id} has one of term ${first.before}, ${id} one of ${before}`;
      }
    }
    return undefined;
  };
}

interface CommittedEntry {
  readonly term: number;
  readonly text: string;
  /** Who was the first to take it for committed, and in which term. */
  readonly id: NodeId;
  readonly inTerm: number;
}

/** What some node has taken for committed, by index. */
class Committed {
  readonly #entries = new Map<number, CommittedEntry>();
  readonly #upTo = new Map<NodeId, number>();
  last = 0;

  /** Adds what is new; the text says where two nodes contradict each other. */
  add({ id, status }: View): string | undefined {
    const from = Math.min(this.#upTo.get(id) ?? 0, status.commitIndex);
    this.#upTo.set(id, status.commitIndex);
    for (const entry of status.log) {
      if (entry.index <= from) continue;
      if (entry.index > status.commitIndex) break;
      const text = JSON.stringify(entry.payload);
      const other = this.#entries.get(entry.index);
      if (other === undefined) {
        this.#entries.set(entry.index, { term: entry.term, text, id, inTerm: status.term });
        this.last = Math.max(this.last, entry.index);
      } else if (other.term !== entry.term || other.text !== text) {
        const ours = `${id} committed entry ${entry.index} of term ${entry.term}`;
        return `${ours}, ${other.id} committed one of term ${other.term}`;
      }
    }
    return undefined;
  }

  /** A candidate may be elected late, when a later term has committed more: that it need not have. */
  missing(status: Status): number | undefined {
    const first = (status.snapshot?.index ?? 0) + 1;
    for (let index = first; index <= this.last; index++) {
      const entry = this.#entries.get(index);
      if (entry === undefined || entry.inTerm >= status.term) continue;
      if (status.log[index - first]?.term !== entry.term) return index;
    }
    return undefined;
  }
}

function leaderCompleteness(): (views: readonly View[], world: World) => string | undefined {
  const committed = new Committed();
  const checked = new Set<number>();
  return (views, world) => {
    for (const { id, status } of views) {
      if (status.role !== "leader" || checked.has(status.term)) continue;
      checked.add(status.term);
      if (checked.size > 1) world.mark("another leader");
      const index = committed.missing(status);
      if (index !== undefined)
        return `${id} leads term ${status.term} without entry ${index}, which was committed before`;
    }
    for (const view of views) committed.add(view);
    return undefined;
  };
}

function stateMachineSafety(): (views: readonly View[], world: World<RegisterNode>) => string | undefined {
  const committed = new Committed();
  const values = new Map<number, string>();
  return (views, world) => {
    for (const view of views) {
      const problem = committed.add(view);
      if (problem !== undefined) return problem;
      const node = world.node(view.id)!;
      if (node.appliedIndex > view.status.commitIndex)
        return `${view.id} applied up to ${node.appliedIndex} and says that ${view.status.commitIndex} is committed`;
      const state = JSON.stringify(node.state);
      const other = values.get(node.appliedIndex);
      if (other !== undefined && other !== state)
        return `${view.id} is in state ${state} after entry ${node.appliedIndex}, others were in ${other}`;
      values.set(node.appliedIndex, state);
    }
    return undefined;
  };
}
