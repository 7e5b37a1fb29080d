/*
 * Retries and dead letters. A queue in PostgreSQL with backoff, leases, order per payment, and a dead letter queue with
 * redrive.
 *
 * Start with stage 1: When to try again.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/retry-queue
 */

import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlResult, type SqlSession } from "../../given/common/sql.ts";
import { NotStarted } from "../not-started.ts";

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
 */
export function isRetryable(failure: Failure): boolean {
  throw new NotStarted("stage 1: When to try again");
}

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
 */
export function decide(failure: Failure, attempt: number, policy: RetryPolicy, random: () => number): Decision {
  throw new NotStarted("stage 1: When to try again");
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

/** Reason of an attempt whose worker never reported. */
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
 */
export function schema(): string {
  throw new NotStarted("stage 2: Claim, finish, give back");
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
  /** @throws RangeError for a number out of range */
  constructor(options: RetryQueueOptions) {
    throw new NotStarted("stage 1: When to try again");
  }

  /**
   * Puts a message into the queue, due at once, in the transaction that is open in `session`: it is there when that
   * transaction commits, and never was when it rolls back. False, and nothing else, when its id is known already,
   * whichever state that message is in. O(1) statements.
   */
  async enqueue(session: SqlSession, { id, payment, body }: Message): Promise<boolean> {
    throw new NotStarted("stage 2: Claim, finish, give back");
  }

  /**
   * Claims up to `limit` messages that are due, those that have been due for longest first, each of another payment.
   * Fewer only when no more are due, or when others are at work on them at this moment. Two claims at once never get
   * the same message.
   *
   * One statement when no lease has ended; it reads O(limit) rows, however many messages are due, wait, are parked,
   * dead or done.
   * @throws RangeError when `limit` is not an integer from 1 to 10,000
   */
  async claim(limit: number): Promise<Claim[]> {
    throw new NotStarted("stage 2: Claim, finish, give back");
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
   */
  async finish(claim: Claim, effect: (session: SqlSession) => Promise<void>): Promise<"finished" | "lost"> {
    throw new NotStarted("stage 2: Claim, finish, give back");
  }

  /**
   * Reports that an attempt failed, and does what `decide` says: the message is due again after the delay, or it is a
   * dead letter. `lost` as in `finish`; a second report of one claim is `lost` too.
   * @throws RangeError as `decide`; nothing has changed then
   */
  async fail(claim: Claim, failure: Failure): Promise<Decision | "lost"> {
    throw new NotStarted("stage 2: Claim, finish, give back");
  }

  /** What has become of a message; null when its id is not known. */
  async stateOf(id: string): Promise<MessageState | null> {
    throw new NotStarted("stage 2: Claim, finish, give back");
  }

  /**
   * Up to `limit` dead letters, those that died first come first.
   * @throws RangeError when `limit` is not an integer from 1 to 10,000
   */
  async deadLetters(limit: number): Promise<DeadLetter[]> {
    throw new NotStarted("stage 4: Dead letters and redrive");
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
   */
  async redrive(id: string, ask: (message: Message) => Promise<PspSays>): Promise<"redriven" | "not-dead" | "unknown"> {
    throw new NotStarted("stage 4: Dead letters and redrive");
  }

  /**
   * Gives a dead letter up: it is never handled, and the next message of its payment is due at once. `not-dead` as in
   * `redrive`.
   */
  async discard(id: string): Promise<"discarded" | "not-dead"> {
    throw new NotStarted("stage 4: Dead letters and redrive");
  }
}
