/**
 * Databases for suites and benches of exercises with `database: true`. The grader has started PostgreSQL and drops
 * every database when the run is over, however it ends.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { SqlResult, SqlRow, SqlValue } from "../../given/common/sql.ts";
import { offeredDatabase } from "./offered.ts";
import { type ClientOptions, type Cut, type Home, SqlClient } from "./sql-client.ts";
import { Connection } from "./sql-connection.ts";

export { type ClientOptions, type Cut, type Departure, type Ending, SqlClient } from "./sql-client.ts";
export { ConnectionLost } from "./sql-connection.ts";

export interface TestDatabase {
  /** A process of its own, with connections of its own. */
  client(options?: ClientOptions): SqlClient;
  /** The suite's own view of the database, on a connection that counts for nobody. */
  query<Row extends SqlRow = SqlRow>(statement: string, values?: readonly SqlValue[]): Promise<SqlResult<Row>>;
  /** Ends all clients and takes every row out of every table: the cheapest way from one case to the next. */
  empty(): Promise<void>;
  /** Ends all clients, drops everything, and runs `schema`. */
  reset(schema?: string): Promise<void>;
  /** Of the clients that live, those that wait for a lock: their processes of the server. */
  waiting(): Promise<readonly number[]>;
}

let made = 0;

/** An empty database, or one that holds what `schema` makes. */
export async function freshDatabase(schema?: string): Promise<TestDatabase> {
  const { url, prefix } = offeredDatabase();
  const name = `${prefix}${process.pid}_${++made}`;
  const maker = await Connection.open(url);
  try {
    // FILE_COPY is several times as fast as the default for an empty template.
    await maker.query(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY FILE_COPY`);
  } finally {
    await maker.close();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  const database = new FreshDatabase(own.href, await Connection.open(own.href));
  if (schema !== undefined) await database.query(schema);
  return database;
}

const LOOK_EVERY_MS = 2;

class FreshDatabase implements TestDatabase {
  readonly #url: string;
  readonly #own: Connection;
  readonly #home: Home = {
    open: async () => this.#spare.pop() ?? Connection.open(this.#url),
    keep: (connection) => this.#keep(connection),
    end: (serverPids) => this.#end(serverPids),
  };
  /** Of clients that have ended: a new connection costs the server a process. */
  readonly #spare: Connection[] = [];
  #clients: SqlClient[] = [];
  /** The connection takes one statement at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(url: string, own: Connection) {
    this.#url = url;
    this.#own = own;
  }

  client(options: ClientOptions = {}): SqlClient {
    const client = new SqlClient(this.#home, options);
    this.#clients.push(client);
    return client;
  }

  query<Row extends SqlRow = SqlRow>(statement: string, values?: readonly SqlValue[]): Promise<SqlResult<Row>> {
    const answer = this.#last.then(() => this.#own.query<Row>(statement, values));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async empty(): Promise<void> {
    await this.#endClients();
    const { rows } = await this.query<{ name: string }>(
      "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    if (rows.length === 0) return;
    try {
      // TRUNCATE makes new files, which takes ten times as long where there are a few rows.
      await this.query(rows.map(({ name }) => `DELETE FROM ${name}`).join(";"));
    } catch {
      // Rows that others refer to, or that a rule of the table protects.
      await this.query(`TRUNCATE ${rows.map(({ name }) => name).join(", ")} CASCADE`);
    }
  }

  async reset(schema = ""): Promise<void> {
    await this.#endClients();
    await this.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${schema}`);
  }

  async waiting(): Promise<readonly number[]> {
    const { rows } = await this.query<{ pid: number }>(
      // Not `wait_event` of pg_stat_activity: a process that has just been given its lock still shows it.
      "SELECT pid FROM pg_locks WHERE NOT granted",
    );
    return rows.map(({ pid }) => pid);
  }

  async #endClients(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  /** A session begins without settings, locks or prepared statements of another one. */
  async #keep(connection: Connection): Promise<void> {
    try {
      await connection.query("DISCARD ALL");
      this.#spare.push(connection);
    } catch {
      connection.destroy();
    }
  }

  async #end(serverPids: readonly number[]): Promise<void> {
    if (serverPids.length === 0) return;
    const ask = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY($1)";
    while ((await this.query(ask, [serverPids])).count > 0) await sleep(LOOK_EVERY_MS);
  }
}

/** Departures that a run may have before a suite takes it for one without end. */
const DEPARTURES_MAX = 200;

/**
 * Runs `scenario` once for every place at which a process can be cut: before each of its departures, and after it. It
 * says whether the cut was reached; when the next place was not, all have been tried. @returns how many places.
 */
export async function everyCut(
  how: Cut["how"],
  scenario: (cut: Cut) => Promise<{ readonly reached: boolean }>,
): Promise<number> {
  let tried = 0;
  for (let at = 1; at <= DEPARTURES_MAX; at++) {
    for (const when of ["before", "after"] as const) {
      const { reached } = await scenario({ at, when, how });
      if (!reached) return tried;
      tried++;
    }
  }
  throw new Error(`a run sends more than ${DEPARTURES_MAX} statements`);
}
