import { simulate } from "../../../sim/cluster.ts";
import { faults } from "../../../sim/faults.ts";
import type { Context, Node } from "../../../sim/node.ts";
import type { ScenarioFactory } from "../../../sim/scenario.ts";
import type { Trace } from "../../../sim/trace.ts";
import type { LaneSchedule } from "../../lib/lanes.ts";

/**
 * The schedule on the home page: two servers share one counter and ask it in two steps, read then write. The simulator
 * tries seeds until both admit the last request, as a suite of the course would.
 */
export interface Race {
  /** The first seed that breaks the invariant. */
  readonly seed: number;
  /** How many of the seeds tried break it: the others would pass. */
  readonly broken: number;
  readonly tried: number;
  readonly message: string;
  readonly schedule: LaneSchedule;
}

/** Requests that all servers together may admit. */
export const limit = 1;

type Message =
  | { readonly type: "get" }
  | { readonly type: "count"; readonly used: number }
  | { readonly type: "set"; readonly used: number };

export function findRace(tried = 100): Race {
  const broken: number[] = [];
  for (let seed = 1; seed <= tried; seed += 1) if (run(seed).violation !== undefined) broken.push(seed);
  const [seed] = broken;
  if (seed === undefined) throw new Error(`no seed up to ${tried} breaks read-then-write; the scenario must be wrong`);
  const { violation, trace } = run(seed, true);
  return { seed, broken: broken.length, tried, message: violation!.message, schedule: scheduleOf(trace!) };
}

const run = (seed: number, trace = false) =>
  simulate({ scenario, seed, faults: faults("calm"), durationMs: 150, settleMs: 0, trace });

const scenario: ScenarioFactory = () => {
  let admitted = 0;
  return {
    nodes: {
      "server a": (context: Context<Message>) => new Server(context, () => (admitted += 1)),
      store: (context: Context<Message>) => new Store(context),
      "server b": (context: Context<Message>) => new Server(context, () => (admitted += 1)),
    },
    invariants: {
      "admits at most the limit": () => (admitted > limit ? `${admitted} admitted, ${limit} allowed` : undefined),
    },
  };
};

/** Wrong on purpose: what it read may be old by the time it writes. */
class Server implements Node<Message> {
  readonly #context: Context<Message>;
  readonly #admit: () => void;

  constructor(context: Context<Message>, admit: () => void) {
    this.#context = context;
    this.#admit = admit;
  }

  onStart(): void {
    this.#context.setTimer("request", Math.floor(this.#context.random() * 60));
  }

  onTimer(): void {
    this.#context.send("store", { type: "get" });
  }

  onMessage(_from: string, message: Message): void {
    if (message.type !== "count") return;
    if (message.used >= limit) {
      this.#context.log("refuse");
      return;
    }
    this.#context.send("store", { type: "set", used: message.used + 1 });
    this.#context.log("admit");
    this.#admit();
  }
}

class Store implements Node<Message> {
  readonly #context: Context<Message>;
  #used = 0;

  constructor(context: Context<Message>) {
    this.#context = context;
  }

  onMessage(from: string, message: Message): void {
    if (message.type === "get") this.#context.send(from, { type: "count", used: this.#used });
    if (message.type === "set") this.#used = message.used;
  }
}

/** The trace as lanes: messages by id, log lines as marks, the last admission as what broke the rule. */
function scheduleOf(trace: Trace): LaneSchedule {
  const arrivals = new Map<number, number>();
  for (const event of trace.events) if (event.kind === "deliver") arrivals.set(event.id, event.at);
  const broken = trace.events.some((event) => event.kind === "violation");
  const logs = trace.events.flatMap((event) => (event.kind === "log" ? [event] : []));
  const endedAt = Math.max(...trace.events.map((event) => event.at));
  return {
    lanes: ["server a", "store", "server b"],
    messages: trace.events.flatMap((event) =>
      event.kind === "send"
        ? [
            {
              from: event.from,
              to: event.to,
              sentAt: event.at,
              // Still under way when the invariant broke: drawn as if it arrived a moment later.
              arrivedAt: arrivals.get(event.id) ?? Math.max(endedAt, event.at) + 2,
              label: wordsOf(event.payload as Message),
            },
          ]
        : [],
    ),
    marks: logs.map((event, index) => ({
      lane: event.node,
      at: event.at,
      label: broken && index === logs.length - 1 ? `${event.text}: 2 of ${limit}` : event.text,
      tone: event.text === "admit" && !(broken && index === logs.length - 1) ? "flow" : "pressure",
    })),
  };
}

function wordsOf(message: Message): string {
  if (message.type === "get") return "get";
  return message.type === "count" ? `${message.used} used` : `set ${message.used}`;
}
