/** `npm start` itself, on another port and with a copy of the exercises: the learner's own files are not touched. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const startMsMax = 300_000;

export interface Started {
  readonly origin: string;
  /** Writes the learner's file. */
  save(exercise: string, text: string): void;
  /** Ends the server as Ctrl-C would. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with another token. */
  start(): Promise<void>;
  /** Kills the grader's process and what belongs to it, and leaves the server. Returns how many there were. */
  killGrader(): number;
  /** Stops, and removes the copy. */
  end(): Promise<void>;
}

export async function npmStart(): Promise<Started> {
  const learner = mkdtempSync(join(tmpdir(), "backpressure-live-"));
  cpSync(join(root, "exercises"), join(learner, "exercises"), { recursive: true });
  const port = await freePort();
  let server = await up();

  async function up(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["checker/bin/start.mjs", "--port", String(port), "--no-open"], {
      cwd: root,
      env: { ...process.env, BP_LEARNER: learner, CI: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const until = Date.now() + startMsMax;
    while (!output.includes("The course is at")) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`npm start did not come up:\n${output}`);
      await new Promise((done) => setTimeout(done, 200));
    }
    return child;
  }

  async function stop(): Promise<void> {
    const ended = new Promise((done) => server.once("exit", done));
    if (server.exitCode === null && server.kill("SIGTERM")) await ended;
  }

  return {
    origin: `http://localhost:${port}`,
    save: (exercise, text) => writeFileSync(join(learner, "exercises", `${exercise}.ts`), text),
    stop,
    async start() {
      server = await up();
    },
    killGrader() {
      const graders = childrenOf(server.pid!).filter((pid) => commandOf(pid).includes("server/host.mjs"));
      for (const pid of graders) process.kill(pid, "SIGKILL");
      return graders.length;
    },
    async end() {
      await stop();
      rmSync(learner, { recursive: true, force: true });
    },
  };
}

/** The reference with one edit, which must be possible exactly once. */
export function withMistake(exercise: string, find: string, replace: string): string {
  const text = readFileSync(join(root, `solutions/${exercise}.ts`), "utf8");
  if (text.split(find).length !== 2) throw new Error(`"${find}" does not stand once in solutions/${exercise}.ts`);
  return text.replace(find, () => replace);
}

export const reference = (exercise: string): string => readFileSync(join(root, `solutions/${exercise}.ts`), "utf8");

export const stub = (exercise: string): string => readFileSync(join(root, `exercises/${exercise}.ts`), "utf8");

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "utf8");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
