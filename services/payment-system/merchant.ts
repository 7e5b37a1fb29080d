/** The parts of the exercises put together over one database: what every process of the payment service works with. */

import { createHmac, randomBytes, randomUUID } from "node:crypto";
import Stripe from "stripe";
import type { SqlSession } from "../../given/common/sql.ts";
import { ConnectionLost, SqlPool } from "../common/sql-pool.ts";
import type { PartContext } from "../kit/part.ts";
import { HOST } from "../kit/ports.ts";
import { CURRENCY, merchantAccount, PSP_ACCOUNT } from "./money.ts";
import { StripePsp, stripeClient } from "./stripe-psp.ts";

type Ledgers = typeof import("../../solutions/payment-system/ledger.ts");
type Orders = typeof import("../../solutions/payment-system/payment-order.ts");
type Queues = typeof import("../../solutions/payment-system/retry-queue.ts");
type Keys = typeof import("../../solutions/payment-system/idempotency.ts");
type Webhooks = typeof import("../../solutions/payment-system/webhook.ts");

export interface MerchantData {
  readonly databaseUrl: string;
  readonly pspPort: number;
  readonly apiKey: string;
  readonly webhookSecret: string;
}

/** What a worker is told to do with a payment; JSON in a message's body. */
export type Task =
  | { readonly do: "authorize"; readonly method: string }
  | { readonly do: "capture" }
  | { readonly do: "refund"; readonly refundId: string; readonly amount: number }
  | { readonly do: "deliver" }
  | { readonly do: "pay-out" };

/** Connections of one process. */
const SESSIONS = 8;
/** Of one call; the provider's slow answers take longer. */
const PSP_TIMEOUT_MS = 1_000;
/** Longer than one call and the look-up after it. */
const LEASE_MS = 5_000;
/** The provider forgets keys after 24 hours, and so do we. */
const DAY_MS = 86_400_000;
const RETRIES = { baseMs: 50, capMs: 2_000, attemptsMax: 12 } as const;

const now = (): number => Date.now();

export type Merchant = Awaited<ReturnType<typeof openMerchant>>;

export async function openMerchant({ data, load }: Pick<PartContext<MerchantData>, "data" | "load">) {
  const [{ Ledger }, { PaymentOrders }, { RetryQueue }, { Idempotency }, { Webhook }] = await Promise.all([
    load<Ledgers>("payment-system/ledger"),
    load<Orders>("payment-system/payment-order"),
    load<Queues>("payment-system/retry-queue"),
    load<Keys>("payment-system/idempotency"),
    load<Webhooks>("payment-system/webhook"),
  ]);
  const database = new SqlPool({ url: data.databaseUrl, sessions: SESSIONS });
  const stripe = stripeClient({ host: HOST, port: data.pspPort, apiKey: data.apiKey, timeoutMs: PSP_TIMEOUT_MS });
  const psp = new StripePsp(stripe);
  const ledger = new Ledger({ database, clock: now });
  const orders = new PaymentOrders({
    database,
    psp,
    post: (session, transfer) => ledger.postIn(session, transfer),
    clock: now,
  });
  const queue = new RetryQueue({
    database,
    clock: now,
    random: Math.random,
    policy: RETRIES,
    leaseMs: LEASE_MS,
    keyWindowMs: DAY_MS,
  });
  const keys = new Idempotency({
    database,
    clock: now,
    newId: randomUUID,
    leaseMs: LEASE_MS,
    retentionMs: DAY_MS,
  });
  const webhook = new Webhook({
    secrets: [data.webhookSecret],
    hmac: (key, message) => new Uint8Array(createHmac("sha256", key).update(message).digest()),
  });
  return { database, stripe, psp, ledger, orders, queue, keys, webhook };
}

/** Tables of the exercises, and those of the service itself. Run once, in an empty database. */
export async function schemaOf(load: PartContext<unknown>["load"]): Promise<string> {
  const [ledger, orders, queue, keys] = await Promise.all([
    load<Ledgers>("payment-system/ledger"),
    load<Orders>("payment-system/payment-order"),
    load<Queues>("payment-system/retry-queue"),
    load<Keys>("payment-system/idempotency"),
  ]);
  return [
    ledger.schema(),
    orders.schema(),
    queue.schema(),
    keys.schema(),
    `
    -- Where the payer of a payment types the card, and who it is.
    CREATE TABLE service_payments (
      id text PRIMARY KEY,
      payer text NOT NULL,
      page text,
      session text,
      created_at bigint NOT NULL
    );
    CREATE INDEX ON service_payments (payer, created_at);
    -- Every task that was put into the queue, noted in the same transaction.
    CREATE TABLE service_tasks (id text PRIMARY KEY);
    -- A consumer of the outbox: the merchant is told each thing once.
    CREATE TABLE service_notices (
      event_id text PRIMARY KEY,
      order_id text NOT NULL,
      sequence integer NOT NULL,
      type text NOT NULL,
      seen integer NOT NULL
    );`,
  ].join("\n");
}

/** Opens the accounts of a merchant; those that are open stay as they are. */
export async function openAccounts({ ledger }: Merchant, merchant: string): Promise<void> {
  await ledger.open({ id: PSP_ACCOUNT, currency: CURRENCY, overdraft: null });
  await ledger.open({ id: merchantAccount(merchant), currency: CURRENCY, overdraft: null });
}

/** Into the queue, in the transaction that is open in `session`. */
export async function enqueue(
  { queue }: Merchant,
  session: SqlSession,
  { id, payment, task }: { readonly id: string; readonly payment: string; readonly task: Task },
): Promise<void> {
  if (!(await queue.enqueue(session, { id, payment, body: JSON.stringify(task) }))) return;
  await session.query("INSERT INTO service_tasks (id) VALUES ($1)", [id]);
}

/**
 * What goes wrong at the provider and on the way to the database is expected here, and tried again; the rest is told.
 */
export function report(error: Error): void {
  if (error instanceof Stripe.errors.StripeError || error instanceof ConnectionLost) return;
  process.stderr.write(`${error.stack ?? error.message}\n`);
}

export const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
