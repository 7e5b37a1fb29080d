/**
 * A relational database as an exercise sees it: sessions that run SQL, one transaction at a time each. The database is
 * PostgreSQL; the driver, its sockets and its pool belong to whoever passes this in.
 *
 * Values that come back: integers (`smallint`, `integer`, `bigint`) as numbers, and a `bigint` beyond 2^53 - 1 as an
 * error; `numeric` as text, so `sum(x)::bigint` where a number is wanted; `json` and `jsonb` parsed; `bytea` as bytes;
 * NULL as null.
 */

export type SqlValue = string | number | boolean | Uint8Array | null | readonly SqlValue[];

export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlResult<Row extends SqlRow = SqlRow> {
  readonly rows: readonly Row[];
  /** Rows returned, inserted, updated or deleted. */
  readonly count: number;
}

/** One connection. Statements run one after another, in the order in which they were asked for. */
export interface SqlSession {
  /**
   * Runs one statement; `$1`, `$2`, … in it stand for `values`. Rejects with an error whose SQLSTATE `sqlStateOf`
   * gives, and with one that has none when the connection is lost: whether the statement took effect is then unknown.
   */
  query<Row extends SqlRow = SqlRow>(statement: string, values?: readonly SqlValue[]): Promise<SqlResult<Row>>;
}

export interface SqlDatabase {
  /**
   * Runs `use` with a session of its own, and gives the session back when `use` settles. A transaction that is still
   * open then is rolled back. Waits when all sessions are in use, so do not ask for a second one inside `use`.
   */
  session<Result>(use: (session: SqlSession) => Promise<Result>): Promise<Result>;
}

/** SQLSTATEs that a caller decides by. Source: PostgreSQL's documentation, appendix A. */
export const SQLSTATE = {
  uniqueViolation: "23505",
  checkViolation: "23514",
  serializationFailure: "40001",
  deadlockDetected: "40P01",
  lockNotAvailable: "55P03",
} as const;

/** The five characters that say why PostgreSQL refused a statement; null for any other failure. */
export function sqlStateOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
}

export interface TransactionOptions {
  /** Default: read committed. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  /**
   * How often `run` may be called while PostgreSQL ends the transaction with a serialization failure or a deadlock.
   * Default: 5. A lost connection is never tried again: nobody knows whether it committed.
   */
  readonly attempts?: number;
}

/**
 * `run` in one transaction: committed when it resolves, rolled back when it rejects. `run` may be called more than once
 * (see `attempts`), so it has no effect outside of the session.
 */
export async function inTransaction<Result>(
  session: SqlSession,
  run: (session: SqlSession) => Promise<Result>,
  { isolation = "read committed", attempts = 5 }: TransactionOptions = {},
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    await session.query(`BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`);
    try {
      const result = await run(session);
      await session.query("COMMIT");
      return result;
    } catch (error) {
      await rollback(session);
      if (attempt >= attempts || !mayRunAgain(error)) throw error;
    }
  }
}

function mayRunAgain(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === SQLSTATE.serializationFailure || state === SQLSTATE.deadlockDetected;
}

/** On a lost connection this fails too, and the first error is the one that says why. */
async function rollback(session: SqlSession): Promise<void> {
  try {
    await session.query("ROLLBACK");
  } catch {
    // The server rolls back by itself when a connection ends.
  }
}
