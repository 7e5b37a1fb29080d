/**
 * Stores, the reference's data nodes and its placement under the simulator: clients do everything that the interface
 * can while a rack dies, a disk rots, and everything else fails for a while.
 */

import type { Call, Place, Reply, Task } from "../../../../given/object-storage/calls.ts";
import {
  type Client,
  type ClientProgram,
  type ClientWait,
  type Context,
  type Faults,
  faults,
  type Node,
  type Scenario,
  type World,
} from "../../../../sim/index.ts";
import { check, renderCounterexample } from "../../../../sim/linearizability.ts";
import { DataNode } from "../../../../solutions/object-storage/data-node.ts";
import type { Result } from "../../../../solutions/object-storage/object-store.ts";
import { Placer } from "../../../../solutions/object-storage/placement.ts";
import { historyOf, type Seen, tagsOf } from "./meeting.ts";
import { type Answer, oneKeyAtATime, type Request } from "./oracle.ts";
import { answerOf, type Create, K, M, type Store, taskOf } from "./world.ts";

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

/** To a data node: it never answers again; or bits of its disk flip. */
interface Blow {
  readonly op: "die" | "rot";
}
export type StormRequest = Request | Blow;
const isBlow = (request: StormRequest): request is Blow => request.op === "die" || request.op === "rot";
export type StormResponse = Answer;

interface Asked {
  readonly id: number;
  readonly round: number;
  readonly index: number;
  readonly call: Call;
}

interface RunningTask {
  readonly task: Task<Result<object>>;
  round: number;
  replies: (Reply | undefined)[];
  readonly done: (result: Result<object>) => void;
}

/** Runs the tasks of a store: sends what they yield, and resumes them when all have answered or the time is over. */
class StoreNode implements Node {
  readonly #context: Context;
  readonly #store: Store;
  readonly #running = new Map<number, RunningTask>();
  #ids = 0;

  constructor(context: Context, create: Create) {
    this.#context = context;
    const incarnation = Math.floor(context.random() * 2 ** 40).toString(36);
    let ids = 0;
    const newId = (): string => `${context.self}-${incarnation}-${++ids}`;
    this.#store = create({ dataFragments: K, parityFragments: M, unitBytes: 4, places: placesOf, newId });
  }

  onRequest(request: StormRequest, reply: (response: StormResponse) => void): void {
    if (isBlow(request)) return;
    const id = ++this.#ids;
    const task = taskOf(this.#store, request);
    const done = (result: Result<object>): void => reply(answerOf(request, result));
    this.#running.set(id, { task, round: 0, replies: [], done });
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

  #advance(id: number, state: IteratorResult<readonly Call[], Result<object>>): void {
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

/**
 * One map for all: what a replicated store would be, and a store of metadata is given as. Late messages find it as it
 * is then.
 */
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
    if (call.op === "scan") {
      const keys = [...this.#entries.keys()].filter(
        (key) => key >= call.from && this.#entries.get(key)!.value !== null,
      );
      const entries = keys.sort((a, b) => (a < b ? -1 : 1)).slice(0, Math.min(100, call.limit));
      return { status: "ok", entries: entries.map((key) => ({ key, value: this.#entries.get(key)!.value })) };
    }
    if (call.op !== "set") throw new Error(`the metadata do not understand "${call.op}"`);
    const version = this.#entries.get(call.key)?.version ?? 0;
    if (version !== call.version) return { status: "conflict" };
    this.#entries.set(call.key, { value: call.value, version: version + 1 });
    return { status: "ok", version: version + 1 };
  }
}

type StormClient = Client<StormRequest, StormResponse>;
type Steps = ReturnType<ClientProgram<unknown, unknown>>;

/** What the storms of a check must have come to, together. */
export const SEEN: Readonly<Record<string, number>> = {
  "a get returned an object": 20,
  "an upload was completed": 3,
  "a version was deleted": 3,
};

export function stormScenario(create: Create): () => Scenario {
  function* ask(c: StormClient, request: Request): Generator<ClientWait, Answer | undefined, unknown> {
    const outcome = yield* c.invoke(c.random.pick(STORES), request, 1_500);
    return outcome.status === "ok" ? outcome.response : undefined;
  }
  function* upload(c: StormClient, key: string, name: string): Steps {
    const uploadId = (yield* ask(c, { op: "begin", key }))?.uploadId;
    if (uploadId === undefined) return;
    const tags = new Map<number, string>();
    // Text sorts these numbers otherwise; one of them may be put twice, and one may be lost.
    for (const number of c.random.shuffle([9, 10, 10, 10_000])) {
      const value = `${name}.${number} ${"p".repeat(c.random.integer(0, 9))}`;
      const part = yield* ask(c, { op: "part", key, uploadId, number, value });
      if (part?.status === "ok") tags.set(number, part.etag!);
    }
    for (let i = 0; i < 2; i++) {
      const isGivenUp = c.random.integer(0, 3) === 0;
      if (isGivenUp) yield* ask(c, { op: "abort", key, uploadId });
      else yield* ask(c, { op: "complete", key, uploadId, parts: tagsOf(tags) });
    }
  }
  function* client(c: StormClient): Steps {
    for (let i = 1; i <= 6; i++) {
      yield* c.sleep(c.random.integer(0, 250));
      const key = c.random.pick(KEYS);
      const kind = c.random.integer(0, 11);
      if (kind < 4) yield* ask(c, { op: "put", key, value: `${c.self}-${i} ${"v".repeat(i)}` });
      else if (kind < 6) yield* ask(c, { op: "get", key });
      else if (kind === 6) yield* ask(c, { op: "listed", key });
      else if (kind === 7) yield* ask(c, { op: "delete", key });
      else if (kind < 10) {
        const versionId = (yield* ask(c, { op: "get", key }))?.versionId;
        if (versionId !== undefined) yield* ask(c, { op: "delete-version", key, versionId });
      } else yield* upload(c, key, `${c.self}-${i}`);
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

/** What clients saw must come from some order of their calls. */
function judge(world: World): string | undefined {
  const all: Seen[] = [];
  for (const operation of world.history) {
    const request = operation.input as StormRequest;
    if (isBlow(request)) continue;
    const { client, call } = operation;
    const isEnded = operation.status === "ok";
    const answer = isEnded ? (operation.output as StormResponse) : undefined;
    if (answer?.status === "ok" && request.op === "get") world.mark("a get returned an object");
    if (answer?.status === "ok" && request.op === "complete") world.mark("an upload was completed");
    if (answer?.status === "ok" && request.op === "delete-version") world.mark("a version was deleted");
    const seen = { client: String(client), request, call };
    all.push(answer === undefined || !isEnded ? seen : { ...seen, answer, return: operation.return });
  }
  const result = check(oneKeyAtATime, historyOf(all));
  if (result.verdict !== "not-linearizable") return undefined;
  const { counterexample, part } = result;
  return `${part}: ${counterexample === null ? "not linearizable" : renderCounterexample(counterexample, part)}`;
}

function describe(payload: unknown): string {
  const { call, reply, op, key, value, status } = payload as Partial<Asked & { reply: Reply } & Record<string, string>>;
  if (call !== undefined && call !== null)
    return `${call.op} ${"name" in call ? call.name : "key" in call ? call.key : ""}`;
  if (reply !== undefined) return reply.status;
  return [op, key, value, status].filter((each) => each !== undefined).join(" ");
}
