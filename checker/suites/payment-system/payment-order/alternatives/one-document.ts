/**
 * Alternative: a payment is one document under a row lock, references are numbers of its operations, one relay works
 * at a time and deletes what it has published, and a webhook's object is told beside the one that was looked up.
 */

import { requireInteger } from "../../given/common/integers.ts";
import { inTransaction, type SqlDatabase, type SqlSession } from "../../given/common/sql.ts";
import type { Psp, PspKind, PspObject, PspWebhook } from "../../given/payment-system/psp.ts";
import type { Transfer } from "../../given/payment-system/transfer.ts";

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

export interface Operation {
  readonly reference: string;
  readonly kind: PspKind;
  readonly amount: number;
  readonly status: "open" | "declined" | "succeeded";
  readonly subject: string;
  readonly refundId: string | null;
  readonly sinceMs: number;
}

export interface OrderRequest {
  readonly id: string;
  readonly merchant: string;
  readonly amount: number;
  readonly currency: string;
}

export interface Order extends OrderRequest {
  readonly state: PayInState;
  readonly payout: PayOutState;
  readonly version: number;
  readonly hold: { readonly reference: string; readonly captureBefore: number } | null;
  readonly captured: number;
  readonly refunded: number;
  readonly chargedBack: number;
  readonly paidOut: number;
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
  | { readonly type: "see"; readonly object: PspObject };

export interface OrderEvent {
  readonly id: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly type: "created" | PayInEvent | PayOutEvent | "authorization_unused";
  readonly amount: number;
}

export type Refusal = "no-such-order" | "state" | "amount" | "conflict";

export type Decision =
  | {
      readonly status: "ok";
      readonly order: Order;
      readonly events: readonly OrderEvent[];
      readonly transfers: readonly Transfer[];
    }
  | { readonly status: "refused"; readonly reason: Refusal };

export type Result =
  | { readonly status: "ok"; readonly order: Order }
  | { readonly status: "refused"; readonly reason: Refusal; readonly order: Order | null };

const PAY_IN = new Map(
  `
  created        accepted           ready
  created        held_for_review    review
  created        rejected           rejected
  review         accepted           ready
  review         rejected           rejected
  ready          authorize_begun    authorizing
  ready          authorized         authorized
  authorizing    authorized         authorized
  authorizing    authorize_declined ready
  authorized     capture_begun      capturing
  authorized     hold_lapsed        ready
  capturing      captured           captured
  capturing      capture_declined   ready
  captured       refund_begun       refunding
  captured       charged_back       charged_back
  refunding      refunded_in_part   captured
  refunding      refunded_in_full   refunded
  refunding      refund_declined    captured
  refunding      charged_back       charged_back
  refunded       charged_back       charged_back
  charged_back   refunded_in_part   charged_back
  charged_back   refunded_in_full   charged_back
  charged_back   refund_declined    charged_back
  charged_back   charged_back       charged_back`
    .trim()
    .split("\n")
    .map((row): [string, PayInState] => {
      const [from, on, to] = row.trim().split(/ +/);
      return [`${from} ${on}`, to as PayInState];
    }),
);

export function nextPayIn(state: PayInState, event: PayInEvent): PayInState | null {
  return PAY_IN.get(`${state} ${event}`) ?? null;
}

export function nextPayOut(state: PayOutState, event: PayOutEvent): PayOutState | null {
  if (state === "held" && event === "delivered") return "payable";
  if (state === "payable" && event === "payout_begun") return "paying";
  if (state === "paying" && event === "paid") return "paid";
  return state === "paying" && event === "payout_declined" ? "payable" : null;
}

export function newOrder(request: OrderRequest): Order {
  requireName(request.id);
  requireName(request.merchant);
  requireInteger("amount", request.amount, 1, Number.MAX_SAFE_INTEGER);
  if (request.currency.length !== 3 || /[^A-Z]/.test(request.currency)) throw new RangeError("currency");
  const { id, merchant, amount, currency } = request;
  const money = { captured: 0, refunded: 0, chargedBack: 0, paidOut: 0 };
  const rest = { version: 1, hold: null, operations: [], ...money };
  return { id, merchant, amount, currency, state: "created", payout: "held", ...rest };
}

function requireName(name: string): void {
  if (name.length < 1 || name.length > 200 || /\0|\p{Surrogate}/u.test(name)) throw new RangeError(`name ${name}`);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function decide(before: Order, input: Input, nowMs: number): Decision {
  const operations: Mutable<Operation>[] = before.operations.map((each) => ({ ...each }));
  const order: Mutable<Order> = { ...before, operations };
  const events: OrderEvent[] = [];
  const transfers: Transfer[] = [];
  const refused = (reason: Refusal): Decision => ({ status: "refused", reason });

  const say = (type: OrderEvent["type"], amount: number): void => {
    order.version++;
    events.push({ id: `${order.version}@${order.id}`, orderId: order.id, sequence: order.version, type, amount });
  };
  const move = (event: PayInEvent | PayOutEvent, amount: number): boolean => {
    const state = nextPayIn(order.state, event as PayInEvent);
    const payout = nextPayOut(order.payout, event as PayOutEvent);
    if (state === null && payout === null) return false;
    order.state = state ?? order.state;
    order.payout = payout ?? order.payout;
    say(event, amount);
    return true;
  };
  const begin = (kind: PspKind, amount: number, subject: string, refundId: string | null = null): void => {
    const reference = `${operations.length + 1}@${order.id}`;
    operations.push({ reference, kind, amount, status: "open", subject, refundId, sinceMs: nowMs });
  };
  const toMerchant = (id: string, amount: number): void => {
    const { currency, merchant } = order;
    const postings = [
      { account: `merchant:${merchant}`, amount, currency },
      { account: "psp", amount: -amount, currency },
    ];
    transfers.push({ id, postings });
  };

  if (input.type === "assess") {
    const { verdict } = input;
    const event = verdict === "accept" ? "accepted" : verdict === "review" ? "held_for_review" : "rejected";
    if (!move(event, order.amount)) return refused("state");
  } else if (input.type === "authorize") {
    if (!move("authorize_begun", order.amount)) return refused("state");
    begin("authorize", order.amount, input.method);
  } else if (input.type === "capture") {
    const { hold } = order;
    if (hold === null || hold.captureBefore <= nowMs || !move("capture_begun", order.amount)) return refused("state");
    begin("capture", order.amount, hold.reference);
  } else if (input.type === "lapse") {
    if (order.hold === null || order.hold.captureBefore > nowMs) return refused("state");
    if (!move("hold_lapsed", order.amount)) return refused("state");
    order.hold = null;
  } else if (input.type === "refund") {
    requireInteger("amount", input.amount, 1, Number.MAX_SAFE_INTEGER);
    requireName(input.refundId);
    const known = operations.find(({ refundId }) => refundId === input.refundId);
    if (known !== undefined && known.amount !== input.amount) return refused("conflict");
    if (known === undefined) {
      if (order.state !== "captured" || order.payout === "paying") return refused("state");
      if (input.amount > order.captured - order.refunded) return refused("amount");
      move("refund_begun", input.amount);
      const capture = operations.find(({ kind, status }) => kind === "capture" && status === "succeeded");
      begin("refund", input.amount, capture!.reference, input.refundId);
    }
  } else if (input.type === "deliver") {
    if (order.state !== "captured" && order.state !== "refunding") return refused("state");
    if (!move("delivered", order.amount)) return refused("state");
  } else if (input.type === "pay-out") {
    const left = order.captured - order.refunded;
    if (order.state !== "captured" || !move("payout_begun", left)) return refused("state");
    begin("payout", left, order.merchant);
  } else {
    const { object } = input;
    const operation = operations.find(({ reference }) => reference === object.reference);
    if (operation === undefined) return refused("no-such-order");
    const { kind, amount, reference } = operation;
    const wasOpen = operation.status === "open";
    const isRevived = kind === "authorize" && operation.status === "declined";
    if (object.status === "declined" && wasOpen) {
      operation.status = "declined";
      if (kind === "capture") order.hold = null;
      move(`${kind}_declined`, amount);
    } else if (object.status === "succeeded" && (wasOpen || isRevived)) {
      operation.status = "succeeded";
      if (kind === "authorize" && isRevived && order.state !== "ready") say("authorization_unused", amount);
      else if (kind === "authorize") {
        order.hold = { reference, captureBefore: object.captureBefore ?? nowMs };
        move("authorized", amount);
      } else {
        if (kind === "capture") {
          order.captured += amount;
          order.hold = null;
          move("captured", amount);
        } else if (kind === "refund") {
          order.refunded += amount;
          move(order.refunded < order.captured ? "refunded_in_part" : "refunded_in_full", amount);
        } else {
          order.paidOut += amount;
          move("paid", amount);
        }
        toMerchant(reference, kind === "capture" ? amount : -amount);
      }
    }
    const more = object.chargedBack - order.chargedBack;
    if (kind === "capture" && operation.status === "succeeded" && more > 0) {
      order.chargedBack += more;
      move("charged_back", more);
      toMerchant(`${order.chargedBack} back of ${reference}`, -more);
    }
  }
  return { status: "ok", order, events, transfers };
}

export function schema(): string {
  return `
  CREATE TABLE payments (id text PRIMARY KEY, payment jsonb NOT NULL, open_since bigint);
  CREATE TABLE payment_events (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id text NOT NULL,
    event jsonb NOT NULL
  );
  CREATE TABLE webhooks_seen (id text PRIMARY KEY);
`;
}

export interface PaymentOrdersOptions {
  readonly database: SqlDatabase;
  readonly psp: Psp;
  readonly post: (session: SqlSession, transfer: Transfer) => Promise<void>;
  readonly clock: () => number;
}

export class PaymentOrders {
  readonly #with: PaymentOrdersOptions;

  constructor(options: PaymentOrdersOptions) {
    this.#with = options;
  }

  create(request: OrderRequest): Promise<Result> {
    const fresh = newOrder(request);
    return this.#transaction(async (session): Promise<Result> => {
      const insert = "INSERT INTO payments VALUES ($1, $2::jsonb, NULL) ON CONFLICT DO NOTHING";
      const { count } = await session.query(insert, [fresh.id, JSON.stringify(fresh)]);
      const { id, amount } = fresh;
      if (count === 1) await enqueue(session, { id: `1@${id}`, orderId: id, sequence: 1, type: "created", amount });
      const order = (await read(session, id))!;
      const isSame = (["merchant", "amount", "currency"] as const).every((field) => order[field] === fresh[field]);
      return isSame ? { status: "ok", order } : { status: "refused", reason: "conflict", order };
    });
  }

  get(id: string): Promise<Order | null> {
    return this.#with.database.session((session) => read(session, id));
  }

  assess(id: string, verdict: "accept" | "review" | "reject"): Promise<Result> {
    return this.#command(id, { type: "assess", verdict });
  }

  authorize(id: string, method: string): Promise<Result> {
    return this.#command(id, { type: "authorize", method });
  }

  capture(id: string): Promise<Result> {
    return this.#command(id, { type: "capture" });
  }

  lapse(id: string): Promise<Result> {
    return this.#command(id, { type: "lapse" });
  }

  refund(id: string, refundId: string, amount: number): Promise<Result> {
    return this.#command(id, { type: "refund", refundId, amount });
  }

  confirmDelivery(id: string): Promise<Result> {
    return this.#command(id, { type: "deliver" });
  }

  payOut(id: string): Promise<Result> {
    return this.#command(id, { type: "pay-out" });
  }

  /** Under a lock of the whole relay: a second one comes back with nothing. Each event leaves in its own transaction. */
  async relay(publish: (event: OrderEvent) => Promise<void>): Promise<number> {
    const skip: string[] = [];
    let published = 0;
    for (;;) {
      const outcome = await this.#transaction(async (session) => {
        const lock = await session.query<{ got: boolean }>("SELECT pg_try_advisory_xact_lock(4711) AS got");
        if (lock.rows[0]?.got !== true) return "done";
        // Events of one payment are written under a lock of its row: their places are in their order.
        const { rows } = await session.query<{ place: number; payment_id: string; event: OrderEvent }>(
          `SELECT place, payment_id, event FROM payment_events
            WHERE payment_id <> ALL($1::text[]) ORDER BY place LIMIT 1`,
          [skip],
        );
        const next = rows[0];
        if (next === undefined) return "done";
        try {
          await publish(next.event);
        } catch {
          skip.push(next.payment_id);
          return "failed";
        }
        await session.query("DELETE FROM payment_events WHERE place = $1", [next.place]);
        return "published";
      });
      if (outcome === "done") return published;
      if (outcome === "published") published++;
    }
  }

  async resume(id: string): Promise<Result> {
    const order = await this.get(id);
    if (order === null) return { status: "refused", reason: "no-such-order", order: null };
    const open = openIn(order);
    if (open === undefined) return { status: "ok", order };
    let object: PspObject | null;
    try {
      object = await this.#with.psp.lookup(open.reference);
    } catch {
      return { status: "ok", order };
    }
    return object === null ? this.#send(order, open) : (await this.#apply(id, { type: "see", object })).result;
  }

  async recover(idleMs: number): Promise<number> {
    const { rows } = await this.#with.database.session((session) =>
      session.query<{ id: string }>("SELECT id FROM payments WHERE open_since <= $1 ORDER BY open_since", [
        this.#with.clock() - idleMs,
      ]),
    );
    const failures: unknown[] = [];
    let settled = 0;
    for (const { id } of rows) {
      await this.resume(id).then(
        ({ order }) => {
          settled += openIn(order!) === undefined ? 1 : 0;
        },
        (error: unknown) => failures.push(error),
      );
    }
    if (failures.length > 0) throw new AggregateError(failures, "some are left");
    return settled;
  }

  async webhook({ id, object }: PspWebhook): Promise<"taken" | "duplicate" | "unknown"> {
    const { reference } = object;
    const orderId = reference.slice(reference.indexOf("@") + 1);
    const order = await this.get(orderId);
    if (!order?.operations.some((each) => each.reference === reference)) return "unknown";
    const looked = await this.#with.psp.lookup(reference);
    return this.#transaction(async (session) => {
      const { count } = await session.query("INSERT INTO webhooks_seen VALUES ($1) ON CONFLICT DO NOTHING", [id]);
      if (count === 0) return "duplicate";
      // What is known only grows, so both are told, the one that may be a decline of the past last.
      if (looked !== null) await this.#applyIn(session, orderId, { type: "see", object: looked });
      await this.#applyIn(session, orderId, { type: "see", object });
      return "taken";
    });
  }

  async #command(id: string, input: Input): Promise<Result> {
    const { result, isNew } = await this.#apply(id, input);
    const open = result.order === null ? undefined : openIn(result.order);
    if (result.status === "refused" || !isNew || open === undefined) return result;
    const sends = ["authorize", "capture", "refund", "pay-out"].includes(input.type);
    return sends ? this.#send(result.order, open) : result;
  }

  async #send(order: Order, { kind, reference, amount, subject }: Operation): Promise<Result> {
    const { psp } = this.#with;
    const base = { reference, amount, currency: order.currency };
    let object: PspObject;
    try {
      if (kind === "authorize") object = await psp.authorize({ ...base, method: subject });
      else if (kind === "capture") object = await psp.capture({ ...base, authorization: subject });
      else if (kind === "refund") object = await psp.refund({ ...base, capture: subject });
      else object = await psp.payout({ ...base, merchant: subject });
    } catch {
      return { status: "ok", order };
    }
    return (await this.#apply(order.id, { type: "see", object })).result;
  }

  #apply(id: string, input: Input): Promise<Applied> {
    return this.#transaction((session) => this.#applyIn(session, id, input));
  }

  async #applyIn(session: SqlSession, id: string, input: Input): Promise<Applied> {
    const before = await read(session, id, "FOR UPDATE");
    if (before === null) return { result: { status: "refused", reason: "no-such-order", order: null }, isNew: false };
    const decision = decide(before, input, this.#with.clock());
    if (decision.status === "refused") return { result: { ...decision, order: before }, isNew: false };
    const { order, events, transfers } = decision;
    if (events.length > 0) {
      const since = openIn(order)?.sinceMs ?? null;
      const update = "UPDATE payments SET payment = $2::jsonb, open_since = $3 WHERE id = $1";
      await session.query(update, [id, JSON.stringify(order), since]);
    }
    for (const event of events) await enqueue(session, event);
    for (const transfer of transfers) await this.#with.post(session, transfer);
    return { result: { status: "ok", order }, isNew: events.length > 0 };
  }

  #transaction<T>(run: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#with.database.session((session) => inTransaction(session, run));
  }
}

interface Applied {
  readonly result: Result;
  readonly isNew: boolean;
}

function openIn({ operations }: Order): Operation | undefined {
  return operations.find(({ status }) => status === "open");
}

async function read(session: SqlSession, id: string, lock = ""): Promise<Order | null> {
  const found = await session.query<{ payment: Order }>(`SELECT payment FROM payments WHERE id = $1 ${lock}`, [id]);
  return found.rows[0]?.payment ?? null;
}

async function enqueue(session: SqlSession, event: OrderEvent): Promise<void> {
  const insert = "INSERT INTO payment_events (payment_id, event) VALUES ($1, $2::jsonb)";
  await session.query(insert, [event.orderId, JSON.stringify(event)]);
}
