import { createRandom, type Random } from "../prng.ts";
import { BUILT_IN } from "../scenario.ts";
import { ClientPasts, ClientRun, type ClientSetup } from "./client-pasts.ts";
import { Judge, type Wrong } from "./judge.ts";
import { both, Limits, type Price } from "./limits.ts";
import { Machine, type MachineSetup } from "./machine.ts";
import { FLYING, letterOf, Network, PASSED, whereOf } from "./network.ts";
import { Pasts, type Transition } from "./pasts.ts";
import type { Bounds, SmallWorld, SmallWorldFactory } from "./small-world.ts";
import { Symmetry } from "./symmetry.ts";
import { grown, VectorList, VectorTable } from "./vector-table.ts";

export interface SearchOptions {
  readonly scenario: SmallWorldFactory;
  readonly bounds: Bounds;
  readonly seed: number;
  readonly statesMax: number;
  readonly eventsMax: number;
  readonly clock: boolean;
}

/** How one state follows from another. */
export const MOVE = { deliver: 0, own: 1, call: 2, wake: 3, drop: 4 } as const;

export interface Move {
  readonly kind: number;
  /** Number of the node, or of the client. */
  readonly who: number;
  /** What the node was told; -1 for nothing. */
  readonly input: number;
  /** The entry of the network that it took; -1 for none. */
  readonly entry: number;
  /** Of equal entries, which one. */
  readonly nth: number;
}

/** What happened how often, over all states. */
export interface EventCounts {
  deliveries: number;
  timers: number;
  calls: number;
  crashes: number;
  duplicates: number;
  late: number;
  drops: number;
}

export type Ended = "exhausted" | "violated" | "states" | "events";

/**
 * Breadth first over all states. A state is a list of numbers: the past of each node, the past of each client, what was
 * used up of the limits, the letters of the network.
 */
export class Search {
  readonly pasts: Pasts;
  readonly clients: ClientPasts;
  readonly limits: Limits;
  readonly judge: Judge;
  readonly symmetry: Symmetry;
  /** Events tried so far. */
  events = 0;
  /** Events of the longest run that was looked at. */
  depth = 0;
  readonly counts: EventCounts = {
    deliveries: 0,
    timers: 0,
    calls: 0,
    crashes: 0,
    duplicates: 0,
    late: 0,
    drops: 0,
  };
  /** What is wrong with the last state. */
  wrong: Wrong | undefined;
  readonly nodeIds: readonly string[];
  readonly clientIds: readonly string[];
  /** See `SmallWorld`. */
  readonly realTime: boolean;
  readonly #options: SearchOptions;
  readonly #network: Network;
  readonly #mortal: readonly boolean[];
  /** Every state as it was met; in `#table` it stands under the names that make it the smallest. */
  readonly #states = new VectorList();
  readonly #table = new VectorTable();
  #parents = new Int32Array(1 << 8);
  #moves = new Int32Array(1 << 10);
  #state = new Int32Array(1 << 12);
  #length = 0;
  #at = -1;
  #next = new Int32Array(1 << 12);
  #swapped = new Int32Array(1 << 12);
  #smallest = new Int32Array(1 << 12);
  readonly #limitsAt: number;
  readonly #networkAt: number;
  /** By where a letter is. */
  readonly #deliverPrices: readonly Price[];
  readonly #ownPrices = new Map<number, Price>();

  constructor(options: SearchOptions) {
    this.#options = options;
    const world = instance(options);
    this.nodeIds = Object.keys(world.nodes);
    this.clientIds = Object.keys(world.clients ?? {});
    if (world.atEnd !== undefined && options.bounds.drops === undefined)
      throw new Error(
        "atEnd: a network that loses what it likes has no end; say in `bounds.drops` how much it may lose",
      );
    const limits = new Limits(options.bounds);
    this.limits = limits;
    if (limits.keepsLinks && limits.drops !== Number.POSITIVE_INFINITY)
      throw new Error("bounds: `late` and `drops` cannot both be limited: a message that was passed would be neither");
    this.symmetry = new Symmetry(this.nodeIds, world.symmetric ?? []);
    const everyEffect = limits.drops !== Number.POSITIVE_INFINITY;
    const boot = (node: number) => new Machine(machineSetups(options, instance(options))[node]!);
    this.clients = new ClientPasts(this.clientIds, (i) => new ClientRun(clientSetups(options, instance(options))[i]!));
    this.pasts = new Pasts(this.nodeIds, boot, this.clients.inputs, everyEffect, this.symmetry);
    this.realTime = world.realTime ?? true;
    this.judge = new Judge(world, this.pasts, this.clients);
    this.#network = new Network(this.pasts.letters, limits.keepsLinks);
    this.#mortal = this.nodeIds.map((id) => !(world.immortal?.includes(id) ?? false));
    this.#limitsAt = this.nodeIds.length + this.clientIds.length;
    this.#networkAt = this.#limitsAt + limits.most.length;
    const { messages, late, duplicates } = limits.prices;
    this.#deliverPrices = [messages, both(messages, late), both(messages, duplicates)];
  }

  /** States found so far. */
  get states(): number {
    return this.#states.size;
  }

  run(): Ended {
    this.#start();
    const { statesMax, eventsMax, bounds } = this.#options;
    let levelEnd = this.states;
    for (let at = 0; at < this.states && this.wrong === undefined; at++) {
      if (at === levelEnd) {
        this.depth++;
        levelEnd = this.states;
      }
      this.#at = at;
      this.#length = this.#states.read(at, this.#state);
      if (this.depth >= bounds.depth) {
        if (!this.limits.cut.has("depth") && this.#canGoOn()) this.limits.cut.add("depth");
      } else this.#expand();
      if (this.wrong !== undefined) break;
      if (this.states > statesMax) return "states";
      if (this.events > eventsMax) return "events";
    }
    return this.wrong === undefined ? "exhausted" : "violated";
  }

  /** The moves that lead from the start to a state. */
  wayTo(state: number): Move[] {
    const way: Move[] = [];
    for (let at = state; at > 0; at = this.#parents[at]!) {
      const [packed, input, entry] = this.#moves.subarray(3 * at, 3 * at + 3);
      way.unshift({ kind: packed! & 7, who: (packed! >>> 3) & 255, nth: packed! >>> 11, input: input!, entry: entry! });
    }
    return way;
  }

  /** The pasts of nodes and clients in a state, and the letters on their way. */
  read(state: number): { readonly pasts: number[]; readonly clients: number[]; readonly entries: number[] } {
    const length = this.#states.read(state, this.#swapped);
    const numbers = [...this.#swapped.subarray(0, length)];
    const nodes = this.nodeIds.length;
    return {
      pasts: numbers.slice(0, nodes),
      clients: numbers.slice(nodes, this.#limitsAt),
      entries: numbers.slice(this.#networkAt),
    };
  }

  // From one state to the next ones.

  #start(): void {
    const next = this.#next;
    let end = this.#networkAt;
    next.fill(0, 0, end);
    for (let node = 0; node < this.nodeIds.length; node++) {
      const { sends, threw } = this.pasts.start(node);
      if (threw !== undefined) this.#fail(BUILT_IN.throws, `${this.nodeIds[node]} threw while it started: ${threw}`);
      next[node] = node;
      for (const letter of sends) next[end++] = (letter << 2) | FLYING;
    }
    for (let client = 0; client < this.clientIds.length; client++) next[this.nodeIds.length + client] = client;
    this.#network.arrange(next, this.#networkAt, end);
    this.#add(end, 0, 0, -1, -1, 0);
    for (let client = 0; client < this.clientIds.length; client++) this.#checkClient(client);
  }

  #expand(): void {
    this.#deliveries();
    for (let node = 0; node < this.nodeIds.length && this.wrong === undefined; node++) this.#own(node);
    for (let client = 0; client < this.clientIds.length && this.wrong === undefined; client++) this.#client(client);
  }

  #deliveries(): void {
    const { letters } = this.pasts;
    const base = this.#networkAt;
    let nth = 0;
    for (let i = base; i < this.#length && this.wrong === undefined; i++) {
      const entry = this.#state[i]!;
      nth = i > base && this.#network.isNextInLink(this.#state[i - 1]!, entry) ? nth + 1 : 0;
      if (!this.#network.isFirst(this.#state, base, i)) continue;
      const where = whereOf(entry);
      const letter = letterOf(entry);
      const price = this.#deliverPrices[where]!;
      if (this.#canPay(price)) {
        this.counts.deliveries++;
        if (where === PASSED) this.counts.late++;
        else if (where !== FLYING) this.counts.duplicates++;
        this.#tell(MOVE.deliver, letters.to[letter]!, letters.input[letter]!, i, nth, price, -1);
      }
      if (where === FLYING && this.limits.drops !== Number.POSITIVE_INFINITY && this.#canPay(this.limits.prices.drops))
        this.#drop(i, nth);
    }
  }

  /** Timers and syncs of a node, and crashes while it does nothing. */
  #own(node: number): void {
    const past = this.#state[node]!;
    for (const input of this.pasts.own(past)) {
      const price = this.#ownPrice(input);
      if (this.wrong !== undefined || !this.#canPay(price)) continue;
      this.counts.timers++;
      this.#tell(MOVE.own, node, input, -1, 0, price, -1);
    }
    const price = this.limits.prices.crashes;
    if (!this.#mortal[node] || !this.#canPay(price)) return;
    for (const input of this.pasts.crashes(past, -1, 0))
      if (this.wrong === undefined) this.#crash(MOVE.own, node, input, -1, 0, price, -1);
  }

  #client(client: number): void {
    const waits = this.clients.waits(this.#state[this.nodeIds.length + client]!);
    if (waits.kind === "to-call") {
      const { request, operation } = waits;
      const node = this.nodeIds.indexOf(waits.node);
      if (node < 0)
        throw new Error(`${this.clientIds[client]} asks "${waits.node}"; nodes are ${this.nodeIds.join(", ")}`);
      const name = this.clientIds[client]!;
      const input = this.pasts.inputs.idOf({ kind: "request", client: name, operation, payload: request });
      this.counts.calls++;
      this.#tell(MOVE.call, node, input, -1, 0, [], client);
    } else if (waits.kind === "wake") this.#wake(client);
  }

  /** A node is told something, and may crash while it deals with it. */
  #tell(kind: number, node: number, input: number, taken: number, nth: number, price: Price, client: number): void {
    const transition = this.pasts.step(this.#state[node]!, input);
    this.#move(kind, node, input, taken, nth, price, transition, client);
    this.#cutOff(kind, node, input, taken, nth, price, transition, client);
  }

  #crash(kind: number, node: number, input: number, taken: number, nth: number, price: Price, client: number): void {
    this.counts.crashes++;
    this.#tell(kind, node, input, taken, nth, price, client);
  }

  #cutOff(
    kind: number,
    node: number,
    input: number,
    taken: number,
    nth: number,
    price: Price,
    { cuts }: Transition,
    client: number,
  ): void {
    if (cuts.length === 0 || !this.#mortal[node]) return;
    const withCrash = both(price, this.limits.prices.crashes);
    if (!this.#canPay(withCrash)) return;
    for (const cut of cuts)
      for (const crash of this.pasts.crashes(this.#state[node]!, input, cut))
        if (this.wrong === undefined) this.#crash(kind, node, crash, taken, nth, withCrash, client);
  }

  #move(
    kind: number,
    node: number,
    input: number,
    taken: number,
    nth: number,
    price: Price,
    { to, sends, replies, threw }: Transition,
    client: number,
  ): void {
    const next = this.#next;
    this.#begin(price);
    next[node] = to;
    const clientsAt = this.nodeIds.length;
    if (client >= 0) this.#stepClient(client, this.#called(client));
    let end = this.#carry(taken);
    if (end + sends.length > next.length) throw new Error("more messages on their way than this search can hold");
    for (const letter of sends) next[end++] = (letter << 2) | FLYING;
    this.#network.arrange(next, this.#networkAt, end);
    for (const { client: name, operation, input: answer } of replies) {
      const asker = this.clientIds.indexOf(name);
      const waits = this.clients.waits(next[clientsAt + asker]!);
      if (waits.kind === "answer" && waits.operation === operation) this.#stepClient(asker, answer);
    }
    const isClient = client >= 0;
    this.#add(end, kind, isClient ? client : node, input, taken < 0 ? -1 : this.#state[taken]!, nth);
    if (threw !== undefined) this.#fail(BUILT_IN.throws, `${this.nodeIds[node]} threw: ${threw}`);
    for (const { client: name } of replies) this.#checkClient(this.clientIds.indexOf(name));
  }

  #wake(client: number): void {
    this.#begin([]);
    this.#stepClient(client, this.clients.inputs.idOf({ kind: "woke" }));
    this.#add(this.#carry(-1), MOVE.wake, client, -1, -1, 0);
    this.#checkClient(client);
  }

  #drop(taken: number, nth: number): void {
    this.counts.drops++;
    this.#begin(this.limits.prices.drops);
    const kept = this.#carry(-1);
    let end = this.#networkAt;
    let dropped = false;
    for (let i = end; i < kept; i++) {
      if (!dropped && this.#next[i] === this.#state[taken]) dropped = true;
      else this.#next[end++] = this.#next[i]!;
    }
    this.#add(end, MOVE.drop, 0, -1, this.#state[taken]!, nth);
  }

  // Making a state.

  #begin(price: Price): void {
    this.events++;
    for (let i = 0; i < this.#networkAt; i++) this.#next[i] = this.#state[i]!;
    for (const place of price!) this.#next[this.#limitsAt + place]!++;
  }

  #carry(taken: number): number {
    const { late, duplicates } = this.limits.prices;
    const keepsPassed = this.limits.keepsLinks && this.limits.canPay(this.#next, this.#limitsAt, late);
    const keepsArrived = this.limits.canPay(this.#next, this.#limitsAt, duplicates);
    return this.#network.arrive(
      this.#state,
      this.#networkAt,
      this.#length,
      taken,
      this.#next,
      keepsPassed,
      keepsArrived,
    );
  }

  #stepClient(client: number, input: number): void {
    const place = this.nodeIds.length + client;
    const past = this.clients.step(this.#next[place]!, input);
    this.#next[place] = past;
    for (const { names } of this.symmetry.swaps.slice(1)) this.clients.checkUnmoved(past, names);
  }

  /** What a call is for its client: with it go the answers that came before, of all clients or of its own. */
  #called(client: number): number {
    const first = this.nodeIds.length;
    const returned = this.clientIds.map((_, i) =>
      this.realTime || i === client ? this.clients.answered(this.#state[first + i]!) : 0,
    );
    return this.clients.inputs.idOf({ kind: "called", returned });
  }

  /** Keeps the state that `#next` has become, unless it is known. */
  #add(length: number, kind: number, who: number, input: number, entry: number, nth: number): void {
    const next = this.#next;
    const isNew = this.symmetry.isTrivial
      ? this.#table.add(next, length)
      : this.#table.add(this.#smallestOf(next, length), length);
    if (!isNew) return;
    const index = this.#states.push(next, length);
    if (index >= this.#parents.length) {
      this.#parents = grown(this.#parents, index + 1);
      this.#moves = grown(this.#moves, 3 * this.#parents.length);
    }
    this.#parents[index] = this.#at;
    this.#moves.set([kind | (who << 3) | (nth << 11), input, entry], 3 * index);
    const wrong = this.judge.judge(next, this.depth + (index === 0 ? 0 : 1), this.#isEnd(length));
    this.wrong ??= wrong;
  }

  /**
   * The state under the names that make its numbers the smallest: the same for all states that differ in names only.
   */
  #smallestOf(state: Int32Array, length: number): Int32Array {
    const { swaps } = this.symmetry;
    const { letters } = this.pasts;
    const nodes = this.nodeIds.length;
    this.#smallest.set(state.subarray(0, length));
    for (let swap = 1; swap < swaps.length; swap++) {
      const { to } = swaps[swap]!;
      const image = this.#swapped;
      for (let node = 0; node < nodes; node++) image[to[node]!] = this.pasts.image(swap, state[node]!);
      const order = compare(image, this.#smallest, 0, nodes);
      if (order > 0) continue;
      for (let i = nodes; i < this.#networkAt; i++) image[i] = state[i]!;
      for (let i = this.#networkAt; i < length; i++)
        image[i] = (letters.image(swap, letterOf(state[i]!)) << 2) | whereOf(state[i]!);
      this.#network.arrange(image, this.#networkAt, length);
      if (order < 0 || compare(image, this.#smallest, this.#networkAt, length) < 0)
        [this.#swapped, this.#smallest] = [this.#smallest, image];
    }
    return this.#smallest;
  }

  /** Whether nothing more can happen in `#next` without a fault. */
  #isEnd(length: number): boolean {
    for (let i = this.#networkAt; i < length; i++) if (whereOf(this.#next[i]!) === FLYING) return false;
    for (let node = 0; node < this.nodeIds.length; node++) if (!this.pasts.isSilent(this.#next[node]!)) return false;
    for (let client = this.nodeIds.length; client < this.#limitsAt; client++) {
      const { kind } = this.clients.waits(this.#next[client]!);
      if (kind === "to-call" || kind === "wake") return false;
    }
    return true;
  }

  /** Whether anything can happen in the state at hand. */
  #canGoOn(): boolean {
    for (let i = this.#networkAt; i < this.#length; i++)
      if (this.#canPay(this.#deliverPrices[whereOf(this.#state[i]!)]!)) return true;
    for (let node = 0; node < this.nodeIds.length; node++) {
      if (this.pasts.own(this.#state[node]!).some((input) => this.#canPay(this.#ownPrice(input)))) return true;
      if (this.#mortal[node] && this.#canPay(this.limits.prices.crashes)) return true;
    }
    return this.clientIds.some((_, i) => {
      const { kind } = this.clients.waits(this.#state[this.nodeIds.length + i]!);
      return kind === "to-call" || kind === "wake";
    });
  }

  #canPay(price: Price): boolean {
    return this.limits.canPay(this.#state, this.#limitsAt, price);
  }

  #ownPrice(input: number): Price {
    let price = this.#ownPrices.get(input);
    if (price === undefined) {
      const own = this.pasts.inputs.get(input);
      price = own.kind === "timer" ? this.limits.timer(own.name) : [];
      this.#ownPrices.set(input, price);
    }
    return price;
  }

  #checkClient(client: number): void {
    const threw = this.clients.threw(this.#next[this.nodeIds.length + client]!);
    if (threw !== undefined) this.#fail(BUILT_IN.clientThrows, `${this.clientIds[client]}: ${threw}`);
  }

  #fail(invariant: string, message: string): void {
    this.wrong ??= { invariant, message, when: "step" };
  }
}

/** A world of its own: nothing that another one did can be seen in it. */
export function instance({ scenario, seed }: SearchOptions): SmallWorld {
  let random: Random | undefined;
  return scenario({
    seed,
    // Made when it is asked for: worlds are built often, and seldom draw.
    get random() {
      random ??= createRandom(seed).fork("scenario");
      return random;
    },
  });
}

export function machineSetups(options: SearchOptions, world: SmallWorld): MachineSetup[] {
  const nodeIds = Object.keys(world.nodes);
  const { look, fingerprint } = world;
  const group = (id: string) => world.symmetric?.findIndex((ids) => ids.includes(id)) ?? -1;
  return nodeIds.map((id): MachineSetup => {
    const stream = group(id) < 0 ? `node ${id}` : `group ${group(id)}`;
    return {
      id,
      peers: nodeIds.filter((peer) => peer !== id),
      factory: world.nodes[id]!,
      random: () => createRandom(options.seed).fork(stream),
      look,
      fingerprint,
      clock: options.clock,
      keepsUnsynced: options.bounds.unsynced === "kept",
    };
  });
}

export function clientSetups(options: SearchOptions, world: SmallWorld): ClientSetup[] {
  const nodeIds = Object.keys(world.nodes);
  const { clock } = options;
  return Object.entries(world.clients ?? {}).map(([id, program]) => {
    return { id, nodeIds, program, random: createRandom(options.seed).fork(`client ${id}`), clock };
  });
}

function compare(a: Int32Array, b: Int32Array, from: number, to: number): number {
  for (let i = from; i < to; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
