/** The parent's handle on a host: starts it in a process group of its own, talks to it, and ends the whole group. */

import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../subject/rooms.ts";
import type { FromHost, Job } from "./protocol.ts";

interface HostEvents {
  message: [FromHost];
  /** The host's process ended; nothing more will come. */
  exit: [string];
}

const alive = new Set<HostProcess>();
// Whatever ends this process in an orderly way ends the hosts. For the rest (SIGKILL) they watch the channel
// themselves.
process.on("exit", () => {
  for (const host of alive) host.kill();
});

export class HostProcess extends EventEmitter<HostEvents> {
  /** Private to this host: the record, Vite's cache. Removed with it. */
  readonly scratch = mkdtempSync(join(tmpdir(), "backpressure-"));
  readonly #process: ChildProcess;
  #stderr = "";
  #ended = false;

  constructor() {
    super();
    this.#process = fork(join(import.meta.dirname, "host.mjs"), [repository.root, this.scratch], {
      cwd: repository.root,
      // Its own group, so that one signal reaches all that it started and none of what others did.
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // Nothing of this process: a loader would slow Vitest down, an inspector would want the same port.
      execArgv: [],
      env: environment(this.scratch),
    });
    alive.add(this);
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-4_096);
    });
    this.#process.on("error", (error) => this.#end(error.message));
    this.#process.on("exit", (code, signal) => this.#end(`exit ${signal ?? code}\n${this.#stderr}`.trim()));
    this.#process.on("message", (message) => this.emit("message", message as FromHost));
    // A warm host must not keep the grader alive on its own.
    this.#process.unref();
    this.#process.channel?.unref();
    (this.#process.stderr as Socket | null)?.unref();
  }

  get usable(): boolean {
    return !this.#ended;
  }

  /** Holds the event loop while a job runs. */
  hold(): () => void {
    this.#process.ref();
    this.#process.channel?.ref();
    return () => {
      this.#process.unref();
      this.#process.channel?.unref();
    };
  }

  /** The host need not be up yet. */
  send(job: Job): void {
    if (!this.#ended) this.#process.send({ type: "run", job }, () => {});
  }

  /** Ends the host and everything below it. Synchronous, so that it works while this process is ending. */
  kill(): void {
    const { pid } = this.#process;
    if (pid !== undefined && !this.#ended) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        this.#process.kill("SIGKILL");
      }
    }
    this.#end("killed");
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    alive.delete(this);
    const { pid } = this.#process;
    // The host may have died alone; its worker has not.
    if (pid !== undefined) killGroup(pid);
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 3 });
    this.emit("exit", why);
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The group is empty: nothing was left.
  }
}

/** Also the learner's own database, whose role may be a superuser. */
const HIDDEN = new Set(["NODE_OPTIONS", "NODE_ENV", "TEST", "DATABASE_URL"]);

/** What the worker may see of the environment: no options for Node, nothing of a Vitest that this runs under. */
function environment(scratch: string): NodeJS.ProcessEnv {
  // Vitest leaves a temporary folder behind when it is killed, and a host always is.
  const env: NodeJS.ProcessEnv = { TMPDIR: scratch, TMP: scratch, TEMP: scratch };
  for (const [key, value] of Object.entries(process.env)) {
    if (!HIDDEN.has(key) && !(key in env) && !/^(VITEST|PG)/.test(key)) env[key] = value;
  }
  return env;
}
