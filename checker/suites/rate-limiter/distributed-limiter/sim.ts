/** The distributed limiter in the simulator: nodes, a store, and a ledger of what was admitted, kept from outside. */

import type { BucketOptions } from "../../../../given/rate-limiter/bucket-level.ts";
import type {
  FromStore,
  LimiterContext,
  LimiterOptions,
  ToStore,
  Verdict,
} from "../../../../given/rate-limiter/central-store.ts";
import {
  type Client,
  type ClientProgram,
  copy,
  type Explored,
  type Faults,
  faults,
  type Node,
  type NodeFactory,
  type Scenario,
  type World,
} from "../../../../sim/index.ts";
import { show } from "../../../kit/show.ts";
import { ensure } from "../../../kit/violation.ts";
import { bucket, lease, Memory, type Module, options } from "./many-nodes.ts";

type Request = string;
type LimiterClient = Client<Request, Verdict>;
type LimiterScenario = Scenario<ToStore | FromStore, Request, Verdict>;

export const NODES = ["n1", "n2", "n3"];
const KEY = "k";

/** Clients of random nodes: each asks so often, after a pause of up to `pauseMs`. */
export function clients(
  count: number,
  requests: number,
  pauseMs: number,
  timeoutMs = CLIENT_TIMEOUT_MS,
  until: "done" | "healed" = "done",
): Record<string, ClientProgram<Request, Verdict>> {
  function* program(c: LimiterClient): ReturnType<ClientProgram<Request, Verdict>> {
    for (let i = 0; i < requests && !(c.healed() && until === "healed"); i++) {
      yield* c.sleep(c.random.integer(0, pauseMs));
      yield* c.invoke(c.random.pick(NODES), KEY, timeoutMs);
    }
  }
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i + 1}`, program]));
}

/** Longer than any node keeps a client waiting, pauses and crashes apart. */
const CLIENT_TIMEOUT_MS = 10_000;

/** A bucket that would admit exactly what the bound allows: what it cannot pay breaks the bound. */
class Bound {
  readonly #options: BucketOptions;
  readonly #most: number;
  #parts: number;
  #atMs = 0;

  constructor(given: BucketOptions, extra: number) {
    this.#options = given;
    // A clock in whole milliseconds may show one more than has passed.
    this.#most = (given.capacity + extra) * given.refillIntervalMs + given.refillTokens;
    this.#parts = this.#most;
  }

  /** Tokens by which an admission at this time goes over; 0 when it does not. */
  spend(nowMs: number): number {
    const flowed = (nowMs - this.#atMs) * this.#options.refillTokens * FAST_CLOCK;
    this.#parts = Math.min(this.#most, this.#parts + flowed) - this.#options.refillIntervalMs;
    this.#atMs = nowMs;
    return this.#parts >= 0 ? 0 : -this.#parts / this.#options.refillIntervalMs;
  }
}

/** Contexts promise clocks that are at most a thousandth fast. */
const FAST_CLOCK = 1.001;

/** What was admitted since the last look, by whom. Decisions of the store count when it first announces them. */
class Ledger {
  readonly fresh: { readonly by: Verdict["by"]; readonly node: string; readonly incarnation: number }[] = [];
  readonly allowed = new Set<string>();
  toldByStore = 0;
}

export interface ManyNodes {
  readonly options: LimiterOptions;
  readonly clients: Record<string, ClientProgram<Request, Verdict>>;
  /** In place of the two of `manyNodes`. */
  readonly invariants?: LimiterScenario["invariants"];
  readonly atEnd?: LimiterScenario["atEnd"];
}

/** The scenario of one run; its invariants are the two bounds, and that no answer of the store admits two clients. */
export function manyNodes(module: Module, { options, clients, atEnd, invariants }: ManyNodes): LimiterScenario {
  const ledger = new Ledger();
  const bound = new Bound(options.bucket, options.lease?.outstandingMax ?? 0);
  const budgets = new Map<string, Bound>();
  const machines = new Map([...NODES, "store"].map((name) => [name, { memory: new Memory(), incarnation: 0 }]));

  const factory: NodeFactory<Node> = (context) => {
    const machine = machines.get(context.self)!;
    const incarnation = ++machine.incarnation;
    // A write to the simulated disk makes a stable write a place where a crash can strike.
    machine.memory.effect = () => context.disk.write("stable", 0, ONE_BYTE);
    const own: LimiterContext = {
      incarnation,
      now: () => context.now() + CLOCK_START_MS,
      send: (to, message) => {
        context.send(to, message);
        if (context.self !== "store" || message.type !== "taken" || !message.allowed) return;
        const id = `${to} ${message.incarnation} ${message.seq}`;
        if (ledger.allowed.has(id)) return;
        ledger.allowed.add(id);
        ledger.fresh.push({ by: "store", node: to, incarnation });
      },
      setTimer: context.setTimer,
      clearTimer: context.clearTimer,
      stable: machine.memory,
    };
    if (context.self === "store") return new module.LimitStore(own, options);
    const node = new module.LimitNode(own, options);
    return {
      onMessage: (from: string, message: FromStore) => node.onMessage(from, message),
      onTimer: (name: string) => node.onTimer(name),
      onRequest: (key: Request, reply: (verdict: Verdict) => void) =>
        node.onRequest(key, (verdict) => {
          reply(copy(verdict));
          if (!verdict.allowed) return;
          if (verdict.by === "store") ledger.toldByStore++;
          else ledger.fresh.push({ by: verdict.by, node: context.self, incarnation });
        }),
    };
  };

  return {
    nodes: Object.fromEntries([...NODES, "store"].map((name) => [name, factory])),
    clients,
    invariants: invariants ?? {
      "no more is admitted than the bound": (world) => {
        for (const { by, node, incarnation } of ledger.fresh.splice(0)) {
          world.mark(`admitted by ${by}`);
          const over = by === "silence" ? budgetOf(node, incarnation).spend(world.now) : bound.spend(world.now);
          if (over <= 0) continue;
          const whose = by === "silence" ? `the budget of ${node}` : "the bound of the key";
          return `an admission by ${by} at ${node} is ${Math.ceil(over)} over ${whose}`;
        }
        return undefined;
      },
      "an answer of the store admits one client": () =>
        ledger.toldByStore > ledger.allowed.size
          ? `${ledger.toldByStore} clients were admitted by ${ledger.allowed.size} answers of the store`
          : undefined,
    },
    ...(atEnd === undefined ? {} : { atEnd }),
    describe,
  };

  function budgetOf(node: string, incarnation: number): Bound {
    const name = `${node} ${incarnation}`;
    let budget = budgets.get(name);
    if (budget === undefined) {
      budget = new Bound(options.whenSilent ?? NO_BUDGET, options.whenSilent === null ? -1 : 0);
      budgets.set(name, budget);
    }
    return budget;
  }
}

const NO_BUDGET: BucketOptions = { capacity: 1, refillTokens: 1, refillIntervalMs: 10 ** 12 };
const ONE_BYTE = Uint8Array.of(1);
/** Clocks say nothing about true time; this keeps slow ones from showing less than 0. */
const CLOCK_START_MS = 1_000_000;

/** Runs in which nobody was admitted this way would prove nothing about it. */
export function reached({ marks }: Explored, ...ways: Verdict["by"][]): void {
  for (const by of ways) {
    ensure((marks[`admitted by ${by}`] ?? 0) > 0, () => ({
      expected: `some of many clients to be admitted by ${by}`,
      got: "none, in all runs",
    }));
  }
}

/** Admissions that clients were told of. */
function admitted({ history }: World): number {
  return history.filter((operation) => operation.status === "ok" && (operation.output as Verdict).allowed).length;
}

/** Whether every client was told by a store or a lease. */
function nobodyWasLeftAlone({ history }: World): boolean {
  return history.every((operation) => operation.status === "ok" && (operation.output as Verdict).by !== "silence");
}

function describe(payload: ToStore | FromStore | Verdict | Request): string {
  if (typeof payload === "string") return "acquire";
  if ("by" in payload) return `${payload.allowed ? "admitted" : "refused"} by ${payload.by}`;
  const number = "seq" in payload ? ` #${payload.seq}` : "";
  switch (payload.type) {
    case "taken":
      return `${payload.allowed ? "taken" : "none left"}${number}`;
    case "lease":
    case "granted":
      return `${payload.type} ${payload.tokens}${number}`;
    case "return":
      return `return ${payload.tokens} of #${payload.lease}`;
    default:
      // A message of one's own: its type and what it counts.
      return "count" in payload ? `${(payload as { type: string }).type} ${payload.count}` : `${payload.type}${number}`;
  }
}

/** For an invariant: clients that were admitted, in the whole run. */
export function overLimit(world: World, limit: number): string | undefined {
  const count = admitted(world);
  return count > limit ? `${count} clients were admitted, the limit is ${limit}` : undefined;
}

/**
 * Everybody asks until everything heals; long after that one client asks for a whole bucket at once, and must get it.
 */
export function recovering(module: Module, options: LimiterOptions): LimiterScenario {
  const { capacity } = options.bucket;
  function* probe(c: LimiterClient): ReturnType<ClientProgram<Request, Verdict>> {
    while (!c.healed()) yield* c.sleep(20);
    yield* c.sleep(RECOVERY_MS);
    for (let i = 0; i < capacity; i++) yield* c.invoke("n2", KEY, 1_000);
  }
  return manyNodes(module, {
    options,
    clients: { ...clients(3, 25, 100, 1_000, "healed"), probe },
    atEnd: {
      "the limit is there again after everything has healed": ({ history }) => {
        const told = history
          .filter(({ client }) => client === "probe")
          .map((each) => (each.status === "ok" ? each.output : null));
        return told.every((verdict) => verdict?.allowed === true)
          ? undefined
          : `${RECOVERY_MS} ms after everything healed a client asked ${told.length} times, ` +
              `the capacity is ${capacity}: ${show(told)}`;
      },
    },
  });
}

/** Requests under way end, leases run out, and the bucket of `refilling` fills. */
const RECOVERY_MS = 1_500;

/** No token flows in, so that leases may never admit more than there was: one too many shows at once. */
export function fewTokens(module: Module): LimiterScenario {
  return manyNodes(module, {
    options: options({ bucket: bucket(2), lease: { ...lease, tokens: 2 }, resendMs: 60 }),
    clients: clients(3, 5, 60),
    invariants: { "no more is admitted than there was": (world) => overLimit(world, 2) },
  });
}

/** Messages are lost, repeated and overtake each other, and nodes are cut off for a while. */
export const crossing: Faults = faults("lossy", {
  clientLoss: 0,
  duplication: 0.15,
  reordering: 0.2,
  partitionsPerSecond: 1,
  partitionMeanMs: 200,
});

/**
 * For `atEnd`, where no token flows in: nodes may hold some at the end, and nothing else may be left over while clients
 * were refused. Says nothing when a node had to decide alone.
 */
export function wrongTotal(world: World, tokens: number, heldMost: number): string | undefined {
  const [count, requests] = [admitted(world), world.history.length];
  if (!nobodyWasLeftAlone(world) || (count >= Math.min(requests, tokens - heldMost) && count <= tokens))
    return undefined;
  return (
    `${count} of ${requests} requests were admitted; there were ${tokens} tokens, ` +
    `of which nodes may hold ${heldMost}`
  );
}
