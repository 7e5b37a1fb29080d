/** The program as grader and services start it, and every way in which it may end. */

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmbedded } from "./embedded.ts";
import { removeLeftovers } from "./leftovers.ts";

const HOME = tmpdir();
const GONE_MS_MAX = 20_000;
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

let temporary: string;
let started: ChildProcess[];

beforeEach(() => {
  temporary = mkdtempSync(join(HOME, "postgres-test-"));
  // As /tmp is: the server's user makes its folder there, and the guard, which is that user too, removes it.
  chmodSync(temporary, 0o1777);
  started = [];
});

afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await until(() => folders().length === 0).catch(() => removeLeftovers(temporary));
  process.env.TMPDIR = HOME;
  rmSync(temporary, { recursive: true, force: true });
});

interface Ready {
  readonly child: ChildProcess;
  readonly url: string;
  readonly prefix: string;
  readonly server: string;
}

function program(env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, ["--import", tsx, join(import.meta.dirname, "main.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, DATABASE_URL: "", TMPDIR: temporary, ...env },
  });
  started.push(child);
  return child;
}

function lineOf(child: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once("line", (line) => resolve(JSON.parse(line)));
    child.once("exit", (code) => reject(new Error(`it ended with code ${code}`)));
  });
}

async function ready(env: NodeJS.ProcessEnv = {}): Promise<Ready> {
  const child = program(env);
  return { child, ...((await lineOf(child)) as unknown as Omit<Ready, "child">) };
}

const folders = (): string[] => readdirSync(temporary).filter((name) => name.startsWith("backpressure-postgres-"));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + GONE_MS_MAX;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it did not come to that");
    await sleep(50);
  }
}

async function asking<T>(url: string, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}

const refusesConnections = (url: string): Promise<boolean> =>
  asking(url, async () => false).catch((error: { code?: string }) => error.code === "ECONNREFUSED");

async function refusal(url: string, statement: string): Promise<string> {
  return asking(url, (client) =>
    client.query(statement).then(
      () => "done",
      (error: { code: string }) => error.code,
    ),
  );
}

const databasesOf = (url: string): Promise<string[]> =>
  asking(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>("SELECT datname FROM pg_database ORDER BY datname");
    return rows.map(({ datname }) => datname);
  });

describe("a server of this run", () => {
  it("lets code under test make databases, and nothing that reaches beyond them", async () => {
    const { url, prefix } = await ready();
    expect(await refusal(url, `CREATE DATABASE ${prefix}one`)).toBe("done");
    const insufficientPrivilege = "42501";
    for (const statement of [
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT pg_read_binary_file('postgresql.conf')",
      "SELECT pg_ls_dir('.')",
      "COPY (SELECT 1) TO PROGRAM 'cat'",
      "COPY (SELECT 1) TO '/tmp/backpressure-copied'",
      "CREATE TABLE pg_temp.t (a text); COPY pg_temp.t FROM '/etc/passwd'",
      "SELECT lo_import('/etc/passwd')",
      "CREATE ROLE other SUPERUSER",
      "SET ROLE postgres",
      "ALTER SYSTEM SET log_min_messages = 'debug5'",
      "GRANT pg_read_server_files TO current_user",
    ])
      expect([statement, await refusal(url, statement)]).toEqual([statement, insufficientPrivilege]);
    expect(existsSync("/tmp/backpressure-copied")).toBe(false);
  });

  it("drops what a line on its stdin names, and only what is of its own run", async () => {
    const { child, url, prefix } = await ready();
    for (const name of ["1_a", "1_b", "2_a"]) await refusal(url, `CREATE DATABASE ${prefix}${name}`);
    const held = new pg.Client({ connectionString: url.replace(/\/postgres$/, `/${prefix}1_a`) });
    held.on("error", () => {});
    await held.connect();
    child.stdin!.write(`${JSON.stringify({ drop: `${prefix}1_` })}\n${JSON.stringify({ drop: "template" })}\n`);
    await until(async () => !(await databasesOf(url)).some((name) => name.startsWith(`${prefix}1_`)));
    expect(await databasesOf(url)).toEqual([`${prefix}2_a`, "postgres", "template0", "template1"]);
  });

  it.each(["its stdin closes", "SIGTERM", "SIGKILL"] as const)("leaves nothing behind after: %s", async (how) => {
    const { child, url } = await ready();
    expect(folders()).toHaveLength(1);
    if (how === "its stdin closes") child.stdin!.end();
    else child.kill(how);
    await until(() => folders().length === 0);
    await until(() => refusesConnections(url));
  });

  it.skipIf(process.platform === "win32")("ends and removes what even a guard has left", async () => {
    const { child, url } = await ready();
    const [folder] = folders() as [string];
    // Guard and program die at once: the server has nobody any more.
    const guard = await childOf(child.pid!);
    process.kill(guard, "SIGKILL");
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(await refusesConnections(url)).toBe(false);
    expect(existsSync(join(temporary, folder))).toBe(true);
    const next = await ready();
    expect(await refusesConnections(url)).toBe(true);
    expect(existsSync(join(temporary, folder))).toBe(false);
    expect(await refusesConnections(next.url)).toBe(false);
  });
});

describe("DATABASE_URL", () => {
  it("hands out a role without superuser, and drops only what begins with backpressure_", async () => {
    process.env.TMPDIR = temporary;
    const own = await startEmbedded({ durable: false, signal: new AbortController().signal });
    try {
      await refusal(own.admin, "CREATE DATABASE mine");
      const { child, url, prefix, server } = await ready({ DATABASE_URL: own.admin });
      expect(server).toBe("DATABASE_URL");
      expect(await refusal(url, "SELECT pg_read_file('/etc/passwd')")).toBe("42501");
      await refusal(url, `CREATE DATABASE ${prefix}one`);
      const beside = await ready({ DATABASE_URL: own.admin });
      expect(await databasesOf(own.admin)).toContain(`${prefix}one`);
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
      const third = await ready({ DATABASE_URL: own.admin });
      expect(await databasesOf(own.admin)).toEqual(["mine", "postgres", "template0", "template1"]);
      for (const { child: other } of [beside, third]) {
        other.stdin!.end();
        await new Promise((resolve) => other.once("exit", resolve));
      }
      const roles = "SELECT count(*)::integer AS n FROM pg_roles WHERE rolname LIKE 'backpressure%'";
      expect((await asking(own.admin, (client) => client.query(roles))).rows).toEqual([{ n: 0 }]);
    } finally {
      await own.stop();
    }
  });

  it("says what is wrong with it, and what to do", async () => {
    const child = program({ DATABASE_URL: "postgres://nobody:wrong@127.0.0.1:1/none" });
    const { reason, next } = await lineOf(child);
    expect(reason).toMatch(/DATABASE_URL is set, and its server cannot be used \(.*ECONNREFUSED/);
    expect(next).toContain("unset DATABASE_URL");
    await until(() => child.exitCode === 1);
  });
});

/** The one process that `parent` has started. */
async function childOf(parent: number): Promise<number> {
  const ps = spawn("ps", ["-eo", "pid=,ppid="], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of ps.stdout) text += chunk;
  const pairs = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = pairs.filter(([pid, ppid]) => ppid === parent && pid !== ps.pid);
  // tsx keeps a compiler beside it.
  for (const [pid] of found) if (pairs.some(([, ppid]) => ppid === pid)) return pid;
  throw new Error("the program has no guard");
}
