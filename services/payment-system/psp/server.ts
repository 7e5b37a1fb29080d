/**
 * A payment service provider that moves no money, as an HTTP server: an API close enough to Stripe's for its npm
 * client, and hosted pages for the payer. What goes wrong on the way is `faults.ts`.
 */

import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bank, Intent, Session } from "./bank.ts";
import { cardOf, isCardNumber } from "./cards.ts";
import type { Fate, Faults } from "./faults.ts";
import { type FormObject, readForm, textOf } from "./form.ts";
import { type Answer, Keys } from "./keys.ts";
import { confirmPage, PAGE_HEADERS, payPage, wordsPage } from "./page.ts";
import { invalid, missing, Problem } from "./problem.ts";

export interface ProviderOptions {
  readonly bank: Bank;
  readonly faults: Faults;
  /** What the merchant's client says in `Authorization`. */
  readonly apiKey: string;
  readonly nowMs: () => number;
  /** How late an answer is that comes late. */
  readonly slowMs: number;
  readonly onRequest?: (ms: number) => void;
}

const LIMITS = {
  headerBytes: 8_192,
  bodyBytes: 65_536,
  headersMs: 3_000,
  requestMs: 10_000,
  connections: 1_024,
  /** Of a list. */
  page: 100,
} as const;

export function createProvider(options: ProviderOptions): Server {
  const pages = new Pages(options);
  const api = new Api(options);
  const server = createServer({
    maxHeaderSize: LIMITS.headerBytes,
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    connectionsCheckingInterval: 500,
    // Longer than a client keeps a connection: otherwise it writes into one that has just been closed.
    keepAliveTimeout: 60_000,
  });
  server.maxConnections = LIMITS.connections;
  server.on("request", (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://provider");
    const handled = url.pathname.startsWith("/v1/")
      ? api.handle(incoming, outgoing, url)
      : pages.handle(incoming, outgoing, url);
    handled.catch((error: Error) => answer(outgoing, answerTo(error)));
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  server.on("upgrade", (_incoming, socket: Socket) => void socket.destroy());
  return server;
}

class Api {
  readonly #options: ProviderOptions;
  readonly #keys = new Keys();

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  async handle(incoming: IncomingMessage, outgoing: ServerResponse, url: URL): Promise<void> {
    const startedAt = performance.now();
    outgoing.once("close", () => this.#options.onRequest?.(performance.now() - startedAt));
    const body = await bodyOf(incoming);
    // Both come before the idempotency layer: nothing is kept.
    this.#authenticate(incoming);
    const fate = this.#options.faults.nextRequest();
    const result = fate === "refused" ? broken(503) : await this.#answer(incoming, url, body, fate);
    if (fate === "slow") await sleep(this.#options.slowMs);
    if (fate === "lost") outgoing.destroy();
    else answer(outgoing, result);
  }

  /** Problems become answers here: what is lost or late on the way is lost or late whatever it says. */
  async #answer(incoming: IncomingMessage, url: URL, body: string, fate: Fate): Promise<Answer> {
    try {
      const { method } = incoming;
      if (method === "GET") {
        const found = { status: 200, body: this.#read(url) };
        return fate === "broken" ? broken(500) : found;
      }
      if (method !== "POST")
        throw new Problem(405, { type: "invalid_request_error", message: `${method} is not used` });
      const execute = async (): Promise<Answer> => {
        const done = { status: 200, body: this.#write(url.pathname, readForm(body)) };
        return fate === "broken" ? broken(500) : done;
      };
      const key = incoming.headers["idempotency-key"];
      if (typeof key !== "string") return await execute();
      return await this.#keys.once(key, `${url.pathname}\n${body}`, this.#options.nowMs(), execute);
    } catch (error) {
      return answerTo(error as Error);
    }
  }

  #authenticate(incoming: IncomingMessage): void {
    const said = Buffer.from(incoming.headers.authorization ?? "");
    const right = Buffer.from(`Bearer ${this.#options.apiKey}`);
    if (said.length === right.length && timingSafeEqual(said, right)) return;
    throw new Problem(401, { type: "invalid_request_error", message: "Invalid API Key provided." });
  }

  #write(path: string, form: FormObject): unknown {
    const { bank } = this.#options;
    const now = seconds(this.#options.nowMs());
    const [, , kind, id, action] = path.split("/");
    if (kind === "payment_intents" && id === undefined) return bank.createIntent(form, now);
    if (kind === "payment_intents" && action === "confirm") return bank.confirm(id!, form, now);
    if (kind === "payment_intents" && action === "capture") return bank.capture(id!, form, now);
    if (kind === "payment_intents" && action === "cancel") return bank.cancel(id!, now);
    if (kind === "refunds" && id === undefined) return bank.createRefund(form, now);
    if (kind === "transfers" && id === undefined) return bank.createTransfer(form, now);
    if (path === "/v1/checkout/sessions") return bank.createSession(form, now);
    throw unknownPath("POST", path);
  }

  #read(url: URL): unknown {
    const { bank } = this.#options;
    const now = seconds(this.#options.nowMs());
    const path = url.pathname;
    const query = readForm(url.search.slice(1));
    const [, , kind, id] = path.split("/");
    if (path === "/v1/payment_intents/search") return searched(bank, query, now);
    if (kind === "payment_intents" && id !== undefined) return bank.intentAt(id, now);
    if (kind === "checkout" && path.split("/").length === 5) return bank.session(path.split("/")[4]!, now);
    if (path === "/v1/payment_intents") return list([...bank.intents.values()], query, path);
    if (path === "/v1/refunds") {
      const about = textOf(query, "payment_intent");
      return list(
        [...bank.refunds.values()].filter((each) => about === undefined || each.payment_intent === about),
        query,
        path,
      );
    }
    if (path === "/v1/transfers") {
      const group = textOf(query, "transfer_group");
      return list(
        [...bank.transfers.values()].filter((each) => group === undefined || each.transfer_group === group),
        query,
        path,
      );
    }
    if (path === "/v1/balance_transactions") return list(bank.settlement, query, path);
    throw unknownPath("GET", path);
  }
}

/** Newest first, as Stripe lists. */
function list(all: readonly { readonly id: string }[], query: FormObject, url: string): unknown {
  const limit = Number(textOf(query, "limit") ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.page) throw invalid("limit is from 1 to 100", "limit");
  const newest = all.toReversed();
  const after = textOf(query, "starting_after");
  const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) throw missing("object", after);
  return { object: "list", url, data: newest.slice(from, from + limit), has_more: newest.length > from + limit };
}

/** Of Stripe's query language, one clause: `metadata["key"]:"value"`. */
function searched(bank: Bank, query: FormObject, now: number): unknown {
  const text = textOf(query, "query") ?? "";
  const clause = /^metadata\[(["'])([^"']{1,40})\1\]:(["'])((?:[^"'\\]|\\.){0,500})\3$/.exec(text);
  if (clause === null) throw invalid('This provider searches by one clause: metadata["key"]:"value"', "query");
  const [key, value] = [clause[2]!, clause[4]!.replace(/\\(.)/g, "$1")];
  const found = [...bank.intents.values()].filter(
    ({ metadata }) => Object.hasOwn(metadata, key) && metadata[key] === value,
  );
  const data = found.map(({ id }) => bank.intentAt(id, now));
  return { object: "search_result", url: "/v1/payment_intents/search", data, has_more: false, next_page: null };
}

/** How long a page that was shown may be filled in. */
const NONCE_MS = 30 * 60_000;
/** Shown and not filled in; the oldest goes when there are more. */
const NONCES_MAX = 10_000;

class Pages {
  readonly #options: ProviderOptions;
  readonly #nonces = new Map<string, { readonly of: string; readonly untilMs: number }>();

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  async handle(incoming: IncomingMessage, outgoing: ServerResponse, url: URL): Promise<void> {
    const [, page, id = "", ...more] = url.pathname.split("/");
    const form = incoming.method === "POST" ? readForm(await bodyOf(incoming)) : null;
    try {
      if (more.length > 0 || (form === null && incoming.method !== "GET"))
        throw unknownPath(incoming.method, url.pathname);
      if (page === "pay") reply(outgoing, this.#pay(this.#options.bank.session(id, this.#now()), form));
      else if (page === "3ds") reply(outgoing, this.#confirm(this.#options.bank.intent(id), form));
      else throw unknownPath(incoming.method, url.pathname);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      reply(outgoing, show(error.status, wordsPage("That did not work", error.message)));
    }
  }

  #pay(session: Session, form: FormObject | null): Reply {
    const ask = (problem?: string): Reply =>
      show(
        problem === undefined ? 200 : 422,
        payPage({
          action: `/pay/${session.id}`,
          nonce: this.#nonceFor(session.id),
          cancelUrl: session.cancel_url,
          purpose: session.metadata.purpose ?? "A payment",
          ...(problem === undefined ? {} : { problem }),
        }),
      );
    if (session.status === "complete") return redirect(returnUrl(session));
    if (session.status === "expired") return show(410, wordsPage("Too late", "This page has expired."));
    if (form === null) return ask();
    if (!this.#spend(textOf(form, "nonce") ?? "", session.id))
      return ask("This page was sent already, or is too old. Please type it again.");
    const number = textOf(form, "number") ?? "";
    if (!isCardNumber(number)) return ask("That is not the number of a card: one of its digits is wrong.");
    const card = cardOf(number);
    if (card === null) return ask("This provider knows test cards only; they are listed below.");
    const when = /^(0[1-9]|1[0-2])\s*\/\s*(\d\d)$/.exec((textOf(form, "expires") ?? "").trim());
    if (when === null || isPast(Number(when[1]), 2_000 + Number(when[2]), this.#options.nowMs()))
      return ask("The card has expired, or that is no month: MM/YY.");
    if (!/^\d{3,4}$/.test(textOf(form, "code") ?? "")) return ask("The security code has three or four digits.");
    // A card that asks for 3-D Secure asks when it is charged, for that payment.
    return redirect(returnUrl(this.#options.bank.complete(session.id, card.fate, this.#now())));
  }

  #confirm(intent: Intent, form: FormObject | null): Reply {
    if (form === null || intent.status !== "requires_action") {
      if (intent.status !== "requires_action")
        return show(200, wordsPage("Thank you", "There is nothing left to confirm. Go back to the shop."));
      return show(200, confirmPage({ action: `/3ds/${intent.id}`, nonce: this.#nonceFor(intent.id) }));
    }
    if (!this.#spend(textOf(form, "nonce") ?? "", intent.id))
      return show(200, confirmPage({ action: `/3ds/${intent.id}`, nonce: this.#nonceFor(intent.id) }));
    if (textOf(form, "answer") === "yes") {
      this.#options.bank.authenticate(intent.id, this.#now());
      return show(200, wordsPage("Thank you", "Your bank has your answer. Go back to the shop."));
    }
    this.#options.bank.cancel(intent.id, this.#now());
    return show(200, wordsPage("Not paid", "Nothing was charged."));
  }

  #now(): number {
    return seconds(this.#options.nowMs());
  }

  #nonceFor(of: string): string {
    const nonce = randomBytes(16).toString("base64url");
    if (this.#nonces.size >= NONCES_MAX) this.#nonces.delete(this.#nonces.keys().next().value!);
    this.#nonces.set(nonce, { of, untilMs: this.#options.nowMs() + NONCE_MS });
    return nonce;
  }

  /** Each is good for one form, of the page that it was made for. */
  #spend(nonce: string, of: string): boolean {
    const known = this.#nonces.get(nonce);
    this.#nonces.delete(nonce);
    return known?.of === of && this.#options.nowMs() < known.untilMs;
  }
}

const returnUrl = ({ success_url, id }: Session): string => success_url.replaceAll("{CHECKOUT_SESSION_ID}", id);

function isPast(month: number, year: number, nowMs: number): boolean {
  return Date.UTC(year, month) <= nowMs;
}

type Reply = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly html: string };

const show = (status: number, html: string): Reply => ({ status, headers: PAGE_HEADERS, html });

const redirect = (location: string): Reply => ({
  status: 303,
  headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  html: "",
});

function reply(outgoing: ServerResponse, { status, headers, html }: Reply): void {
  outgoing.writeHead(status, headers).end(html);
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.bodyBytes)
      throw new Problem(413, {
        type: "invalid_request_error",
        message: `a body has at most ${LIMITS.bodyBytes} bytes`,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(outgoing: ServerResponse, { status, body }: Answer): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  const close = status === 413 ? { connection: "close" } : {};
  outgoing.writeHead(status, { "content-type": "application/json", ...close }).end(JSON.stringify(body));
}

function answerTo(error: Error): Answer {
  if (error instanceof Problem) return { status: error.status, body: error.body };
  return broken(500);
}

const broken = (status: 500 | 503): Answer => ({
  status,
  body: { error: { type: "api_error", message: "Something went wrong on the provider's side." } },
});

function unknownPath(method: string | undefined, path: string): Problem {
  const message = `Unrecognized request URL (${method}: ${path.slice(0, 200)}).`;
  return new Problem(404, { type: "invalid_request_error", message });
}

const seconds = (ms: number): number => Math.floor(ms / 1_000);
