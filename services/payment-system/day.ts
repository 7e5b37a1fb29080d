/**
 * A day of payments: payers who order, type a test card on the provider's page, come back, are asked by their bank,
 * get a part of it back; and a merchant that delivers. By HTTP alone, as browsers and shops do it.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, type Random } from "../../sim/prng.ts";
import type { Order } from "../../solutions/payment-system/payment-order.ts";
import type { Drive } from "../kit/define.ts";
import { Latencies } from "../kit/latencies.ts";
import type { Amount } from "../kit/when.ts";

export interface DayOptions {
  readonly apis: readonly URL[];
  readonly amount: Amount;
  readonly signal: AbortSignal;
  readonly seed: number;
  /** A payment has come to an end that its payer sees. */
  readonly onPayment: () => void;
}

/** What one payer saw in the end. */
export interface Seen {
  readonly id: string;
  readonly amount: number;
  readonly ends: "captured" | "declined";
}

export interface Day {
  readonly drive: Drive;
  readonly seen: readonly Seen[];
}

type PayerKind = "pays" | "declined" | "confirms" | "disputes";

/** Out of a hundred payers; the rest simply pay. */
const SHARES: readonly (readonly [PayerKind, number])[] = [
  ["declined", 5],
  ["confirms", 5],
  ["disputes", 2],
];
const CARDS: Readonly<Record<PayerKind, string>> = {
  pays: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  confirms: "4000 0025 0000 3155",
  disputes: "4000 0000 0000 0259",
};
const [REFUNDED, DELIVERED] = [0.15, 0.3];
const PAYERS = 8;
/** Nobody waits for ever. */
const PATIENCE_MS = 120_000;
/** Looked at so soon, and then less and less often. */
const [POLL_MS, POLL_MS_MAX] = [50, 1_000];
/** A dead process, a busy key, a database that is away: the same request again, with the same key. */
const AGAIN: ReadonlySet<number> = new Set([409, 500, 502, 503]);

export async function playDay(options: DayOptions): Promise<Day> {
  const { amount, signal } = options;
  const latencies = new Latencies();
  const counts = { paid: 0, declined: 0, "confirmed by 3-D Secure": 0, refunds: 0, delivered: 0, "sent again": 0 };
  const seen: Seen[] = [];
  const startedAt = performance.now();
  const random = createRandom(options.seed);
  let begun = 0;
  const isOver = (): boolean =>
    signal.aborted ||
    (amount.kind === "requests" ? begun >= amount.requests : performance.now() - startedAt >= amount.ms);
  const payer = async (): Promise<void> => {
    while (!isOver()) {
      const number = begun++;
      const visit = new Visit(options, random.fork(number), number, () => counts["sent again"]++);
      const result = await visit.pay().catch((error: Error) => {
        if (signal.aborted) return null;
        throw error;
      });
      if (result === null) return;
      latencies.record(result.ms);
      seen.push(result.seen);
      counts[result.seen.ends === "captured" ? "paid" : "declined"]++;
      counts["confirmed by 3-D Secure"] += result.isConfirmed ? 1 : 0;
      counts.refunds += result.isRefunded ? 1 : 0;
      counts.delivered += result.isDelivered ? 1 : 0;
      options.onPayment();
    }
  };
  await Promise.all(Array.from({ length: PAYERS }, payer));
  const seconds = (performance.now() - startedAt) / 1_000;
  const drive = { client: "fetch, as payers and a shop", requests: seen.length, seconds, latencies, counts };
  return { drive, seen };
}

class Visit {
  readonly #options: DayOptions;
  readonly #random: Random;
  readonly #number: number;
  readonly #onAgain: () => void;

  constructor(options: DayOptions, random: Random, number: number, onAgain: () => void) {
    this.#options = options;
    this.#random = random;
    this.#number = number;
    this.#onAgain = onAgain;
  }

  async pay() {
    const kind = this.#kind();
    const amount = this.#random.integer(100, 50_000);
    const { id, page } = await this.#ask<{ id: string; page: string }>("/payments", {
      amount,
      payer: `payer-${this.#number}`,
    });
    const startedAt = performance.now();
    const back = await this.#fill(page, CARDS[kind]);
    await this.#get(new URL(back).pathname + new URL(back).search);
    const order = await this.#settled(id);
    const ms = performance.now() - startedAt;
    const isPaid = order.captured > 0;
    const isRefunded = isPaid && kind !== "disputes" && this.#random.chance(REFUNDED);
    if (isRefunded) await this.#ask(`/payments/${id}/refunds`, { amount: this.#random.integer(1, amount) });
    const isDelivered = isPaid && kind === "pays" && !isRefunded && this.#random.chance(DELIVERED);
    if (isDelivered) await this.#ask(`/payments/${id}/delivery`, {});
    const seen: Seen = { id, amount, ends: isPaid ? "captured" : "declined" };
    return { seen, ms, isConfirmed: kind === "confirms" && isPaid, isRefunded, isDelivered };
  }

  #kind(): PayerKind {
    let draw = this.#random.integer(1, 100);
    for (const [kind, share] of SHARES) {
      if (draw <= share) return kind;
      draw -= share;
    }
    return "pays";
  }

  /** The page sends the payer back to the shop: where to. */
  async #fill(page: string, number: string): Promise<string> {
    for (;;) {
      const { signal } = this.#options;
      const html = await (await fetch(page, { signal })).text();
      const form = new URLSearchParams({ nonce: nonceIn(html), number, expires: "12/39", code: "123" });
      const sent = await fetch(page, { method: "POST", body: form, redirect: "manual", signal });
      await sent.arrayBuffer();
      const location = sent.headers.get("location");
      if (location !== null) return location;
    }
  }

  /** Until the payer can see how it has ended; on the way the bank may ask. */
  async #settled(id: string): Promise<Order> {
    const { signal } = this.#options;
    const until = performance.now() + PATIENCE_MS;
    let isAnswered = false;
    for (let pollMs = POLL_MS; performance.now() < until; pollMs = Math.min(pollMs * 1.5, POLL_MS_MAX)) {
      const order = await this.#get<Order & { readonly next_page: string | null }>(`/payments/${id}`);
      const isDeclined = order.state === "ready" && order.operations.some(({ status }) => status === "declined");
      if (order.captured > 0 || isDeclined) return order;
      if (order.next_page !== null && !isAnswered) {
        const nonce = nonceIn(await (await fetch(order.next_page, { signal })).text());
        const yes = new URLSearchParams({ nonce, answer: "yes" });
        await (await fetch(order.next_page, { method: "POST", body: yes, signal })).arrayBuffer();
        isAnswered = true;
      }
      await sleep(pollMs, undefined, { signal });
    }
    throw new Error(`payment ${id} has not ended within ${PATIENCE_MS / 1_000} s`);
  }

  #get<Shape>(path: string): Promise<Shape> {
    return this.#send<Shape>(path, {});
  }

  #ask<Shape>(path: string, body: object): Promise<Shape> {
    const headers = { "idempotency-key": randomUUID(), "content-type": "application/json" };
    return this.#send<Shape>(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #send<Shape>(path: string, init: RequestInit): Promise<Shape> {
    const { apis, signal } = this.#options;
    const until = performance.now() + PATIENCE_MS;
    for (let turn = this.#number; performance.now() < until; turn++) {
      try {
        const answer = await fetch(new URL(path, apis[turn % apis.length]), { ...init, signal });
        const text = await answer.text();
        if (answer.ok) return (answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text) as Shape;
        if (!AGAIN.has(answer.status)) throw new Wrong(`${path}: ${answer.status} ${text.slice(0, 300)}`);
      } catch (error) {
        if (error instanceof Wrong || signal.aborted) throw error;
      }
      this.#onAgain();
      await sleep(50, undefined, { signal });
    }
    throw new Error(`${path} was not answered within ${PATIENCE_MS / 1_000} s`);
  }
}

/** An answer that says that the request is wrong: to send it again is no use. */
class Wrong extends Error {}

function nonceIn(html: string): string {
  return /name="nonce" value="([^"]+)"/.exec(html)?.[1] ?? "";
}
