/** Accounts of the books, and what the merchant's contract with the provider says. */

/** What the provider holds for us. */
export const PSP_ACCOUNT = "psp";

export const merchantAccount = (merchant: string): string => `merchant:${merchant}`;

/** The provider's price list: 2.9 % and 30 minor units for each charge. */
export const CONTRACT = { percentBasisPoints: 290, fixed: 30 } as const;

/** One currency, as in the chapter's scope. */
export const CURRENCY = "USD";
