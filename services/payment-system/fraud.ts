/** The fraud check before anything is sent to the provider: rules that a person can read, and a person for the rest. */

export interface Attempt {
  /** Minor units. */
  readonly amount: number;
  /** Payments of the same payer in the last hour, this one not counted. */
  readonly recent: number;
}

export type Verdict = "accept" | "review" | "reject";

/** Of a payer in an hour; more is a machine that tries cards out. */
const [RECENT_REVIEW, RECENT_REJECT] = [20, 100];
const AMOUNT_REVIEW = 500_000;

export function assess({ amount, recent }: Attempt): Verdict {
  if (recent >= RECENT_REJECT) return "reject";
  return amount >= AMOUNT_REVIEW || recent >= RECENT_REVIEW ? "review" : "accept";
}
