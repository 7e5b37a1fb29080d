/** A PostgreSQL for the run of a service: its own process, which ends with this one, however that ends. */

import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import pg from "pg";

export interface Postgres {
  /** Of a database of this run alone. */
  readonly url: string;
  /** "embedded", or "DATABASE_URL". */
  readonly server: string;
  readonly close: () => Promise<void>;
}

type Said =
  | { readonly url: string; readonly prefix: string; readonly server: string }
  | { readonly reason: string; readonly next: string };

/** `services/postgres/main.ts` gives up before that. */
const START_MS_MAX = 75_000;

/** Starts PostgreSQL and makes a database. What is committed survives. @throws Error with what to do next */
export async function startPostgres(name: string): Promise<Postgres> {
  const main = join(import.meta.dirname, "..", "postgres", "main.ts");
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", tsx, main, "--durable"], {
    stdio: ["pipe", "pipe", "inherit"],
    // In a group of its own: Ctrl-C goes to the whole group, and the books are audited after it.
    detached: process.platform !== "win32",
  });
  child.stdin.on("error", () => {});
  try {
    const said = await firstLine(child);
    if ("reason" in said) throw new Error(`PostgreSQL cannot start: ${said.reason}. ${said.next}.`);
    const database = `${said.prefix}${name}`;
    const maker = new pg.Client({ connectionString: said.url });
    await maker.connect();
    await maker.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE template0`).finally(() => maker.end());
    const url = new URL(said.url);
    url.pathname = `/${database}`;
    return { url: url.href, server: said.server, close: () => ended(child) };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

function firstLine(child: ChildProcess): Promise<Said> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("PostgreSQL gave no sign of life.")), START_MS_MAX);
    createInterface({ input: child.stdout! }).once("line", (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Said);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error("PostgreSQL's program ended before it was ready.")));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await exit;
}
