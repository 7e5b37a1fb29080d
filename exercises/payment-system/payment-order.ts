/*
 * Payment order. The state machine from fraud check to payout, with an outbox, webhooks in any order and unknown
 * outcomes.
 *
 * Start with stage 1: Transitions as data.
 * Chapter: docs/finance/payment-system.mdx
 * Grade it: npx bp check payment-system/payment-order
 */

import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlRow, type SqlSession } from "../../given/common/sql.ts";
import type { Psp, PspKind, PspObject, PspWebhook } from "../../given/payment-system/psp.ts";
import type { Transfer } from "../../given/payment-system/transfer.ts";
import { NotStarted } from "../not-started.ts";

export const PAY_IN_STATES = [
  "created",
  "review",
  "rejected",
  "ready",
  "authorizing",
  "authorized",
  "capturing",
  "captured",
  "refunding",
  "refunded",
  "charged_back",
] as const;

export const PAY_IN_EVENTS = [
  "accepted",
  "held_for_review",
  "rejected",
  "authorize_begun",
  "authorized",
  "authorize_declined",
  "hold_lapsed",
  "capture_begun",
  "captured",
  "capture_declined",
  "refund_begun",
  "refunded_in_part",
  "refunded_in_full",
  "refund_declined",
  "charged_back",
] as const;

export const PAY_OUT_STATES = ["held", "payable", "paying", "paid"] as const;

export const PAY_OUT_EVENTS = ["delivered", "payout_begun", "paid", "payout_declined"] as const;

export type PayInState = (typeof PAY_IN_STATES)[number];

export type PayInEvent = (typeof PAY_IN_EVENTS)[number];

export type PayOutState = (typeof PAY_OUT_STATES)[number];

export type PayOutEvent = (typeof PAY_OUT_EVENTS)[number];

/** One request to the PSP, on record before the PSP hears of it. */
export interface Operation {
  /** 1 to 255 characters, another one for each operation of all orders. */
  readonly reference: string;
  readonly kind: PspKind;
  readonly amount: number;
  /** `open`: it is not known yet what became of it. */
  readonly status: "open" | "declined" | "succeeded";
  /**
   * What else the request says, the same each time it is sent. Of an authorization the payment method, of a capture the
   * reference of the hold, of a refund the reference of the capture, of a payout the merchant.
   */
  readonly subject: string;
  /** Of a refund: the caller's name for it. Else null. */
  readonly refundId: string | null;
  /** Milliseconds; when it was put on record. */
  readonly sinceMs: number;
}

export interface OrderRequest {
  /** The payment intent: 1 to 200 characters, not U+0000 and no half of a surrogate pair. */
  readonly id: string;
  /** As `id`. */
  readonly merchant: string;
  /** Minor units, 1 to 2^53 - 1. */
  readonly amount: number;
  /** ISO 4217: three capital letters. */
  readonly currency: string;
}

/** One payment: pay-in and pay-out side by side. All amounts in minor units of `currency`. */
export interface Order extends OrderRequest {
  readonly state: PayInState;
  readonly payout: PayOutState;
  /** Number of the order's last event; the first one is 1. */
  readonly version: number;
  /** The authorization to capture, and until when (milliseconds, excluded); null when there is none. */
  readonly hold: { readonly reference: string; readonly captureBefore: number } | null;
  readonly captured: number;
  readonly refunded: number;
  readonly chargedBack: number;
  readonly paidOut: number;
  /** In the order in which they were begun. At most one is open. */
  readonly operations: readonly Operation[];
}

export type Input =
  | { readonly type: "assess"; readonly verdict: "accept" | "review" | "reject" }
  | { readonly type: "authorize"; readonly method: string }
  | { readonly type: "capture" }
  | { readonly type: "lapse" }
  | { readonly type: "refund"; readonly refundId: string; readonly amount: number }
  | { readonly type: "deliver" }
  | { readonly type: "pay-out" }
  /** What the PSP said: an answer, a look-up or a webhook. */
  | { readonly type: "see"; readonly object: PspObject };

/** For the order's consumers; they drop the second of two with the same id. */
export interface OrderEvent {
  /** Another one for each event of all orders. */
  readonly id: string;
  readonly orderId: string;
  /** 1, 2, 3, … within an order. */
  readonly sequence: number;
  readonly type: "created" | PayInEvent | PayOutEvent | "authorization_unused";
  /** Of an operation or a chargeback its amount, of all other events the amount of the order. */
  readonly amount: number;
}

/**
 * - `no-such-order`: also for a webhook whose reference belongs to no operation.
 * - `state`: there is no such transition, or one of the conditions of `decide` does not hold.
 * - `amount`: more than is left to refund.
 * - `conflict`: this id was used for something else.
 */
export type Refusal = "no-such-order" | "state" | "amount" | "conflict";

export type Decision =
  /** `events` is empty when nothing has changed; then `order` is as it was. */
  | {
      readonly status: "ok";
      readonly order: Order;
      readonly events: readonly OrderEvent[];
      readonly transfers: readonly Transfer[];
    }
  | { readonly status: "refused"; readonly reason: Refusal };

/** `order` is how it stands now, null when there is none. */
export type Result =
  | { readonly status: "ok"; readonly order: Order }
  | { readonly status: "refused"; readonly reason: Refusal; readonly order: Order | null };

/**
 * The pay-in's next state; null where there is no such transition.
 *
 * - `created`, by the fraud check: `accepted` to `ready`, `held_for_review` to `review`, `rejected` to `rejected`.
 * - `review`, by a person: `accepted` to `ready`, `rejected` to `rejected`.
 * - `ready`: `authorize_begun` to `authorizing`; `authorized` to `authorized` (a declined attempt succeeded late).
 * - `authorizing`: `authorized` to `authorized`; `authorize_declined` to `ready`, for another attempt.
 * - `authorized`: `capture_begun` to `capturing`; `hold_lapsed` to `ready`.
 * - `capturing`: `captured` to `captured`; `capture_declined` to `ready`.
 * - `captured`: `refund_begun` to `refunding`.
 * - `refunding`: `refunded_in_part` and `refund_declined` to `captured`; `refunded_in_full` to `refunded`.
 * - `captured`, `refunding`, `refunded`: `charged_back` to `charged_back`.
 * - `charged_back` stays, however a refund that was under way ends, and when more is charged back.
 */
export function nextPayIn(state: PayInState, event: PayInEvent): PayInState | null {
  throw new NotStarted("stage 1: Transitions as data");
}

/**
 * The pay-out's next state; null where there is no such transition. `held`: `delivered` to `payable`. `payable`:
 * `payout_begun` to `paying`. `paying`: `paid` to `paid`, `payout_declined` to `payable`.
 */
export function nextPayOut(state: PayOutState, event: PayOutEvent): PayOutState | null {
  throw new NotStarted("stage 1: Transitions as data");
}

/**
 * A new order: `created` and `held`, with nothing captured and no operation; its version is 1, for the event `created`.
 * @throws RangeError for an id, a merchant, an amount or a currency that `OrderRequest` excludes
 */
export function newOrder({ id, merchant, amount, currency }: OrderRequest): Order {
  throw new NotStarted("stage 1: Transitions as data");
}

/**
 * What an input does to an order. Pure: the same each time, and what goes in is left as it was. Each transition makes
 * one event, numbered on from the order's version; what moves money makes a transfer that goes with it.
 *
 * Commands are refused with `state` where there is no transition, and:
 * - `authorize`, `capture`, `refund` and `pay-out` put one operation on record, open, for the caller to send.
 *   `authorize` and `capture` are for the whole amount of the order.
 * - `capture` asks that `nowMs` is before the hold's `captureBefore`; `lapse` that it is not.
 * - `refund` with a `refundId` that this order knows changes nothing: ok for the same amount, else refused with
 *   `conflict`. A new one asks that no payout is under way (`state`), and for at most what is captured and not yet
 *   refunded (`amount`).
 * - `deliver` asks for the pay-in `captured` or `refunding`, `pay-out` for `captured`. A payout is of all that was
 *   captured and not refunded.
 *
 * `see` takes what the PSP says of an operation, in any order, stale and more than once:
 * - `pending` tells nothing. The first final status of an operation counts, and a later one is ignored, with one
 *   exception: **a success counts after a decline**, for an authorization. When the order is `ready`, it is authorized
 *   by that; else the hold is of no use, and the event `authorization_unused` says so, without a transition.
 * - A success of a capture, refund or payout adds its amount to `captured`, `refunded` or `paidOut`. A decline, as a
 *   lapse, leaves no hold; a capture uses it up.
 * - `chargedBack` of a capture that succeeded is a total. Where it is more than the order's, the difference was charged
 *   back now, after the capture itself if that was not known yet. A refund or a payout that is open stays open.
 * - An object of no operation of this order is refused with `no-such-order`.
 *
 * Transfers, all in the order's currency: a capture moves its amount from the account `psp` to `merchant:<merchant>`;
 * a refund, a chargeback and a payout move theirs back. Transfers of all orders have different ids.
 *
 * @throws RangeError unless the amount of a refund is 1 to 2^53 - 1, and its `refundId` a name as an order's `id`: what
 *   the database changes on the way in would be a new refund when it is said again
 */
export function decide(order: Order, input: Input, nowMs: number): Decision {
  throw new NotStarted("stage 1: Transitions as data");
}

/**
 * The tables to begin with; they are yours to change.
 */
export function schema(): string {
  return `
  CREATE TABLE payment_orders (
    id text PRIMARY KEY,
    merchant text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    payout text NOT NULL,
    version bigint NOT NULL,
    hold_reference text,
    capture_before bigint,
    captured bigint NOT NULL,
    refunded bigint NOT NULL,
    charged_back bigint NOT NULL,
    paid_out bigint NOT NULL,
    CHECK (captured <= amount AND refunded <= captured AND charged_back <= captured AND paid_out <= captured)
  );
  CREATE TABLE payment_operations (
    reference text PRIMARY KEY,
    order_id text NOT NULL REFERENCES payment_orders,
    number integer NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    status text NOT NULL,
    subject text NOT NULL,
    refund_id text,
    since_ms bigint NOT NULL,
    UNIQUE (order_id, number)
  );
  CREATE INDEX payment_operations_open ON payment_operations (since_ms) WHERE status = 'open';
  CREATE TABLE payment_outbox (
    order_id text NOT NULL REFERENCES payment_orders,
    sequence bigint NOT NULL,
    type text NOT NULL,
    amount bigint NOT NULL,
    published boolean NOT NULL DEFAULT false,
    PRIMARY KEY (order_id, sequence)
  );
  CREATE INDEX payment_outbox_waiting ON payment_outbox (order_id, sequence) WHERE NOT published;
  CREATE TABLE payment_webhooks (
    id text PRIMARY KEY,
    received_ms bigint NOT NULL
  );
`;
}

export interface PaymentOrdersOptions {
  /** Has the tables of `schema`. */
  readonly database: SqlDatabase;
  readonly psp: Psp;
  /** Puts a transfer into the ledger, in the transaction that is open in `session`. Rejects when it cannot. */
  readonly post: (session: SqlSession, transfer: Transfer) => Promise<void>;
  /** Milliseconds. */
  readonly clock: () => number;
}

/**
 * Payments, each from the fraud check to the payout, in PostgreSQL and at a PSP. Several processes serve the same
 * payments, each with an instance of its own; nothing is kept in one.
 *
 * - **One transaction** holds what `decide` decided: the order, its operations, one row in the outbox an event, and the
 *   transfers through `post`, once each. When one part fails, none of it happened, and the call rejects.
 * - **Compare-and-set.** A decision counts only for the order that it was made for; when another process was faster, it
 *   is made again for the order as it is now.
 * - **On record, then on the wire.** An operation is committed before the PSP hears of it. While the PSP is asked, no
 *   transaction is open and no session is taken.
 * - **A call that rejects leaves the operation open**, and the method resolves with the order as it is: `authorizing`,
 *   say. An open operation is never given up, repeated under another reference, or guessed at: `resume` asks.
 * - **Exactly one effect** at the PSP for each operation, whichever process dies, and at every moment.
 *
 * Methods resolve with ok when the command had its effect, or had it before where `decide` says so; else refused, and
 * nothing has changed. They reject when PostgreSQL or `post` fails.
 *
 * Source: Brandur Leach, "Implementing Stripe-like Idempotency Keys in Postgres", 2017, for the phases; Stripe's
 * documentation of idempotent requests and of webhooks for what a PSP promises.
 */
export class PaymentOrders {
  constructor({ database, psp, post, clock }: PaymentOrdersOptions) {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /**
   * A new order, and the event `created`. Of a known id with the same fields the order as it is; with others, refused
   * with `conflict`.
   * @throws RangeError as `newOrder`
   */
  async create(request: OrderRequest): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** The order as it stands; null for none. */
  get(id: string): Promise<Order | null> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** The verdict of the fraud check, then of a person. */
  assess(id: string, verdict: "accept" | "review" | "reject"): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** Begins an attempt with a payment method, and sends it. */
  authorize(id: string, method: string): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** Begins the capture, and sends it. */
  capture(id: string): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** Lets go of a hold that the bank has let go of. */
  lapse(id: string): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /**
   * Begins a refund, and sends it. `refundId` is unique in this order.
   * @throws RangeError as `decide`
   */
  refund(id: string, refundId: string, amount: number): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** What was sold has arrived. */
  confirmDelivery(id: string): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /** Begins the payout, and sends it. */
  payOut(id: string): Promise<Result> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /**
   * Publishes what waits in the outbox, each event with the fields that `decide` gave it, its id too: each event of
   * a committed transaction at least once, those of one order in their order, also when several relays run at once. An
   * event waits until all before it, of its order, are published. When `publish` rejects, its order waits for the next
   * call; other orders do not. Returns how many were published.
   */
  async relay(publish: (event: OrderEvent) => Promise<void>): Promise<number> {
    throw new NotStarted("stage 2: State, ledger and outbox in one step");
  }

  /**
   * Finds out what became of the order's open operation: asks the PSP by its reference and, only when the PSP has
   * nothing under it, sends the same request again under the same reference. Resolves with the order as it is then; it
   * is still in doubt when the PSP cannot be reached or has not decided. Where nothing is open nothing is asked.
   */
  async resume(id: string): Promise<Result> {
    throw new NotStarted("stage 3: Unknown outcomes");
  }

  /**
   * Resumes every order whose operation has been open for `idleMs` or longer: what processes that died left behind.
   * One that fails does not keep the others. Returns how many are settled now.
   * @throws AggregateError at the end, when PostgreSQL or `post` failed for some
   */
  async recover(idleMs: number): Promise<number> {
    throw new NotStarted("stage 3: Unknown outcomes");
  }

  /**
   * Takes a webhook whose signature was verified. Each event id counts once, and is on record in the transaction of
   * what it changed. Its object may be old, so the PSP is asked for the object as it is now; as that answer may come
   * from a replica that is behind, the one of the two counts that knows more. When this rejects, also because the PSP
   * cannot be asked, nothing has changed, and the event counts when it comes again.
   *
   * `unknown`: no operation has this reference; nothing is put on record.
   */
  async webhook({ id, object }: PspWebhook): Promise<"taken" | "duplicate" | "unknown"> {
    throw new NotStarted("stage 4: Webhooks in any order");
  }
}
