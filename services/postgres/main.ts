/**
 * A PostgreSQL for as long as somebody holds this program's stdin open: `node --import tsx services/postgres/main.ts`.
 * Grader and services start it and never import it.
 *
 * It prints one line of JSON: `{ "url", "prefix", "server" }` when the database can be used, or `{ "reason", "next" }`
 * when none can be had, and then its exit code is 1. It ends with its stdin, so also when the process that started it
 * is killed, and leaves neither a server, nor a folder, nor a database behind.
 *
 * A line `{ "drop": "<prefix and more>" }` on its stdin drops the databases whose names begin so.
 *
 *   --durable   for services: what is committed survives. Without it, for suites: the disk is not waited for.
 *
 * DATABASE_URL names a server of the learner's own. On it, only databases and roles that begin with `backpressure_` are
 * made or dropped.
 */

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type Access, openAccess } from "./access.ts";
import { type Server, startEmbedded } from "./embedded.ts";
import { Unavailable } from "./unavailable.ts";

/** Usual is a second; a machine that needs more than this has another problem. */
const START_MS_MAX = 60_000;
const CLOSE_MS_MAX = 5_000;

const { values: options } = parseArgs({ options: { durable: { type: "boolean", default: false } } });

const deadline = new AbortController();
const timer = setTimeout(() => deadline.abort(late()), START_MS_MAX);
const requests = createInterface({ input: process.stdin });
const leaving = new Promise<void>((resolve) => {
  process.stdin.once("error", resolve);
  requests.once("close", resolve);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
});
void leaving.then(() => deadline.abort(new Unavailable("nobody waits for it any more", "Start it again")));

try {
  await serve();
} catch (error) {
  say(error instanceof Unavailable ? { reason: error.reason, next: error.next } : unexpected(error));
  process.exitCode = 1;
}
process.exit();

async function serve(): Promise<void> {
  const own = process.env.DATABASE_URL;
  const server = own === undefined || own === "" ? await startEmbedded({ ...options, signal: deadline.signal }) : null;
  try {
    const access = await untilAborted(server === null ? openOwn(own!) : openAccess(server.admin));
    clearTimeout(timer);
    say({ url: access.url, prefix: access.prefix, server: server === null ? "DATABASE_URL" : "embedded" });
    requests.on("line", (line) => drop(access, line));
    await over(server);
    // An embedded server goes with everything in it.
    if (server === null) await within(CLOSE_MS_MAX, access.close());
  } finally {
    await server?.stop();
  }
}

async function openOwn(url: string): Promise<Access> {
  try {
    return await openAccess(url);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(
      `DATABASE_URL is set, and its server cannot be used (${reasonOf(error)})`,
      "Start that server, or unset DATABASE_URL: then a PostgreSQL of this course's own is started",
    );
  }
}

/** A refused connection has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { readonly message: string; readonly code?: string };
  return message || String(code);
}

/** Until nobody needs it any more, or the server is gone. */
async function over(server: Server | null): Promise<void> {
  const lost = server?.ended ?? leaving;
  const why = await Promise.race([leaving, lost]);
  if (typeof why === "string") process.stderr.write(`Error: ${why}\n`);
}

function drop(access: Access, line: string): void {
  const { drop: prefix } = JSON.parse(line) as { drop: string };
  access.drop(prefix).catch((error: Error) => process.stderr.write(`${error.message}\n`));
}

function untilAborted<T>(work: Promise<T>): Promise<T> {
  const { signal } = deadline;
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    work.then(resolve, reject);
  });
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}

function late(): Unavailable {
  return new Unavailable(
    `it was not ready within ${START_MS_MAX / 1_000} s`,
    "Try again when the machine is less busy, or set DATABASE_URL to a PostgreSQL of your own",
  );
}

function unexpected(error: unknown) {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { reason, next: "Try again, or set DATABASE_URL to a PostgreSQL of your own" };
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
