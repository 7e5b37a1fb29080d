/**
 * Two engines, a log and a gateway in the simulator. The gateway tells an engine to speak when nothing comes from the
 * other one.
 */

import type { Context, Node, Scenario } from "../../../../sim/index.ts";
import type { Entry, Report } from "../../../../solutions/stock-exchange/exchange-pipeline.ts";
import { show } from "../../../kit/show.ts";
import { createEngine, entryOf, type PipelineModule, reportsOf, same } from "./parts.ts";

type Message =
  | { readonly type: "entry"; readonly entry: Entry }
  /** To the log: entries from there on. */
  | { readonly type: "want"; readonly from: number }
  | { readonly type: "report"; readonly report: Report }
  /** To an engine: speak, the last report that arrived was that one. */
  | { readonly type: "speak"; readonly delivered: number }
  | { readonly type: "resend"; readonly from: number }
  | { readonly type: "acknowledge"; readonly number: number };

type At = Context<Message>;

const ENGINES = ["engine-1", "engine-2"] as const;
const ENTRIES = 24;
const AT_ONCE = 4;
/** Ticks of the gateway without a new report until it turns to the other engine. */
const PATIENCE = 4;

/**
 * What is on disks that never lose anything: how far the log was sent, and the reports that the gateway has delivered.
 */
interface Safe {
  next: number;
  readonly delivered: Report[];
  speaker: number;
}

export function failover(module: PipelineModule): () => Scenario<Message> {
  const expected = reportsOf(ENTRIES);
  return () => {
    const safe: Safe = { next: 1, delivered: [], speaker: 0 };
    return {
      nodes: {
        log: (context) => logNode(context, safe),
        [ENGINES[0]]: (context) => engineNode(context, module, safe),
        [ENGINES[1]]: (context) => engineNode(context, module, safe),
        gateway: (context) => gatewayNode(context, module, safe),
      },
      invariants: {
        "reports arrive once, in order, as from one engine that never stopped": (world) => {
          if (safe.speaker > 0) world.mark("took over");
          const at = safe.delivered.length - 1;
          if (at < 0 || same(safe.delivered[at], expected[at])) return undefined;
          return `delivery ${at + 1} is ${show(safe.delivered[at])}, expected ${show(expected[at])}`;
        },
      },
      converged: () => {
        const { length } = safe.delivered;
        if (length === expected.length) return undefined;
        return `${length} of ${expected.length} reports have arrived`;
      },
      describe: (payload) => describe(payload as Message),
    };
  };
}

function describe(message: Message): string {
  switch (message.type) {
    case "entry":
      return `entry ${message.entry.sequence}`;
    case "want":
      return `want ${message.from}`;
    case "report":
      return `report ${message.report.number}`;
    case "speak":
      return `speak after ${message.delivered}`;
    case "resend":
      return `again from ${message.from}`;
    case "acknowledge":
      return `have ${message.number}`;
  }
}

function logNode(context: At, safe: Safe): Node<Message> {
  const send = (to: string, sequence: number): void => {
    context.send(to, { type: "entry", entry: entryOf(sequence) });
  };
  return {
    onStart: () => context.setTimer("next", 40),
    onTimer() {
      if (safe.next <= ENTRIES) {
        for (const engine of ENGINES) send(engine, safe.next);
        safe.next++;
      }
      context.setTimer("next", 40);
    },
    onMessage(from, message) {
      if (message.type !== "want") return;
      const end = Math.min(safe.next, message.from + AT_ONCE);
      for (let sequence = message.from; sequence < end; sequence++) send(from, sequence);
    },
  };
}

/** Comes back from a crash with nothing, and silent. The first engine speaks from the start. */
function engineNode(context: At, { Replica }: PipelineModule, safe: Safe): Node<Message> {
  const isFirst = context.self === ENGINES[0] && safe.delivered.length === 0 && safe.next === 1;
  const send = (report: Report): void => context.send("gateway", { type: "report", report });
  const replica = new Replica(createEngine, send, isFirst);
  return {
    onStart: () => context.setTimer("catch up", 60),
    onTimer() {
      context.send("log", { type: "want", from: replica.missing ?? replica.applied + 1 });
      context.setTimer("catch up", 60);
    },
    onMessage(_, message) {
      if (message.type === "entry") replica.receive(message.entry);
      else if (message.type === "speak") replica.speak(message.delivered);
      else if (message.type === "resend") replica.resend(message.from);
      else if (message.type === "acknowledge") replica.acknowledge(message.number);
    },
  };
}

function gatewayNode(context: At, { ReportFollower }: PipelineModule, safe: Safe): Node<Message> {
  const deliver = (report: Report): void => void safe.delivered.push(report);
  const follower = new ReportFollower(deliver, safe.delivered.length);
  let before = 0;
  let idle = 0;
  return {
    onStart: () => context.setTimer("tick", 50),
    onTimer() {
      const speaker = (): string => ENGINES[safe.speaker % 2]!;
      const { delivered, missing } = follower;
      if (delivered > before) {
        for (const engine of ENGINES) context.send(engine, { type: "acknowledge", number: delivered });
      } else if (++idle % PATIENCE === 0) {
        safe.speaker++;
        context.send(speaker(), { type: "speak", delivered });
      }
      if (missing !== null) context.send(speaker(), { type: "resend", from: missing });
      if (delivered > before) idle = 0;
      before = delivered;
      context.setTimer("tick", 50);
    },
    onMessage(_, message) {
      if (message.type === "report") follower.receive(message.report);
    },
  };
}
