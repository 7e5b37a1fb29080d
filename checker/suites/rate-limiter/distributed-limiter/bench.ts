import type {
  FromStore,
  LimiterContext,
  LimiterOptions,
  ToStore,
} from "../../../../given/rate-limiter/central-store.ts";
import { defineBench } from "../../../kit/bench.ts";
import { Memory, type Module, options, StoreByHand } from "./many-nodes.ts";

const rate = { capacity: 1_000_000, refillTokens: 1_000, refillIntervalMs: 1 };
const single = options({ bucket: rate });
const leased = options({
  bucket: rate,
  lease: { tokens: 50, spendMs: 10_000, ttlMs: 20_000, outstandingMax: 1_000 },
});

/**
 * Four nodes and a store over a network that costs nothing: a message is handled once the handler that sent it has
 * ended.
 */
class Region {
  messages = 0;
  admitted = 0;
  #now = 1_000;
  readonly #nodes: InstanceType<Module["LimitNode"]>[];
  readonly #inbox: (() => void)[] = [];

  constructor(module: Module, given: LimiterOptions) {
    const memory = new Memory();
    const context = (send: LimiterContext["send"]): LimiterContext => ({
      incarnation: 1,
      now: () => this.#now,
      send: (to, message) => {
        this.messages++;
        send(to, message);
      },
      setTimer: () => {},
      clearTimer: () => {},
      stable: memory,
    });
    const store = new module.LimitStore(
      context((to, message) =>
        this.#inbox.push(() => this.#nodes[Number(to)]!.onMessage("store", message as FromStore)),
      ),
      given,
    );
    this.#nodes = Array.from(
      { length: 4 },
      (_, i) =>
        new module.LimitNode(
          context((_, message) => this.#inbox.push(() => store.onMessage(String(i), message as ToStore))),
          given,
        ),
    );
  }

  /** So many requests for a key, at the nodes in turn, a millisecond apart. */
  serve(requests: number): this {
    for (let i = 0; i < requests; i++) {
      this.#now++;
      this.#nodes[i % 4]!.onRequest("k", ({ allowed }) => {
        if (allowed) this.admitted++;
      });
      for (let handle = this.#inbox.shift(); handle !== undefined; handle = this.#inbox.shift()) handle();
    }
    return this;
  }

  /** Messages, both ways, for 1,000 requests; all are admitted, or it does not count. */
  static messages(module: Module, given: LimiterOptions): number {
    const region = new Region(module, given).serve(1_000);
    return region.admitted === 1_000 ? region.messages : Number.POSITIVE_INFINITY;
  }
}

const arrivals =
  "1,000 requests for one key at four nodes in turn, a millisecond apart; nothing is lost, all are admitted";

export default defineBench<Module>([
  {
    kind: "count",
    name: "messages for 1,000 admissions without leases",
    workload: arrivals,
    unit: "messages",
    atMost: 2_000,
    count: (module) => Region.messages(module, single),
  },
  {
    kind: "count",
    name: "messages for 1,000 admissions with leases of 50",
    workload: arrivals,
    unit: "messages",
    // Twenty requests and as many answers; half as many again, for designs that return more.
    atMost: 60,
    count: (module) => Region.messages(module, leased),
  },
  {
    kind: "count",
    name: "what the store keeps of answers that nobody wants",
    workload:
      "2,000 takes of four nodes in turn, each with a floor that gives up those before; stable storage written as JSON",
    unit: "characters",
    atMost: 4_000,
    count(module) {
      const store = new StoreByHand(module, single);
      for (let i = 0; i < 2_000; i++) store.take(`n${i % 4}`, i, { floor: i });
      return store.machine.memory.length;
    },
  },
  {
    kind: "ratio",
    name: "admissions from leases",
    workload:
      "requests for one key at four nodes in turn, a millisecond apart, leases of 50; both sides of the protocol",
    unit: "requests/s",
    threshold: 0.3,
    setup(module) {
      const region = new Region(module, leased);
      return { opsPerRun: 1_000, run: () => region.serve(1_000).admitted };
    },
  },
]);
