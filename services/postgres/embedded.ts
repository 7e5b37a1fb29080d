/** A PostgreSQL of this run, in a folder of its own, on loopback. Nothing of it outlives this process. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { freePorts, HOST } from "../kit/ports.ts";
import { type Binaries, binariesFor, type Owner, ownerOf } from "./binaries.ts";
import { PREFIX, removeLeftovers } from "./leftovers.ts";
import { Unavailable } from "./unavailable.ts";

export interface Server {
  /** As its superuser. Stays in this process. */
  readonly admin: string;
  /** Resolves with the reason when the server ends on its own. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** True for services: what is committed survives a crash of the machine. False for suites, which test no disk. */
  readonly durable: boolean;
  readonly signal: AbortSignal;
}

/** A port may be taken between the moment it was found free and the moment the server asks for it. */
const PORTS_TRIED = 3;
const SUPERUSER = "postgres";
const LOOK_EVERY_MS = 20;

/** For both: small, quiet, and quick to notice a client that is gone, whose locks others wait for. */
const COMMON = {
  listen_addresses: HOST,
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "32MB",
  password_encryption: "scram-sha-256",
  // The password is random and the server is gone with the run: no need to make each connection slow.
  scram_iterations: "1",
  client_connection_check_interval: "50ms",
  log_min_messages: "fatal",
  log_destination: "stderr",
  logging_collector: "off",
  max_logical_replication_workers: "0",
  max_parallel_workers_per_gather: "0",
  timezone: "UTC",
  jit: "off",
};

/** For suites: transactions are tested, not the disk, and a deadlock is not worth a second of waiting. */
const VOLATILE = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  deadlock_timeout: "100ms",
  io_method: "sync",
};

/**
 * The pipe to this process closes when it dies, by SIGKILL too: then the server ends at once, and its folder is
 * removed. On Windows, where there is no such shell, the next start removes what was left.
 */
const GUARD =
  'exec 3<&0; "$@" </dev/null & server=$!; ' +
  "{ cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null; } & reader=$!; " +
  'wait $server; code=$?; kill $reader 2>/dev/null; rm -rf "$GUARDED_FOLDER"; exit $code';

/** @throws Unavailable with the reason, when it cannot be started. */
export async function startEmbedded({ durable, signal }: EmbeddedOptions): Promise<Server> {
  removeLeftovers();
  const owner = ownerOf();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    if (owner !== null) chownSync(folder, owner.uid, owner.gid);
    const binaries = binariesFor(owner, folder);
    const password = randomBytes(18).toString("base64url");
    const data = join(folder, "data");
    await initialize({ binaries, owner, folder, data, password, signal });
    writeFileSync(join(data, "postgresql.auto.conf"), settings({ ...COMMON, ...(durable ? {} : VOLATILE) }));
    for (let attempt = 1; ; attempt++) {
      const [port] = (await freePorts(0, 1)) as [number];
      const admin = `postgres://${SUPERUSER}:${password}@${HOST}:${port}/postgres`;
      try {
        return await launch({ binaries, owner, folder, data, port, admin, signal });
      } catch (error) {
        if (attempt === PORTS_TRIED || !/could not create any TCP\/IP sockets/.test((error as Error).message))
          throw error;
        mkdirSync(folder, { recursive: true });
      }
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Place {
  readonly binaries: Binaries;
  readonly owner: Owner | null;
  readonly folder: string;
  readonly data: string;
  readonly signal: AbortSignal;
}

async function initialize({ binaries, owner, folder, data, password, signal }: Place & { password: string }) {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (owner !== null) chownSync(passwordFile, owner.uid, owner.gid);
  const child = spawn(
    binaries.initdb,
    [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      "--auth=password",
      "--encoding=UTF8",
      // Text in the order of its bytes, on every machine.
      "--locale=C",
      "--no-sync",
      "--no-instructions",
      "--set=scram_iterations=1",
    ],
    { ...owner, cwd: folder, stdio: ["ignore", "ignore", "pipe"], env: environment(), signal },
  );
  const { code, said } = await endOf(child);
  signal.throwIfAborted();
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new Unavailable(`initdb ended with code ${code}: ${said}`, ADVICE);
}

async function launch({ binaries, owner, folder, data, port, admin, signal }: Place & { port: number; admin: string }) {
  const words = [binaries.postgres, "-D", data, "-p", String(port)];
  const options = { ...owner, cwd: folder, stdio: ["pipe", "ignore", "pipe"] as ["pipe", "ignore", "pipe"] };
  const env = { ...environment(), GUARDED_FOLDER: folder };
  // In a group of its own: Ctrl-C in a terminal goes to the whole group, and the server would end before it is asked.
  const child =
    process.platform === "win32"
      ? spawn(words[0]!, words.slice(1), { ...options, env })
      : spawn("sh", ["-c", GUARD, "sh", ...words], { ...options, env, detached: true });
  child.stdin?.on("error", () => {});
  const ended = endOf(child);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const stop = async (): Promise<void> => {
    if (process.platform === "win32") child.kill("SIGKILL");
    else child.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    while (!(await answers(admin))) {
      if (isOver) {
        const { code, said } = await ended;
        throw new Unavailable(`the server ended with code ${code}: ${said}`, ADVICE);
      }
      signal.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
  } catch (error) {
    if (!isOver) await stop();
    throw error;
  }
  return { admin, stop, ended: ended.then(({ code, said }) => `the server ended with code ${code}: ${said}`) };
}

const ADVICE = "Mend that and try again, or set DATABASE_URL to a PostgreSQL of your own";

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const SAID_MAX = 2_000;

function endOf(child: ChildProcess): Promise<{ code: number | string; said: string }> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-SAID_MAX);
  });
  return new Promise((resolve) => {
    const done = (code: number | string): void => resolve({ code, said: said.trim().replace(/\s+/g, " ") });
    child.once("error", (error) => done(error.message));
    child.once("close", (code, signal) => done(signal ?? code ?? 0));
  });
}

/** Nothing of the learner's environment steers the server (PGDATA, PGPORT, …). */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("PG") && !name.startsWith("LC_"));
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

const settings = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join("");
