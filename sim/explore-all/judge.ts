import { textOf } from "../kernel.ts";
import type { ClientPasts } from "./client-pasts.ts";
import { freeze } from "./exact.ts";
import type { Pasts } from "./pasts.ts";
import type { Goal, Sight, SmallInvariant, SmallWorld } from "./small-world.ts";
import { VectorTable } from "./vector-table.ts";

/** What is wrong with a state. */
export interface Wrong {
  readonly invariant: string;
  readonly message: string;
  readonly when: "step" | "end";
}

/** Asks invariants and goals, once for everything that they can see: many states look the same. */
export class Judge {
  /** States in which nothing more could happen. */
  ends = 0;
  /** Events of the shortest run that reached a goal; goals that none has reached are missing. */
  readonly reached = new Map<string, number>();
  readonly #world: SmallWorld;
  readonly #pasts: Pasts;
  readonly #clients: ClientPasts;
  readonly #nodeIds: readonly string[];
  readonly #clientCount: number;
  readonly #seen = new VectorTable();
  readonly #seenAtEnd = new VectorTable();
  readonly #scratch: Int32Array;
  #goals: [string, Goal][];

  constructor(world: SmallWorld, pasts: Pasts, clients: ClientPasts) {
    this.#world = world;
    this.#pasts = pasts;
    this.#clients = clients;
    this.#nodeIds = Object.keys(world.nodes);
    this.#clientCount = Object.keys(world.clients ?? {}).length;
    this.#scratch = new Int32Array(this.#nodeIds.length + this.#clientCount);
    this.#goals = Object.entries(world.goals ?? {});
  }

  /** `state` begins with the pasts of the nodes and then of the clients. `depth`: events that led there. */
  judge(state: Int32Array, depth: number, isEnd: boolean): Wrong | undefined {
    if (isEnd) this.ends++;
    this.#look(state);
    const { length } = this.#scratch;
    let sight: Sight | undefined;
    if (this.#seen.add(this.#scratch, length)) {
      sight = this.#sight(state);
      const wrong = wrongWith(sight, this.#world.invariants, "step");
      if (wrong !== undefined) return wrong;
      this.#checkGoals(sight, depth);
    }
    if (!isEnd || this.#world.atEnd === undefined || !this.#seenAtEnd.add(this.#scratch, length)) return undefined;
    return wrongWith(sight ?? this.#sight(state), this.#world.atEnd, "end");
  }

  get judgesEnds(): boolean {
    return this.#world.atEnd !== undefined;
  }

  /** Goals that no state has reached. */
  get unreached(): string[] {
    return this.#goals.map(([name]) => name);
  }

  #look(state: Int32Array): void {
    const nodes = this.#nodeIds.length;
    for (let i = 0; i < nodes; i++) this.#scratch[i] = this.#pasts.view(state[i]!);
    for (let i = nodes; i < this.#scratch.length; i++) this.#scratch[i] = state[i]!;
  }

  #sight(state: Int32Array): Sight {
    const { views: values } = this.#pasts;
    const nodeIds = this.#nodeIds;
    const views = nodeIds.map((_, i) => values.get(this.#pasts.view(state[i]!)));
    const clients = [...state.subarray(nodeIds.length, nodeIds.length + this.#clientCount)];
    const history = freeze(this.#clients.history(clients));
    const clientsDone = clients.every((client) => this.#clients.waits(client).kind === "end");
    return { nodeIds, views, view: (id) => views[nodeIds.indexOf(id)], history, clientsDone };
  }

  #checkGoals(sight: Sight, depth: number): void {
    this.#goals = this.#goals.filter(([name, goal]) => {
      if (!goal(sight)) return true;
      this.reached.set(name, depth);
      return false;
    });
  }
}

/** The first invariant that does not hold; an assertion that throws says so as well as a text that is returned. */
export function wrongWith(
  sight: Sight,
  invariants: Readonly<Record<string, SmallInvariant>> = {},
  when: Wrong["when"],
): Wrong | undefined {
  for (const [invariant, check] of Object.entries(invariants)) {
    const message = ask(check, sight);
    if (message !== undefined) return { invariant, message, when };
  }
  return undefined;
}

function ask(check: SmallInvariant, sight: Sight): string | undefined {
  try {
    return check(sight) ?? undefined;
  } catch (error) {
    return textOf(error);
  }
}
