/**
 * The process that runs the learner's code. Vitest's own fork worker pipes output without end and does not tell why a
 * worker died; this one counts and cuts what is printed, and knows a heap that ran full from any other death.
 */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { PoolOptions, PoolWorker } from "vitest/node";
import { confinement, type Reach } from "./confinement.ts";

export interface WorkerEvents {
  readonly reach: Reach;
  readonly heapMb: number;
  readonly outputBytes: number;
  /** What was printed, up to `outputBytes`; then once more, empty and `truncated`. */
  readonly onOutput: (output: { text: string; truncated: boolean }) => void;
  readonly onStart: (pid: number) => void;
  readonly onDeath: (death: { code: number | null; signal: string | null; outOfMemory: boolean }) => void;
}

/** V8 prints this before it aborts; it is not translated and has been the same since Node 8. */
const HEAP_IS_FULL = "JavaScript heap out of memory";
const STDERR_TAIL = 16_384;

export class SupervisedWorker implements PoolWorker {
  readonly name = "supervised";
  readonly cacheFs = true;
  readonly #options: PoolOptions;
  readonly #events: WorkerEvents;
  #process: ChildProcess | undefined;
  #stopping = false;
  #room: number;
  #isTruncated = false;
  #stderrTail = "";

  constructor(options: PoolOptions, events: WorkerEvents) {
    this.#options = options;
    this.#events = events;
    this.#room = events.outputBytes;
  }

  async start(): Promise<void> {
    const { distPath, env, execArgv } = this.#options;
    const child = fork(join(distPath, "workers/forks.js"), [], {
      env: env as NodeJS.ProcessEnv,
      execArgv: [
        ...execArgv,
        ...confinement(this.#events.reach),
        `--max-old-space-size=${this.#events.heapMb}`,
        "--stack-trace-limit=50",
      ],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    });
    this.#process = child;
    const [out, err] = [new StringDecoder("utf8"), new StringDecoder("utf8")];
    child.stdout?.on("data", (chunk: Buffer) => this.#keep(chunk, out));
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderrTail = (this.#stderrTail + chunk.toString("utf8")).slice(-STDERR_TAIL);
      this.#keep(chunk, err);
    });
    // "close" comes after the pipes are drained, so that V8's last words are known.
    child.on("close", (code, signal) => {
      if (this.#stopping) return;
      this.#events.onDeath({ code, signal, outOfMemory: this.#stderrTail.includes(HEAP_IS_FULL) });
    });
    if (child.pid !== undefined) this.#events.onStart(child.pid);
  }

  /** The tests are over: nothing of the worker is needed any more, and its code may be holding timers for hours. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await ended;
  }

  on(event: string, callback: (argument: unknown) => void): void {
    this.#process?.on(event, callback);
  }

  off(event: string, callback: (argument: unknown) => void): void {
    this.#process?.off(event, callback);
  }

  send(message: unknown): void {
    // A worker that has just died has no channel; its death is reported on its own.
    if (this.#process?.connected) this.#process.send(message as object, () => {});
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  /** Reads everything, so that the worker is never blocked by a full pipe, and keeps the beginning. */
  #keep(chunk: Buffer, decoder: StringDecoder): void {
    if (this.#room > 0) {
      const part = chunk.subarray(0, this.#room);
      this.#room -= part.length;
      this.#events.onOutput({ text: decoder.write(part), truncated: false });
      if (part.length === chunk.length) return;
    }
    if (this.#isTruncated) return;
    this.#isTruncated = true;
    this.#events.onOutput({ text: "", truncated: true });
  }
}
