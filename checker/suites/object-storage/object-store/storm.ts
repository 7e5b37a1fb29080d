/** Stores, the reference's data nodes and its placement under the simulator: clients put, get and delete while a rack dies, a disk rots, and everything else fails for a while. */

import type { Call, Place, Reply, Task } from "../../../../given/object-storage/calls.ts";
import {
  type Client,
  type ClientProgram,
  type Context,
  type Faults,
  faults,
  type Node,
  type Scenario,
  type World,
} from "../../../../sim/index.ts";
import {
  check,
  type Operation,
  type RegisterInput,
  register,
  renderCounterexample,
} from "../../../../sim/linearizability.ts";
import { DataNode } from "../../../../solutions/object-storage/data-node.ts";
import { Placer } from "../../../../solutions/object-storage/placement.ts";
import type { Create, Store } from "./model.ts";
import { ascii, K, M, text } from "./model.ts";

export const DURATION_MS = 3_000;
export const STORM: Faults = faults("hostile", { loss: 0.05, downMax: 1, clockJumpsPerSecond: 0 });

const STORES = ["s1", "s2"];
const RACKS = ["r1", "r2", "r3", "r4", "r5", "r6"];
const PLACES: readonly Place[] = RACKS.map((rack) => ({ node: `d${rack.slice(1)}`, rack }));
/** The placement exercise's answer, from a map in which everybody is up: nodes may be dead by then, as in any map. */
const PLACER = new Placer({
  version: 1,
  nodes: PLACES.map(({ node, rack }) => ({ id: node, rack, zone: rack, weight: 1, state: "up" })),
});
const placesOf = (id: string): readonly Place[] =>
  PLACER.fill(id, { k: K, m: M, zoneMax: 1 }, new Array<null>(RACKS.length).fill(null), true).map(
    (node) => PLACES.find((place) => place.node === node)!,
  );

const KEYS = ["a", "b"];
const ROUND_MS = 120;

export type StormRequest =
  | { readonly op: "put"; readonly key: string; readonly value: string }
  | { readonly op: "get"; readonly key: string }
  | { readonly op: "delete"; readonly key: string }
  /** To a data node: it never answers again; or bits of its disk flip. */
  | { readonly op: "die" }
  | { readonly op: "rot" };
export type StormResponse = { readonly status: string; readonly value?: string };

interface Asked {
  readonly id: number;
  readonly round: number;
  readonly index: number;
  readonly call: Call;
}

/** Runs the tasks of a store: sends what they yield, and resumes them when all have answered or the time is over. */
class StoreNode implements Node {
  readonly #context: Context;
  readonly #store: Store;
  readonly #running = new Map<
    number,
    { task: Task<unknown>; round: number; replies: (Reply | undefined)[]; done: (result: unknown) => void }
  >();
  #ids = 0;

  constructor(context: Context, create: Create) {
    this.#context = context;
    const incarnation = Math.floor(context.random() * 2 ** 40).toString(36);
    let ids = 0;
    const newId = (): string => `${context.self}-${incarnation}-${++ids}`;
    this.#store = create({ dataFragments: K, parityFragments: M, unitBytes: 4, places: placesOf, newId });
  }

  onRequest(request: StormRequest, reply: (response: StormResponse) => void): void {
    if (request.op === "die" || request.op === "rot") return;
    const task: Task<{ readonly status: string; readonly bytes?: Uint8Array }> =
      request.op === "put"
        ? this.#store.put(request.key, ascii(request.value))
        : request.op === "get"
          ? this.#store.get(request.key)
          : this.#store.delete(request.key);
    const id = ++this.#ids;
    const done = (result: unknown): void => {
      const { status, bytes } = result as { status: string; bytes?: Uint8Array };
      reply(bytes === undefined ? { status } : { status, value: text(bytes) });
    };
    const running = { task: task as Task<unknown>, round: 0, replies: [], done };
    this.#running.set(id, running);
    this.#advance(id, task.next());
  }

  onMessage(_: string, { id, round, index, reply }: Asked & { reply: Reply }): void {
    const running = this.#running.get(id);
    if (running === undefined || running.round !== round) return;
    running.replies[index] = reply;
    if (!running.replies.includes(undefined)) this.#resume(id);
  }

  onTimer(name: string): void {
    this.#resume(Number(name));
  }

  #resume(id: number): void {
    const { task, replies } = this.#running.get(id)!;
    this.#context.clearTimer(String(id));
    this.#advance(id, task.next(replies.map((reply) => reply ?? { status: "lost" })));
  }

  #advance(id: number, state: IteratorResult<readonly Call[], unknown>): void {
    const running = this.#running.get(id)!;
    if (state.done === true) {
      this.#running.delete(id);
      running.done(state.value);
      return;
    }
    running.round++;
    running.replies = state.value.map(() => undefined);
    this.#context.setTimer(String(id), ROUND_MS);
    for (const [index, call] of state.value.entries())
      this.#context.send(call.to, { id, round: running.round, index, call });
  }
}

/** The reference's data node behind a network. */
class FragmentNode implements Node {
  readonly #context: Context;
  readonly #node: DataNode;
  readonly #dead: Set<string>;

  constructor(context: Context, dead: Set<string>) {
    this.#context = context;
    this.#dead = dead;
    this.#node = new DataNode(context.disk);
  }

  onRequest({ op }: StormRequest, reply: (response: StormResponse) => void): void {
    if (op === "die") this.#dead.add(this.#context.self);
    const { disk } = this.#context;
    for (const file of op === "rot" ? disk.list() : []) {
      for (let at = 40; at < disk.size(file); at += 37)
        disk.write(
          file,
          at,
          disk.read(file, at, 1).map((byte) => byte ^ 1),
        );
      disk.sync(file);
    }
    reply({ status: "ok" });
  }

  onMessage(from: string, asked: Asked): void {
    if (this.#dead.has(this.#context.self)) return;
    this.#context.send(from, { ...asked, call: null, reply: this.#answer(asked.call) });
  }

  #answer(call: Call): Reply {
    if (call.op === "write") this.#node.put(call.name, call.bytes);
    else if (call.op === "erase") this.#node.delete(call.name);
    else if (call.op === "read") {
      try {
        const bytes = this.#node.read(call.name, Math.min(call.offset, this.#node.size(call.name) ?? 0), call.length);
        return bytes === undefined ? { status: "missing" } : { status: "ok", bytes };
      } catch {
        return { status: "damaged" };
      }
    }
    return { status: "ok" };
  }
}

/** One map for all: what a replicated store would be, and a store of metadata is given as. Late messages find it as it is then. */
class MetadataNode implements Node {
  readonly #context: Context;
  readonly #entries = new Map<string, { value: unknown; version: number }>();

  constructor(context: Context) {
    this.#context = context;
  }

  onMessage(from: string, asked: Asked): void {
    this.#context.send(from, { ...asked, call: null, reply: this.#answer(asked.call) });
  }

  #answer(call: Call): Reply {
    if (call.op === "get") {
      const { value = null, version = 0 } = this.#entries.get(call.key) ?? {};
      return value === null ? { status: "missing", version } : { status: "ok", value, version };
    }
    if (call.op !== "set") return { status: "ok", entries: [] };
    const version = this.#entries.get(call.key)?.version ?? 0;
    if (version !== call.version) return { status: "conflict" };
    this.#entries.set(call.key, { value: call.value, version: version + 1 });
    return { status: "ok", version: version + 1 };
  }
}

type StormClient = Client<StormRequest, StormResponse>;
type Steps = ReturnType<ClientProgram<unknown, unknown>>;

export function stormScenario(create: Create): () => Scenario {
  function* client(c: StormClient): Steps {
    for (let i = 1; i <= 6; i++) {
      yield* c.sleep(c.random.integer(0, 250));
      const key = c.random.pick(KEYS);
      const kind = c.random.integer(0, 9);
      const store = c.random.pick(STORES);
      if (kind < 5) yield* c.invoke(store, { op: "put", key, value: `${c.self}-${i} ${"v".repeat(i)}` }, 1_500);
      else yield* c.invoke(store, { op: kind < 9 ? "get" : "delete", key }, 1_500);
    }
    while (!c.healed()) yield* c.sleep(100);
    for (const key of KEYS) {
      // After everything healed there is an answer, or the client never ends, and that is told.
      for (let isAnswered = false; !isAnswered; ) {
        const outcome = yield* c.invoke(c.random.pick(STORES), { op: "get", key }, 3_000);
        isAnswered = outcome.status === "ok" && ["ok", "not-found"].includes(outcome.response.status);
        if (!isAnswered) yield* c.sleep(200);
      }
    }
  }
  function* fate(c: StormClient): Steps {
    yield* c.sleep(c.random.integer(300, 1_500));
    const [dying, rotting] = c.random.shuffle(PLACES.map(({ node }) => node));
    for (const [node, op] of [
      [dying!, "die"],
      [rotting!, "rot"],
    ] as const) {
      for (let isDone = false; !isDone; ) isDone = (yield* c.invoke(node, { op }, 500)).status === "ok";
      yield* c.sleep(c.random.integer(0, 800));
    }
  }
  return () => {
    const dead = new Set<string>();
    const node = (context: Context) => new FragmentNode(context, dead);
    return {
      nodes: {
        ...Object.fromEntries(STORES.map((name) => [name, (context: Context) => new StoreNode(context, create)])),
        metadata: (context: Context) => new MetadataNode(context),
        ...Object.fromEntries(PLACES.map((place) => [place.node, node])),
      },
      clients: { c1: client, c2: client, c3: client, fate },
      immortal: ["metadata"],
      atEnd: { "reads see what was acknowledged before them": judge },
      describe,
    };
  };
}

/** Every key by itself is a register; a delete writes nothing into it. What is unavailable has not happened. */
function judge(world: World): string | undefined {
  for (const key of KEYS) {
    const history: Operation<RegisterInput, string | null | undefined>[] = [];
    for (const operation of world.history) {
      const request = operation.input as StormRequest;
      if (request.op === "die" || request.op === "rot" || request.key !== key) continue;
      const { client, call } = operation;
      const response = operation.status === "ok" ? (operation.output as StormResponse) : undefined;
      if (response?.status === "unavailable") continue;
      const isKnown = response !== undefined && response.status !== "unknown";
      if (request.op === "get" && !isKnown) continue;
      if (request.op === "get" && response?.value !== undefined) world.mark("a get returned an object");
      const input: RegisterInput =
        request.op === "get" ? { op: "read" } : { op: "write", value: request.op === "put" ? request.value : null };
      const output = request.op === "get" ? (response?.value ?? null) : undefined;
      history.push(
        isKnown && operation.status === "ok"
          ? { client, input, call, return: operation.return, status: "ok", output }
          : { client, input, call, status: "unknown" },
      );
    }
    const result = check(register(), history);
    if (result.verdict === "not-linearizable") {
      const { counterexample, part } = result;
      return `${key}: ${counterexample === null ? "not linearizable" : renderCounterexample(counterexample, part)}`;
    }
  }
  return undefined;
}

function describe(payload: unknown): string {
  const { call, reply, op, key, value, status } = payload as Partial<Asked & { reply: Reply } & Record<string, string>>;
  if (call !== undefined && call !== null)
    return `${call.op} ${"name" in call ? call.name : "key" in call ? call.key : ""}`;
  if (reply !== undefined) return reply.status;
  return [op, key, value, status].filter((each) => each !== undefined).join(" ");
}
