/*
 * Idempotency keys in PostgreSQL. One effect per key: replays, conflicts, duplicates at the same time, and a process
 * that dies anywhere.
 *
 * Start with stage 1: Run once, replay the answer.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/idempotency
 */

import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlRow, type SqlSession } from "../../given/common/sql.ts";
import { NotStarted } from "../not-started.ts";

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
 */
export function schema(): string {
  throw new NotStarted("stage 1: Run once, replay the answer");
}

/**
 * What happens to a request at `now` that meets `found` under its key. An answer counts until `retentionMs` after
 * `answeredAt`, a lease until `leasedUntil`, both excluded. A request is the same when endpoint and body are, byte for
 * byte.
 */
export function decide(
  found: KeyRecord | null,
  request: Pick<PaymentRequest, "endpoint" | "body">,
  now: number,
  retentionMs: number,
): Decision {
  throw new NotStarted("stage 1: Run once, replay the answer");
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
  /** @throws RangeError when a time is not a whole number from 1 to 2^51 */
  constructor({ database, clock, newId, leaseMs, retentionMs }: IdempotencyOptions) {
    throw new NotStarted("stage 1: Run once, replay the answer");
  }

  /**
   * Runs a request, or says what became of it.
   * @throws RangeError for a name that is none; what `call` and `record` throw; errors of the database
   */
  async handle(request: PaymentRequest, work: Work): Promise<Outcome> {
    throw new NotStarted("stage 1: Run once, replay the answer");
  }

  /**
   * Finishes at most `limit` requests that were given up, those given up first before others, and returns how many
   * have their answer. One whose work rejects stays in progress, and does not keep the others from being finished, in
   * this call or the next.
   * @throws RangeError when `limit` is not a whole number of at least 1
   */
  async recover(work: Work, limit: number): Promise<number> {
    throw new NotStarted("stage 3: Die between any two statements");
  }

  /**
   * Forgets at most `limit` answers whose time is over, and returns how many.
   * @throws RangeError when `limit` is not a whole number of at least 1
   */
  async sweep(limit: number): Promise<number> {
    throw new NotStarted("stage 4: Keys that expire");
  }
}
