import type { Call, Place, Reply, Task } from "../../../../given/object-storage/calls.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/object-store.ts");
type Store = InstanceType<Subject["ObjectStore"]>;

/** Six nodes and metadata that answer at once, and count. */
class World {
  rounds = 0;
  entriesRead = 0;
  readonly #kept = new Map<string, Uint8Array>();
  readonly #values = new Map<string, { value: unknown; version: number }>();
  #sorted: string[] | undefined;

  run<Result>(task: Task<Result>): Result {
    let state = task.next();
    while (state.done !== true) {
      this.rounds++;
      state = task.next(state.value.map((call) => this.#answer(call)));
    }
    return state.value;
  }

  #answer(call: Call): Reply {
    switch (call.op) {
      case "write":
        this.#kept.set(`${call.to} ${call.name}`, call.bytes);
        return { status: "ok" };
      case "read": {
        const bytes = this.#kept.get(`${call.to} ${call.name}`)!;
        return { status: "ok", bytes: bytes.subarray(call.offset, call.offset + call.length) };
      }
      case "get": {
        const entry = this.#values.get(call.key);
        return entry === undefined ? { status: "missing", version: 0 } : { status: "ok", ...entry };
      }
      case "set":
        if (!this.#values.has(call.key)) this.#sorted = undefined;
        this.#values.set(call.key, { value: call.value, version: call.version + 1 });
        return { status: "ok", version: call.version + 1 };
      case "scan": {
        this.#sorted ??= [...this.#values.keys()].sort();
        const first = lowerBound(this.#sorted, call.from);
        const keys = this.#sorted.slice(first, first + Math.min(100, call.limit));
        this.entriesRead += keys.length;
        return { status: "ok", entries: keys.map((key) => ({ key, value: this.#values.get(key)!.value })) };
      }
      default:
        return { status: "ok" };
    }
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function storeOf({ ObjectStore }: Subject): { world: World; store: Store } {
  const places: Place[] = Array.from({ length: 6 }, (_, i) => ({ node: `n${i}`, rack: `r${i}` }));
  let ids = 0;
  const newId = (): string => `id-${++ids}`;
  const store = new ObjectStore({
    dataFragments: 4,
    parityFragments: 2,
    unitBytes: 1_024,
    places: () => places,
    newId,
  });
  return { world: new World(), store };
}

const keyOf = (n: number): string => `folder-${n % 10}/object-${String(n).padStart(6, "0")}`;

function filled(subject: Subject, count: number): { world: World; store: Store } {
  const both = storeOf(subject);
  for (let i = 0; i < count; i++) both.world.run(both.store.put(keyOf(i), new Uint8Array(10)));
  return both;
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "rounds of calls for a put and a get",
    workload: "100 puts of new keys and a get of each, 4 + 2, nothing fails: fragments, look, name; look, fragments",
    unit: "rounds",
    atMost: 6,
    count(subject) {
      const { world, store } = storeOf(subject);
      for (let i = 0; i < 100; i++) {
        world.run(store.put(keyOf(i), new Uint8Array(5_000)));
        world.run(store.get(keyOf(i)));
      }
      return world.rounds / 100;
    },
  },
  {
    kind: "count",
    name: "entries read for a key shown",
    workload: "1,000 keys, in pages of 250",
    unit: "entries",
    // A page ends in the middle of what was read, and one more key tells whether there is a next.
    atMost: 1.5,
    count(subject) {
      const { world, store } = filled(subject, 1_000);
      let after: string | undefined;
      do {
        const page = world.run(store.list({ limit: 250, ...(after === undefined ? {} : { after }) }));
        after = page.status === "ok" ? page.next : undefined;
      } while (after !== undefined);
      return world.entriesRead / 1_000;
    },
  },
  {
    kind: "ratio",
    name: "puts and gets of small objects",
    workload: "100 objects of 10,000 bytes put over and over to a new store, and read, 4 + 2, units of 1 KiB",
    unit: "objects/s",
    threshold: 0.4,
    setup(subject, random) {
      const bytes = Uint8Array.from({ length: 10_000 }, () => random() * 256);
      return {
        opsPerRun: 100,
        run() {
          const { world, store } = storeOf(subject);
          let read = 0;
          for (let i = 0; i < 100; i++) {
            world.run(store.put(keyOf(i), bytes));
            const got = world.run(store.get(keyOf(i)));
            if (got.status === "ok") read += got.bytes.length;
          }
          return read;
        },
      };
    },
  },
]);
