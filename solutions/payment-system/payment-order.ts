import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlRow, type SqlSession } from "../../given/common/sql.ts";
import type { Psp, PspKind, PspObject, PspWebhook } from "../../given/payment-system/psp.ts";
import type { Transfer } from "../../given/payment-system/transfer.ts";

// States, and what moves an order from one to the next.

/** @given */
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

/** @given */
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

/** @given */
export const PAY_OUT_STATES = ["held", "payable", "paying", "paid"] as const;

/** @given */
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

/** Which state follows which: data, so that a person can read it and a figure can be drawn from it. */
const PAY_IN: Readonly<Record<PayInState, Partial<Record<PayInEvent, PayInState>>>> = {
  created: { accepted: "ready", held_for_review: "review", rejected: "rejected" },
  review: { accepted: "ready", rejected: "rejected" },
  rejected: {},
  ready: { authorize_begun: "authorizing", authorized: "authorized" },
  authorizing: { authorized: "authorized", authorize_declined: "ready" },
  authorized: { capture_begun: "capturing", hold_lapsed: "ready" },
  capturing: { captured: "captured", capture_declined: "ready" },
  captured: { refund_begun: "refunding", charged_back: "charged_back" },
  refunding: {
    refunded_in_part: "captured",
    refunded_in_full: "refunded",
    refund_declined: "captured",
    charged_back: "charged_back",
  },
  refunded: { charged_back: "charged_back" },
  // A refund that was under way may still end, and a bank may take more.
  charged_back: {
    refunded_in_part: "charged_back",
    refunded_in_full: "charged_back",
    refund_declined: "charged_back",
    charged_back: "charged_back",
  },
};

const PAY_OUT: Readonly<Record<PayOutState, Partial<Record<PayOutEvent, PayOutState>>>> = {
  held: { delivered: "payable" },
  payable: { payout_begun: "paying" },
  paying: { paid: "paid", payout_declined: "payable" },
  paid: {},
};

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
 *
 * @stage 1
 */
export function nextPayIn(state: PayInState, event: PayInEvent): PayInState | null {
  return PAY_IN[state][event] ?? null;
}

/**
 * The pay-out's next state; null where there is no such transition. `held`: `delivered` to `payable`. `payable`:
 * `payout_begun` to `paying`. `paying`: `paid` to `paid`, `payout_declined` to `payable`.
 *
 * @stage 1
 */
export function nextPayOut(state: PayOutState, event: PayOutEvent): PayOutState | null {
  return PAY_OUT[state][event] ?? null;
}

/**
 * A new order: `created` and `held`, with nothing captured and no operation; its version is 1, for the event `created`.
 * @throws RangeError for an id, a merchant, an amount or a currency that `OrderRequest` excludes
 * @stage 1
 */
export function newOrder({ id, merchant, amount, currency }: OrderRequest): Order {
  requireName("id", id);
  requireName("merchant", merchant);
  requireInteger("amount", amount, 1, Number.MAX_SAFE_INTEGER);
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`currency is ${currency}, expected three capital letters`);
  const money = { captured: 0, refunded: 0, chargedBack: 0, paidOut: 0 };
  const start = { state: "created", payout: "held", version: 1, hold: null, operations: [] } as const;
  return { id, merchant, amount, currency, ...start, ...money };
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
 * @stage 1
 */
export function decide(order: Order, input: Input, nowMs: number): Decision {
  const draft = new Draft(order, nowMs);
  const refusal = apply(draft, input, nowMs);
  if (refusal !== null) return { status: "refused", reason: refusal };
  return { status: "ok", order: draft.order, events: draft.events, transfers: draft.transfers };
}

function apply(draft: Draft, input: Input, nowMs: number): Refusal | null {
  const { amount, state, hold, captured, refunded, payout, merchant } = draft.order;
  switch (input.type) {
    case "assess":
      return draft.payIn(VERDICTS[input.verdict]);
    case "authorize":
      return draft.payIn("authorize_begun") ?? draft.begin("authorize", amount, input.method);
    case "capture":
      if (hold === null || nowMs >= hold.captureBefore) return "state";
      return draft.payIn("capture_begun") ?? draft.begin("capture", amount, hold.reference);
    case "lapse":
      if (hold === null || nowMs < hold.captureBefore) return "state";
      return draft.payIn("hold_lapsed", amount, { hold: null });
    case "refund":
      requireName("refundId", input.refundId);
      return refund(draft, input.refundId, requireInteger("amount", input.amount, 1, Number.MAX_SAFE_INTEGER));
    case "deliver":
      return state === "captured" || state === "refunding" ? draft.payOut("delivered") : "state";
    case "pay-out": {
      const left = captured - refunded;
      if (state !== "captured" || payout !== "payable") return "state";
      return draft.payOut("payout_begun", left) ?? draft.begin("payout", left, merchant);
    }
    case "see":
      return see(draft, input.object);
  }
}

const VERDICTS = { accept: "accepted", review: "held_for_review", reject: "rejected" } as const;

function refund(draft: Draft, refundId: string, amount: number): Refusal | null {
  const { operations, payout, captured, refunded } = draft.order;
  const known = operations.find((each) => each.refundId === refundId);
  if (known !== undefined) return known.amount === amount ? null : "conflict";
  if (payout === "paying" || nextPayIn(draft.order.state, "refund_begun") === null) return "state";
  if (amount > captured - refunded) return "amount";
  const capture = operations.find(({ kind, status }) => kind === "capture" && status === "succeeded")!;
  return draft.payIn("refund_begun", amount) ?? draft.begin("refund", amount, capture.reference, refundId);
}

/** Everything the PSP says comes through here: answers, look-ups and webhooks cannot disagree about what they mean. */
function see(draft: Draft, object: PspObject): Refusal | null {
  const { reference, status, chargedBack } = object;
  const operation = draft.order.operations.find((each) => each.reference === reference);
  if (operation === undefined) return "no-such-order";
  if (status !== "pending" && isNews(operation, status)) {
    draft.close(operation, status);
    if (status === "declined") draft.declined(operation);
    else draft.succeeded(operation, object.captureBefore ?? 0);
  }
  draft.chargeBack(reference, chargedBack);
  return null;
}

/** What is known only grows: open, then declined, then succeeded, and an old message cannot take it back. */
function isNews({ kind, status }: Operation, seen: "declined" | "succeeded"): boolean {
  return status === "open" || (status === "declined" && seen === "succeeded" && kind === "authorize");
}

/** An order as it becomes, with the events and transfers of the way there. */
class Draft {
  order: Order;
  readonly events: OrderEvent[] = [];
  readonly transfers: Transfer[] = [];
  readonly #nowMs: number;

  constructor(order: Order, nowMs: number) {
    this.order = order;
    this.#nowMs = nowMs;
  }

  payIn(event: PayInEvent, amount = this.order.amount, changes: Partial<Order> = {}): Refusal | null {
    const state = nextPayIn(this.order.state, event);
    return state === null ? "state" : this.#move(event, amount, { ...changes, state });
  }

  payOut(event: PayOutEvent, amount = this.order.amount, changes: Partial<Order> = {}): Refusal | null {
    const payout = nextPayOut(this.order.payout, event);
    return payout === null ? "state" : this.#move(event, amount, { ...changes, payout });
  }

  /** The kind and its number come last and hold no slash: no two orders make the same reference, whatever their ids. */
  begin(kind: PspKind, amount: number, subject: string, refundId: string | null = null): null {
    const { id, operations } = this.order;
    const number = 1 + operations.filter((each) => each.kind === kind).length;
    const reference = `${id}/${kind}/${number}`;
    const begun: Operation = { reference, kind, amount, status: "open", subject, refundId, sinceMs: this.#nowMs };
    this.order = { ...this.order, operations: [...operations, begun] };
    return null;
  }

  close(operation: Operation, status: "declined" | "succeeded"): void {
    const operations = this.order.operations.map((each) => (each === operation ? { ...each, status } : each));
    this.order = { ...this.order, operations };
  }

  succeeded({ kind, reference, amount, status }: Operation, captureBefore: number): void {
    const { captured, refunded, paidOut, state } = this.order;
    const toMerchant = kind === "capture" ? amount : -amount;
    switch (kind) {
      case "authorize":
        // Another attempt may have begun since this one was declined, and then its own answer is the one to wait for.
        if (status === "open" || state === "ready")
          this.payIn("authorized", amount, { hold: { reference, captureBefore } });
        else this.#move("authorization_unused", amount, {});
        return;
      case "capture":
        this.payIn("captured", amount, { captured: captured + amount, hold: null });
        break;
      case "refund": {
        const all = refunded + amount === captured;
        this.payIn(all ? "refunded_in_full" : "refunded_in_part", amount, { refunded: refunded + amount });
        break;
      }
      case "payout":
        this.payOut("paid", amount, { paidOut: paidOut + amount });
    }
    this.#transfer(reference, toMerchant);
  }

  declined({ kind, amount }: Operation): void {
    if (kind === "payout") this.payOut("payout_declined", amount);
    else this.payIn(`${kind}_declined`, amount, kind === "capture" ? { hold: null } : {});
  }

  /** A total and no difference: told twice, or out of order, it moves the same money once. */
  chargeBack(reference: string, total: number): void {
    const { operations, chargedBack } = this.order;
    const operation = operations.find((each) => each.reference === reference);
    if (operation?.kind !== "capture" || operation.status !== "succeeded" || total <= chargedBack) return;
    const amount = total - chargedBack;
    this.payIn("charged_back", amount, { chargedBack: total });
    this.#transfer(`${reference}/charged-back/${total}`, -amount);
  }

  #move(type: OrderEvent["type"], amount: number, changes: Partial<Order>): null {
    this.order = { ...this.order, ...changes, version: this.order.version + 1 };
    this.events.push(eventOf(this.order, type, amount));
    return null;
  }

  #transfer(id: string, toMerchant: number): void {
    const { merchant, currency } = this.order;
    const postings = [
      { account: "psp", amount: -toMerchant, currency },
      { account: `merchant:${merchant}`, amount: toMerchant, currency },
    ];
    this.transfers.push({ id, postings });
  }
}

function eventOf({ id, version }: Order, type: OrderEvent["type"], amount: number): OrderEvent {
  return { id: eventId(id, version), orderId: id, sequence: version, type, amount };
}

/** The number comes last: no two events of all orders have the same one. */
function eventId(orderId: string, sequence: number): string {
  return `${orderId}/${sequence}`;
}

function requireName(what: string, name: string): void {
  requireInteger(`length of ${what}`, name.length, 1, 200);
  if (name.includes("\0") || /\p{Surrogate}/u.test(name)) throw new RangeError(`${what} is no text for PostgreSQL`);
}

// The same on PostgreSQL.

/**
 * The tables to begin with; they are yours to change. @given
 * @stage 2
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
  readonly #database: SqlDatabase;
  readonly #psp: Psp;
  readonly #post: PaymentOrdersOptions["post"];
  readonly #clock: () => number;

  /** @stage 2 */
  constructor({ database, psp, post, clock }: PaymentOrdersOptions) {
    this.#database = database;
    this.#psp = psp;
    this.#post = post;
    this.#clock = clock;
  }

  /**
   * A new order, and the event `created`. Of a known id with the same fields the order as it is; with others, refused
   * with `conflict`.
   * @throws RangeError as `newOrder`
   * @stage 2
   */
  async create(request: OrderRequest): Promise<Result> {
    const order = newOrder(request);
    const found = await this.#database.session((session) =>
      inTransaction(session, async () => {
        if (!(await insertOrder(session, order))) return load(session, order.id);
        await insertEvent(session, eventOf(order, "created", order.amount));
        return order;
      }),
    );
    const { merchant, amount, currency } = order;
    const isSame = found?.merchant === merchant && found.amount === amount && found.currency === currency;
    return isSame ? { status: "ok", order: found } : { status: "refused", reason: "conflict", order: found };
  }

  /** The order as it stands; null for none. @stage 2 */
  get(id: string): Promise<Order | null> {
    return this.#database.session((session) => load(session, id));
  }

  /** The verdict of the fraud check, then of a person. @stage 2 */
  assess(id: string, verdict: "accept" | "review" | "reject"): Promise<Result> {
    return this.#decide(id, { type: "assess", verdict });
  }

  /** Begins an attempt with a payment method, and sends it. @stage 2 */
  authorize(id: string, method: string): Promise<Result> {
    return this.#begin(id, { type: "authorize", method });
  }

  /** Begins the capture, and sends it. @stage 2 */
  capture(id: string): Promise<Result> {
    return this.#begin(id, { type: "capture" });
  }

  /** Lets go of a hold that the bank has let go of. @stage 2 */
  lapse(id: string): Promise<Result> {
    return this.#decide(id, { type: "lapse" });
  }

  /**
   * Begins a refund, and sends it. `refundId` is unique in this order.
   * @throws RangeError as `decide`
   * @stage 2
   */
  refund(id: string, refundId: string, amount: number): Promise<Result> {
    return this.#begin(id, { type: "refund", refundId, amount });
  }

  /** What was sold has arrived. @stage 2 */
  confirmDelivery(id: string): Promise<Result> {
    return this.#decide(id, { type: "deliver" });
  }

  /** Begins the payout, and sends it. @stage 2 */
  payOut(id: string): Promise<Result> {
    return this.#begin(id, { type: "pay-out" });
  }

  /**
   * Publishes what waits in the outbox, each event with the fields that `decide` gave it, its id too: each event of
   * a committed transaction at least once, those of one order in their order, also when several relays run at once. An
   * event waits until all before it, of its order, are published. When `publish` rejects, its order waits for the next
   * call; other orders do not. Returns how many were published.
   * @stage 2
   */
  async relay(publish: (event: OrderEvent) => Promise<void>): Promise<number> {
    const failed = new Set<string>();
    let published = 0;
    for (;;) {
      const heads = await this.#publishHeads(publish, failed);
      if (heads.length === 0) return published;
      published += heads.filter((isPublished) => isPublished).length;
    }
  }

  /**
   * Finds out what became of the order's open operation: asks the PSP by its reference and, only when the PSP has
   * nothing under it, sends the same request again under the same reference. Resolves with the order as it is then; it
   * is still in doubt when the PSP cannot be reached or has not decided. Where nothing is open nothing is asked.
   * @stage 3
   */
  async resume(id: string): Promise<Result> {
    const order = await this.get(id);
    if (order === null) return { status: "refused", reason: "no-such-order", order };
    const operation = openOf(order);
    if (operation === null) return { status: "ok", order };
    return this.#settle(
      order,
      async () => (await this.#psp.lookup(operation.reference)) ?? this.#send(order, operation),
    );
  }

  /**
   * Resumes every order whose operation has been open for `idleMs` or longer: what processes that died left behind.
   * One that fails does not keep the others. Returns how many are settled now.
   * @throws AggregateError at the end, when PostgreSQL or `post` failed for some
   * @stage 3
   */
  async recover(idleMs: number): Promise<number> {
    const untilMs = this.#clock() - idleMs;
    const { rows } = await this.#database.session((session) =>
      session.query<{ order_id: string }>(SELECT_OPEN, [untilMs]),
    );
    const errors: unknown[] = [];
    let settled = 0;
    for (const { order_id: id } of rows) {
      try {
        const { order } = await this.resume(id);
        if (order !== null && openOf(order) === null) settled++;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of ${rows.length} orders stay in doubt`);
    return settled;
  }

  /**
   * Takes a webhook whose signature was verified. Each event id counts once, and is on record in the transaction of
   * what it changed. Its object may be old, so the PSP is asked for the object as it is now; as that answer may come
   * from a replica that is behind, the one of the two counts that knows more. When this rejects, also because the PSP
   * cannot be asked, nothing has changed, and the event counts when it comes again.
   *
   * `unknown`: no operation has this reference; nothing is put on record.
   * @stage 4
   */
  async webhook({ id, object }: PspWebhook): Promise<"taken" | "duplicate" | "unknown"> {
    const { reference } = object;
    const found = await this.#database.session(async (session) => {
      const { rows } = await session.query<{ order_id: string; seen: boolean }>(SELECT_WEBHOOK, [reference, id]);
      return rows[0];
    });
    if (found === undefined) return "unknown";
    if (found.seen) return "duplicate";
    const now = await this.#psp.lookup(reference);
    try {
      await this.#commit(found.order_id, { type: "see", object: further(object, now) }, (session) =>
        insertWebhook(session, id, this.#clock()),
      );
      return "taken";
    } catch (error) {
      if (error instanceof Duplicate) return "duplicate";
      throw error;
    }
  }

  /** A command that puts an operation on record, then sends it. */
  async #begin(id: string, input: Input): Promise<Result> {
    const { result, events } = await this.#commit(id, input);
    const operation = result.order === null ? null : openOf(result.order);
    // Without an event nothing was begun: a refund that was known already is for whoever began it, or for `recover`.
    if (result.status === "refused" || operation === null || events === 0) return result;
    return this.#settle(result.order, () => this.#send(result.order, operation));
  }

  /** Asks, and puts what was said on record. A question that failed tells nothing. */
  async #settle(order: Order, ask: () => Promise<PspObject>): Promise<Result> {
    let object: PspObject;
    try {
      object = await ask();
    } catch {
      return { status: "ok", order };
    }
    return this.#decide(order.id, { type: "see", object });
  }

  #send({ currency }: Order, { kind, reference, amount, subject }: Operation): Promise<PspObject> {
    const request = { reference, amount, currency };
    switch (kind) {
      case "authorize":
        return this.#psp.authorize({ ...request, method: subject });
      case "capture":
        return this.#psp.capture({ ...request, authorization: subject });
      case "refund":
        return this.#psp.refund({ ...request, capture: subject });
      case "payout":
        return this.#psp.payout({ ...request, merchant: subject });
    }
  }

  async #decide(id: string, input: Input): Promise<Result> {
    return (await this.#commit(id, input)).result;
  }

  /**
   * Decides for the order as it is, and commits that; again when another process was faster. `also` is part of the
   * transaction.
   */
  async #commit(id: string, input: Input, also?: (session: SqlSession) => Promise<void>): Promise<Committed> {
    for (;;) {
      try {
        return await this.#database.session((session) =>
          inTransaction(session, async () => {
            await also?.(session);
            return this.#decideIn(session, id, input);
          }),
        );
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      }
    }
  }

  async #decideIn(session: SqlSession, id: string, input: Input): Promise<Committed> {
    const before = await load(session, id);
    if (before === null) return { result: { status: "refused", reason: "no-such-order", order: null }, events: 0 };
    const decision = decide(before, input, this.#clock());
    if (decision.status === "refused") return { result: { ...decision, order: before }, events: 0 };
    const { order, events, transfers } = decision;
    if (events.length > 0) await save(session, before, order);
    for (const event of events) await insertEvent(session, event);
    for (const transfer of transfers) await this.#post(session, transfer);
    return { result: { status: "ok", order }, events: events.length };
  }

  /** Tries one event of each order that has any: whether it could be published. */
  #publishHeads(publish: (event: OrderEvent) => Promise<void>, failed: Set<string>): Promise<boolean[]> {
    return this.#database.session((session) =>
      inTransaction(session, async () => {
        const { rows } = await session.query<EventRow>(SELECT_HEADS, [[...failed]]);
        const tried: boolean[] = [];
        for (const { order_id: orderId, sequence, type, amount } of rows) {
          const event = { id: eventId(orderId, sequence), orderId, sequence, type, amount };
          const isPublished = await succeeds(() => publish(event));
          if (isPublished) await session.query(UPDATE_PUBLISHED, [orderId, sequence]);
          else failed.add(orderId);
          tried.push(isPublished);
        }
        return tried;
      }),
    );
  }
}

async function succeeds(run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}

function openOf({ operations }: Order): Operation | null {
  return operations.find(({ status }) => status === "open") ?? null;
}

/** Of two views of one object the one that knows more: a success before a decline, and the larger total. */
function further(a: PspObject, b: PspObject | null): PspObject {
  if (b === null) return a;
  const ahead = KNOWS.indexOf(a.status) > KNOWS.indexOf(b.status) ? a : b;
  return { ...ahead, chargedBack: Math.max(a.chargedBack, b.chargedBack) };
}

const KNOWS = ["pending", "declined", "succeeded"];

/** `events`: how many there were; without one, nothing has changed. */
interface Committed {
  readonly result: Result;
  readonly events: number;
}

/** Thrown to roll back a decision that was made for an order that is no longer so. */
class Overtaken extends Error {}

/** Thrown to roll back what an event would have done again. */
class Duplicate extends Error {}

type OrderRow = Omit<Order, "hold"> & { readonly hold_reference: string | null; readonly capture_before: number };

/** One statement, so that the order and its operations are of one moment. */
async function load(session: SqlSession, id: string): Promise<Order | null> {
  const { rows } = await session.query<OrderRow & SqlRow>(SELECT_ORDER, [id]);
  const row = rows[0];
  if (row === undefined) return null;
  const { hold_reference: reference, capture_before: captureBefore, ...order } = row;
  return { ...order, hold: reference === null ? null : { reference, captureBefore } };
}

/** False when there is one already. */
async function insertOrder(session: SqlSession, order: Order): Promise<boolean> {
  const { id, merchant, amount, currency, state, payout, version } = order;
  return (await session.query(INSERT_ORDER, [id, merchant, amount, currency, state, payout, version])).count === 1;
}

/** @throws Overtaken when the order is not what `before` says. */
async function save(session: SqlSession, before: Order, after: Order): Promise<void> {
  const { id, state, payout, version, hold, captured, refunded, chargedBack, paidOut } = after;
  const money = [captured, refunded, chargedBack, paidOut];
  const values = [id, before.version, state, payout, version, hold?.reference ?? null, hold?.captureBefore ?? null];
  const { count } = await session.query(UPDATE_ORDER, [...values, ...money]);
  if (count === 0) throw new Overtaken();
  for (const [number, operation] of after.operations.entries()) {
    if (operation === before.operations[number]) continue;
    const { reference, kind, amount, status, subject, refundId, sinceMs } = operation;
    await session.query(UPSERT_OPERATION, [reference, id, number, kind, amount, status, subject, refundId, sinceMs]);
  }
}

async function insertEvent(session: SqlSession, { orderId, sequence, type, amount }: OrderEvent): Promise<void> {
  await session.query(INSERT_EVENT, [orderId, sequence, type, amount]);
}

/** Waits for another transaction that has it too. @throws Duplicate when it is on record. */
async function insertWebhook(session: SqlSession, id: string, nowMs: number): Promise<void> {
  const { count } = await session.query(INSERT_WEBHOOK, [id, nowMs]);
  if (count === 0) throw new Duplicate();
}

type EventRow = { order_id: string; sequence: number; type: OrderEvent["type"]; amount: number };

const SELECT_ORDER = `
  SELECT id, merchant, amount, currency, state, payout, version, hold_reference, capture_before,
    captured, refunded, charged_back AS "chargedBack", paid_out AS "paidOut",
    (SELECT coalesce(json_agg(json_build_object('reference', reference, 'kind', kind, 'amount', o.amount,
        'status', status, 'subject', subject, 'refundId', refund_id, 'sinceMs', since_ms) ORDER BY number), '[]')
      FROM payment_operations o WHERE order_id = payment_orders.id) AS operations
  FROM payment_orders WHERE id = $1`;

const INSERT_ORDER = `
  INSERT INTO payment_orders (id, merchant, amount, currency, state, payout, version,
    captured, refunded, charged_back, paid_out)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0) ON CONFLICT DO NOTHING`;

const UPDATE_ORDER = `
  UPDATE payment_orders SET state = $3, payout = $4, version = $5, hold_reference = $6, capture_before = $7,
    captured = $8, refunded = $9, charged_back = $10, paid_out = $11
  WHERE id = $1 AND version = $2`;

const UPSERT_OPERATION = `
  INSERT INTO payment_operations (reference, order_id, number, kind, amount, status, subject, refund_id, since_ms)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (reference) DO UPDATE SET status = excluded.status`;

const SELECT_OPEN = `
  SELECT order_id FROM payment_operations WHERE status = 'open' AND since_ms <= $1 ORDER BY since_ms`;

const INSERT_EVENT = "INSERT INTO payment_outbox (order_id, sequence, type, amount) VALUES ($1, $2, $3, $4)";

/**
 * The first event of each order that waits. One that another relay has locked is left to it, and the next one of that
 * order is not the first.
 */
const SELECT_HEADS = `
  SELECT order_id, sequence, type, amount FROM payment_outbox head
  WHERE NOT published AND order_id <> ALL($1::text[]) AND NOT EXISTS (
    SELECT 1 FROM payment_outbox earlier
    WHERE NOT earlier.published AND earlier.order_id = head.order_id AND earlier.sequence < head.sequence)
  ORDER BY order_id LIMIT 100 FOR UPDATE SKIP LOCKED`;

const UPDATE_PUBLISHED = "UPDATE payment_outbox SET published = true WHERE order_id = $1 AND sequence = $2";

const SELECT_WEBHOOK = `
  SELECT order_id, EXISTS (SELECT 1 FROM payment_webhooks WHERE id = $2) AS seen
  FROM payment_operations WHERE reference = $1`;

const INSERT_WEBHOOK = "INSERT INTO payment_webhooks (id, received_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING";
