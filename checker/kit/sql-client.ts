/**
 * One process that uses a database: sessions of its own, and a death of its own. Everything that leaves the process
 * passes here, is numbered from 1, and can be held back or cut off.
 */

import type { SqlDatabase, SqlResult, SqlRow, SqlSession, SqlValue } from "../../given/common/sql.ts";
import { type Connection, ConnectionLost } from "./sql-connection.ts";

/** A place where a process is interrupted. */
export interface Cut {
  /** 1-based, over all that the process sends: statements of all its sessions, and foreign calls. */
  readonly at: number;
  /** `before`: it is never sent. `after`: it took effect, and its answer is never seen. */
  readonly when: "before" | "after";
  /**
   * `death`: of the process. All its connections break, and no promise of it settles any more.
   * `lost connection`: of this session alone. The process lives, and the statement rejects without an SQLSTATE.
   */
  readonly how: "death" | "lost connection";
}

/** Something that leaves the process: a statement, or a call of somebody else. */
export interface Departure {
  readonly number: number;
  /** The statement, or the name of the call. */
  readonly text: string;
  /** The process of the server that a statement goes to; null for a call. */
  readonly serverPid: number | null;
}

export interface ClientOptions {
  /** Connections at most; who asks for one more waits. Default: 4. */
  readonly sessions?: number;
  readonly cut?: Cut | null;
  /** Awaited before anything leaves. */
  readonly gate?: (departure: Departure) => Promise<void> | void;
}

/** What a client asks of the database that it belongs to. */
export interface Home {
  readonly open: () => Promise<Connection>;
  /** Takes one back that nobody uses any more. */
  readonly keep: (connection: Connection) => Promise<void>;
  /** Resolves when these processes of the server have ended, and their transactions with them. */
  readonly end: (serverPids: readonly number[]) => Promise<void>;
}

export type Ending<Result> =
  | { readonly kind: "returned"; readonly value: Result }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "died" };

const SESSIONS = 4;

const never = <Result>(): Promise<Result> => new Promise(() => {});

export class SqlClient {
  /** What code under test gets. */
  readonly database: SqlDatabase = { session: (use) => this.#session(use) };
  readonly #home: Home;
  readonly #options: ClientOptions;
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  readonly #waiting: (() => void)[] = [];
  readonly #departures: Departure[] = [];
  #isDead = false;
  #settleDeath: (noticed: void | Promise<void>) => void = () => {};
  readonly #death = new Promise<void>((resolve) => {
    this.#settleDeath = resolve;
  });
  #taken = 0;

  constructor(home: Home, options: ClientOptions) {
    this.#home = home;
    this.#options = options;
  }

  /** All that has left the process so far, in order. */
  get departures(): readonly Departure[] {
    return this.#departures;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /**
   * Resolves when `work` has ended, or its process: then the server has noticed, and rolled back what was open.
   * Whatever `work` returns or throws is an ending, not an error.
   */
  async run<Result>(work: () => Promise<Result>): Promise<Ending<Result>> {
    const ending = (async (): Promise<Ending<Result>> => {
      try {
        return { kind: "returned", value: await work() };
      } catch (error) {
        return { kind: "threw", error };
      }
    })();
    return Promise.race([ending, this.#death.then(() => ({ kind: "died" }) as const)]);
  }

  /**
   * A call of somebody else, e.g. of a payment provider: it counts as a departure, so that a cut can fall before it, or
   * between its effect and its answer.
   */
  call<Result>(name: string, action: () => Result | Promise<Result>): Promise<Result> {
    return this.#depart(name, null, async () => action());
  }

  /** Kills the process, at any time. Resolves when the server has noticed. */
  kill(): Promise<void> {
    if (!this.#isDead) {
      this.#isDead = true;
      const pids = [...this.#open].map(({ serverPid }) => serverPid);
      for (const connection of this.#open) connection.destroy();
      // When the server cannot be asked, whoever waits for the death hears that, rather than nothing.
      this.#settleDeath(this.#home.end(pids));
      this.#death.catch(() => {});
    }
    return this.#death;
  }

  /** Ends the process in order. What it has not finished ends with it. */
  async close(): Promise<void> {
    const idle = this.#isDead ? [] : this.#idle.splice(0);
    for (const connection of idle) this.#open.delete(connection);
    await this.kill();
    await Promise.all(idle.map((connection) => this.#home.keep(connection)));
  }

  async #session<Result>(use: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const connection = await this.#take();
    let isOver = false;
    let last: Promise<unknown> = Promise.resolve();
    const query = <Row extends SqlRow>(statement: string, values?: readonly SqlValue[]): Promise<SqlResult<Row>> => {
      if (isOver) return Promise.reject(new Error("this session was given back: its `use` has ended"));
      const given = values?.map((value) => value);
      const answer = last.then(() =>
        this.#depart(statement, connection, () => connection.query<Row>(statement, given)),
      );
      last = answer.catch(() => {});
      return answer;
    };
    try {
      return await use({ query });
    } finally {
      isOver = true;
      await last;
      await this.#giveBack(connection);
    }
  }

  async #take(): Promise<Connection> {
    if (this.#isDead) return never();
    if (this.#taken >= (this.#options.sessions ?? SESSIONS)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#taken++;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const connection = await this.#home.open();
    if (this.#isDead) {
      void this.#home.keep(connection);
      return never();
    }
    this.#open.add(connection);
    return connection;
  }

  async #giveBack(connection: Connection): Promise<void> {
    if (this.#isDead) return never();
    // Not one of the process's own statements: a driver does it, or the server does when the connection is thrown away.
    if (!connection.isLost && connection.isInTransaction) await connection.query("ROLLBACK").catch(() => {});
    if (connection.isLost) this.#open.delete(connection);
    else this.#idle.push(connection);
    const next = this.#waiting.shift();
    if (next !== undefined) next();
    else this.#taken--;
  }

  async #depart<Result>(text: string, connection: Connection | null, send: () => Promise<Result>): Promise<Result> {
    if (this.#isDead) return never();
    const departure = { number: this.#departures.length + 1, text, serverPid: connection?.serverPid ?? null };
    this.#departures.push(departure);
    await this.#options.gate?.(departure);
    await this.#cut(departure, "before", connection);
    try {
      const result = await send();
      await this.#cut(departure, "after", connection);
      return this.#isDead ? await never() : result;
    } catch (error) {
      if (this.#isDead) return never();
      if (!(error instanceof ConnectionLost)) await this.#cut(departure, "after", connection);
      throw error;
    }
  }

  async #cut({ number }: Departure, when: Cut["when"], connection: Connection | null): Promise<void> {
    if (this.#isDead) return never();
    const { cut = null } = this.#options;
    if (cut === null || cut.at !== number || cut.when !== when) return;
    if (cut.how === "death") {
      void this.kill();
      return never();
    }
    if (connection === null) throw new ConnectionLost("the answer of the call was lost");
    const { serverPid } = connection;
    connection.destroy();
    await this.#home.end([serverPid]);
    throw new ConnectionLost();
  }
}
