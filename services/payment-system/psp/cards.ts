/**
 * Test cards, with the numbers that Stripe documents for testing (docs.stripe.com/testing), and the tokens that stand
 * for them in place of a number.
 */

export type CardFate = "approves" | "declines" | "insufficient-funds" | "asks-for-3ds" | "disputed";

export interface TestCard {
  readonly number: string;
  readonly token: string;
  readonly fate: CardFate;
  /** For the list beside the payment page. */
  readonly says: string;
}

export const TEST_CARDS: readonly TestCard[] = [
  { number: "4242424242424242", token: "pm_card_visa", fate: "approves", says: "pays" },
  { number: "5555555555554444", token: "pm_card_mastercard", fate: "approves", says: "pays" },
  {
    number: "4000000000000002",
    token: "pm_card_visa_chargeDeclined",
    fate: "declines",
    says: "is declined",
  },
  {
    number: "4000000000009995",
    token: "pm_card_visa_chargeDeclinedInsufficientFunds",
    fate: "insufficient-funds",
    says: "has too little money",
  },
  {
    number: "4000002500003155",
    token: "pm_card_authenticationRequired",
    fate: "asks-for-3ds",
    says: "asks the payer to confirm (3-D Secure)",
  },
  {
    number: "4000000000000259",
    token: "pm_card_createDispute",
    fate: "disputed",
    says: "pays, and the payer disputes it later",
  },
];

/** Digits as typed, with spaces or without. */
export function cardOf(typed: string): TestCard | null {
  const digits = typed.replace(/[\s-]/g, "");
  return TEST_CARDS.find(({ number }) => number === digits) ?? null;
}

/** The check digit of ISO/IEC 7812-1, annex B: a slip of the finger is told before the bank is asked. */
export function isCardNumber(typed: string): boolean {
  const digits = typed.replace(/[\s-]/g, "");
  if (!/^\d{12,19}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
