/**
 * Raft nodes that a test drives by hand: time passes only in `tick`, messages arrive only in `deliver`, and crashes
 * keep what was stored.
 */

import {
  type Entry,
  type Membership,
  type Message,
  NOTHING_STORED,
  type NodeId,
  type Ready,
  type Stored,
  store,
} from "../../../../given/object-storage/replicated-log.ts";
import type { Raft, RaftOptions } from "./types.ts";

export const ELECTION_TICKS = 10;
export const HEARTBEAT_TICKS = 2;

interface Machine {
  raft: Raft;
  stored: Stored;
  /** Commands applied since the last start, by index; a restored snapshot stands at its index. */
  applied: Map<number, unknown>;
  reads: string[];
  snapshots: number;
}

export type Fate = "arrives" | "waits" | "lost";

export class RaftBus {
  readonly names: readonly NodeId[];
  messages = 0;
  /** Characters of all messages as JSON, once `measures` is set. */
  size = 0;
  measures = false;
  readonly #create: (options: RaftOptions) => Raft;
  readonly #voters: readonly NodeId[];
  readonly #machines = new Map<NodeId, Machine>();
  readonly #log: (text: string) => void;
  readonly #random: () => number;
  #queue: Message[] = [];
  #waiting: Message[] = [];
  #fate: (message: Message) => Fate = () => "arrives";
  #again = (): boolean => false;

  constructor(
    create: (options: RaftOptions) => Raft,
    names: readonly NodeId[],
    options: {
      readonly voters?: readonly NodeId[];
      readonly stored?: Readonly<Record<NodeId, Stored>>;
      readonly log?: (text: string) => void;
      readonly random?: () => number;
    } = {},
  ) {
    this.names = names;
    this.#create = create;
    this.#voters = options.voters ?? names;
    this.#log = options.log ?? (() => {});
    this.#random = options.random ?? (() => 0.5);
    for (const name of names) this.#boot(name, options.stored?.[name] ?? NOTHING_STORED);
  }

  raft(name: NodeId): Raft {
    return this.#machine(name).raft;
  }

  stored(name: NodeId): Stored {
    return this.#machine(name).stored;
  }

  applied(name: NodeId): ReadonlyMap<number, unknown> {
    return this.#machine(name).applied;
  }

  reads(name: NodeId): readonly string[] {
    return this.#machine(name).reads;
  }

  /** Terms of the log, without what a snapshot stands for. */
  terms(name: NodeId): number[] {
    return this.raft(name)
      .status()
      .log.map(({ term }) => term);
  }

  leader(): NodeId | undefined {
    const leaders = [...this.#machines].filter(([, { raft }]) => raft.status().role === "leader");
    leaders.sort(([, a], [, b]) => b.raft.status().term - a.raft.status().term);
    return leaders[0]?.[0];
  }

  /** Time passes at one node; what it wants to send is on its way. */
  tick(name: NodeId, ticks = 1): void {
    for (let i = 0; i < ticks; i++) {
      this.raft(name).tick();
      this.drain(name);
    }
  }

  /** Lets one node's time run out, so that it campaigns. Delivers nothing. */
  campaign(name: NodeId): void {
    const { term } = this.raft(name).status();
    this.#log(`${name} hears nothing for long`);
    for (let i = 0; i < 2 * ELECTION_TICKS + 1; i++) {
      this.tick(name);
      if (this.raft(name).status().term > term) return;
    }
  }

  /** Lets one node campaign, and delivers everything. */
  elect(name: NodeId): void {
    for (const other of this.names) {
      // Who has heard of a leader of late ignores candidates: let that pass.
      if (other !== name && this.isUp(other) && this.raft(other).status().role !== "leader") this.#forget(other);
    }
    this.campaign(name);
    this.deliver();
  }

  propose(name: NodeId, command: unknown): { index: number; term: number } | null {
    const position = this.raft(name).propose(command);
    this.#log(`${name} is asked to append ${JSON.stringify(command)}: ${JSON.stringify(position)}`);
    this.drain(name);
    return position;
  }

  change(name: NodeId, voters: readonly NodeId[]): { index: number; term: number } | null {
    const position = this.raft(name).changeMembership(voters);
    this.#log(`${name} is asked to make ${voters.join(", ")} the voters: ${JSON.stringify(position)}`);
    this.drain(name);
    return position;
  }

  read(name: NodeId, read: string): boolean {
    const taken = this.raft(name).readIndex(read);
    this.#log(`${name} is asked to read (${read}): ${taken}`);
    this.drain(name);
    return taken;
  }

  compact(name: NodeId, index: number, state: unknown): void {
    this.#log(`${name} compacts its log up to ${index}`);
    this.raft(name).compact(index, state);
    this.drain(name);
  }

  /** Hands one message to its node, as if it had come just now. */
  inject(message: Message): void {
    this.#log(`${message.to} gets ${describe(message)} from ${message.from}`);
    this.raft(message.to).step(message);
    this.drain(message.to);
  }

  /** Messages sent and not delivered yet. */
  pending(to?: NodeId): Message[] {
    return this.#queue.filter((message) => to === undefined || message.to === to);
  }

  discard(): void {
    this.#queue = [];
  }

  /** Delivers until nothing is on its way but what waits. */
  deliver(): void {
    for (let i = 0; i < DELIVERIES_MAX; i++) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      const fate = this.#fate(next);
      if (fate === "waits") this.#waiting.push(next);
      if (fate !== "arrives" || !this.isUp(next.to)) continue;
      for (let times = this.#again() ? 2 : 1; times > 0; times--) {
        this.raft(next.to).step(structuredClone(next));
        this.drain(next.to);
      }
    }
    throw new Error(`more than ${DELIVERIES_MAX} messages: do nodes answer each other without end?`);
  }

  /** From now on, when they are delivered. */
  links(text: string, fate: (message: Message) => Fate): void {
    this.#log(text);
    this.#fate = fate;
  }

  /** From now on some of what is delivered comes late (with a later delivery), some twice, some never. */
  disturb(random: () => number, share: { readonly late: number; readonly lost: number; readonly again: number }): void {
    this.#queue = [...this.#waiting, ...this.#queue];
    this.#waiting = [];
    this.#fate = () => {
      const draw = random();
      if (draw < share.lost) return "lost";
      return draw < share.lost + share.late ? "waits" : "arrives";
    };
    this.#again = () => random() < share.again;
  }

  /** Only these reach each other. */
  isolate(...group: readonly NodeId[]): void {
    this.links(`only ${group.join(", ")} reach each other`, ({ from, to }) =>
      group.includes(from) && group.includes(to) ? "arrives" : "lost",
    );
  }

  heal(waiting: "arrives" | "lost" = "lost"): void {
    this.#log(waiting === "arrives" ? "all links work; what waited arrives" : "all links work");
    this.#fate = () => "arrives";
    if (waiting === "arrives") this.#queue = [...this.#waiting, ...this.#queue];
    this.#waiting = [];
  }

  isUp(name: NodeId): boolean {
    return this.#machines.has(name) && !this.#down.has(name);
  }

  crash(name: NodeId): void {
    this.#log(`${name} crashes`);
    this.#down.add(name);
    this.#queue = this.#queue.filter(({ to }) => to !== name);
  }

  restart(name: NodeId): void {
    this.#log(`${name} restarts with what it stored`);
    this.#down.delete(name);
    this.#boot(name, structuredClone(this.stored(name)));
  }

  /** Heartbeats of a leader until nothing changes any more. */
  settle(leader: NodeId): void {
    for (let i = 0; i < 6; i++) {
      this.tick(leader, HEARTBEAT_TICKS);
      this.deliver();
    }
  }

  /** Does what `ready` asks for, in the order that it says. */
  drain(name: NodeId): void {
    const machine = this.#machine(name);
    for (let i = 0; i < READY_MAX; i++) {
      const ready = machine.raft.ready();
      if (ready === undefined) return;
      this.#perform(machine, ready);
    }
    throw new Error(`${READY_MAX} times in a row there was something to do: ready never returns undefined`);
  }

  readonly #down = new Set<NodeId>();

  #perform(machine: Machine, ready: Ready): void {
    machine.stored = store(machine.stored, structuredClone(ready));
    for (const message of ready.messages) {
      this.messages++;
      if (this.measures) this.size += JSON.stringify(message).length;
      this.#queue.push(message);
    }
    if (ready.snapshot !== null && ready.snapshot.index > lastKey(machine.applied)) {
      machine.applied.set(ready.snapshot.index, ready.snapshot.state);
      machine.snapshots++;
    }
    for (const { index, payload } of ready.committed)
      machine.applied.set(index, payload.kind === "command" ? payload.command : null);
    machine.reads.push(...ready.reads);
  }

  /** Enough time for a follower to give a leader up, but not to campaign. */
  #forget(name: NodeId): void {
    for (let i = 0; i < ELECTION_TICKS && this.raft(name).status().leader !== null; i++) this.raft(name).tick();
    this.drain(name);
  }

  #boot(self: NodeId, stored: Stored): void {
    const { hardState, snapshot } = stored;
    const raft = this.#create({
      self,
      voters: this.#voters,
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      random: this.#random,
      stored,
    });
    const applied = new Map(snapshot === null ? [] : [[snapshot.index, snapshot.state] as const]);
    this.#machines.set(self, { raft, stored: { ...stored, hardState }, applied, reads: [], snapshots: 0 });
  }

  #machine(name: NodeId): Machine {
    return this.#machines.get(name)!;
  }
}

/** A node that stored entries of these terms. */
export function withTerms(terms: readonly number[], term = terms.at(-1) ?? 0, votedFor: NodeId | null = null): Stored {
  const entries = terms.map((each, i): Entry => entryOf(i + 1, each));
  return { hardState: { term, votedFor }, snapshot: null, entries };
}

export function entryOf(index: number, term: number): Entry {
  return { index, term, payload: { kind: "command", command: `${index} of term ${term}` } };
}

export function voters(...names: NodeId[]): Membership {
  return { voters: names, next: null };
}

/** `append 4..6 after 3 (term 2)`. */
export function describe(message: Message): string {
  const { type, term } = message;
  switch (message.type) {
    case "append": {
      const { entries, prevIndex } = message;
      if (entries.length === 0) return `heartbeat, term ${term}`;
      const last = entries.length === 1 ? "" : `..${prevIndex + entries.length}`;
      const terms = [...new Set(entries.map((entry) => entry.term))].join(",");
      return `append ${prevIndex + 1}${last} of ${terms}, term ${term}`;
    }
    case "appended":
      if (message.success) return `has ${message.index}, term ${term}`;
      return `not at ${message.prevIndex}: term ${message.conflictTerm} from ${message.firstIndex}, term ${term}`;
    case "install-snapshot":
      return `snapshot ${message.snapshot.index}, term ${term}`;
    case "request-vote":
      return `vote? log ${message.lastIndex} of ${message.lastTerm}, term ${term}`;
    case "vote":
      return `${message.granted ? "yes" : "no"}, term ${term}`;
    default:
      return `${String(type)}, term ${term}`;
  }
}

function lastKey(applied: ReadonlyMap<number, unknown>): number {
  return Math.max(0, ...applied.keys());
}

const DELIVERIES_MAX = 100_000;
const READY_MAX = 1_000;
