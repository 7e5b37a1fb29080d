import {
  type Entry,
  type Message,
  NOTHING_STORED,
  type NodeId,
  type Ready,
  type Status,
  type Stored,
  store,
} from "../../../../given/object-storage/replicated-log.ts";
import { Cluster } from "../../../../sim/cluster.ts";
import { copy } from "../../../../sim/copy.ts";
import { faults } from "../../../../sim/faults.ts";
import type { Context, Node } from "../../../../sim/index.ts";
import { Raft } from "../../../../solutions/object-storage/raft.ts";

/** Five nodes of the reference under the course's simulator, and what the reader has told them to do. */

export const nodeNames: readonly NodeId[] = ["n1", "n2", "n3", "n4", "n5"];

export const tickMs = 10;
/** A follower waits 150 to 300 ms for a leader, as the paper suggests. */
const electionTicks = 15;
const heartbeatTicks = 5;

/** What the reader asks of a node; it takes effect at the node's next tick. */
export type Order =
  | { readonly kind: "propose"; readonly command: string }
  | { readonly kind: "read"; readonly name: string };

export interface Bench {
  readonly cluster: Cluster;
  readonly machines: ReadonlyMap<NodeId, Machine>;
}

/** Messages take 6 to 20 ms, so that one can see them. */
export function setUp(seed: number): Bench {
  const machines = new Map(nodeNames.map((name) => [name, new Machine()]));
  const scenario = () => ({
    nodes: Object.fromEntries(
      nodeNames.map((name) => [name, (context: Context) => machines.get(name)!.start(context)]),
    ),
    clients: {},
  });
  const delays = { delayMinMs: 6, delayMeanMs: 9, delayMaxMs: 20 };
  const cluster = new Cluster({ scenario, seed, faults: faults("calm", delays), plan: [], trace: true });
  return { cluster, machines };
}

/** One computer: a disk that survives, and a Raft node that does not. */
export class Machine {
  stored: Stored = NOTHING_STORED;
  /**
   * Entries handed to the state machine, also by earlier incarnations; it reads them again from the log after a crash.
   */
  applied: Entry[] = [];
  readonly orders: Order[] = [];
  /** Names of the reads that were answered, with what they saw. */
  readonly answered = new Map<string, string>();
  /** What was asked of it while it did not lead. */
  readonly refused: string[] = [];
  #raft: Raft | undefined;
  #context: Context | undefined;
  #isDown = false;

  start(context: Context): Node {
    this.#context = context;
    return {
      onStart: () => {
        context.setTimer("tick", 1 + Math.floor(context.random() * tickMs));
        this.#boot();
      },
      onTimer: () => this.#onTick(),
      onMessage: (_from, message) => {
        this.#raft?.step(message as Message);
        this.#drain();
      },
    };
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Undefined while it is down. */
  get status(): Status | undefined {
    return this.#raft?.status();
  }

  /** What is in memory is gone, and messages that arrive are lost. */
  crash(): void {
    this.#isDown = true;
    this.#raft = undefined;
    this.applied = [];
    this.orders.length = 0;
  }

  /** Comes up at its next tick, with what is on its disk. */
  restart(): void {
    this.#isDown = false;
  }

  // --- internal ---

  #onTick(): void {
    this.#context!.setTimer("tick", tickMs);
    if (this.#isDown) return;
    if (this.#raft === undefined) this.#boot();
    for (const order of this.orders.splice(0)) {
      const name = order.kind === "propose" ? order.command : order.name;
      const taken = order.kind === "propose" ? this.#raft!.propose(name) !== null : this.#raft!.readIndex(name);
      if (!taken) this.refused.push(name);
    }
    this.#raft!.tick();
    this.#drain();
  }

  #boot(): void {
    const { self, random } = this.#context!;
    const stored = copy(this.stored);
    this.#raft = new Raft({ self, voters: nodeNames, electionTicks, heartbeatTicks, random, stored });
  }

  #drain(): void {
    for (let ready = this.#raft?.ready(); ready !== undefined; ready = this.#raft?.ready()) this.#perform(ready);
  }

  /** In the order that the contract asks for: store, send, apply, answer. */
  #perform(ready: Ready): void {
    this.stored = copy(store(this.stored, ready));
    for (const message of ready.messages) this.#context!.send(message.to, message);
    this.applied.push(...ready.committed);
    const last = this.applied.findLast(({ payload }) => payload.kind === "command");
    const value = last?.payload.kind === "command" ? String(last.payload.command) : "nothing";
    for (const name of ready.reads) this.answered.set(name, value);
  }
}
