import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlResult, type SqlSession } from "../../given/common/sql.ts";

/** Why an attempt did not succeed. `reason` is for people: it is kept in the history. */
export type Failure =
  /** The PSP answered with this HTTP status, 300 to 599, and may have said when to come back (`Retry-After`). */
  | { readonly kind: "answer"; readonly status: number; readonly retryAfterMs?: number; readonly reason: string }
  /** No answer: a timeout, a reset connection. The PSP may have done it or not. */
  | { readonly kind: "no-answer"; readonly reason: string }
  /** The message itself cannot be handled, however often one tries: its body cannot be read, its payment is unknown. */
  | { readonly kind: "poison"; readonly reason: string };

/** Whole numbers from 1 up. */
export interface RetryPolicy {
  /** The first retry comes at most so late. */
  readonly baseMs: number;
  /** Every retry comes at most so late, not counting what the PSP asked for. At least `baseMs`. */
  readonly capMs: number;
  /** Attempts in all, the first one included, until the message goes to the dead letter queue. */
  readonly attemptsMax: number;
}

export type Decision =
  | { readonly action: "retry"; readonly delayMs: number }
  | { readonly action: "bury"; readonly why: Cause };

/** Of a dead letter: no attempt could have helped, or the attempts were used up. */
export type Cause = "terminal" | "exhausted";

/**
 * True when the same request, under the same idempotency key, may end otherwise later: no answer, and the statuses 408,
 * 409 (the key's first request is still running), 425, 429 and 500 to 599. Every other answer is terminal, and so is
 * poison.
 *
 * Source: Stripe API Reference, "Errors"; RFC 9110, section 15; RFC 6585 (429); RFC 8470 (425).
 * @throws RangeError when `status` is not an integer from 300 to 599
 * @stage 1
 */
export function isRetryable(failure: Failure): boolean {
  if (failure.kind !== "answer") return failure.kind === "no-answer";
  const status = requireInteger("status", failure.status, 300, 599);
  return status >= 500 || RETRYABLE_STATUSES.has(status);
}

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/**
 * What comes after a failure. `attempt` counts the attempts made so far, from 1.
 *
 * - A failure that is not retryable: bury, `terminal`, whatever the attempt.
 * - `attempt` is `attemptsMax` or more: bury, `exhausted`.
 * - Else retry, with full jitter: `ceilingMs = min(capMs, baseMs * 2^(attempt - 1))`, and the delay is
 *   `floor(random() * (ceilingMs + 1))`, any whole number from 0 to the ceiling. `retryAfterMs` comes on top: never
 *   sooner than the PSP asked for, and not all at that very moment.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015; Retry-After: RFC 9110, 10.2.3.
 * @param random from 0 to below 1
 * @throws RangeError as `isRetryable`, and when `attempt` or `retryAfterMs` (0 to 2^52) is not a whole number
 * @stage 1
 */
export function decide(failure: Failure, attempt: number, policy: RetryPolicy, random: () => number): Decision {
  requireInteger("attempt", attempt, 1, Number.MAX_SAFE_INTEGER);
  if (!isRetryable(failure)) return { action: "bury", why: "terminal" };
  if (attempt >= policy.attemptsMax) return { action: "bury", why: "exhausted" };
  const asked = failure.kind === "answer" ? (failure.retryAfterMs ?? 0) : 0;
  requireInteger("retryAfterMs", asked, 0, 2 ** 52);
  const ceilingMs = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
  return { action: "retry", delayMs: asked + Math.floor(random() * (ceilingMs + 1)) };
}

/** Texts are any without U+0000, the empty one too. */
export interface Message {
  /** Chosen by the sender, once: it is also the idempotency key under which the PSP is asked. */
  readonly id: string;
  /** Messages of one payment are handled one after another. */
  readonly payment: string;
  readonly body: string;
}

/** The right to make one attempt. */
export interface Claim {
  readonly message: Message;
  /** From 1; a redrive begins at 1 again. */
  readonly attempt: number;
  /** Larger than the token of every earlier claim of this payment. */
  readonly token: number;
  /** The claim is worth nothing from this moment on. */
  readonly leaseUntilMs: number;
  /** When the PSP may first have seen this key: the first claim since `enqueue`, or since a redrive that asked. */
  readonly keySinceMs: number;
  /** The PSP has done it, as a redrive was told: make the effect, and do not send it again. */
  readonly applied: boolean;
}

/** One attempt that failed. */
export interface Attempt {
  /** 1 until the first redrive, then 2, … */
  readonly drive: number;
  /** In this drive, from 1. */
  readonly attempt: number;
  /** When it was reported, or when its lease ended. */
  readonly endedAtMs: number;
  /** Of the failure, or LEASE_EXPIRED. */
  readonly reason: string;
}

/** Reason of an attempt whose worker never reported. @given */
export const LEASE_EXPIRED = "lease expired";

export interface DeadLetter {
  readonly message: Message;
  readonly why: Cause;
  /** When its last attempt was reported, or when a claim found that its lease had ended. */
  readonly diedAtMs: number;
  /** All attempts that failed, of all drives, the oldest first. */
  readonly history: readonly Attempt[];
  /** Messages of the same payment that wait behind it. */
  readonly parked: number;
}

/** `queued`: waits for its time or for its turn, or a worker has it. */
export type MessageState = "queued" | "dead" | "done" | "discarded";

/** What the PSP says about a key of ours: `unknown` when it did not answer, or is still at it. */
export type PspSays = "done" | "not-done" | "unknown";

export interface RetryQueueOptions {
  readonly database: SqlDatabase;
  /** Milliseconds, a whole number. */
  readonly clock: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly policy: RetryPolicy;
  /** How long a claim holds: longer than the slowest answer of the PSP. A whole number from 1. */
  readonly leaseMs: number;
  /** How long the PSP knows a key: the same request later is a new charge. A whole number from 1. */
  readonly keyWindowMs: number;
}

/**
 * SQL that creates the tables of the queue in an empty database, several statements. Every name that it creates begins
 * with `retry_queue`; which tables there are is yours.
 * @stage 2
 */
export function schema(): string {
  return `
    -- Every message that was ever enqueued: a repeat is known by its id.
    CREATE TABLE retry_queue_messages (
      id text PRIMARY KEY,
      payment text NOT NULL,
      body text NOT NULL,
      place bigint,
      outcome text CHECK (outcome IN ('done', 'discarded')),
      ended_by bigint,
      UNIQUE (payment, place)
    );
    -- A payment is a lane: its messages stand at the places 1 to last, and the one at head is next. What a claim, a
    -- failure or an end changes is this one row, so that its lock is the only lock.
    CREATE TABLE retry_queue_lanes (
      payment text PRIMARY KEY,
      head bigint NOT NULL DEFAULT 1,
      last bigint NOT NULL DEFAULT 1,
      -- When the head may be claimed next: its time, or the end of its lease. NULL: the lane is empty, or dead.
      due_at bigint,
      token bigint NOT NULL DEFAULT 0,
      -- What follows is about the head, and begins again with the next one.
      leased boolean NOT NULL DEFAULT false,
      attempts bigint NOT NULL DEFAULT 0,
      drive bigint NOT NULL DEFAULT 1,
      key_since bigint,
      applied boolean NOT NULL DEFAULT false,
      died_at bigint,
      why text
    );
    -- Only what can be claimed is in it: neither empty lanes nor dead ones, and of a payment one entry.
    CREATE INDEX retry_queue_due ON retry_queue_lanes (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX retry_queue_dead ON retry_queue_lanes (died_at) WHERE died_at IS NOT NULL;
    CREATE TABLE retry_queue_attempts (
      message text NOT NULL REFERENCES retry_queue_messages,
      drive bigint NOT NULL,
      attempt bigint NOT NULL,
      ended_at bigint NOT NULL,
      reason text NOT NULL,
      PRIMARY KEY (message, drive, attempt)
    );
    -- Every claim leaves a dead row version behind, at the very end of the index where the next claim begins.
    ALTER TABLE retry_queue_lanes SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
  `;
}

/**
 * A queue of messages to a PSP, in PostgreSQL. It has no state of its own: any number of them, in any number of
 * processes, work on one database, and each may stop forever between any two statements.
 *
 * - **Nothing is lost.** A message is in the queue when the transaction that enqueued it has committed; it leaves it by
 *   `finish` or `discard` only.
 * - **Nothing is done twice.** `finish` makes the effect in the transaction that ends the message, and refuses a claim
 *   that is no longer good. What the PSP does is outside of every transaction: an attempt may be made again under the
 *   same key, the message's id.
 * - **A claim is good** until `clock()` is `leaseUntilMs`, and until the message is claimed again. Clocks of two
 *   workers may disagree, so the time alone does not decide: a token that is not the last one is refused whatever the
 *   clock says.
 * - **Nothing is stuck.** A claim without a report comes back when its lease has ended. It counts as an attempt
 *   and stands in the history as LEASE_EXPIRED; after the last attempt the next `claim` buries it instead.
 * - **Order.** Messages of one payment stand in the order in which their transactions committed, and within one
 *   transaction in the order of the calls. Only the first that is neither done nor discarded can be claimed: what comes
 *   later waits while it waits for its retry, while a worker has it, and while it is dead. Payments do not wait for
 *   each other, and no call waits for a transaction that concerns other payments only. `claim` never waits.
 * - **Dead letters** leave by `redrive` or `discard`; until then their successors are parked.
 *
 * A call whose connection is lost may have taken effect. It may be made again: everything below is once only.
 *
 * Source: PostgreSQL documentation, SELECT, "The Locking Clause" (SKIP LOCKED); Gray and Cheriton, "Leases", SOSP 1989;
 * Brandur Leach, "Transactionally Staged Job Drains in Postgres", 2017, and "Postgres Job Queues & Failure By MVCC",
 * 2015.
 */
export class RetryQueue {
  readonly #options: RetryQueueOptions;

  /** @throws RangeError for a number out of range */
  constructor(options: RetryQueueOptions) {
    const { policy, leaseMs, keyWindowMs } = options;
    requireInteger("baseMs", policy.baseMs, 1, 2 ** 52);
    requireInteger("capMs", policy.capMs, policy.baseMs, 2 ** 52);
    requireInteger("attemptsMax", policy.attemptsMax, 1, Number.MAX_SAFE_INTEGER);
    requireInteger("leaseMs", leaseMs, 1, 2 ** 52);
    requireInteger("keyWindowMs", keyWindowMs, 1, 2 ** 52);
    this.#options = options;
  }

  /**
   * Puts a message into the queue, due at once, in the transaction that is open in `session`: it is there when that
   * transaction commits, and never was when it rolls back. False, and nothing else, when its id is known already,
   * whichever state that message is in. O(1) statements.
   * @stage 2
   */
  async enqueue(session: SqlSession, { id, payment, body }: Message): Promise<boolean> {
    const added = await session.query(
      "INSERT INTO retry_queue_messages (id, payment, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
      [id, payment, body],
    );
    if (added.count === 0) return false;
    // The lane stays locked until the transaction ends, so that places are in the order of commits.
    await session.query(
      `WITH lane AS (
         INSERT INTO retry_queue_lanes AS lane (payment, due_at) VALUES ($2, $3)
         ON CONFLICT (payment) DO UPDATE SET
           last = lane.last + 1,
           due_at = CASE WHEN lane.head > lane.last THEN excluded.due_at ELSE lane.due_at END
         RETURNING last
       )
       UPDATE retry_queue_messages SET place = lane.last FROM lane WHERE id = $1`,
      [id, payment, this.#options.clock()],
    );
    return true;
  }

  /**
   * Claims up to `limit` messages that are due, those that have been due for longest first, each of another payment.
   * Fewer only when no more are due, or when others are at work on them at this moment. Two claims at once never get
   * the same message.
   *
   * One statement when no lease has ended; it reads O(limit) rows, however many messages are due, wait, are parked,
   * dead or done.
   * @throws RangeError when `limit` is not an integer from 1 to 10,000
   * @stage 2
   */
  async claim(limit: number): Promise<Claim[]> {
    requireInteger("limit", limit, 1, 10_000);
    const claims: Claim[] = [];
    await this.#options.database.session(async (session) => {
      for (let asked = limit, found = asked; asked > 0 && found === asked; ) {
        const { rows } = await this.#claimUpTo(session, asked);
        for (const row of rows) if (row.leased) claims.push(claimOf(row));
        found = rows.length;
        asked = limit - claims.length;
      }
    });
    return claims;
  }

  /** Moves `limit` due heads on: claimed, or dead when their last attempt's lease has ended. */
  #claimUpTo(session: SqlSession, limit: number): Promise<SqlResult<ClaimRow>> {
    const { clock, leaseMs, policy } = this.#options;
    const now = clock();
    return session.query<ClaimRow>(
      `WITH due AS (
         SELECT * FROM retry_queue_lanes WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ), ended AS (
         INSERT INTO retry_queue_attempts (message, drive, attempt, ended_at, reason)
         SELECT message.id, due.drive, due.attempts, due.due_at, $5
         FROM due JOIN retry_queue_messages message ON message.payment = due.payment AND message.place = due.head
         WHERE due.leased
       ), moved AS (
         UPDATE retry_queue_lanes lane SET
           token = due.token + 1,
           leased = due.attempts < $4,
           attempts = due.attempts + 1,
           due_at = CASE WHEN due.attempts < $4 THEN $3::bigint END,
           key_since = coalesce(due.key_since, $1),
           died_at = CASE WHEN due.attempts >= $4 THEN $1 END,
           why = CASE WHEN due.attempts >= $4 THEN 'exhausted' END
         FROM due WHERE lane.payment = due.payment
         RETURNING lane.*, due.due_at AS was_due_at
       )
       SELECT message.id, message.body, moved.payment, moved.attempts, moved.token, moved.leased, moved.due_at,
         moved.key_since, moved.applied
       FROM moved JOIN retry_queue_messages message ON message.payment = moved.payment AND message.place = moved.head
       ORDER BY moved.was_due_at`,
      [now, limit, now + leaseMs, policy.attemptsMax, LEASE_EXPIRED],
    );
  }

  /**
   * Ends a message: `effect` writes what the attempt has brought into the caller's own tables, with the session of the
   * transaction that takes the message out of the queue. Both are there or neither is. The next message of the payment
   * is due at once.
   *
   * `lost`: the claim is no longer good, and nothing has changed. A claim that has finished says `finished` again, and
   * its effect is not made again. When `effect` rejects, everything is rolled back, `finish` rejects with the same
   * error, and the claim is as good as before. `effect` may enqueue. It may be called again after it was rolled back,
   * so it has no effect outside of the session: no call to the PSP in it.
   * @stage 2
   */
  async finish(claim: Claim, effect: (session: SqlSession) => Promise<void>): Promise<"finished" | "lost"> {
    return this.#transaction(async (session) => {
      const lane = await this.#lock(session, claim);
      if (lane === undefined) return (await endedBy(session, claim)) ? "finished" : "lost";
      await effect(session);
      await this.#endHead(session, claim.message.payment, "done", claim.token);
      return "finished";
    });
  }

  /**
   * Reports that an attempt failed, and does what `decide` says: the message is due again after the delay, or it is a
   * dead letter. `lost` as in `finish`; a second report of one claim is `lost` too.
   * @throws RangeError as `decide`; nothing has changed then
   * @stage 2
   */
  async fail(claim: Claim, failure: Failure): Promise<Decision | "lost"> {
    const { clock, policy, random } = this.#options;
    return this.#transaction(async (session) => {
      const lane = await this.#lock(session, claim);
      if (lane === undefined) return "lost";
      const decision = decide(failure, lane.attempts, policy, random);
      const now = clock();
      const dead = decision.action === "bury";
      await session.query(
        `WITH ended AS (
           INSERT INTO retry_queue_attempts (message, drive, attempt, ended_at, reason)
           VALUES ($2, $3, $4, $5, $6)
         )
         UPDATE retry_queue_lanes SET leased = false, due_at = $7, died_at = $8, why = $9 WHERE payment = $1`,
        [
          claim.message.payment,
          claim.message.id,
          lane.drive,
          lane.attempts,
          now,
          failure.reason,
          dead ? null : now + decision.delayMs,
          dead ? now : null,
          dead ? decision.why : null,
        ],
      );
      return decision;
    });
  }

  /** What has become of a message; null when its id is not known. @stage 2 */
  async stateOf(id: string): Promise<MessageState | null> {
    const { rows } = await this.#query<{ outcome: MessageState | null; dead: boolean }>(
      `SELECT outcome, died_at IS NOT NULL AND head = place AS dead
       FROM retry_queue_messages JOIN retry_queue_lanes USING (payment) WHERE id = $1`,
      [id],
    );
    const found = rows[0];
    if (found === undefined) return null;
    return found.outcome ?? (found.dead ? "dead" : "queued");
  }

  /**
   * Up to `limit` dead letters, those that died first come first.
   * @throws RangeError when `limit` is not an integer from 1 to 10,000
   * @stage 4
   */
  async deadLetters(limit: number): Promise<DeadLetter[]> {
    requireInteger("limit", limit, 1, 10_000);
    const { rows } = await this.#query<DeadRow>(
      `SELECT message.id, message.payment, message.body, lane.why, lane.died_at, lane.last - lane.head AS parked, (
         SELECT json_agg(
           json_build_object('drive', drive, 'attempt', attempt, 'endedAtMs', ended_at, 'reason', reason)
           ORDER BY drive, attempt
         ) FROM retry_queue_attempts WHERE message = message.id
       ) AS history
       FROM retry_queue_lanes lane
       JOIN retry_queue_messages message ON message.payment = lane.payment AND message.place = lane.head
       WHERE lane.died_at IS NOT NULL ORDER BY lane.died_at LIMIT $1`,
      [limit],
    );
    return rows.map(({ id, payment, body, why, died_at, parked, history }) => ({
      message: { id, payment, body },
      why,
      diedAtMs: died_at,
      history: history ?? [],
      parked,
    }));
  }

  /**
   * Puts a dead letter back, due at once, with its attempts counted from 1 again and its history kept. Its successors
   * stay behind it. `not-dead`: there is no dead letter of that id now, and nothing has changed; so of two redrives one
   * counts.
   *
   * When `keyWindowMs` or more have passed since the `keySinceMs` of its claims, the PSP has forgotten the key, and
   * the same request would be a second charge. Then `ask` is called first, while no session is in use; else it is not
   * called, and not for a message that is `applied` either. It says `done`: the message goes back, and its claims say
   * `applied`. `not-done`: it goes back, and the key is new again from its next claim on. `unknown`: it stays where
   * it is, and so does everything about it. What was redriven or discarded while `ask` was on its way is `not-dead`,
   * even when it has died again since.
   * @stage 4
   */
  async redrive(id: string, ask: (message: Message) => Promise<PspSays>): Promise<"redriven" | "not-dead" | "unknown"> {
    const { clock, keyWindowMs } = this.#options;
    const found = await this.#deadLane(id);
    if (found === undefined) return "not-dead";
    const { payment, body, token, key_since, applied } = found;
    const forgotten = !applied && clock() - key_since >= keyWindowMs;
    const says = forgotten ? await ask({ id, payment, body }) : null;
    if (says === "unknown") return "unknown";
    // Every claim has a token of its own: with the same one still there, it has not left the dead letters since.
    const { count } = await this.#query(
      `UPDATE retry_queue_lanes SET
         due_at = $3, died_at = NULL, why = NULL, attempts = 0, drive = drive + 1,
         applied = applied OR $4, key_since = CASE WHEN $5 THEN NULL ELSE key_since END
       WHERE payment = $1 AND token = $2 AND died_at IS NOT NULL`,
      [payment, token, clock(), says === "done", says === "not-done"],
    );
    return count === 1 ? "redriven" : "not-dead";
  }

  /**
   * Gives a dead letter up: it is never handled, and the next message of its payment is due at once. `not-dead` as in
   * `redrive`.
   * @stage 4
   */
  async discard(id: string): Promise<"discarded" | "not-dead"> {
    return this.#transaction(async (session) => {
      const { rows } = await session.query<{ payment: string; token: number }>(`${DEAD_LANE} FOR UPDATE OF lane`, [id]);
      const found = rows[0];
      if (found === undefined) return "not-dead";
      await this.#endHead(session, found.payment, "discarded", found.token);
      return "discarded";
    });
  }

  async #deadLane(id: string): Promise<DeadLane | undefined> {
    const { rows } = await this.#query<DeadLane>(DEAD_LANE, [id]);
    return rows[0];
  }

  /** The lane of a claim that is still good, locked until the transaction ends. */
  async #lock(session: SqlSession, { message, token }: Claim): Promise<LockedLane | undefined> {
    const { rows } = await session.query<LockedLane>(
      `SELECT attempts, drive FROM retry_queue_lanes
       WHERE payment = $1 AND token = $2 AND leased AND due_at > $3 FOR UPDATE`,
      [message.payment, token, this.#options.clock()],
    );
    return rows[0];
  }

  /** Of a lane that is locked: its head has ended, and the next message is the head. */
  async #endHead(session: SqlSession, payment: string, outcome: "done" | "discarded", token: number): Promise<void> {
    await session.query(
      `WITH ended AS (
         UPDATE retry_queue_messages message SET outcome = $2, ended_by = $3
         FROM retry_queue_lanes lane
         WHERE lane.payment = $1 AND message.payment = lane.payment AND message.place = lane.head
       )
       UPDATE retry_queue_lanes SET
         head = head + 1, due_at = CASE WHEN head < last THEN $4::bigint END, leased = false,
         attempts = 0, drive = 1, key_since = NULL, applied = false, died_at = NULL, why = NULL
       WHERE payment = $1`,
      [payment, outcome, token, this.#options.clock()],
    );
  }

  #transaction<Result>(run: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.#options.database.session((session) => inTransaction(session, run));
  }

  #query<Row extends Readonly<Record<string, unknown>>>(
    ...[statement, values]: Parameters<SqlSession["query"]>
  ): Promise<SqlResult<Row>> {
    return this.#options.database.session((session) => session.query<Row>(statement, values));
  }
}

type ClaimRow = {
  readonly id: string;
  readonly payment: string;
  readonly body: string;
  readonly attempts: number;
  readonly token: number;
  readonly leased: boolean;
  readonly due_at: number;
  readonly key_since: number;
  readonly applied: boolean;
};

type LockedLane = { readonly attempts: number; readonly drive: number };

type DeadLane = {
  readonly payment: string;
  readonly body: string;
  readonly token: number;
  readonly key_since: number;
  readonly applied: boolean;
};

type DeadRow = {
  readonly id: string;
  readonly payment: string;
  readonly body: string;
  readonly why: Cause;
  readonly died_at: number;
  readonly parked: number;
  readonly history: readonly Attempt[] | null;
};

const DEAD_LANE = `
  SELECT message.payment, message.body, lane.token, lane.key_since, lane.applied
  FROM retry_queue_messages message
  JOIN retry_queue_lanes lane ON lane.payment = message.payment AND lane.head = message.place
  WHERE message.id = $1 AND lane.died_at IS NOT NULL`;

function claimOf(row: ClaimRow): Claim {
  const { id, payment, body, attempts, token, due_at, key_since, applied } = row;
  return {
    message: { id, payment, body },
    attempt: attempts,
    token,
    leaseUntilMs: due_at,
    keySinceMs: key_since,
    applied,
  };
}

/** The commit of this claim's `finish` went through, and its answer was lost. */
async function endedBy(session: SqlSession, { message, token }: Claim): Promise<boolean> {
  const { count } = await session.query(
    "SELECT 1 FROM retry_queue_messages WHERE id = $1 AND outcome = 'done' AND ended_by = $2",
    [message.id, token],
  );
  return count === 1;
}
