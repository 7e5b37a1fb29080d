/**
 * Alternative: requests with the same key wait for each other, on an advisory lock of their session, and the
 * database lets go of it when a process dies. The row is written by one function for every change.
 */

import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlRow, type SqlSession } from "../../given/common/sql.ts";

export interface PaymentRequest {
  /** Whose key it is: two merchants may choose the same one. */
  readonly merchant: string;
  /** Made by the client, and sent with every repeat. */
  readonly key: string;
  /** Method and path, e.g. `POST /v1/charges`. */
  readonly endpoint: string;
  /** As it was received. */
  readonly body: Uint8Array;
}

export interface Answer {
  /** 100 to 599. */
  readonly status: number;
  readonly body: Uint8Array;
}

/** What is stored under a key. */
export type KeyRecord = Pick<PaymentRequest, "endpoint" | "body"> &
  (
    | { readonly state: "in-progress"; readonly leasedUntil: number }
    | { readonly state: "answered"; readonly answer: Answer; readonly answeredAt: number }
  );

/**
 * `run`: the request is a new one. `take-over`: it was begun, and whoever began it is given up. `replay`: it has its
 * answer. `conflict`: the key belongs to another request. `in-progress`: somebody has it.
 */
export type Decision = "run" | "take-over" | "replay" | "conflict" | "in-progress";

export type Outcome =
  | { readonly kind: "answered"; readonly answer: Answer; readonly replayed: boolean }
  /** To be sent as 400; nothing was stored. */
  | { readonly kind: "refused"; readonly answer: Answer }
  /** To be sent as 422: the key belongs to another request. */
  | { readonly kind: "conflict" }
  /** To be sent as 409: the first request still runs. */
  | { readonly kind: "in-progress" };

/** What a request does. */
export interface Work {
  /** The answer to a request that cannot run; null when it can. Pure. */
  validate(request: PaymentRequest): Answer | null;
  /**
   * The effect outside of this database, e.g. a charge at the provider. Whoever is called knows `downstreamKey`, and
   * does the same thing for the same key once. Rejects when nobody knows whether it happened.
   */
  call(downstreamKey: string, request: PaymentRequest): Promise<Answer>;
  /** The effect inside of this database: in the transaction that stores the answer. */
  record(session: SqlSession, answer: Answer, request: PaymentRequest): Promise<void>;
}

export interface IdempotencyOptions {
  readonly database: SqlDatabase;
  /** Milliseconds; may step back, and differ between processes. */
  readonly clock: () => number;
  /** A text that was never given out, in this process or another. */
  readonly newId: () => string;
  /** How long a request may take before it is given up, in milliseconds: 1 to 2^51. */
  readonly leaseMs: number;
  /** How long an answer is kept, in milliseconds: 1 to 2^51. */
  readonly retentionMs: number;
}

interface Row extends SqlRow {
  readonly id: number;
  readonly endpoint: string;
  readonly request: Uint8Array;
  readonly downstream: string;
  readonly version: number;
  readonly response_status: number;
  readonly response: Uint8Array;
  readonly expires_at: number | null;
}

const NAME = /^[\x20-\x7e]{1,255}$/;

export function schema(): string {
  return `
  CREATE TABLE idempotency_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    endpoint text NOT NULL,
    downstream text NOT NULL,
    version bigint NOT NULL,
    given_up_at bigint,
    response_status integer,
    response bytea,
    expires_at bigint,
    UNIQUE (key, merchant)
  );
  CREATE INDEX ON idempotency_keys (given_up_at) WHERE expires_at IS NULL;
  CREATE INDEX ON idempotency_keys (expires_at);
`;
}

export function decide(
  found: KeyRecord | null,
  request: Pick<PaymentRequest, "endpoint" | "body">,
  now: number,
  retentionMs: number,
): Decision {
  if (!found || (found.state === "answered" && found.answeredAt + retentionMs <= now)) return "run";
  const isSame = found.endpoint === request.endpoint && same(found.body, request.body);
  if (!isSame) return "conflict";
  if (found.state === "answered") return "replay";
  return found.leasedUntil > now ? "in-progress" : "take-over";
}

export class Idempotency {
  readonly #options: IdempotencyOptions;

  constructor(options: IdempotencyOptions) {
    requireInteger("leaseMs", options.leaseMs, 1, 2 ** 51);
    requireInteger("retentionMs", options.retentionMs, 1, 2 ** 51);
    this.#options = options;
  }

  async handle(given: PaymentRequest, work: Work): Promise<Outcome> {
    for (const field of ["merchant", "key", "endpoint"] as const) {
      if (!NAME.test(given[field])) throw new RangeError(`${field} is no name`);
    }
    const request = { ...given, body: Uint8Array.from(given.body) };
    return this.#options.database.session(async (session: SqlSession) => {
      const lock = JSON.stringify([request.merchant, request.key]);
      await session.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [lock]);
      try {
        return await this.#alone(session, request, work);
      } finally {
        await session.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [lock]).catch(() => {});
      }
    });
  }

  async recover(work: Work, limit: number): Promise<number> {
    requireInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER);
    const found = await this.#options.database.session((session: SqlSession) =>
      session.query<SqlRow & PaymentRequest>(
        `SELECT merchant, key, endpoint, request AS body FROM idempotency_keys
          WHERE expires_at IS NULL AND given_up_at <= $1 ORDER BY given_up_at LIMIT $2`,
        [this.#options.clock(), limit],
      ),
    );
    let done = 0;
    for (const request of found.rows) {
      try {
        const outcome = await this.handle(request, work);
        if (outcome.kind === "answered") done++;
      } catch {
        // Behind the others the next time.
      }
    }
    return done;
  }

  async sweep(limit: number): Promise<number> {
    requireInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER);
    const now = this.#options.clock();
    const { count } = await this.#options.database.session((session: SqlSession) =>
      session.query(
        `WITH old AS (SELECT id FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2 FOR UPDATE)
         DELETE FROM idempotency_keys USING old WHERE idempotency_keys.id = old.id`,
        [now, limit],
      ),
    );
    return count;
  }

  /** Nobody else is here with this key, unless it gave up on the database and the database on it. */
  async #alone(session: SqlSession, request: PaymentRequest, work: Work): Promise<Outcome> {
    const { clock, newId, leaseMs, retentionMs } = this.#options;
    const where = [request.merchant, request.key];
    const { rows } = await session.query<Row>("SELECT * FROM idempotency_keys WHERE merchant = $1 AND key = $2", where);
    let row = rows[0];
    const isFree = row === undefined || (row.expires_at !== null && row.expires_at <= clock());
    if (row !== undefined && !isFree) {
      const isSame = row.endpoint === request.endpoint && same(row.request, request.body);
      if (!isSame) return { kind: "conflict" };
      if (row.expires_at !== null) return replay(row);
    } else {
      const answer = work.validate({ ...request, body: request.body.slice() });
      if (answer !== null) return { kind: "refused", answer };
    }
    const lease = clock() + leaseMs;
    if (row === undefined || isFree) {
      await session.query("DELETE FROM idempotency_keys WHERE merchant = $1 AND key = $2 AND expires_at <= $3", [
        ...where,
        clock(),
      ]);
      const made = await session.query<Row>(
        `INSERT INTO idempotency_keys (merchant, key, request, endpoint, downstream, version, given_up_at)
         VALUES ($1, $2, $3, $4, $5, 1, $6) RETURNING *`,
        [...where, request.body, request.endpoint, newId(), lease],
      );
      row = made.rows[0]!;
    } else {
      const taken = await session.query<Row>(
        `UPDATE idempotency_keys SET version = version + 1, given_up_at = $1
          WHERE id = $2 AND version = $3 AND expires_at IS NULL RETURNING *`,
        [lease, row.id, row.version],
      );
      if (taken.rows.length === 0) return { kind: "in-progress" };
      row = taken.rows[0]!;
    }
    try {
      const reply = await work.call(row.downstream, { ...request, body: request.body.slice() });
      const answer = { status: requireInteger("status", reply.status, 100, 599), body: Uint8Array.from(reply.body) };
      const isMine = await inTransaction(session, async (transaction) => {
        const { count } = await transaction.query(
          `UPDATE idempotency_keys SET response_status = $1, response = $2, expires_at = $3
            WHERE id = $4 AND version = $5 AND expires_at IS NULL`,
          [answer.status, answer.body, clock() + retentionMs, row.id, row.version],
        );
        if (count === 1) await work.record(transaction, { ...answer, body: answer.body.slice() }, request);
        return count === 1;
      });
      if (isMine) return { kind: "answered", answer, replayed: false };
    } catch (error) {
      await session
        .query("UPDATE idempotency_keys SET given_up_at = $1 WHERE id = $2 AND version = $3 AND expires_at IS NULL", [
          clock(),
          row.id,
          row.version,
        ])
        .catch(() => {});
      throw error;
    }
    const later = await session.query<Row>("SELECT * FROM idempotency_keys WHERE id = $1", [row.id]);
    const now = later.rows[0];
    return now !== undefined && now.expires_at !== null ? replay(now) : { kind: "in-progress" };
  }
}

/** As text of numbers: "1,2". */
const same = (left: Uint8Array, right: Uint8Array): boolean => left.join() === right.join();

const replay = (row: Row): Outcome => ({
  kind: "answered",
  answer: { status: row.response_status, body: row.response },
  replayed: true,
});
