/**
 * The provider's own books: payment methods, payments, refunds, transfers, disputes, and the lines of its settlement
 * report. No clock, no sockets, no faults: what it is asked it does, once for each call.
 *
 * Shapes and states are those of Stripe's API as far as the course uses them (docs.stripe.com/api).
 */

import { type CardFate, TEST_CARDS } from "./cards.ts";
import { amountOf, currencyOf, type FormObject, metadataOf, required, textOf } from "./form.ts";
import { invalid, missing, Problem, unexpectedState } from "./problem.ts";

export type IntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "requires_capture"
  | "succeeded"
  | "canceled";

export type Metadata = Readonly<Record<string, string>>;

export interface Intent {
  readonly id: string;
  readonly object: "payment_intent";
  readonly amount: number;
  readonly amount_capturable: number;
  readonly amount_received: number;
  /** Beside Stripe's fields: what disputes have taken back of it. */
  readonly amount_disputed: number;
  readonly capture_method: "automatic" | "manual";
  /** Seconds, of the hold; null while there is none. At Stripe it stands in the charge. */
  readonly capture_before: number | null;
  readonly created: number;
  readonly currency: string;
  readonly last_payment_error: { readonly code: string; readonly message: string } | null;
  readonly metadata: Metadata;
  readonly next_action: { readonly type: "redirect_to_url"; readonly redirect_to_url: { readonly url: string } } | null;
  readonly payment_method: string | null;
  readonly status: IntentStatus;
}

export interface Refund {
  readonly id: string;
  readonly object: "refund";
  readonly amount: number;
  readonly created: number;
  readonly currency: string;
  readonly metadata: Metadata;
  readonly payment_intent: string;
  readonly status: "succeeded";
}

export interface Transfer {
  readonly id: string;
  readonly object: "transfer";
  readonly amount: number;
  readonly created: number;
  readonly currency: string;
  readonly destination: string;
  readonly metadata: Metadata;
  readonly transfer_group: string | null;
}

export interface Session {
  readonly id: string;
  readonly object: "checkout.session";
  readonly cancel_url: string | null;
  readonly created: number;
  readonly metadata: Metadata;
  readonly mode: "setup";
  /** What the page took, once the payer has filled it in. */
  readonly setup_intent: { readonly object: "setup_intent"; readonly payment_method: string } | null;
  readonly status: "open" | "complete" | "expired";
  readonly success_url: string;
  /** Where to send the payer. */
  readonly url: string;
}

export interface Dispute {
  readonly id: string;
  readonly object: "dispute";
  readonly amount: number;
  readonly created: number;
  readonly currency: string;
  readonly payment_intent: string;
  readonly status: "lost";
}

/** One line of the settlement report. `amount` from the merchant's side: negative leaves. */
export interface BalanceTransaction {
  readonly id: string;
  readonly object: "balance_transaction";
  readonly amount: number;
  readonly created: number;
  readonly currency: string;
  readonly fee: number;
  readonly net: number;
  /** The payment, refund, dispute or transfer that it is about. */
  readonly source: string;
  readonly type: "charge" | "refund" | "adjustment" | "transfer";
  /** Beside Stripe's fields: the merchant's reference for the request, which real reports carry as metadata columns. */
  readonly reference: string | null;
}

export interface BankEvent {
  readonly type: string;
  readonly object: Intent | Refund | Transfer | Dispute;
}

export interface BankOptions {
  readonly onEvent: (event: BankEvent) => void;
  /** Where the provider's pages are, without a slash at the end. */
  readonly pagesAt: string;
  /** Lets nobody guess a page's address. */
  readonly random: () => string;
}

/** A hold made by the payer on a page: seven days, as for card-not-present at Stripe. Seconds. */
export const HOLD_SECONDS = 7 * 86_400;
const SESSION_SECONDS = 24 * 3_600;

/** 2.9 % and 30 minor units, rounded half up: the price list of a typical provider. */
export function feeOf(amount: number): number {
  return Math.floor((amount * 29 + 500) / 1_000) + 30;
}

export class Bank {
  readonly intents = new Map<string, Intent>();
  readonly refunds = new Map<string, Refund>();
  readonly transfers = new Map<string, Transfer>();
  readonly sessions = new Map<string, Session>();
  readonly disputes = new Map<string, Dispute>();
  readonly settlement: BalanceTransaction[] = [];
  /** Payment methods beside the test cards' tokens: what became of a number that was typed in. */
  readonly #methods = new Map<string, CardFate>(TEST_CARDS.map(({ token, fate }) => [token, fate]));
  readonly #options: BankOptions;
  #made = 0;

  constructor(options: BankOptions) {
    this.#options = options;
  }

  // --- payments

  createIntent(form: FormObject, now: number): Intent {
    const [amount, currency] = [amountOf(form, "amount"), currencyOf(form)];
    const method = textOf(form, "capture_method") ?? "automatic";
    if (method !== "automatic" && method !== "manual") throw invalid(`capture_method is ${method}`, "capture_method");
    const metadata = metadataOf(form);
    const paying = textOf(form, "payment_method") ?? null;
    if (paying !== null) this.#fateOf(paying);
    const intent: Intent = {
      id: this.#id("pi"),
      object: "payment_intent",
      amount,
      amount_capturable: 0,
      amount_received: 0,
      amount_disputed: 0,
      capture_method: method,
      capture_before: null,
      created: now,
      currency,
      last_payment_error: null,
      metadata,
      next_action: null,
      payment_method: paying,
      status: paying === null ? "requires_payment_method" : "requires_confirmation",
    };
    this.#keep(intent, "payment_intent.created");
    return textOf(form, "confirm") === "true" ? this.confirm(intent.id, {}, now) : intent;
  }

  /** @throws Problem 402 when the card is declined: the intent may then be confirmed with another one */
  confirm(id: string, form: FormObject, now: number): Intent {
    const intent = this.intent(id);
    if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status))
      throw unexpectedState(`This PaymentIntent's status is ${intent.status}; it cannot be confirmed.`);
    const method = textOf(form, "payment_method") ?? intent.payment_method;
    if (method === null) throw unexpectedState("You cannot confirm this PaymentIntent: it has no payment method.");
    const fate = this.#fateOf(method);
    if (fate === "declines" || fate === "insufficient-funds") this.#decline(intent, method, fate);
    if (fate === "asks-for-3ds") {
      const url = `${this.#options.pagesAt}/3ds/${intent.id}`;
      const next_action = { type: "redirect_to_url", redirect_to_url: { url } } as const;
      const asked: Intent = { ...intent, payment_method: method, next_action, status: "requires_action" };
      return this.#keep(asked, "payment_intent.requires_action");
    }
    return this.#hold({ ...intent, payment_method: method }, now);
  }

  /** The payer has said yes on the page of 3-D Secure. */
  authenticate(id: string, now: number): Intent {
    const intent = this.intent(id);
    if (intent.status !== "requires_action") return intent;
    return this.#hold({ ...intent, next_action: null }, now);
  }

  capture(id: string, form: FormObject, now: number): Intent {
    const intent = this.#lapsed(this.intent(id), now);
    if (intent.status !== "requires_capture")
      throw unexpectedState(`This PaymentIntent could not be captured because it has a status of ${intent.status}.`);
    const amount = form.amount_to_capture === undefined ? intent.amount : amountOf(form, "amount_to_capture");
    if (amount > intent.amount_capturable) throw invalid("amount_to_capture is more than is held", "amount_to_capture");
    const metadata = { ...intent.metadata, ...metadataOf(form) };
    return this.#charge({ ...intent, metadata }, amount, metadata.capture ?? metadata.reference ?? null, now);
  }

  cancel(id: string, now: number): Intent {
    const intent = this.#lapsed(this.intent(id), now);
    if (intent.status === "succeeded" || intent.status === "canceled")
      throw unexpectedState(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`);
    return this.#keep(
      { ...intent, amount_capturable: 0, status: "canceled", next_action: null },
      "payment_intent.canceled",
    );
  }

  // --- what comes after a charge

  createRefund(form: FormObject, now: number): Refund {
    const intent = this.intent(required(form, "payment_intent"));
    const taken = [...this.refunds.values()].filter(({ payment_intent }) => payment_intent === intent.id);
    const left = intent.amount_received - intent.amount_disputed - taken.reduce((sum, { amount }) => sum + amount, 0);
    const amount = form.amount === undefined ? left : amountOf(form, "amount");
    if (intent.status !== "succeeded") throw unexpectedState("This PaymentIntent has no charge to refund.");
    if (amount > left || amount === 0)
      throw unexpectedState(
        `Refund amount (${amount}) is greater than unrefunded amount (${left})`,
        "charge_already_refunded",
      );
    const metadata = metadataOf(form);
    const { currency } = intent;
    const refund: Refund = {
      id: this.#id("re"),
      object: "refund",
      amount,
      created: now,
      currency,
      metadata,
      payment_intent: intent.id,
      status: "succeeded",
    };
    this.refunds.set(refund.id, refund);
    this.#settle("refund", -amount, 0, refund, metadata.reference ?? null, now);
    this.#options.onEvent({ type: "refund.created", object: refund });
    return refund;
  }

  createTransfer(form: FormObject, now: number): Transfer {
    const transfer: Transfer = {
      id: this.#id("tr"),
      object: "transfer",
      amount: amountOf(form, "amount"),
      created: now,
      currency: currencyOf(form),
      destination: required(form, "destination"),
      metadata: metadataOf(form),
      transfer_group: textOf(form, "transfer_group") ?? null,
    };
    this.transfers.set(transfer.id, transfer);
    const reference = transfer.metadata.reference ?? transfer.transfer_group;
    this.#settle("transfer", -transfer.amount, 0, transfer, reference, now);
    this.#options.onEvent({ type: "transfer.created", object: transfer });
    return transfer;
  }

  /** The payer's bank takes back what is left of a charge. Null when nothing is. */
  dispute(id: string, now: number): Dispute | null {
    const intent = this.intent(id);
    const refunded = [...this.refunds.values()]
      .filter(({ payment_intent }) => payment_intent === id)
      .reduce((sum, { amount }) => sum + amount, 0);
    const amount = intent.amount_received - intent.amount_disputed - refunded;
    if (intent.status !== "succeeded" || amount <= 0) return null;
    const { currency } = intent;
    const dispute: Dispute = {
      id: this.#id("du"),
      object: "dispute",
      amount,
      created: now,
      currency,
      payment_intent: id,
      status: "lost",
    };
    this.disputes.set(dispute.id, dispute);
    const reference = intent.metadata.capture ?? intent.metadata.reference ?? null;
    this.#settle("adjustment", -amount, 0, dispute, reference, now);
    this.#keep({ ...intent, amount_disputed: intent.amount_disputed + amount }, null);
    this.#options.onEvent({ type: "charge.dispute.created", object: this.intent(id) });
    return dispute;
  }

  /** Payments whose payer will dispute them: the server decides when. */
  isDisputed({ payment_method, status, amount_disputed }: Intent): boolean {
    return status === "succeeded" && amount_disputed === 0 && this.#methods.get(payment_method ?? "") === "disputed";
  }

  // --- the hosted page

  createSession(form: FormObject, now: number): Session {
    if (textOf(form, "mode") !== "setup")
      throw invalid("This provider's pages only take cards: mode is setup.", "mode");
    const id = `cs_${this.#options.random()}`;
    const session: Session = {
      id,
      object: "checkout.session",
      cancel_url: textOf(form, "cancel_url") ?? null,
      created: now,
      metadata: metadataOf(form),
      mode: "setup",
      setup_intent: null,
      status: "open",
      success_url: pageOf(form, "success_url"),
      url: `${this.#options.pagesAt}/pay/${id}`,
    };
    this.sessions.set(id, session);
    return session;
  }

  session(id: string, now: number): Session {
    const session = this.sessions.get(id);
    if (session === undefined) throw missing("checkout.session", id);
    if (session.status !== "open" || now < session.created + SESSION_SECONDS) return session;
    const expired: Session = { ...session, status: "expired" };
    this.sessions.set(id, expired);
    return expired;
  }

  /** The payer has typed a card in; of 3-D Secure the page has asked already. Once only. */
  complete(id: string, fate: CardFate, now: number): Session {
    const session = this.session(id, now);
    if (session.status !== "open") throw unexpectedState(`This page was ${session.status} already.`, "session_closed");
    const method = this.#id("pm");
    this.#methods.set(method, fate);
    const done: Session = {
      ...session,
      setup_intent: { object: "setup_intent", payment_method: method },
      status: "complete",
    };
    this.sessions.set(id, done);
    return done;
  }

  // --- asking

  intent(id: string): Intent {
    const intent = this.intents.get(id);
    if (intent === undefined) throw missing("payment_intent", id);
    return intent;
  }

  /** As `intent`, with a hold that has lapsed by now. */
  intentAt(id: string, now: number): Intent {
    return this.#lapsed(this.intent(id), now);
  }

  // --- internal

  #fateOf(method: string): CardFate {
    const fate = this.#methods.get(method);
    if (fate === undefined) throw missing("PaymentMethod", method);
    return fate;
  }

  #decline(intent: Intent, method: string, fate: CardFate): never {
    const decline_code = fate === "declines" ? "generic_decline" : "insufficient_funds";
    const message = fate === "declines" ? "Your card was declined." : "Your card has insufficient funds.";
    const last_payment_error = { code: "card_declined", message };
    const declined = this.#keep(
      { ...intent, last_payment_error, payment_method: null, status: "requires_payment_method" },
      "payment_intent.payment_failed",
    );
    const error = { type: "card_error", code: "card_declined", decline_code, message } as const;
    throw new Problem(402, { ...error, payment_intent: { ...declined, payment_method: method } });
  }

  #hold(intent: Intent, now: number): Intent {
    if (intent.capture_method === "automatic")
      return this.#charge(intent, intent.amount, intent.metadata.reference ?? null, now);
    const held: Intent = {
      ...intent,
      amount_capturable: intent.amount,
      capture_before: now + HOLD_SECONDS,
      last_payment_error: null,
      status: "requires_capture",
    };
    return this.#keep(held, "payment_intent.amount_capturable_updated");
  }

  #charge(intent: Intent, amount: number, reference: string | null, now: number): Intent {
    const charged: Intent = {
      ...intent,
      amount_capturable: 0,
      amount_received: amount,
      last_payment_error: null,
      status: "succeeded",
    };
    this.#settle("charge", amount, feeOf(amount), charged, reference, now);
    return this.#keep(charged, "payment_intent.succeeded");
  }

  #lapsed(intent: Intent, now: number): Intent {
    if (intent.status !== "requires_capture" || now < intent.capture_before!) return intent;
    return this.#keep({ ...intent, amount_capturable: 0, status: "canceled" }, "payment_intent.canceled");
  }

  #settle(
    type: BalanceTransaction["type"],
    amount: number,
    fee: number,
    { id: source, currency }: { readonly id: string; readonly currency: string },
    reference: string | null,
    created: number,
  ): void {
    const id = this.#id("txn");
    const net = amount - fee;
    this.settlement.push({
      id,
      object: "balance_transaction",
      amount,
      created,
      currency,
      fee,
      net,
      source,
      type,
      reference,
    });
  }

  #keep(intent: Intent, type: string | null): Intent {
    this.intents.set(intent.id, intent);
    if (type !== null) this.#options.onEvent({ type, object: intent });
    return intent;
  }

  #id(prefix: string): string {
    return `${prefix}_${String(++this.#made).padStart(8, "0")}`;
  }
}

/** Only to a page of this machine: a provider that redirects anywhere is a tool for phishing. */
function pageOf(form: FormObject, name: string): string {
  const text = required(form, name);
  if (/^https?:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?(?:[/?#]|$)/.test(text) && URL.canParse(text)) return text;
  throw invalid(`${name} is not a page of this machine`, name);
}
