/** One connection to PostgreSQL, for clients under test and for suites. */

import type { Client } from "pg";
import type { SqlResult, SqlRow, SqlValue } from "../../given/common/sql.ts";
import { noteAnswer } from "./activity.ts";
import { sqlTypes } from "./sql-values.ts";

/** Whether the statement took effect is unknown. It has no SQLSTATE. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor(message = "the connection to the database was lost") {
    super(message);
  }
}

export class Connection {
  readonly #client: Client;
  #isLost = false;

  private constructor(client: Client) {
    this.#client = client;
    // What is lost while nobody waits for an answer shows with the next statement.
    client.on("error", () => {
      this.#isLost = true;
    });
    client.on("end", () => {
      this.#isLost = true;
    });
  }

  static async open(url: string): Promise<Connection> {
    // Loaded here and not above: most suites have no database.
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: url, types: sqlTypes(pg.types), connectionTimeoutMillis: 30_000 });
    const connection = new Connection(client);
    await client.connect();
    return connection;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** True between BEGIN and its end. */
  get isInTransaction(): boolean {
    return this.#client.getTransactionStatus() !== "I";
  }

  /** The number of its process on the server. */
  get serverPid(): number {
    return (this.#client as unknown as { readonly processID: number }).processID;
  }

  /** One at a time. Without values, `statement` may be several; then the result is the last one's. */
  async query<Row extends SqlRow = SqlRow>(statement: string, values?: readonly SqlValue[]): Promise<SqlResult<Row>> {
    if (typeof statement !== "string") throw new TypeError("a statement is text");
    // In the protocol U+0000 ends the text: what stands behind it would be cut off in silence.
    if (statement.includes("\0")) throw new TypeError("a statement holds no U+0000");
    if (values?.includes(undefined as unknown as null)) throw new TypeError("a value is undefined; use null for NULL");
    if (this.#isLost) throw new ConnectionLost();
    try {
      const answer = await this.#client.query(statement, values === undefined ? undefined : [...values]);
      noteAnswer();
      const result = Array.isArray(answer) ? answer.at(-1) : answer;
      return { rows: result.rows as Row[], count: result.rowCount ?? 0 };
    } catch (error) {
      const { severity } = error as { readonly severity?: string };
      if (severity === "ERROR") throw error;
      if (severity !== undefined) throw new ConnectionLost();
      // Not the code of a socket's error: "EPIPE" looks like an SQLSTATE.
      if (this.#isLost || (error as { code?: unknown }).code !== undefined) throw new ConnectionLost();
      throw error;
    }
  }

  /** As the death of this process would: without a word to the server. */
  destroy(): void {
    this.#isLost = true;
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
