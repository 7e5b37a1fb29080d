/**
 * A provider with Stripe's API as a `Psp`, by Stripe's own npm client. Every request carries our reference twice: as
 * its idempotency key, and in the object that it makes, so that `lookup` finds it when the key is forgotten.
 */

import Stripe from "stripe";
import type {
  AuthorizeRequest,
  CaptureRequest,
  PayoutRequest,
  Psp,
  PspObject,
  PspRequest,
  RefundRequest,
} from "../../given/payment-system/psp.ts";
import type * as bank from "./psp/bank.ts";

export interface StripePspOptions {
  readonly host: string;
  readonly port: number;
  readonly apiKey: string;
  /** Of one request; afterwards its outcome is unknown. */
  readonly timeoutMs: number;
}

/** Of Stripe's answers, what this adapter reads; the provider of this service says the same and a little more. */
type Intent = Pick<bank.Intent, "id" | "amount" | "amount_received" | "currency" | "metadata" | "status"> &
  Partial<Pick<bank.Intent, "amount_disputed" | "capture_before" | "next_action">>;
type Refund = Pick<bank.Refund, "amount" | "currency" | "metadata" | "status">;
type Transfer = Pick<bank.Transfer, "amount" | "currency" | "metadata">;

export function stripeClient({ host, port, apiKey, timeoutMs }: StripePspOptions): Stripe {
  return new Stripe(apiKey, {
    host,
    port,
    protocol: "http",
    timeout: timeoutMs,
    // Whoever calls decides about retries, and asks first.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

export class StripePsp implements Psp {
  readonly #stripe: Stripe;

  constructor(stripe: Stripe) {
    this.#stripe = stripe;
  }

  async authorize({ reference, amount, currency, method }: AuthorizeRequest): Promise<PspObject> {
    const params = {
      amount,
      currency: currency.toLowerCase(),
      payment_method: method,
      capture_method: "manual",
      confirm: true,
      metadata: { reference },
    } as const;
    const made = async () => this.#stripe.paymentIntents.create(params, { idempotencyKey: reference });
    return authorization(reference, await declinedToo(made));
  }

  async capture({ reference, authorization, amount }: CaptureRequest): Promise<PspObject> {
    const held = await this.#intentWith("reference", authorization);
    if (held === null) throw new Error(`the provider knows no authorization ${authorization}`);
    const params = { amount_to_capture: amount, metadata: { capture: reference } };
    try {
      const captured = await this.#stripe.paymentIntents.capture(held.id, params, { idempotencyKey: reference });
      return capture(reference, captured as unknown as Intent);
    } catch (error) {
      return refusedForGood(error, { reference, amount, currency: held.currency.toUpperCase() }, "capture");
    }
  }

  async refund({ reference, capture, amount, currency }: RefundRequest): Promise<PspObject> {
    const paid = await this.#intentWith("capture", capture);
    if (paid === null) throw new Error(`the provider knows no capture ${capture}`);
    const params = { payment_intent: paid.id, amount, metadata: { reference } };
    try {
      return refund(reference, (await this.#stripe.refunds.create(params, { idempotencyKey: reference })) as Refund);
    } catch (error) {
      return refusedForGood(error, { reference, amount, currency }, "refund");
    }
  }

  async payout({ reference, merchant, amount, currency }: PayoutRequest): Promise<PspObject> {
    const params = {
      amount,
      currency: currency.toLowerCase(),
      destination: merchant,
      transfer_group: reference,
      metadata: { reference },
    };
    try {
      return payout(reference, await this.#stripe.transfers.create(params, { idempotencyKey: reference }));
    } catch (error) {
      return refusedForGood(error, { reference, amount, currency }, "payout");
    }
  }

  async lookup(reference: string): Promise<PspObject | null> {
    const held = await this.#intentWith("reference", reference);
    if (held !== null) return authorization(reference, held);
    const captured = await this.#intentWith("capture", reference);
    if (captured !== null) return capture(reference, captured);
    const { data: transfers } = await this.#stripe.transfers.list({ transfer_group: reference, limit: 1 });
    if (transfers[0] !== undefined) return payout(reference, transfers[0]);
    // Stripe searches payments and not refunds: they are gone through, the newest first.
    for await (const each of this.#stripe.refunds.list({ limit: 100 }))
      if (each.metadata?.reference === reference) return refund(reference, each as Refund);
    return null;
  }

  /** The payer's next page, where the bank wants to hear from the payer; null where it does not. */
  async nextPage(reference: string): Promise<string | null> {
    return (await this.#intentWith("reference", reference))?.next_action?.redirect_to_url.url ?? null;
  }

  async #intentWith(key: "reference" | "capture", value: string): Promise<Intent | null> {
    const query = `metadata["${key}"]:"${value.replace(/["\\]/g, "\\$&")}"`;
    const { data } = await this.#stripe.paymentIntents.search({ query, limit: 1 });
    return (data[0] as unknown as Intent | undefined) ?? null;
  }
}

/**
 * What an event of the provider is about, as the objects of the interface: a payment is up to two of them, its
 * authorization and its capture. Empty for what concerns no request of ours.
 */
export function objectsOf(object: bank.BankEvent["object"]): readonly PspObject[] {
  const { reference, capture: captured } = (object as { readonly metadata?: bank.Metadata }).metadata ?? {};
  if (object.object === "payment_intent") {
    return [
      ...(reference === undefined ? [] : [authorization(reference, object)]),
      ...(captured === undefined ? [] : [capture(captured, object)]),
    ];
  }
  if (reference === undefined) return [];
  if (object.object === "refund") return [refund(reference, object)];
  return object.object === "transfer" ? [payout(reference, object)] : [];
}

function authorization(reference: string, intent: Intent): PspObject {
  const { amount, currency, status, capture_before = null } = intent;
  // A hold that was canceled or has lapsed was held before; `captureBefore` says that it is gone.
  const wasHeld = capture_before !== null;
  return {
    reference,
    kind: "authorize",
    status: wasHeld
      ? "succeeded"
      : status === "requires_payment_method" || status === "canceled"
        ? "declined"
        : "pending",
    amount,
    currency: currency.toUpperCase(),
    captureBefore: wasHeld ? capture_before * 1_000 : null,
    chargedBack: 0,
  };
}

function capture(reference: string, { amount_received, amount_disputed = 0, currency, status }: Intent): PspObject {
  return {
    reference,
    kind: "capture",
    status: status === "succeeded" ? "succeeded" : "pending",
    amount: amount_received,
    currency: currency.toUpperCase(),
    captureBefore: null,
    chargedBack: amount_disputed,
  };
}

const refund = (reference: string, made: Refund): PspObject => done("refund", reference, made);
const payout = (reference: string, made: Transfer): PspObject => done("payout", reference, made);

function done(kind: PspObject["kind"], reference: string, made: Pick<Transfer, "amount" | "currency">): PspObject {
  const { amount, currency } = made;
  const none = { captureBefore: null, chargedBack: 0 };
  return { reference, kind, status: "succeeded", amount, currency: currency.toUpperCase(), ...none };
}

/** A decline is a 402 with the payment in it: an answer, and no failure. */
async function declinedToo(make: () => Promise<unknown>): Promise<Intent> {
  try {
    return (await make()) as Intent;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError && error.payment_intent !== undefined)
      return error.payment_intent as unknown as Intent;
    throw error;
  }
}

/** What the provider will never do is `declined`; anything else says nothing about the effect. */
function refusedForGood(error: unknown, request: PspRequest, kind: PspObject["kind"]): PspObject {
  const isFinal = error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400;
  if (!isFinal) throw error;
  const { reference, amount, currency } = request;
  return { reference, kind, status: "declined", amount, currency, captureBefore: null, chargedBack: 0 };
}
