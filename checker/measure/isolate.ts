/** The parent's side of one isolate: start, ask, end. */

import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { confinement } from "../judge/confinement.ts";
import type { DatabaseAccess } from "../kit/offered.ts";
import { repository } from "../subject/rooms.ts";
import type { Command, Load, Reply, Result } from "./protocol.ts";

/** Room for a workload of a few hundred thousand keys; more is a leak. */
const HEAP_MB = 1_024;
const LOAD_TIMEOUT_MS = 30_000;
const STDERR_KEPT = 4_096;

export interface IsolateOptions {
  /** Compiled `worker.ts`. */
  readonly worker: string;
  readonly bundle: string;
  readonly bench: number;
  readonly seed: number;
  readonly database: DatabaseAccess | null;
  /** Allows the `heap` command. */
  readonly exposeGc: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The code under test threw, or its process died. */
export class IsolateCrashed extends Error {
  override readonly name = "IsolateCrashed";
}

/** No reply in time: an endless loop, or work of the wrong order. */
export class IsolateTimedOut extends Error {
  override readonly name = "IsolateTimedOut";
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no reply within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

export class Isolate {
  readonly #child: ChildProcess;
  readonly #token = randomUUID();
  readonly #exited: Promise<string>;
  #stderr = "";

  private constructor(options: IsolateOptions) {
    const execArgv = [
      `--max-old-space-size=${HEAP_MB}`,
      "--single-threaded-gc",
      // The bundles lie beside the worker; the worker watches its parent from a thread.
      ...confinement({ root: repository.root, scratch: dirname(options.worker), threads: true }),
      ...(options.exposeGc ? ["--expose-gc"] : []),
    ];
    // Nothing of the user's environment reaches the process (NODE_OPTIONS of a debugger, say); Windows needs its root.
    const env = process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot };
    // What the code under test prints goes nowhere: a flood of output would be measured too.
    this.#child = fork(options.worker, [], { execArgv, stdio: ["ignore", "ignore", "pipe", "ipc"], env });
    this.#child.stderr?.on("data", (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString("utf8")).slice(-STDERR_KEPT);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => resolve(this.#causeOfDeath(code, signal)));
      this.#child.once("error", (error) => resolve(`it could not be started: ${error.message}`));
    });
    const kill = (): void => void this.#child.kill("SIGKILL");
    options.signal?.addEventListener("abort", kill, { once: true });
    void this.#exited.then(() => options.signal?.removeEventListener("abort", kill));
  }

  /** @throws IsolateCrashed, IsolateTimedOut; the process is gone then. */
  static async start(options: IsolateOptions): Promise<Isolate> {
    const isolate = new Isolate(options);
    const { bench, seed, database } = options;
    const bundle = pathToFileURL(options.bundle).href;
    const load: Load = { type: "load", token: isolate.#token, bundle, bench, seed, database };
    await isolate.#exchange(load, LOAD_TIMEOUT_MS);
    return isolate;
  }

  /** @throws IsolateCrashed, IsolateTimedOut; the process is gone then. */
  async ask<Type extends Result["type"]>(
    command: Command,
    _reply: Type,
    timeoutMs: number,
  ): Promise<Extract<Result, { type: Type }>> {
    return (await this.#exchange(command, timeoutMs)) as Extract<Result, { type: Type }>;
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #exchange(message: Load | Command, timeoutMs: number): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    let listen: ((reply: Reply) => void) | undefined;
    try {
      const reply = await Promise.race([
        new Promise<Reply>((resolve) => {
          // A reply without the token was sent by the code under test.
          listen = (candidate) => void (candidate?.token === this.#token && resolve(candidate));
          this.#child.on("message", listen);
          this.#child.send(message, () => undefined);
        }),
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new IsolateTimedOut(timeoutMs)), timeoutMs);
        }),
        this.#exited.then((cause) => Promise.reject(new IsolateCrashed(cause))),
      ]);
      if (reply.type === "threw") throw new IsolateCrashed(`it threw ${reply.message}`);
      return reply;
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
      if (listen !== undefined) this.#child.off("message", listen);
    }
  }

  #causeOfDeath(code: number | null, signal: NodeJS.Signals | null): string {
    if (/heap out of memory|Array buffer allocation failed/.test(this.#stderr)) {
      return `it ran out of memory (${HEAP_MB} MB)`;
    }
    const thrown = /^(?:Uncaught )?(\w*(?:Error|Exception)\b.*)$/m.exec(this.#stderr)?.[1];
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return `its process ended with ${how}${thrown === undefined ? "" : `: ${thrown.slice(0, 300)}`}`;
  }
}
