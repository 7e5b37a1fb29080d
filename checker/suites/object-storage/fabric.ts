/** Nodes that keep fragments, and metadata, in memory: tasks run on them by hand, and every call can be seen, lost or answered wrongly. */

import type { Call, Place, Reply, Task } from "../../../given/object-storage/calls.ts";

/** What becomes of a call. `lost`: not done. `unanswered`: done, and the answer is lost. */
export type Fate = "arrives" | "lost" | "unanswered";

interface Entry {
  readonly value: unknown;
  readonly version: number;
}

export interface FabricOptions {
  readonly racks: number;
  readonly nodesPerRack: number;
  /** The number of the first rack. Default 1. */
  readonly firstRack?: number;
}

/** `r2n1` is node 1 of rack r2. */
export class Fabric {
  readonly places: readonly Place[];
  /** By node and name. */
  readonly fragments = new Map<string, Map<string, Uint8Array>>();
  readonly metadata = new Map<string, Entry>();
  /** Whoever is in it does not answer, and does nothing. */
  readonly down = new Set<string>();
  /** Decides over a call that would arrive. */
  fate: (call: Call) => Fate = () => "arrives";
  /** Calls since they were last cleared, in order. */
  calls: Call[] = [];
  /** How often a task waited since then. */
  rounds = 0;
  /** Of fragments, since then. */
  bytesRead = 0;
  #ids = 0;

  constructor({ racks, nodesPerRack, firstRack = 1 }: FabricOptions) {
    this.places = Array.from({ length: racks * nodesPerRack }, (_, i) => {
      const rack = `r${Math.floor(i / nodesPerRack) + firstRack}`;
      return { node: `${rack}n${(i % nodesPerRack) + 1}`, rack };
    });
    for (const { node } of this.places) this.fragments.set(node, new Map());
  }

  readonly newId = (): string => `id-${++this.#ids}`;

  /** Another order for every id, and neighbors in it are often of one rack. */
  readonly placesOf = (id: string): readonly Place[] => {
    const turn = [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % this.places.length;
    return [...this.places.slice(turn), ...this.places.slice(0, turn)];
  };

  rackOf(node: string): string {
    return this.places.find((place) => place.node === node)!.rack;
  }

  clear(): void {
    this.calls = [];
    this.rounds = 0;
    this.bytesRead = 0;
  }

  /** Runs a task to its end. */
  run<Result>(task: Task<Result>): Result {
    let state = task.next();
    for (let rounds = 0; state.done !== true; rounds++) {
      if (rounds > ROUNDS_MAX) throw new Error(`the task still asks after ${ROUNDS_MAX} rounds`);
      state = task.next(this.answerAll(state.value));
    }
    return state.value;
  }

  /** Runs tasks at the same time; `pick` says whose turn it is among those that still run. */
  interleave<Result>(tasks: readonly Task<Result>[], pick: (count: number) => number): Result[] {
    const states = tasks.map((task) => task.next());
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      const running = states.flatMap((state, i) => (state.done === true ? [] : [i]));
      if (running.length === 0) return states.map((state) => state.value as Result);
      const i = running[pick(running.length)]!;
      states[i] = tasks[i]!.next(this.answerAll(states[i]!.value as readonly Call[]));
    }
    throw new Error(`the tasks still ask after ${ROUNDS_MAX} rounds`);
  }

  /** Runs a task until its store stops for ever, before round `rounds`. True when it ended before. */
  runUntilCrash(task: Task<unknown>, rounds: number): boolean {
    let state = task.next();
    for (let round = 0; round < rounds && state.done !== true; round++) state = task.next(this.answerAll(state.value));
    return state.done === true;
  }

  /** One round of a task. */
  answerAll(calls: readonly Call[]): Reply[] {
    this.rounds++;
    return calls.map((call) => this.answer(call));
  }

  answer(call: Call): Reply {
    this.calls.push(call);
    const fate = this.down.has(call.to) ? "lost" : this.fate(call);
    if (fate === "lost") return { status: "lost" };
    const reply = this.#do(call);
    return fate === "unanswered" ? { status: "lost" } : reply;
  }

  #do(call: Call): Reply {
    if (call.to === "metadata") return this.#metadata(call);
    const kept = this.fragments.get(call.to);
    if (kept === undefined) throw new Error(`a call to "${call.to}", and there is no such node`);
    switch (call.op) {
      case "write":
        kept.set(call.name, call.bytes.slice());
        return { status: "ok" };
      case "read": {
        const bytes = kept.get(call.name)?.slice(call.offset, call.offset + call.length);
        this.bytesRead += bytes?.length ?? 0;
        return bytes === undefined ? { status: "missing" } : { status: "ok", bytes };
      }
      case "erase":
        return { status: kept.delete(call.name) ? "ok" : "missing" };
      default:
        throw new Error(`a node keeps fragments; it does not understand "${call.op}"`);
    }
  }

  #metadata(call: Call): Reply {
    switch (call.op) {
      case "get": {
        const entry = this.metadata.get(call.key);
        return entry === undefined || entry.value === null
          ? { status: "missing", version: entry?.version ?? 0 }
          : { status: "ok", value: structuredClone(entry.value), version: entry.version };
      }
      case "set": {
        const version = this.metadata.get(call.key)?.version ?? 0;
        if (version !== call.version) return { status: "conflict" };
        this.metadata.set(call.key, { value: structuredClone(call.value), version: version + 1 });
        return { status: "ok", version: version + 1 };
      }
      case "scan": {
        const found = [...this.metadata].filter(([key, { value }]) => key >= call.from && value !== null);
        found.sort(([a], [b]) => (a < b ? -1 : 1));
        const entries = found
          .slice(0, Math.min(100, call.limit))
          .map(([key, { value }]) => ({ key, value: structuredClone(value) }));
        return { status: "ok", entries };
      }
      default:
        throw new Error(`the metadata do not understand "${call.op}"`);
    }
  }
}

const ROUNDS_MAX = 1_000;

/** The fragments of a piece or object that lie anywhere: node and name. */
export function fragmentsIn(
  fabric: Fabric,
): { readonly node: string; readonly name: string; readonly bytes: Uint8Array }[] {
  return [...fabric.fragments].flatMap(([node, kept]) => [...kept].map(([name, bytes]) => ({ node, name, bytes })));
}

/** All choices of at most `size` of them, none too. */
export function subsetsUpTo<T>(all: readonly T[], size: number): T[][] {
  let found: T[][] = [[]];
  for (const each of all)
    found = [...found, ...found.filter((some) => some.length < size).map((some) => [...some, each])];
  return found;
}

/** Bytes that differ everywhere and are the same in every run. */
export function pattern(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((i + 977 * salt) * 2_654_435_761) >>> 24);
}

export function sameBytes(got: Uint8Array | undefined, expected: Uint8Array): boolean {
  return got !== undefined && got.length === expected.length && got.every((byte, i) => byte === expected[i]);
}

export const shown = (bytes: Uint8Array | undefined): string =>
  bytes === undefined
    ? "nothing"
    : `${bytes.length} bytes: ${[...bytes.slice(0, 8)].join(" ")}${bytes.length > 8 ? " …" : ""}`;
