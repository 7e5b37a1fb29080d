/**
 * Calls of several stores that meet half way: one is held between two of its rounds, or stops there for good, while
 * others are made; a write of its to the metadata may be lost, unanswered or late. What was seen must come from some
 * order of the calls, and what is there at the end must be readable.
 */

import type { Call, Reply, Task } from "../../../../given/object-storage/calls.ts";
import { check, type Operation, renderCounterexample } from "../../../../sim/linearizability.ts";
import type { Result } from "../../../../solutions/object-storage/object-store.ts";
import { ensure, violated } from "../../../kit/index.ts";
import { Fabric, fragmentsIn } from "../fabric.ts";
import {
  type Answer,
  describe,
  describeAnswer,
  oneKeyAtATime,
  type PartTag,
  type Request,
  type Step,
} from "./oracle.ts";
import { answerOf, type Create, K, M, type Store, taskOf } from "./world.ts";

/** What becomes of a write to the metadata. `late`: it arrives when the meeting says so, after its store gave it up. */
export type Fate = "arrives" | "unanswered" | "lost" | "late";
export const FATES: readonly Fate[] = ["arrives", "unanswered", "lost", "late"];

/** A call as it was seen. */
export interface Seen {
  readonly client: string;
  readonly request: Request;
  readonly call: number;
  return?: number;
  /** Undefined while it runs, and when its store stopped. */
  answer?: Answer;
}

export interface Running {
  readonly seen: Seen;
  readonly task: Task<Result<object>>;
  isDeaf: boolean;
  state: IteratorResult<readonly Call[], Result<object>>;
  /** A reply was lost: only then it may say that it does not know. */
  isInDoubt: boolean;
}

/** Upload ids with the parts that were acknowledged, by number. */
type Uploads = Map<string, { readonly key: string; readonly tags: Map<number, string> }>;

export class Meeting {
  readonly fabric: Fabric;
  readonly steps: string[] = [];
  /** Version ids that somebody was told, by key. */
  readonly versions = new Map<string, Set<string>>();
  readonly uploads: Uploads = new Map();
  readonly #storeOf: (client: string) => Store;
  readonly #seen: Seen[] = [];
  readonly #late: Call[] = [];
  #clock = 0;
  #isInDoubt = false;

  /** `storeOf`: a store has no state, so it serves many meetings. */
  constructor(storeOf: (client: string) => Store) {
    this.#storeOf = storeOf;
    this.fabric = new Fabric(SIZE);
  }

  /** The same, to go on in another way. Nothing may be running. */
  fork(): Meeting {
    const copy = new Meeting(this.#storeOf);
    for (const [node, kept] of this.fabric.fragments)
      for (const [name, bytes] of kept) copy.fabric.fragments.get(node)!.set(name, bytes);
    for (const [key, entry] of this.fabric.metadata) copy.fabric.metadata.set(key, entry);
    copy.steps.push(...this.steps);
    for (const [key, ids] of this.versions) copy.versions.set(key, new Set(ids));
    for (const [id, { key, tags }] of this.uploads) copy.uploads.set(id, { key, tags: new Map(tags) });
    copy.#seen.push(...this.#seen);
    copy.#clock = this.#clock;
    return copy;
  }

  /** A call of the client's store, up to its first round. */
  begin(client: string, request: Request): Running {
    const seen = { client, request, call: ++this.#clock };
    this.#seen.push(seen);
    const task = taskOf(this.#storeOf(client), request);
    return { seen, task, state: task.next(), isInDoubt: false, isDeaf: false };
  }

  /** One round more; `fate` is that of its writes to the metadata. False when it has ended. */
  advance(running: Running, fate: Fate = "arrives"): boolean {
    if (running.state.done !== true) {
      const replies = running.state.value.map((call) => this.#answer(running, call, fate));
      running.state = running.task.next(replies);
    }
    if (running.state.done !== true) return true;
    if (running.seen.answer === undefined) this.#ended(running, running.state.value);
    return false;
  }

  /** To its end, which it must reach. `isDeaf`: from here on the metadata are out of its reach. */
  finish(running: Running, isDeaf = false): Answer {
    if (isDeaf) this.#deafen(running);
    for (let rounds = 0; this.advance(running); rounds++)
      this.#ensure(rounds < ROUNDS_MAX, `an end within ${ROUNDS_MAX} rounds`, "a call that goes on and on");
    return running.seen.answer!;
  }

  #deafen(running: Running): void {
    if (running.state.done === true) return;
    this.#isInDoubt = true;
    running.isDeaf = true;
    running.isInDoubt = true;
    this.steps.push(`${running.seen.client}: from here on it cannot reach the metadata`);
  }

  /** Nobody else has changed anything, and the metadata tell what became of its write. */
  mustBeSure({ seen }: Running): void {
    const { status } = seen.answer!;
    const isSure = status !== "unknown" && status !== "unavailable";
    this.#ensure(isSure, "an answer that is sure: the metadata tell whether the write was done", status);
  }

  /** From begin to end. */
  do(client: string, request: Request): Answer {
    return this.finish(this.begin(client, request));
  }

  /** The store of the call has stopped. What it did may count at any time after. */
  stop({ seen }: Running): void {
    this.#isInDoubt = true;
    this.steps.push(`${seen.client}: its store stops for good`);
  }

  /** Writes that were late arrive. */
  arrive(): void {
    for (const call of this.#late.splice(0)) {
      const { status } = this.fabric.answer(call);
      this.steps.push(`the late write arrives: ${status}`);
    }
  }

  /** Looks at everything, completes what is open, and judges. */
  conclude(): void {
    this.arrive();
    for (const { key } of [...this.uploads.values()]) this.#look(key);
    for (const [uploadId, { key, tags }] of this.uploads) {
      this.#tell("last", { op: "complete", key, uploadId, parts: tagsOf(tags) });
      this.#tell("last", { op: "abort", key, uploadId });
    }
    for (const key of this.versions.keys()) this.#look(key);
    const found = check(oneKeyAtATime, this.#history());
    if (found.verdict === "not-linearizable")
      violated({
        expected: "answers that come from some order of the calls",
        got: found.counterexample === null ? "none does" : renderCounterexample(found.counterexample, found.part),
        steps: this.steps,
      });
    if (!this.#isInDoubt) this.#clear();
  }

  #look(key: string): void {
    this.#tell("last", { op: "get", key });
    this.#tell("last", { op: "listed", key });
    for (const versionId of [...(this.versions.get(key) ?? [])]) this.#tell("last", { op: "get", key, versionId });
  }

  /** A call at the end, when everything answers. */
  #tell(client: string, request: Request): Answer {
    const answer = this.do(client, request);
    this.#ensure(
      answer.status !== "unavailable",
      `${describe(request)} to be answered: everything is up`,
      "unavailable",
    );
    return answer;
  }

  /** Nothing was in doubt, so all ids are known: without them nothing is left. */
  #clear(): void {
    for (const [key, ids] of this.versions)
      for (const versionId of ids) this.do("last", { op: "delete-version", key, versionId });
    const left = fragmentsIn(this.fabric).length;
    this.#ensure(left === 0, "no fragments when every version is deleted and every upload is over", `${left}`);
  }

  #answer(running: Running, call: Call, fate: Fate): Reply {
    if (running.isDeaf && call.to === "metadata") return { status: "lost" };
    if (call.op !== "set" || fate === "arrives") return this.fabric.answer(call);
    this.#isInDoubt = true;
    running.isInDoubt = true;
    this.steps.push(`${running.seen.client}: its write to the metadata is ${fate}`);
    if (fate === "late") this.#late.push({ ...call, value: structuredClone(call.value) });
    if (fate === "unanswered") this.fabric.answer(call);
    return { status: "lost" };
  }

  #ended({ seen, isInDoubt }: Running, result: Result<object>): void {
    const { request, client } = seen;
    const answer = answerOf(request, result);
    seen.answer = answer;
    seen.return = ++this.#clock;
    this.steps.push(`${client}: ${describe(request)} -> ${describeAnswer(answer)}`);
    // A get may find the fragments erased twice, by deletes.
    const isSure = !["unknown", "unavailable"].includes(answer.status) || (request.op === "get" && !isInDoubt);
    this.#ensure(isInDoubt || isSure, "an answer that is sure: every reply arrived", answer.status);
    if (answer.status !== "ok") return;
    const { key } = request;
    if (answer.versionId !== undefined)
      this.versions.set(key, (this.versions.get(key) ?? new Set()).add(answer.versionId));
    if (request.op === "begin") this.uploads.set(answer.uploadId!, { key, tags: new Map() });
    if (request.op === "part") this.uploads.get(request.uploadId)?.tags.set(request.number, answer.etag!);
  }

  /** What was seen, for the search of an order. What a call was to make and nobody saw has a name of its own. */
  #history(): Operation<Step, Answer>[] {
    return historyOf(this.#seen);
  }

  #ensure(condition: boolean, expected: string, got: string): void {
    ensure(condition, () => ({ expected, got, steps: this.steps }));
  }
}

/** Calls that were seen, as the search of an order takes them. */
export function historyOf(all: readonly Readonly<Seen>[]): Operation<Step, Answer>[] {
  const idOf = new Map<string, string>();
  for (const { request, answer } of all)
    if (request.op === "get" && answer?.value !== undefined) idOf.set(answer.value, answer.versionId!);
  return all.flatMap((seen, i): Operation<Step, Answer>[] => {
    const { client, request, call, answer } = seen;
    const known = answer?.versionId ?? answer?.uploadId ?? (request.op === "put" ? idOf.get(request.value) : undefined);
    const input = { ...request, id: known ?? `unseen-${i}` };
    const isSure = answer !== undefined && answer.status !== "unknown" && answer.status !== "unavailable";
    if (answer?.status === "unavailable" && request.op !== "complete") return [];
    if (request.op === "begin" && !isSure) return [];
    const whole: Operation<Step, Answer> = isSure
      ? { status: "ok", client, input, output: answer, call, return: seen.return! }
      : { status: "unknown", client, input, call };
    if (request.op !== "complete") return [whole];
    const { key, uploadId, parts } = request;
    return [{ status: "unknown", client, input: { key, take: { uploadId, parts } }, call }, whole];
  });
}

export const tagsOf = (tags: ReadonlyMap<number, string>): PartTag[] =>
  [...tags].map(([number, etag]) => ({ number, etag })).sort((a, b) => a.number - b.number);

/** A store for each client. */
export function stores(create: Create): (client: string) => Store {
  const { placesOf } = new Fabric(SIZE);
  const all = new Map<string, Store>();
  let ids = 0;
  const newId = (): string => `id-${++ids}`;
  return (client) => {
    const store =
      all.get(client) ?? create({ dataFragments: K, parityFragments: M, unitBytes: 8, places: placesOf, newId });
    all.set(client, store);
    return store;
  };
}

const SIZE = { racks: 5, nodesPerRack: 1 };
const ROUNDS_MAX = 200;
