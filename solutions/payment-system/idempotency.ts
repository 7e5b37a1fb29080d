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
 * `run`: the request is a new one. `take-over`: it was begun, and its process is given up. `replay`: it has its
 * answer. `conflict`: the key belongs to another request. `in-progress`: a process has it.
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
   * The effect outside of this database, e.g. a charge at the provider. The callee knows `downstreamKey`, and
   * does the same thing for the same key once. Rejects when it is not known whether it happened.
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

/**
 * Makes the table `idempotency_keys`: a row for every key that is stored. Run once, in an empty database.
 * @stage 1
 */
export function schema(): string {
  return `
  CREATE TABLE idempotency_keys (
    merchant text NOT NULL,
    key text NOT NULL,
    endpoint text NOT NULL,
    body bytea NOT NULL,
    downstream_key text NOT NULL,
    -- Another one with every process that takes the key: what an earlier one still does, it does in vain.
    holder text NOT NULL,
    leased_until bigint NOT NULL,
    status smallint,
    answer bytea,
    answered_at bigint,
    PRIMARY KEY (merchant, key)
  );
  CREATE INDEX idempotency_keys_open ON idempotency_keys (leased_until) WHERE answered_at IS NULL;
  CREATE INDEX idempotency_keys_answered ON idempotency_keys (answered_at) WHERE answered_at IS NOT NULL;
`;
}

/**
 * What happens to a request at `now` that meets `found` under its key. An answer counts until `retentionMs` after
 * `answeredAt`, a lease until `leasedUntil`, both excluded. A request is the same when endpoint and body are, byte for
 * byte.
 * @stage 1
 */
export function decide(
  found: KeyRecord | null,
  request: Pick<PaymentRequest, "endpoint" | "body">,
  now: number,
  retentionMs: number,
): Decision {
  if (found === null) return "run";
  if (found.state === "answered" && now >= found.answeredAt + retentionMs) return "run";
  if (found.endpoint !== request.endpoint || !equal(found.body, request.body)) return "conflict";
  if (found.state === "answered") return "replay";
  return now >= found.leasedUntil ? "take-over" : "in-progress";
}

/**
 * Idempotency keys in PostgreSQL: a request with a key takes effect once, however often it is sent, and whichever
 * process dies. All state is in the database: any number of processes work on it, and each may stop between any two
 * statements.
 *
 * - **Once.** For each key, `record` is committed at most once, together with the answer. `call` gets one downstream
 *   key, from `newId`, which is stored before the first call. It is called a second time only after a process was given
 *   up or an error, with the same downstream key, because the first call may have happened.
 * - **A repeat** of an answered request gets the stored status and body, byte for byte, whatever they are, and runs
 *   nothing: a 500 as well, as in version 1 of Stripe's API. (Version 2, and other providers, run failed work again.)
 * - **Another request** under the same key, by endpoint or body, is a conflict, also while the first one runs.
 * - **Validation** is asked before a request runs for the first time, and of no repeat, nor of a request that was begun
 *   and is gone on with. A refused one stores nothing: its key is free for the repaired request.
 * - **At the same time.** A request that meets the same one in progress gets `in-progress`, or waits for it. No
 *   transaction is open while `call` runs, and no lock makes another key wait.
 * - **Given up.** `leaseMs` after it took a key, a process has lost it: the next repeat, or `recover`, goes on in its
 *   place. If it still lives and comes back later, it commits nothing, and returns what the other one has stored, or
 *   `in-progress`.
 * - **Errors.** What `call` or `record` rejects with, `handle` rejects with; the key is then in progress and given up.
 *   When the database fails, the outcome is not known: a repeat finds out.
 * - **Expiry.** An answer is kept for `retentionMs` from when it was stored. Then the key is free: a reuse is a new
 *   request with a new downstream key. A key without an answer never expires.
 * - **Names.** Merchant, key and endpoint are 1 to 255 printable characters of ASCII, U+0020 to U+007E, as in a string
 *   of RFC 8941. Upper and lower case differ, and spaces count. Others are a RangeError: PostgreSQL could not store
 *   U+0000, for one. Bodies are any bytes. What is passed in and returned is the caller's.
 *
 * Sources: Stripe, "Idempotent requests", API v1; draft-ietf-httpapi-idempotency-key-header; B. Leach, "Implementing
 * Stripe-like Idempotency Keys in Postgres", 2017.
 */
export class Idempotency {
  readonly #database: SqlDatabase;
  readonly #clock: () => number;
  readonly #newId: () => string;
  readonly #leaseMs: number;
  readonly #retentionMs: number;

  /** @throws RangeError when a time is not a whole number from 1 to 2^51 */
  constructor({ database, clock, newId, leaseMs, retentionMs }: IdempotencyOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#newId = newId;
    this.#leaseMs = requireInteger("leaseMs", leaseMs, 1, LONGEST_MS);
    this.#retentionMs = requireInteger("retentionMs", retentionMs, 1, LONGEST_MS);
  }

  /**
   * Runs a request, or says what became of it.
   * @throws RangeError for a name that is none; what `call` and `record` throw; errors of the database
   * @stage 1
   */
  async handle(request: PaymentRequest, work: Work): Promise<Outcome> {
    requireName("merchant", request.merchant);
    requireName("key", request.key);
    requireName("endpoint", request.endpoint);
    const own = copyOf(request);
    for (;;) {
      const row = await this.#find(own);
      const decision = decide(row === null ? null : recordOf(row), own, this.#clock(), this.#retentionMs);
      switch (decision) {
        case "conflict":
        case "in-progress":
          return { kind: decision };
        case "replay":
          return replayOf(row!);
        case "run": {
          const refusal = work.validate(copyOf(own));
          if (refusal !== null) return { kind: "refused", answer: refusal };
          const lease = await this.#begin(own);
          if (lease !== null) return this.#run(lease, work);
          break;
        }
        case "take-over": {
          const lease = await this.#takeOver(row!);
          if (lease !== null) return this.#run(lease, work);
        }
      }
      // Another process was faster: what it has made of the key decides.
    }
  }

  /**
   * Finishes at most `limit` requests that were given up, those given up first before others, and returns how many
   * have their answer. One whose work rejects stays in progress, and does not keep the others from being finished, in
   * this call or the next.
   * @throws RangeError when `limit` is not a whole number of at least 1
   * @stage 3
   */
  async recover(work: Work, limit: number): Promise<number> {
    requireInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER);
    const rows = await this.#query<Row>(
      `SELECT * FROM idempotency_keys WHERE answered_at IS NULL AND leased_until <= $1
        ORDER BY leased_until LIMIT $2`,
      [this.#clock(), limit],
    );
    let finished = 0;
    for (const row of rows) {
      const lease = await this.#takeOver(row);
      if (lease === null) continue;
      try {
        const outcome = await this.#run(lease, work);
        if (outcome.kind === "answered") finished++;
      } catch {
        // It was given up again, and is tried again behind the others.
      }
    }
    return finished;
  }

  /**
   * Forgets at most `limit` answers whose time is over, and returns how many.
   * @throws RangeError when `limit` is not a whole number of at least 1
   * @stage 4
   */
  async sweep(limit: number): Promise<number> {
    requireInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER);
    // The lock holds the row to what was read: it may be taken again between the two.
    const rows = await this.#query(
      `DELETE FROM idempotency_keys WHERE (merchant, key) IN (
         SELECT merchant, key FROM idempotency_keys WHERE answered_at <= $1
          ORDER BY answered_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING 1`,
      [this.#clock() - this.#retentionMs, limit],
    );
    return rows.length;
  }

  async #find({ merchant, key }: PaymentRequest): Promise<Row | null> {
    const rows = await this.#query<Row>("SELECT * FROM idempotency_keys WHERE merchant = $1 AND key = $2", [
      merchant,
      key,
    ]);
    return rows[0] ?? null;
  }

  /** Stores the key as taken, unless another process has it. */
  async #begin(request: PaymentRequest): Promise<Lease | null> {
    const now = this.#clock();
    const lease = { request, downstreamKey: this.#newId(), holder: this.#newId() };
    const rows = await this.#query(
      `INSERT INTO idempotency_keys AS old (merchant, key, endpoint, body, downstream_key, holder, leased_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (merchant, key) DO UPDATE SET
         endpoint = excluded.endpoint, body = excluded.body, downstream_key = excluded.downstream_key,
         holder = excluded.holder, leased_until = excluded.leased_until,
         status = NULL, answer = NULL, answered_at = NULL
       WHERE old.answered_at <= $8
       RETURNING 1`,
      [
        request.merchant,
        request.key,
        request.endpoint,
        request.body,
        lease.downstreamKey,
        lease.holder,
        now + this.#leaseMs,
        now - this.#retentionMs,
      ],
    );
    return rows.length === 0 ? null : lease;
  }

  /** Of several that try, one finds the holder that it has read. */
  async #takeOver(row: Row): Promise<Lease | null> {
    const holder = this.#newId();
    const rows = await this.#query(
      `UPDATE idempotency_keys SET holder = $1, leased_until = $2
        WHERE merchant = $3 AND key = $4 AND holder = $5 AND answered_at IS NULL
       RETURNING 1`,
      [holder, this.#clock() + this.#leaseMs, row.merchant, row.key, row.holder],
    );
    if (rows.length === 0) return null;
    const { merchant, key, endpoint, body } = row;
    return { request: { merchant, key, endpoint, body }, downstreamKey: row.downstream_key, holder };
  }

  async #run(lease: Lease, work: Work): Promise<Outcome> {
    try {
      const { status, body } = await work.call(lease.downstreamKey, copyOf(lease.request));
      const answer = { status: requireInteger("status", status, 100, 599), body: Uint8Array.from(body) };
      if (await this.#finish(lease, answer, work)) return { kind: "answered", answer, replayed: false };
    } catch (error) {
      // What failed is the news; when this fails too, the lease runs out.
      await this.#giveUp(lease).catch(() => {});
      throw error;
    }
    const row = await this.#find(lease.request);
    // Its answer may have been forgotten meanwhile, and the key be another request's.
    const isOurs = row !== null && row.downstream_key === lease.downstreamKey;
    return isOurs && row.answered_at !== null ? replayOf(row) : { kind: "in-progress" };
  }

  /** Answer and effect, or neither. False when the key is another process's by now. */
  #finish({ request, holder }: Lease, answer: Answer, work: Work): Promise<boolean> {
    return this.#database.session((session) =>
      inTransaction(session, async (transaction) => {
        const { count } = await transaction.query(
          `UPDATE idempotency_keys SET status = $1, answer = $2, answered_at = $3
            WHERE merchant = $4 AND key = $5 AND holder = $6 AND answered_at IS NULL`,
          [answer.status, answer.body, this.#clock(), request.merchant, request.key, holder],
        );
        if (count === 0) return false;
        await work.record(transaction, { ...answer, body: answer.body.slice() }, copyOf(request));
        return true;
      }),
    );
  }

  /** From now on, so that it stands behind all that were given up before. */
  async #giveUp({ request, holder }: Lease): Promise<void> {
    await this.#query(
      `UPDATE idempotency_keys SET leased_until = $1
        WHERE merchant = $2 AND key = $3 AND holder = $4 AND answered_at IS NULL`,
      [this.#clock(), request.merchant, request.key, holder],
    );
  }

  #query<Result extends SqlRow>(
    statement: string,
    values: readonly (string | number | Uint8Array)[],
  ): Promise<readonly Result[]> {
    return this.#database.session(async (session) => (await session.query<Result>(statement, values)).rows);
  }
}

/** Added to a reading of the clock it is still a whole number that PostgreSQL and JavaScript hold. */
const LONGEST_MS = 2 ** 51;

/** What a process needs to go on with a request that it has taken. */
interface Lease {
  readonly request: PaymentRequest;
  readonly downstreamKey: string;
  readonly holder: string;
}

interface Row extends SqlRow {
  readonly merchant: string;
  readonly key: string;
  readonly endpoint: string;
  readonly body: Uint8Array;
  readonly downstream_key: string;
  readonly holder: string;
  readonly leased_until: number;
  readonly status: number | null;
  readonly answer: Uint8Array | null;
  readonly answered_at: number | null;
}

function recordOf({ endpoint, body, leased_until, status, answer, answered_at }: Row): KeyRecord {
  const request = { endpoint, body };
  if (answered_at === null) return { ...request, state: "in-progress", leasedUntil: leased_until };
  return { ...request, state: "answered", answer: { status: status!, body: answer! }, answeredAt: answered_at };
}

const replayOf = ({ status, answer }: Row): Outcome => ({
  kind: "answered",
  answer: { status: status!, body: answer! },
  replayed: true,
});

/** Not `slice`: a `Buffer` would share its bytes. */
const copyOf = (request: PaymentRequest): PaymentRequest => ({ ...request, body: Uint8Array.from(request.body) });

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function requireName(what: string, name: string): void {
  if (/^[ -~]{1,255}$/.test(name)) return;
  throw new RangeError(`${what} must be 1 to 255 printable characters of ASCII, got ${JSON.stringify(name)}`);
}
