/**
 * For the tests of services: starts one as `npx bp run` does, kills its parts, stops it, and fails when anything was
 * left behind. Nothing of a run outlives its test, whatever the test did.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Check } from "./define.ts";
import type { Standings } from "./files.ts";
import { HOST } from "./ports.ts";
import type { Event } from "./protocol.ts";
import type { Death } from "./report.ts";

const HAS_GROUPS = process.platform !== "win32";
const MAIN = join(import.meta.dirname, "main.ts");
/** A machine may be busy; what hangs must still end. */
const PATIENCE_MS = 280_000;

export interface StartOptions {
  /** What `npx bp` would say of the learner's files. Default: nothing has passed. */
  readonly standings?: Standings;
}

/** What `--json` prints. */
export interface Outcome {
  readonly runs: readonly { exercise: string; runs: "yours" | "reference"; why: string }[];
  readonly drive: { readonly requests: number; readonly counts: Readonly<Record<string, number>> } | null;
  readonly deaths: readonly Death[];
  readonly checks: readonly Check[];
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outcome: () => Outcome;
}

/** Runs a service to its end, as with `--load`, and checks that nothing is left of it. */
export async function runService(system: string, words: readonly string[], options: StartOptions = {}): Promise<Ended> {
  const process = new ServiceProcess(system, words, options);
  return process.ended();
}

/** Starts a service; resolves when it serves. */
export async function startService(
  system: string,
  words: readonly string[] = [],
  options: StartOptions = {},
): Promise<ServiceProcess> {
  const process = new ServiceProcess(system, words, options);
  await process.serving();
  return process;
}

/** Waits for `holds` to be true; fails with `what` when it never is. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`waited ${PATIENCE_MS / 1_000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #events: Event[] = [];
  readonly #closed: Promise<number | null>;
  #stdout = "";
  #stderr = "";
  #isClosed = false;

  constructor(system: string, words: readonly string[], { standings = {} }: StartOptions) {
    // Any free port: two tests never meet.
    const args = ["--import", "tsx", MAIN, system, ...(words.includes("--port") ? [] : ["--port", "0"]), ...words];
    this.#child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own, as in a terminal, which tells the whole group of Ctrl-C.
      detached: HAS_GROUPS,
      env: { ...process.env, BP_STANDINGS: JSON.stringify(standings) },
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.#child.on("message", (event: Event) => this.#events.push(event));
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", (code) => {
        this.#isClosed = true;
        resolve(code);
      });
    });
    onTestFinished(async () => {
      this.#child.kill("SIGKILL");
      // The numbers of those that have ended may be somebody else's by now.
      const dead = new Set(this.#of("died").map(({ pid }) => pid));
      if (!this.#isClosed) for (const pid of this.pids()) if (!dead.has(pid)) killQuietly(pid);
      await this.#closed;
    });
  }

  /** Of the process that supervises the parts. */
  get pid(): number {
    return this.#child.pid!;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  async serving(): Promise<void> {
    await eventually("the service to serve", () => this.#of("serving").length > 0 || this.#isClosed);
    if (this.#of("serving").length === 0) throw new Error(`it ended early:\n${this.#stdout}${this.#stderr}`);
  }

  /** Where a part that is served listens. */
  url(name: string): URL {
    const served = this.#of("serving")[0]!.serves.find((each) => each.name === name);
    if (served === undefined) throw new Error(`nothing called "${name}" is served`);
    return new URL(served.url);
  }

  /** Of the run: it is removed at its end. */
  get folder(): string {
    return this.#of("serving")[0]!.folder;
  }

  /** Of every process that was ever a part. */
  pids(): number[] {
    return this.#of("part").map(({ pid }) => pid);
  }

  /** The process that runs the part now. */
  partPid(name: string): number {
    const part = this.#of("part").findLast((each) => each.name === name);
    if (part === undefined) throw new Error(`no part "${name}" has started`);
    return part.pid;
  }

  /** SIGKILL from outside; resolves once the frame has seen the death. */
  async kill(name: string): Promise<void> {
    const pid = this.partPid(name);
    process.kill(pid, "SIGKILL");
    await eventually(`${name} to die`, () => this.#of("died").some((death) => death.pid === pid));
  }

  /** Resolves once the part has been started for the n-th time. */
  async started(name: string, incarnation: number): Promise<void> {
    const has = (): boolean => this.#of("part").some((part) => part.name === name && part.incarnation >= incarnation);
    await eventually(`${name} to be back`, has);
  }

  /** Ends it as a person does: Ctrl-C reaches every process of the run. Checks that nothing is left. */
  async stop(signal: "SIGINT" | "SIGTERM" = "SIGINT"): Promise<Ended> {
    if (signal === "SIGINT" && HAS_GROUPS && !this.#isClosed) process.kill(-this.pid, signal);
    else this.#child.kill(signal);
    return this.ended();
  }

  /** Waits for the end, and checks that nothing is left: no process, no folder, no port. */
  async ended(): Promise<Ended> {
    await eventually("the service to end", () => this.#isClosed);
    const code = await this.#closed;
    const [stdout, stderr] = [this.#stdout, this.#stderr];
    await this.leavesNothing();
    return { code, stdout, stderr, outcome: () => JSON.parse(stdout) as Outcome };
  }

  async leavesNothing(): Promise<void> {
    await eventually("all parts to end", () => this.pids().every((pid) => !isAlive(pid)));
    for (const { folder, serves } of this.#of("serving")) {
      expect(existsSync(folder), `${folder} is left`).toBe(false);
      for (const { name, url } of serves) expect(await accepts(url), `${name} still listens`).toBe(false);
    }
  }

  #of<Type extends Event["type"]>(type: Type): Extract<Event, { type: Type }>[] {
    return this.#events.filter((event): event is Extract<Event, { type: Type }> => event.type === type);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function accepts(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), HOST, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
