/**
 * What code under test is let in with: a role that owns the databases it makes and nothing else. A superuser could read
 * any file of the machine by `pg_read_file` or run a program by `COPY … FROM PROGRAM`.
 *
 * Databases and roles of a run begin with its prefix. While it runs it holds an advisory lock, so that the next run
 * knows which ones nobody needs any more, on a server that lives on as well.
 */

import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { Unavailable } from "./unavailable.ts";

export interface Access {
  /** For code under test: a role without superuser, and the database from which it makes others. */
  readonly url: string;
  /** Databases are called by this and something of one's own. */
  readonly prefix: string;
  /** Drops those whose names begin so; it begins with `prefix` itself. */
  drop(prefix: string): Promise<void>;
  /** Drops them all. */
  close(): Promise<void>;
}

const MARK = "backpressure_";
/** Tells the locks of runs from any other advisory lock. */
const LOCK_CLASS = 0x6270;
const OURS = /^backpressure_([0-9a-f]{8})_/;

/**
 * @param admin URL of a role that may make roles, or at least databases. It is given to nobody.
 * @throws Unavailable when no confined role can be had.
 */
export async function openAccess(admin: string): Promise<Access> {
  const client = new Client({ connectionString: admin, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    const run = randomBytes(4).toString("hex");
    const prefix = `${MARK}${run}_`;
    await client.query("SELECT pg_advisory_lock($1, $2)", [LOCK_CLASS, lockOf(run)]);
    await dropLeftovers(client);
    const url = await confinedUrl(client, admin, prefix);
    return {
      url,
      prefix,
      drop: async (part) => {
        if (!part.startsWith(prefix)) throw new Error(`"${part}" is not of this run`);
        await dropDatabases(client, part);
      },
      close: async () => {
        await dropRun(client, prefix).finally(() => client.end());
      },
    };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function confinedUrl(client: Client, admin: string, prefix: string): Promise<string> {
  const { rows } = await client.query<{ rolsuper: boolean; rolcreaterole: boolean; rolcreatedb: boolean }>(
    "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user",
  );
  const { rolsuper, rolcreaterole, rolcreatedb } = rows[0]!;
  const advice = "Let DATABASE_URL name a role that is no superuser and has CREATEDB, or unset it";
  if (!rolsuper && !(rolcreaterole && rolcreatedb)) {
    if (rolcreatedb && !(await readsFiles(client))) return admin;
    throw new Unavailable("the role of DATABASE_URL may not make databases, or may read the server's files", advice);
  }
  const role = `${prefix}learner`;
  const password = randomBytes(18).toString("base64url");
  await client.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEROLE CREATEDB PASSWORD '${password}'`);
  const url = new URL(admin);
  url.username = role;
  url.password = password;
  const problem = await loginProblem(url.href);
  if (problem === null) return url.href;
  await client.query(`DROP ROLE ${role}`);
  throw new Unavailable(`the server of DATABASE_URL refuses a role without superuser (${problem})`, advice);
}

async function readsFiles(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT bool_or(pg_has_role(current_user, oid, 'MEMBER')) AS may FROM pg_roles
      WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')`,
  );
  return rows[0]!.may;
}

async function loginProblem(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Of runs that are over: nobody holds their lock. */
async function dropLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database UNION SELECT rolname FROM pg_roles",
  );
  const runs = new Set(rows.flatMap(({ name }) => OURS.exec(name)?.[1] ?? []));
  for (const run of runs) {
    const key = [LOCK_CLASS, lockOf(run)];
    const { rows: locked } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS got", key);
    if (!locked[0]!.got) continue;
    await dropRun(client, `${MARK}${run}_`).catch(() => {});
    await client.query("SELECT pg_advisory_unlock($1, $2)", key);
  }
}

/** Everything whose name begins with `prefix`. */
async function dropRun(client: Client, prefix: string): Promise<void> {
  await dropDatabases(client, prefix);
  for (const name of await named(
    client,
    "SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, $1)",
    prefix,
  )) {
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [name]);
    await client.query(`DROP ROLE IF EXISTS "${name}"`);
  }
}

async function dropDatabases(client: Client, prefix: string): Promise<void> {
  const ask = "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)";
  for (const name of await named(client, ask, prefix))
    await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
}

async function named(client: Client, ask: string, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(ask, [prefix]);
  return rows.map(({ name }) => name);
}

/** Eight hex digits as a signed number of 32 bits. */
const lockOf = (run: string): number => Number.parseInt(run, 16) | 0;
