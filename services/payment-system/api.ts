/**
 * The payment service's API, one of several processes that share nothing but the database. It promises little while a
 * client waits: a payment is on record, its page can be opened, a refund is in the queue. Workers do the rest. A part.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { inTransaction, type SqlSession } from "../../given/common/sql.ts";
import type { Answer, PaymentRequest, Work } from "../../solutions/payment-system/idempotency.ts";
import type { Order } from "../../solutions/payment-system/payment-order.ts";
import { runPart } from "../kit/part.ts";
import { HOST, listenOn } from "../kit/ports.ts";
import { assess } from "./fraud.ts";
import {
  enqueue,
  type Merchant,
  type MerchantData,
  openAccounts,
  openMerchant,
  report,
  type Task,
} from "./merchant.ts";
import { CURRENCY } from "./money.ts";
import type { ProviderEvent } from "./psp/webhooks.ts";
import { objectsOf } from "./stripe-psp.ts";

export interface ApiData extends MerchantData {
  readonly port: number;
}

/** What a client may cost, whatever it sends. */
const LIMITS = {
  headerBytes: 8_192,
  bodyBytes: 65_536,
  headersMs: 3_000,
  requestMs: 15_000,
  connections: 512,
} as const;
/** How often requests that died with their process are finished. */
const RECOVER_MS = 2_000;
const HOUR_MS = 3_600_000;

runPart<ApiData>(async (context) => {
  const { data, count, took } = context;
  const merchant = await openMerchant(context);
  const routes = new Routes(merchant, data.port);
  const server = createServer({
    maxHeaderSize: LIMITS.headerBytes,
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    connectionsCheckingInterval: 500,
    keepAliveTimeout: 60_000,
  });
  server.maxConnections = LIMITS.connections;
  server.on("request", (incoming, outgoing) => {
    const startedAt = performance.now();
    count("requests");
    outgoing.once("close", () => took(performance.now() - startedAt));
    routes.handle(incoming).then(
      (reply) => send(outgoing, reply),
      (error: Error) => send(outgoing, error instanceof Refused ? error.reply : unavailable(error)),
    );
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  server.on("upgrade", (_incoming, socket: Socket) => void socket.destroy());
  await listenOn(server, data.port);
  const recovering = every(RECOVER_MS, () => routes.recover());
  return {
    close: async () => {
      recovering.stop();
      server.closeAllConnections();
      await merchant.database.close();
    },
  };
});

interface Reply {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly type?: string;
}

/** A request that is not as the API asks for it: the problem details of RFC 9457. */
class Refused extends Error {
  readonly reply: Reply;

  constructor(status: number, detail: string) {
    super(detail);
    this.reply = problem(status, detail);
  }
}

const json = (status: number, value: unknown): Reply => ({ status, body: `${JSON.stringify(value)}\n` });

function problem(status: number, detail: string): Reply {
  return { ...json(status, { status, detail }), type: "application/problem+json" };
}

function unavailable(error: Error): Reply {
  report(error);
  return problem(503, "Nobody knows whether it took effect. Send it again with the same Idempotency-Key.");
}

class Routes {
  readonly #merchant: Merchant;
  readonly #port: number;
  /** Accounts that this process has seen open. */
  readonly #open = new Set<string>();
  readonly #works: Readonly<Record<string, Work>>;

  constructor(merchant: Merchant, port: number) {
    this.#merchant = merchant;
    this.#port = port;
    this.#works = { "POST /payments": this.#paymentWork(), "POST refunds": this.#refundWork() };
  }

  async handle(incoming: IncomingMessage): Promise<Reply> {
    const url = new URL(incoming.url ?? "/", "http://api");
    const [, kind, id, action, ...more] = url.pathname.split("/").map(decoded);
    const { method } = incoming;
    if (more.length > 0) throw notFound(url);
    if (kind === "payments" && method === "POST" && id === undefined)
      return this.#once(incoming, "POST /payments", this.#works["POST /payments"]!);
    if (kind === "payments" && method === "POST" && action === "refunds")
      return this.#once(incoming, `POST /payments/${id}/refunds`, this.#works["POST refunds"]!);
    if (kind === "payments" && method === "POST" && action === "review")
      return this.#review(id!, await bodyOf(incoming));
    if (kind === "payments" && method === "POST" && action === "delivery") return this.#delivered(id!);
    if (kind === "payments" && method === "GET" && id !== undefined && action === undefined) return this.#show(id);
    if (kind === "payments" && method === "GET" && action === "return")
      return this.#returned(id!, url.searchParams.get("session") ?? "");
    if (kind === "wallets" && method === "GET" && id !== undefined) return this.#wallet(id);
    if (kind === "webhooks" && method === "POST") return this.#webhook(incoming);
    throw notFound(url);
  }

  /** Requests whose process died: the work is the one of their endpoint. */
  async recover(): Promise<void> {
    const { keys } = this.#merchant;
    const work: Work = {
      validate: (request) => this.#workOf(request).validate(request),
      call: (downstreamKey, request) => this.#workOf(request).call(downstreamKey, request),
      record: (session, answer, request) => this.#workOf(request).record(session, answer, request),
    };
    await keys.recover(work, 10);
    await keys.sweep(100);
  }

  #workOf({ endpoint }: PaymentRequest): Work {
    return this.#works[endpoint === "POST /payments" ? endpoint : "POST refunds"]!;
  }

  async #once(incoming: IncomingMessage, endpoint: string, work: Work): Promise<Reply> {
    const key = incoming.headers["idempotency-key"];
    if (typeof key !== "string") throw new Refused(400, "Send an Idempotency-Key: one for each payment or refund.");
    const request = { merchant: merchantOf(incoming), key, endpoint, body: await bodyOf(incoming) };
    let outcome: Awaited<ReturnType<Merchant["keys"]["handle"]>>;
    try {
      outcome = await this.#merchant.keys.handle(request, work);
    } catch (error) {
      if (error instanceof RangeError) throw new Refused(400, error.message);
      throw error;
    }
    if (outcome.kind === "conflict") return problem(422, "This Idempotency-Key belongs to another request.");
    if (outcome.kind === "in-progress") return problem(409, "The first request with this Idempotency-Key still runs.");
    return outcome.answer;
  }

  /** A payment on record, checked, and a page for its payer. */
  #paymentWork(): Work {
    return {
      validate: (request) => refusal(() => readPayment(request.body)),
      call: async (downstreamKey, request) => {
        const { amount, payer } = readPayment(request.body);
        const id = `pay_${downstreamKey}`;
        if (!this.#open.has(request.merchant)) {
          await openAccounts(this.#merchant, request.merchant);
          this.#open.add(request.merchant);
        }
        const { orders, database, stripe } = this.#merchant;
        await orders.create({ id, merchant: request.merchant, amount, currency: CURRENCY });
        const since = Date.now() - HOUR_MS;
        const { count: recent } = await database.session((session) =>
          session.query("SELECT FROM service_payments WHERE payer = $1 AND created_at >= $2", [payer, since]),
        );
        const verdict = assess({ amount, recent });
        const { order } = await orders.assess(id, verdict);
        if (verdict === "reject") return answer(201, { id, state: order!.state, page: null });
        // Without a key: a second page for a payment does no harm, only the one on record counts, and a key would keep
        // an answer 500 for a day.
        const { url, id: page } = await stripe.checkout.sessions.create({
          mode: "setup",
          success_url: `http://${HOST}:${this.#port}/payments/${id}/return?session={CHECKOUT_SESSION_ID}`,
          metadata: { purpose: `Pays ${(amount / 100).toFixed(2)} ${CURRENCY} to ${request.merchant}` },
        });
        return answer(201, { id, state: order!.state, page: url, session: page });
      },
      record: async (session, { body }, request) => {
        const {
          id,
          page,
          session: checkout = null,
        } = read<{ id: string; page: string | null; session?: string }>(body);
        await session.query(
          "INSERT INTO service_payments (id, payer, page, session, created_at) VALUES ($1, $2, $3, $4, $5)",
          [id, readPayment(request.body).payer, page, checkout, Date.now()],
        );
      },
    };
  }

  /** The refund's task is in the queue, in the transaction that stores the answer. */
  #refundWork(): Work {
    return {
      validate: (request) => refusal(() => readRefund(request.body)),
      call: async (downstreamKey, request) => {
        const { amount } = readRefund(request.body);
        const payment = request.endpoint.split("/")[2]!;
        const order = await this.#merchant.orders.get(payment);
        if (order === null || order.merchant !== request.merchant)
          return problemAnswer(404, `There is no payment ${payment}.`);
        return answer(202, { payment, refund: downstreamKey, amount });
      },
      record: async (session, { status, body }) => {
        if (status !== 202) return;
        const { payment, refund, amount } = read<{ payment: string; refund: string; amount: number }>(body);
        const task: Task = { do: "refund", refundId: refund, amount };
        await enqueue(this.#merchant, session, { id: `refund/${refund}`, payment, task });
      },
    };
  }

  async #review(id: string, body: Uint8Array): Promise<Reply> {
    const { verdict } = read<{ verdict?: unknown }>(body);
    if (verdict !== "accept" && verdict !== "reject") throw new Refused(400, 'verdict is "accept" or "reject".');
    return this.#orderReply(await this.#merchant.orders.assess(id, verdict));
  }

  async #delivered(id: string): Promise<Reply> {
    const order = await this.#require(id);
    await this.#transaction(async (session) => {
      for (const task of [{ do: "deliver" }, { do: "pay-out" }] as const)
        await enqueue(this.#merchant, session, { id: `${task.do}/${id}`, payment: id, task });
    });
    return json(202, order);
  }

  async #show(id: string): Promise<Reply> {
    const order = await this.#require(id);
    const open = order.operations.find(({ status }) => status === "open");
    const next =
      open?.kind === "authorize" ? await this.#merchant.psp.nextPage(open.reference).catch(() => null) : null;
    return json(200, { ...order, next_page: next });
  }

  /** The payer comes back from the provider's page: its answer is asked for, not believed from an address. */
  async #returned(id: string, session: string): Promise<Reply> {
    await this.#require(id);
    const { rows } = await this.#merchant.database.session((own) =>
      own.query<{ session: string | null }>("SELECT session FROM service_payments WHERE id = $1", [id]),
    );
    if (rows[0]?.session !== session || session === "") throw new Refused(404, "That is not the page of this payment.");
    const { setup_intent: setup } = await this.#merchant.stripe.checkout.sessions.retrieve(session);
    const method = (setup as unknown as { readonly payment_method: string } | null)?.payment_method;
    if (method === undefined) throw new Refused(409, "The page was not filled in yet.");
    const task: Task = { do: "authorize", method };
    await this.#transaction((own) => enqueue(this.#merchant, own, { id: `authorize/${session}`, payment: id, task }));
    return {
      status: 200,
      type: "text/html; charset=utf-8",
      body: [
        '<!doctype html><meta charset="utf-8"><title>Thank you</title>',
        `<p>Thank you. <a href="/payments/${encodeURIComponent(id)}">What became of it</a></p>\n`,
      ].join("\n"),
    };
  }

  async #wallet(account: string): Promise<Reply> {
    const found = await this.#merchant.ledger.wallet(account);
    if (found === null) throw new Refused(404, `There is no account ${account.slice(0, 100)}.`);
    return json(200, found);
  }

  /** Answered with 2xx when its effect is committed; else the provider sends it again. */
  async #webhook(incoming: IncomingMessage): Promise<Reply> {
    const body = await bodyOf(incoming);
    const verified = this.#merchant.webhook.verify(incoming.headers, body, Date.now());
    if (!verified.valid) throw new Refused(400, `The webhook is refused: ${verified.reason}.`);
    const { data } = read<ProviderEvent>(body);
    // A payment is two things of ours, its authorization and its capture: each counts once.
    for (const object of objectsOf(data.object))
      await this.#merchant.orders.webhook({ id: `${verified.id}/${object.kind}`, object });
    return { status: 204, body: "" };
  }

  #transaction(run: (session: SqlSession) => Promise<void>): Promise<void> {
    return this.#merchant.database.session((session) => inTransaction(session, run));
  }

  async #require(id: string): Promise<Order> {
    const order = isName(id) ? await this.#merchant.orders.get(id) : null;
    if (order === null) throw new Refused(404, `There is no payment ${id.slice(0, 100)}.`);
    return order;
  }

  #orderReply(result: Awaited<ReturnType<Merchant["orders"]["assess"]>>): Reply {
    if (result.status === "ok") return json(200, result.order);
    if (result.reason === "no-such-order") throw new Refused(404, "There is no such payment.");
    throw new Refused(409, `Not now: the payment is ${result.order?.state}.`);
  }
}

/** Every process runs it again after `ms`; one that fails is tried again. */
function every(ms: number, run: () => Promise<void>): { stop(): void } {
  let isOver = false;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(() => {
      run()
        .catch(report)
        .finally(() => isOver || next());
    }, ms);
  };
  next();
  return {
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

function readPayment(body: Uint8Array): { readonly amount: number; readonly payer: string } {
  const { amount, payer = "somebody" } = read<{ amount?: unknown; payer?: unknown }>(body);
  if (!isAmount(amount)) throw new Refused(400, "amount is a whole number of minor units from 1 up.");
  if (typeof payer !== "string" || !isName(payer)) throw new Refused(400, "payer is a text of 1 to 200 characters.");
  return { amount, payer };
}

function readRefund(body: Uint8Array): { readonly amount: number } {
  const { amount } = read<{ amount?: unknown }>(body);
  if (!isAmount(amount)) throw new Refused(400, "amount is a whole number of minor units from 1 up.");
  return { amount };
}

/** The provider's own limit: its clients send twelve digits at most. */
const isAmount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) < 1e12;

/** What PostgreSQL and the provider both can hold. */
const isName = (text: string): boolean => text.length >= 1 && text.length <= 200 && !/\0|\p{Surrogate}/u.test(text);

/** Null when `check` finds nothing wrong. */
function refusal(check: () => unknown): Answer | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Refused) return { status: error.reply.status, body: bytes(error.reply.body as string) };
    throw error;
  }
}

function merchantOf({ headers }: IncomingMessage): string {
  const named = headers["x-merchant"] ?? "shop";
  if (typeof named !== "string" || !/^[\w.-]{1,64}$/.test(named))
    throw new Refused(400, "x-merchant names a merchant.");
  return named;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refused(400, "The address is not URL-encoded.");
  }
}

function notFound(url: URL): Refused {
  return new Refused(404, `There is nothing at ${url.pathname.slice(0, 200)}.`);
}

async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMITS.bodyBytes) throw new Refused(413, `A body has at most ${LIMITS.bodyBytes} bytes.`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** An object of JSON. */
function read<Shape>(body: Uint8Array): Shape {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Shape;
  } catch {
    // Said below.
  }
  throw new Refused(400, "The body is an object of JSON.");
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const answer = (status: number, value: unknown): Answer => ({ status, body: bytes(`${JSON.stringify(value)}\n`) });
const problemAnswer = (status: number, detail: string): Answer => answer(status, { status, detail });

function send(outgoing: ServerResponse, { status, body, type = "application/json" }: Reply): void {
  if (outgoing.destroyed) return;
  const close = status === 413 ? { connection: "close" } : {};
  outgoing.writeHead(status, { "content-type": type, "cache-control": "no-store", ...close }).end(body);
}
