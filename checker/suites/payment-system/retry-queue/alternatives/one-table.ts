/**
 * Alternative: one table of messages. The first of a payment has the turn, and whoever ends it passes it on. An advisory
 * lock of the payment keeps enqueue and end apart; the lease of a message stands in its own row, and so does its history.
 */

import { inTransaction, type SqlDatabase, type SqlSession } from "../../given/common/sql.ts";

export type Failure =
  | { readonly kind: "answer"; readonly status: number; readonly retryAfterMs?: number; readonly reason: string }
  | { readonly kind: "no-answer"; readonly reason: string }
  | { readonly kind: "poison"; readonly reason: string };

export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly attemptsMax: number;
}

export type Decision =
  | { readonly action: "retry"; readonly delayMs: number }
  | { readonly action: "bury"; readonly why: Cause };

export type Cause = "terminal" | "exhausted";

export interface Message {
  readonly id: string;
  readonly payment: string;
  readonly body: string;
}

export interface Claim {
  readonly message: Message;
  readonly attempt: number;
  readonly token: number;
  readonly leaseUntilMs: number;
  readonly keySinceMs: number;
  readonly applied: boolean;
}

export interface Attempt {
  readonly drive: number;
  readonly attempt: number;
  readonly endedAtMs: number;
  readonly reason: string;
}

export interface DeadLetter {
  readonly message: Message;
  readonly why: Cause;
  readonly diedAtMs: number;
  readonly history: readonly Attempt[];
  readonly parked: number;
}

export type MessageState = "queued" | "dead" | "done" | "discarded";

export type PspSays = "done" | "not-done" | "unknown";

export interface RetryQueueOptions {
  readonly database: SqlDatabase;
  readonly clock: () => number;
  readonly random: () => number;
  readonly policy: RetryPolicy;
  readonly leaseMs: number;
  readonly keyWindowMs: number;
}

export const LEASE_EXPIRED = "lease expired";

export function isRetryable(failure: Failure): boolean {
  switch (failure.kind) {
    case "no-answer":
      return true;
    case "poison":
      return false;
    default: {
      const { status } = failure;
      if (!Number.isInteger(status) || status < 300 || status > 599) throw new RangeError(`no failure: ${status}`);
      if (status >= 500) return true;
      return status === 408 || status === 409 || status === 425 || status === 429;
    }
  }
}

export function decide(failure: Failure, attempt: number, policy: RetryPolicy, random: () => number): Decision {
  if (!Number.isSafeInteger(attempt) || attempt < 1) throw new RangeError(`no attempt: ${attempt}`);
  if (!isRetryable(failure)) return { action: "bury", why: "terminal" };
  if (attempt >= policy.attemptsMax) return { action: "bury", why: "exhausted" };
  let ceiling = policy.baseMs;
  for (let i = 1; i < attempt && ceiling < policy.capMs; i++) ceiling += ceiling;
  if (ceiling > policy.capMs) ceiling = policy.capMs;
  let floor = 0;
  if (failure.kind === "answer" && failure.retryAfterMs !== undefined) {
    floor = failure.retryAfterMs;
    if (!Number.isSafeInteger(floor) || floor < 0) throw new RangeError(`no wait: ${floor}`);
  }
  return { action: "retry", delayMs: floor + Math.floor(random() * (ceiling + 1)) };
}

export function schema(): string {
  return `
    CREATE SEQUENCE retry_queue_places;
    CREATE SEQUENCE retry_queue_tokens;
    CREATE TABLE retry_queue (
      id text PRIMARY KEY,
      payment text NOT NULL,
      body text NOT NULL,
      place bigint NOT NULL DEFAULT nextval('retry_queue_places'),
      state text NOT NULL,
      wake_at bigint NOT NULL,
      holder bigint,
      attempts int NOT NULL DEFAULT 0,
      drive int NOT NULL DEFAULT 1,
      first_at bigint,
      settled boolean NOT NULL DEFAULT false,
      died_at bigint,
      why text,
      history jsonb NOT NULL DEFAULT '[]'
    );
    CREATE INDEX retry_queue_turn ON retry_queue (wake_at) WHERE state = 'turn';
    CREATE INDEX retry_queue_open ON retry_queue (payment, place) WHERE state IN ('turn', 'parked', 'dead');
    CREATE INDEX retry_queue_dead ON retry_queue (died_at) WHERE state = 'dead';
  `;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly payment: string;
  readonly body: string;
  readonly state: "turn" | "parked" | "dead" | "done" | "discarded";
  readonly wake_at: number;
  readonly attempts: number;
  readonly drive: number;
  readonly first_at: number;
  readonly settled: boolean;
  readonly died_at: number;
  readonly why: Cause;
  readonly history: readonly Attempt[];
}

export class RetryQueue {
  readonly #options: RetryQueueOptions;

  constructor(options: RetryQueueOptions) {
    const { policy, leaseMs, keyWindowMs } = options;
    for (const number of [policy.baseMs, policy.capMs, policy.attemptsMax, leaseMs, keyWindowMs])
      if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`${number} is not a whole number from 1`);
    if (policy.capMs < policy.baseMs) throw new RangeError("the cap is below the base");
    this.#options = options;
  }

  async enqueue(session: SqlSession, { id, payment, body }: Message): Promise<boolean> {
    await lockPayment(session, payment);
    const busy = await session.query(
      "SELECT 1 FROM retry_queue WHERE payment = $1 AND state IN ('turn', 'parked', 'dead') LIMIT 1",
      [payment],
    );
    const { count } = await session.query(
      `INSERT INTO retry_queue (id, payment, body, state, wake_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO NOTHING`,
      [id, payment, body, busy.count > 0 ? "parked" : "turn", this.#options.clock()],
    );
    return count > 0;
  }

  async claim(limit: number): Promise<Claim[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw new RangeError(`limit ${limit}`);
    return this.#transaction(async (session) => {
      const claims: Claim[] = [];
      // What has had its last attempt is buried on the way and takes no place in the batch.
      while (claims.length < limit) {
        const asked = limit - claims.length;
        const due = await this.#lockDue(session, asked);
        claims.push(...(await this.#take(session, due)));
        if (due.length < asked) break;
      }
      return claims;
    });
  }

  async #lockDue(session: SqlSession, limit: number): Promise<readonly Row[]> {
    const { rows } = await session.query<Row>(
      `SELECT id, attempts FROM retry_queue WHERE state = 'turn' AND wake_at <= $1
       ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [this.#options.clock(), limit],
    );
    return rows;
  }

  async #take(session: SqlSession, due: readonly Row[]): Promise<Claim[]> {
    const { leaseMs, policy, clock } = this.#options;
    const now = clock();
    const spent = due.filter(({ attempts }) => attempts >= policy.attemptsMax).map(({ id }) => id);
    const fresh = due.filter(({ attempts }) => attempts < policy.attemptsMax).map(({ id }) => id);
    if (spent.length > 0)
      await session.query(
        `UPDATE retry_queue SET state = 'dead', why = 'exhausted', died_at = $2, holder = NULL, history = ${WITH_ENDED}
         WHERE id = ANY($1)`,
        [spent, now],
      );
    if (fresh.length === 0) return [];
    const { rows } = await session.query<Row & { readonly holder: number }>(
      `UPDATE retry_queue SET history = ${WITH_ENDED}, holder = nextval('retry_queue_tokens'),
         attempts = attempts + 1, wake_at = $2, first_at = coalesce(first_at, $3)
       WHERE id = ANY($1) RETURNING *`,
      [fresh, now + leaseMs, now],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return fresh.map((id) => {
      const row = byId.get(id)!;
      return {
        message: { id, payment: row.payment, body: row.body },
        attempt: row.attempts,
        token: row.holder,
        leaseUntilMs: row.wake_at,
        keySinceMs: row.first_at,
        applied: row.settled,
      };
    });
  }

  async finish(claim: Claim, effect: (session: SqlSession) => Promise<void>): Promise<"finished" | "lost"> {
    return this.#transaction(async (session) => {
      const { id, payment } = claim.message;
      // The update comes first and keeps the row until the commit, so nobody can claim it meanwhile.
      const { count } = await session.query(
        "UPDATE retry_queue SET state = 'done' WHERE id = $1 AND holder = $2 AND state = 'turn' AND wake_at > $3",
        [id, claim.token, this.#options.clock()],
      );
      if (count === 0) {
        const done = await session.query("SELECT 1 FROM retry_queue WHERE id = $1 AND state = 'done' AND holder = $2", [
          id,
          claim.token,
        ]);
        return done.count > 0 ? "finished" : "lost";
      }
      await effect(session);
      await this.#passTheTurn(session, payment);
      return "finished";
    });
  }

  async fail(claim: Claim, failure: Failure): Promise<Decision | "lost"> {
    const { clock, policy, random } = this.#options;
    return this.#transaction(async (session) => {
      const now = clock();
      const { rows } = await session.query<Row>(
        "SELECT * FROM retry_queue WHERE id = $1 AND holder = $2 AND state = 'turn' AND wake_at > $3 FOR UPDATE",
        [claim.message.id, claim.token, now],
      );
      const row = rows[0];
      if (row === undefined) return "lost";
      const decision = decide(failure, row.attempts, policy, random);
      const ended = { drive: row.drive, attempt: row.attempts, endedAtMs: now, reason: failure.reason };
      const history = JSON.stringify([...row.history, ended]);
      if (decision.action === "retry")
        await session.query("UPDATE retry_queue SET holder = NULL, wake_at = $2, history = $3::jsonb WHERE id = $1", [
          row.id,
          now + decision.delayMs,
          history,
        ]);
      else
        await session.query(
          `UPDATE retry_queue SET holder = NULL, state = 'dead', died_at = $2, why = $4, history = $3::jsonb
           WHERE id = $1`,
          [row.id, now, history, decision.why],
        );
      return decision;
    });
  }

  async stateOf(id: string): Promise<MessageState | null> {
    const row = await this.#find(id);
    if (row === undefined) return null;
    return row.state === "turn" || row.state === "parked" ? "queued" : row.state;
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw new RangeError(`limit ${limit}`);
    return this.#options.database.session(async (session) => {
      const { rows } = await session.query<Row & { readonly parked: number }>(
        `SELECT dead.*, (
           SELECT count(*) FROM retry_queue other WHERE other.payment = dead.payment AND other.state = 'parked'
         ) AS parked
         FROM retry_queue dead WHERE state = 'dead' ORDER BY died_at LIMIT $1`,
        [limit],
      );
      return rows.map(({ id, payment, body, why, died_at, history, parked }) => ({
        message: { id, payment, body },
        why,
        diedAtMs: died_at,
        history,
        parked,
      }));
    });
  }

  async redrive(id: string, ask: (message: Message) => Promise<PspSays>): Promise<"redriven" | "not-dead" | "unknown"> {
    const { clock, keyWindowMs } = this.#options;
    const row = await this.#find(id);
    if (row === undefined || row.state !== "dead") return "not-dead";
    let says: PspSays | "not asked" = "not asked";
    if (!row.settled && clock() - row.first_at >= keyWindowMs)
      says = await ask({ id, payment: row.payment, body: row.body });
    if (says === "unknown") return "unknown";
    return this.#options.database.session(async (session) => {
      const { count } = await session.query(
        `UPDATE retry_queue SET state = 'turn', wake_at = $3, attempts = 0, drive = drive + 1, died_at = NULL,
           why = NULL, settled = settled OR $4, first_at = CASE WHEN $5 THEN NULL ELSE first_at END
         WHERE id = $1 AND state = 'dead' AND drive = $2`,
        [id, row.drive, clock(), says === "done", says === "not-done"],
      );
      return count > 0 ? "redriven" : "not-dead";
    });
  }

  async discard(id: string): Promise<"discarded" | "not-dead"> {
    return this.#transaction(async (session) => {
      const { rows } = await session.query<{ payment: string }>(
        "UPDATE retry_queue SET state = 'discarded' WHERE id = $1 AND state = 'dead' RETURNING payment",
        [id],
      );
      if (rows[0] === undefined) return "not-dead";
      await this.#passTheTurn(session, rows[0].payment);
      return "discarded";
    });
  }

  async #passTheTurn(session: SqlSession, payment: string): Promise<void> {
    // What was about to be enqueued has committed once the lock is ours, and the next statement sees it.
    await lockPayment(session, payment);
    await session.query(
      `UPDATE retry_queue SET state = 'turn', wake_at = $2 WHERE id = (
         SELECT id FROM retry_queue WHERE payment = $1 AND state = 'parked' ORDER BY place LIMIT 1
       ) AND NOT EXISTS (SELECT 1 FROM retry_queue WHERE payment = $1 AND state IN ('turn', 'dead'))`,
      [payment, this.#options.clock()],
    );
  }

  async #find(id: string): Promise<Row | undefined> {
    return this.#options.database.session(async (session) => {
      const { rows } = await session.query<Row>("SELECT * FROM retry_queue WHERE id = $1", [id]);
      return rows[0];
    });
  }

  #transaction<Result>(run: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.#options.database.session((session) => inTransaction(session, run));
  }
}

/** The history with the attempt whose lease has ended, where there is one. */
const WITH_ENDED = `CASE WHEN holder IS NULL THEN history ELSE history || jsonb_build_array(jsonb_build_object(
  'drive', drive, 'attempt', attempts, 'endedAtMs', wake_at, 'reason', '${LEASE_EXPIRED}')) END`;

async function lockPayment(session: SqlSession, payment: string): Promise<void> {
  await session.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [payment]);
}
