import type { ClientProgram } from "../client.ts";
import type { Context, Node } from "../node.ts";
import type { SmallWorld } from "./small-world.ts";

/** Votes by term; leads with `majority` votes. The right majority of three is two. */
export class Voter implements Node {
  readonly led: number[] = [];
  term = 0;
  readonly #context: Context;
  readonly #majority: number;
  #votedIn = 0;
  #votes = new Set<string>();

  constructor(context: Context, majority: number) {
    this.#context = context;
    this.#majority = majority;
  }

  onStart(): void {
    this.#context.setTimer("campaign", 10);
  }

  onTimer(): void {
    this.term++;
    this.#votedIn = this.term;
    this.#votes = new Set();
    for (const peer of this.#context.peers) this.#context.send(peer, { type: "ask", term: this.term });
    this.#count(this.#context.self);
  }

  onMessage(from: string, { type, term }: { type: string; term: number }): void {
    if (term > this.term) {
      this.term = term;
      this.#votes = new Set();
    }
    if (type === "ask" && term === this.term && this.#votedIn < term) {
      this.#votedIn = term;
      this.#context.send(from, { type: "yes", term });
    }
    if (type === "yes" && term === this.term) this.#count(from);
  }

  /** All of it. */
  memory(): unknown {
    return { term: this.term, votedIn: this.#votedIn, votes: [...this.#votes].sort(), led: this.led };
  }

  #count(from: string): void {
    this.#votes.add(from);
    if (this.#votes.size >= this.#majority && !this.led.includes(this.term)) this.led.push(this.term);
  }
}

export interface Led {
  readonly terms: readonly number[];
}

export const voters = (majority: number, names = ["n1", "n2", "n3"], changes: Partial<SmallWorld> = {}) => {
  const factory = (context: Context) => new Voter(context, majority);
  return (): SmallWorld => ({
    nodes: Object.fromEntries(names.map((name) => [name, factory])),
    look: (node: Voter): Led => ({ terms: node.led }),
    invariants: {
      "at most one leads a term": ({ views, nodeIds }) => {
        const leaders = new Map<number, string>();
        for (const [i, { terms }] of (views as Led[]).entries()) {
          for (const term of terms) {
            if (leaders.has(term)) return `${leaders.get(term)} and ${nodeIds[i]} both lead term ${term}`;
            leaders.set(term, nodeIds[i]!);
          }
        }
        return undefined;
      },
    },
    ...changes,
  });
};

/**
 * A register that one node keeps for its clients and copies to another; `synced` replies only when the copy is there.
 */
export class Copied implements Node {
  value = 0;
  readonly #context: Context;
  readonly #synced: boolean;
  #waiting: (() => void)[] = [];

  constructor(context: Context, synced: boolean) {
    this.#context = context;
    this.#synced = synced;
  }

  onMessage(from: string, message: { type: string; value: number }): void {
    if (message.type === "copy") {
      this.value = message.value;
      this.#context.send(from, { type: "copied", value: message.value });
    } else {
      for (const reply of this.#waiting) reply();
      this.#waiting = [];
    }
  }

  onRequest(value: number, reply: (value: number) => void): void {
    if (value === 0) {
      reply(this.value);
      return;
    }
    this.value = value;
    this.#context.send(this.#context.peers[0]!, { type: "copy", value });
    if (this.#synced) this.#waiting.push(() => reply(value));
    else reply(value);
  }
}

function* writer(c: Parameters<ClientProgram<number, number>>[0]): ReturnType<ClientProgram<number, number>> {
  yield* c.invoke("n1", 1);
}

function* reader(c: Parameters<ClientProgram<number, number>>[0]): ReturnType<ClientProgram<number, number>> {
  yield* c.invoke("n2", 0);
}

export const copied = (synced: boolean, changes: Partial<SmallWorld> = {}) => {
  const factory = (context: Context) => new Copied(context, synced);
  return (): SmallWorld => ({
    nodes: { n1: factory, n2: factory },
    clients: { writer, reader },
    look: (node: Copied) => node.value,
    invariants: {
      "a read sees what was written before": ({ history }) => {
        const write = history.find(({ input }) => input === 1);
        const read = history.find(({ input }) => input === 0);
        if (write?.status !== "ok" || read?.status !== "ok" || read.call < write.return) return undefined;
        return read.output === 1 ? undefined : `read ${read.output} after 1 was written`;
      },
    },
    ...changes,
  });
};

/**
 * Counts what it is told on its disk, and tells the other node how far it is: before the write is on disk when `hasty`.
 */
export class Teller implements Node {
  readonly told: number[] = [];
  readonly #context: Context;
  readonly #hasty: boolean;

  constructor(context: Context, hasty: boolean) {
    this.#context = context;
    this.#hasty = hasty;
  }

  get count(): number {
    const { disk } = this.#context;
    return disk.exists("count") ? disk.read("count")[0]! : 0;
  }

  onStart(): void {
    this.#context.setTimer("count", 5);
  }

  onTimer(): void {
    const count = this.count + 1;
    const tell = () => this.#context.send(this.#context.peers[0]!, count);
    if (this.#hasty) tell();
    this.#context.disk.write("count", 0, Uint8Array.of(count));
    this.#context.disk.sync("count");
    this.#context.disk.syncDirectory();
    if (!this.#hasty) tell();
    this.#context.setTimer("count", 5);
  }

  onMessage(_: string, count: number): void {
    this.told.push(count);
  }
}

export const tellers = (hasty: boolean, changes: Partial<SmallWorld> = {}) => {
  const factory = (context: Context) => new Teller(context, hasty);
  return (): SmallWorld => ({
    nodes: { n1: factory, n2: factory },
    look: (node: Teller, before: { heard: readonly number[] } | undefined) => {
      const heard = [...new Set([...(before?.heard ?? []), ...node.told])].sort((a, b) => a - b);
      return { count: node.count, heard };
    },
    invariants: {
      "what was told is true": ({ views }) => {
        const [first, second] = views as [View, View];
        const wrong = Math.max(0, ...second.heard) > first.count || Math.max(0, ...first.heard) > second.count;
        return wrong ? "a node was told more than there is" : undefined;
      },
    },
    ...changes,
  });
};

interface View {
  readonly count: number;
  readonly heard: readonly number[];
}
