/** Calls that come one after the other, from two stores in turn, beside the oracle. */

import type { Query } from "../../../../solutions/object-storage/object-store.ts";
import { distinctNames, ensure, fc, names, step, sublists, violated } from "../../../kit/index.ts";
import { type Fabric, fragmentsIn } from "../fabric.ts";
import {
  type Asked,
  Bucket,
  describe,
  describeAnswer,
  etagOf,
  type Kept,
  NOTHING_KEPT,
  type Request,
  sameAnswer,
} from "./oracle.ts";
import { answerOf, type Create, FRAGMENTS, type Store, succeeded, taskOf, world } from "./world.ts";

export type Kind = "put" | "get" | "delete" | "delete-version" | "list" | "begin" | "part" | "complete" | "abort";

/** A call before it is known which ids there are: `nth` counts among them, `how` says what is odd about it. */
export interface Action {
  readonly kind: Kind;
  readonly key: number;
  readonly nth: number;
  readonly how: number;
  readonly number: number;
  readonly value: string;
  readonly query: Asked;
}

/** Where text sorts numbers otherwise, where a byte ends, and the last ones that there may be. */
const NUMBERS = [1, 2, 3, 9, 10, 11, 99, 100, 255, 256, 1_000, 9_999, 10_000];
/** An empty one, one of a stripe, longer ones, and those whose ETag begins with a zero. */
const VALUES = ["", "a", "12345678", "123456789", "x".repeat(40), "v3", "v143"];
const KEYS = 3;

const queries: fc.Arbitrary<Asked> = fc.record({
  prefix: fc.oneof(fc.constant(""), names()),
  delimiter: fc.oneof(fc.constant(""), fc.constant("/"), names()),
  after: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: names() }),
  limit: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(1_000)),
});

export function sequences(kinds: readonly Kind[], maxLength: number) {
  const action: fc.Arbitrary<Action> = fc.record({
    kind: fc.constantFrom(...kinds),
    key: fc.nat(KEYS - 1),
    nth: fc.nat(5),
    how: fc.nat(11),
    number: fc.constantFrom(...NUMBERS),
    value: fc.constantFrom(...VALUES),
    query: queries,
  });
  return fc.tuple(distinctNames(KEYS), sublists(fc.array(action, { minLength: 1, maxLength })));
}

/** Does the calls, and compares each answer, what is there after it, and how many fragments that takes. */
export function compareWithOracle(create: Create, keys: readonly string[], actions: readonly Action[]): void {
  const { fabric, store } = world(create);
  const run = new Sequence(fabric, [store(), store()], keys);
  for (const action of actions) run.do(action);
}

class Sequence {
  readonly #fabric: Fabric;
  readonly #stores: readonly Store[];
  readonly #keys: readonly string[];
  readonly #bucket = new Bucket();
  /** Of versions and uploads, with their key. */
  readonly #ids: { readonly id: string; readonly key: string }[] = [];
  readonly #uploads: { readonly id: string; readonly key: string }[] = [];
  readonly #completed = new Map<string, Request & { readonly op: "complete" }>();
  #turn = 0;

  constructor(fabric: Fabric, stores: readonly Store[], keys: readonly string[]) {
    this.#fabric = fabric;
    this.#stores = stores;
    this.#keys = keys;
  }

  do(action: Action): void {
    if (action.kind === "list") this.#list(action.query);
    else {
      const request = this.#requestOf(action);
      const status = this.#call(request);
      if (request.op === "complete" && status === "ok") this.#completed.set(request.uploadId, request);
      this.#look(request.key);
    }
    const [most, got] = [FRAGMENTS * this.#bucket.named(), fragmentsIn(this.#fabric).length];
    ensure(got <= most, () => ({
      expected: `at most ${most} fragments: ${FRAGMENTS} of each version and each part of an open upload`,
      got: `${got}`,
    }));
  }

  #call(request: Request): string {
    const result = this.#fabric.run(taskOf(this.#store(), request));
    const got = answerOf(request, result);
    const made = got.versionId ?? got.uploadId;
    const isNew = got.status === "ok" && ["put", "delete", "begin"].includes(request.op) && made !== undefined;
    if (isNew && this.#ids.some(({ id }) => id === made))
      violated({ expected: "an id that was never given out", got: made });
    const expected = this.#bucket.do(request, made ?? "a version of its own");
    step(`${describe(request)} -> ${describeAnswer(got)}`);
    ensure(sameAnswer(expected, got), () => ({ expected: JSON.stringify(expected), got: JSON.stringify(got) }));
    if (isNew) this.#ids.push({ id: made, key: request.key });
    if (request.op === "begin") this.#uploads.push({ id: made!, key: request.key });
    return got.status;
  }

  /** Everything that is and was under the key. */
  #look(key: string): void {
    const ids = this.#ids.filter((each) => each.key === key).map(({ id }) => id);
    const gets: Request[] = [{ op: "get", key }, ...ids.map((versionId) => ({ op: "get", key, versionId }) as const)];
    for (const request of gets) {
      const got = answerOf(request, this.#fabric.run(taskOf(this.#store(), request)));
      const expected = this.#bucket.do(request, "");
      ensure(sameAnswer(expected, got), () => ({
        expected: `${describe(request)}: ${JSON.stringify(expected)}`,
        got: JSON.stringify(got),
      }));
    }
  }

  #list(query: Asked): void {
    comparePages(this.#bucket, this.#fabric, this.#store(), query);
  }

  #store(): Store {
    return this.#stores[this.#turn++ % this.#stores.length]!;
  }

  #requestOf({ kind, key: keyIndex, nth, how, number, value }: Action): Request {
    const key = this.#keys[keyIndex]!;
    const someId = this.#ids[this.#ids.length - 1 - (nth % Math.max(1, this.#ids.length))]?.id ?? "unheard-of";
    // Once in a while an id that is none of an upload, or under another key.
    const upload = this.#uploads[this.#uploads.length - 1 - (nth % Math.max(1, this.#uploads.length))];
    const at = upload === undefined || how === 11 ? { id: someId, key } : how === 10 ? { ...upload, key } : upload;
    switch (kind) {
      case "put": {
        const { versions } = this.#keptOf(key);
        const etag = versions[nth % Math.max(1, versions.length)]?.etag ?? "00000000";
        const condition = how === 0 ? { ifNoneMatch: "*" as const } : how < 3 ? { ifMatch: etag } : {};
        return { op: "put", key, value, ...condition };
      }
      case "get":
        return { op: "get", key, versionId: someId };
      case "delete-version":
        return { op: "delete-version", key: this.#ids.find(({ id }) => id === someId)?.key ?? key, versionId: someId };
      case "part":
        return { op: "part", key: at.key, uploadId: at.id, number, value };
      case "abort":
        return { op: "abort", key: at.key, uploadId: at.id };
      case "complete":
        return this.#completion(at, how);
      default:
        return { op: kind === "begin" ? "begin" : "delete", key };
    }
  }

  /**
   * The parts that are there, or a list that is wrong in one way; of an upload that is over, what was listed before.
   */
  #completion({ id, key }: { id: string; key: string }, how: number): Request {
    const upload = this.#keptOf(key).uploads[id];
    const before = this.#completed.get(id);
    const anything = { op: "complete", key, uploadId: id, parts: [{ number: 1, etag: "00000000" }] } as const;
    if (upload?.state !== "open") return before?.key === key ? before : anything;
    const there = Object.entries(upload.parts).map(([number, value]) => ({ number: Number(number), value }));
    const right = there.map(({ number, value }) => ({ number, etag: etagOf(value) }));
    const wrong = [
      right.filter((_, i) => i !== how % 3),
      right.map((each, i) => (i === right.length - 1 ? { ...each, etag: "0badc0de" } : each)),
      [...right, { number: 10_001, etag: right[0]?.etag ?? "00000000" }],
      [...right].reverse(),
      right.flatMap((each) => [each, each]),
    ];
    return { op: "complete", key, uploadId: id, parts: how < 5 ? wrong[how]! : right };
  }

  #keptOf(key: string): Kept {
    return this.#bucket.kept.get(key) ?? NOTHING_KEPT;
  }
}

/** Follows a listing to its end, and compares every page. */
export function comparePages(bucket: Bucket, fabric: Fabric, store: Store, query: Asked): void {
  let { after } = query;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const asked = { ...query, after };
    const { keys, prefixes, next } = succeeded(fabric.run(store.list(withoutUndefined(asked))), "list");
    step(`list ${JSON.stringify(asked)} -> ${JSON.stringify([...keys.map(({ key }) => key), ...prefixes])}`);
    const expected = bucket.list(asked);
    const got = { keys, prefixes, hasNext: next !== undefined };
    ensure(JSON.stringify(got) === JSON.stringify(expected), () => ({
      expected: JSON.stringify(expected),
      got: JSON.stringify(got),
    }));
    if (next === undefined) return;
    after = next;
  }
  violated({
    expected: "a listing that ends",
    got: `${PAGES_MAX} pages, the last says next: ${JSON.stringify(after)}`,
  });
}

const withoutUndefined = (asked: Asked): Query =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));

const PAGES_MAX = 100;
