import { expect, it } from "vitest";
import { type TickStepReady, tickStepReady } from "./adapters.ts";
import { simulate } from "./cluster.ts";
import { faults } from "./faults.ts";
import type { Context, Node } from "./node.ts";

interface Ready {
  store: number;
  messages: { to: string; value: number }[];
}

/** Gossips the largest number it has seen, every third tick, and wants it stored before it is sent. */
class Gossip implements TickStepReady<number, Ready> {
  highest: number;
  #ticks = 0;
  #pending: Ready | undefined;
  readonly #peers: readonly string[];

  constructor(peers: readonly string[], highest: number) {
    this.#peers = peers;
    this.highest = highest;
  }

  tick(): void {
    if (++this.#ticks % 3 === 0) {
      this.#pending = { store: this.highest, messages: this.#peers.map((to) => ({ to, value: this.highest })) };
    }
  }

  step(_: string, value: number): void {
    this.highest = Math.max(this.highest, value);
  }

  ready(): Ready | undefined {
    return this.#pending;
  }

  advance(): void {
    this.#pending = undefined;
  }
}

it("drives a tick, step, ready core through crashes to convergence", () => {
  const node = (own: number) => (context: Context<number>) => {
    const stored = context.disk.exists("highest") ? context.disk.read("highest")[0]! : own;
    const core = new Gossip(context.peers, stored);
    const machine: Node<number> = tickStepReady(context, {
      tickMs: 10,
      core,
      perform(ready, { disk, send }) {
        disk.write("highest", 0, Uint8Array.of(ready.store));
        disk.sync("highest");
        disk.syncDirectory();
        for (const { to, value } of ready.messages) send(to, value);
      },
    });
    return { ...machine, core };
  };
  for (let seed = 1; seed <= 20; seed++) {
    const { violation, injected } = simulate({
      scenario: () => ({
        nodes: { n1: node(1), n2: node(7), n3: node(4) },
        converged: (world) => {
          const highest = world.live().map((machine) => (machine.node as unknown as { core: Gossip }).core.highest);
          return highest.every((value) => value === 7) && highest.length === 3 ? undefined : `highest are ${highest}`;
        },
      }),
      seed,
      faults: faults("hostile", { crashesPerSecond: 2 }),
      settleMs: 500,
    });
    expect(violation).toBeUndefined();
    expect(injected.lost).toBeGreaterThan(0);
  }
});
