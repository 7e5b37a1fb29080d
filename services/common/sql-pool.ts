/** PostgreSQL as `given/common/sql.ts` describes it, by the driver that everybody uses. */

import pg from "pg";
import type { SqlDatabase, SqlResult, SqlRow, SqlSession, SqlValue } from "../../given/common/sql.ts";

export interface SqlPoolOptions {
  readonly url: string;
  /** Sessions at most; who asks for one more waits. */
  readonly sessions: number;
}

/** Whether the statement took effect is unknown. It has no SQLSTATE. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

export class SqlPool implements SqlDatabase {
  readonly #pool: pg.Pool;

  constructor({ url, sessions }: SqlPoolOptions) {
    this.#pool = new pg.Pool({ connectionString: url, max: sessions, types: TYPES, connectionTimeoutMillis: 30_000 });
    // An idle connection that ends is replaced by the next one.
    this.#pool.on("error", () => {});
  }

  async session<Result>(use: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let isLost = false;
    const onError = (): void => {
      isLost = true;
    };
    client.on("error", onError);
    const session: SqlSession = {
      query: async <Row extends SqlRow>(statement: string, values?: readonly SqlValue[]): Promise<SqlResult<Row>> => {
        try {
          const { rows, rowCount } = await client.query<Row>(statement, values === undefined ? undefined : [...values]);
          return { rows, count: rowCount ?? 0 };
        } catch (error) {
          if ((error as { severity?: string }).severity === "ERROR") throw error;
          isLost = true;
          throw new ConnectionLost((error as Error).message, { cause: error });
        }
      },
    };
    try {
      return await use(session);
    } finally {
      client.off("error", onError);
      // An open transaction is rolled back by the end of its connection.
      client.release(isLost || client.getTransactionStatus() !== "I");
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** Object identifiers of types: `SELECT oid, typname FROM pg_type`. They are the same in every PostgreSQL. */
const OID = { bytea: 17, int8: 20, int8Array: 1016, date: 1082, timestamp: 1114, timestamptz: 1184 } as const;

const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [OID.bytea]: (text) => new Uint8Array(Buffer.from(text.slice("\\x".length), "hex")),
  [OID.int8]: integer,
  [OID.int8Array]: integers,
  [OID.date]: String,
  [OID.timestamp]: String,
  [OID.timestamptz]: String,
};

const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    format === "binary"
      ? pg.types.getTypeParser(oid, "binary")
      : (PARSERS[oid] ?? pg.types.getTypeParser(oid, "text"))) as pg.CustomTypesConfig["getTypeParser"],
};

function integer(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${text} is beyond 2^53 - 1: a number cannot hold it`);
}

/** Of one dimension. */
function integers(text: string): (number | null)[] {
  const inside = text.slice(1, -1);
  return inside === "" ? [] : inside.split(",").map((one) => (one === "NULL" ? null : integer(one)));
}
