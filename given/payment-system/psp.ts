/**
 * A payment service provider as the payment service sees it: four requests that move money or promise it, and one that
 * asks. The adapter of a real provider (Stripe, PayPal, Adyen) offers this; its HTTP, its keys and its words stay
 * inside.
 *
 * **The reference is ours.** It names one request and no other, it is the idempotency key, and `lookup` takes it.
 * - The same reference again within the provider's retention window (24 hours at Stripe, 30 minutes at Qonto) has no
 *   second effect: it is answered with the object as it is now. With another body it is refused: the call rejects.
 * - **After the window the same reference is a new request**, and has a second effect. `lookup` still finds the first.
 *
 * **A call that rejects says nothing about its effect.** A timeout, a broken connection and a 500 may come before the
 * money moved or after it, and a request may arrive when its caller has given up. What the provider refuses for good is
 * an answer, `declined`, and no rejection.
 */
export interface Psp {
  /** Asks the payer's bank to hold an amount; nothing is charged. */
  authorize(request: AuthorizeRequest): Promise<PspObject>;
  /** Charges the whole amount of a hold. */
  capture(request: CaptureRequest): Promise<PspObject>;
  /** Gives back part of what was captured, or all of it. */
  refund(request: RefundRequest): Promise<PspObject>;
  /** Pays a merchant. */
  payout(request: PayoutRequest): Promise<PspObject>;
  /**
   * What the provider has under this reference; null for none. It may read from a replica that is some seconds behind:
   * then it tells an earlier status, or null for a request that has just arrived.
   */
  lookup(reference: string): Promise<PspObject | null>;
}

export type PspKind = "authorize" | "capture" | "refund" | "payout";

export interface PspRequest {
  /** 1 to 255 characters, another one for each request. */
  readonly reference: string;
  /** Minor units, at least 1. */
  readonly amount: number;
  /** ISO 4217: three capital letters. */
  readonly currency: string;
}

export interface AuthorizeRequest extends PspRequest {
  /** What the hosted payment page gave for the card: a token, never a card number. */
  readonly method: string;
}

export interface CaptureRequest extends PspRequest {
  /** Reference of the request that made the hold. */
  readonly authorization: string;
}

export interface RefundRequest extends PspRequest {
  /** Reference of the request that captured. */
  readonly capture: string;
}

export interface PayoutRequest extends PspRequest {
  readonly merchant: string;
}

/**
 * - `pending`: not decided yet; ask again.
 * - `succeeded`: the amount is held, charged, given back or paid. It stays so.
 * - `declined`: it is not. A capture, a refund or a payout stays so. An authorization may still become `succeeded`: the
 *   payer tries another card on the provider's page.
 */
export type PspStatus = "pending" | "declined" | "succeeded";

/** What became of one request, at one moment. Of two for the same reference, either may be the older one. */
export interface PspObject {
  readonly reference: string;
  readonly kind: PspKind;
  readonly status: PspStatus;
  readonly amount: number;
  readonly currency: string;
  /** Milliseconds; the hold is gone from then on. Of an authorization that succeeded; else null. */
  readonly captureBefore: number | null;
  /** Of a capture: all that banks have taken back from it so far, at most its amount; it never shrinks. Else 0. */
  readonly chargedBack: number;
}

/**
 * What the provider sends when an object has changed, after its signature was verified: at least once, in any order,
 * days late. Until it is answered without an error it is sent again, with the same id.
 */
export interface PspWebhook {
  /** Of this event; another event about the same change has another one. */
  readonly id: string;
  /** As it was when the event was made. */
  readonly object: PspObject;
}
