/**
 * Sends events to the merchant, signed as Standard Webhooks says, until each is answered with 2xx: at least once, in
 * no order, and for three days at real providers; here for as long as the run lasts.
 */

import { createHmac } from "node:crypto";
import type { BankEvent } from "./bank.ts";
import type { Faults } from "./faults.ts";

export interface ProviderEvent {
  readonly id: string;
  readonly object: "event";
  readonly created: number;
  readonly type: string;
  readonly data: { readonly object: BankEvent["object"] };
}

export interface WebhookSenderOptions {
  readonly url: string;
  /** `whsec_…` */
  readonly secret: string;
  readonly faults: Faults;
}

/** Of one delivery; afterwards it is tried again. Milliseconds. */
const ANSWER_MS_MAX = 5_000;
const [RETRY_MS, RETRY_MS_MAX] = [100, 5_000];
/** At once; the rest wait in line. */
const IN_FLIGHT_MAX = 8;

export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #key: Buffer;
  #made = 0;
  #inFlight = 0;
  readonly #line: (() => void)[] = [];
  readonly #waiting = new Set<NodeJS.Timeout>();
  readonly #closing = new AbortController();
  /** Copies that no 2xx has answered yet. */
  pending = 0;
  delivered = 0;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    this.#key = Buffer.from(options.secret.replace(/^whsec_/, ""), "base64");
  }

  send({ type, object }: BankEvent, nowSeconds: number): void {
    const id = `evt_${String(++this.#made).padStart(8, "0")}`;
    const event: ProviderEvent = { id, object: "event", created: nowSeconds, type, data: { object } };
    const body = JSON.stringify(event);
    for (const delayMs of this.#options.faults.nextWebhook()) {
      this.pending++;
      this.#later(delayMs, () => this.#deliver(id, body, RETRY_MS));
    }
  }

  close(): void {
    this.#closing.abort();
    for (const timer of this.#waiting) clearTimeout(timer);
  }

  #deliver(id: string, body: string, retryMs: number): void {
    const post = async (): Promise<void> => {
      this.#inFlight++;
      const isTaken = await this.#post(id, body);
      this.#inFlight--;
      this.#line.shift()?.();
      if (isTaken) {
        this.pending--;
        this.delivered++;
      } else this.#later(retryMs, () => this.#deliver(id, body, Math.min(retryMs * 2, RETRY_MS_MAX)));
    };
    if (this.#inFlight < IN_FLIGHT_MAX) void post();
    else this.#line.push(() => void post());
  }

  async #post(id: string, body: string): Promise<boolean> {
    const timestamp = Math.floor(Date.now() / 1_000);
    const signature = createHmac("sha256", this.#key).update(`${id}.${timestamp}.${body}`).digest("base64");
    try {
      const answer = await fetch(this.#options.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": `v1,${signature}`,
        },
        body,
        signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), this.#closing.signal]),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }

  #later(ms: number, run: () => void): void {
    if (this.#closing.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      run();
    }, ms);
    this.#waiting.add(timer);
  }
}
