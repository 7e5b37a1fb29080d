/** The process of one part, from the inside. */

import { loadFrom } from "./files.ts";
import { Latencies } from "./latencies.ts";
import type { FromPart, ToPart } from "./protocol.ts";

/** How often figures go to the frame. */
const FIGURES_MS = 200;

export interface PartContext<Data> {
  readonly name: string;
  /** 1, and one more after every death: what was started before may still be on its way. */
  readonly incarnation: number;
  /** The folder of the run. It survives the part, and not the run. */
  readonly folder: string;
  readonly data: Data;
  /** Runs the learner's file or the reference. */
  readonly load: <Module>(exercise: string) => Promise<Module>;
  /**
   * `n` more of something that the frame prints by its name; `requests` also count for `--kill part@<n>`, without
   * `--load`.
   */
  readonly count: (name: string, more?: number) => void;
  /** How long a request took, for the live percentiles. */
  readonly took: (ms: number) => void;
}

export interface PartRunning {
  /** Answers the service's questions; structured-clonable both ways. */
  readonly onAsk?: (question: unknown) => unknown;
  /** Called when the run ends, not when the part is killed. What it leaves open ends with the process. */
  readonly close?: () => void | Promise<void>;
}

/**
 * Call it once in a part's module. `start` resolves once the part is ready to be used. The process ends with its
 * parent, whatever happened to that one, and pays no heed to Ctrl-C: the frame ends its parts in order.
 */
export function runPart<Data>(start: (context: PartContext<Data>) => Promise<PartRunning>): void {
  if (process.send === undefined) throw new Error("a part is started by its service, with a channel");
  // Told to a parent that has just died, it would otherwise be an error of this process.
  const send = (message: FromPart): void => void process.send?.(message, undefined, undefined, () => {});
  // A terminal tells its whole group of Ctrl-C and of its own end.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("disconnect", () => process.exit(0));
  /** Null until it is ready. */
  let running: PartRunning | null = null;
  process.on("message", (message: ToPart) => {
    if (message.type === "start") {
      const { name, incarnation, folder } = message;
      const figures = openFigures(send);
      const load = <Module>(exercise: string): Promise<Module> => loadFrom<Module>(folder, exercise);
      start({ name, incarnation, folder, data: message.data as Data, load, ...figures }).then(
        (started) => {
          running = started;
          send({ type: "ready" });
        },
        (error) => send({ type: "failed", number: null, message: textOf(error) }),
      );
    } else if (message.type === "ask") {
      const { number, question } = message;
      Promise.resolve()
        .then(() => answerOf(running, question))
        .then((answer) => send({ type: "answer", number, answer }))
        // What cannot be sent is no answer either.
        .catch((error) => send({ type: "failed", number, message: textOf(error) }));
    } else {
      Promise.resolve()
        .then(() => running?.close?.())
        .finally(() => process.exit(0));
    }
  });
}

function answerOf(running: PartRunning | null, question: unknown): unknown {
  if (running === null) throw new Error("the part is still starting");
  if (running.onAsk === undefined) throw new Error("the part answers no questions");
  return running.onAsk(question);
}

function openFigures(send: (message: FromPart) => void): Pick<PartContext<unknown>, "count" | "took"> {
  let counts: Record<string, number> = {};
  let latencies = new Latencies();
  setInterval(() => {
    if (latencies.count === 0 && Object.keys(counts).length === 0) return;
    send({ type: "figures", figures: { counts, latencies: latencies.entries() } });
    counts = {};
    latencies = new Latencies();
  }, FIGURES_MS).unref();
  return {
    count: (name, more = 1) => {
      counts[name] = (counts[name] ?? 0) + more;
    },
    took: (ms) => latencies.record(ms),
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
