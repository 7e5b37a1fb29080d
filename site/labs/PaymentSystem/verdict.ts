import type { Operation } from "../../../solutions/payment-system/payment-order.ts";
import type { Payment } from "./payment.ts";
import { openOf } from "./store.ts";

export interface Verdict {
  /** Times that the provider has charged the card, whatever we know. */
  readonly charges: number;
  readonly charged: number;
  /** What our order says was captured. */
  readonly booked: number;
  readonly open: Operation | null;
  /** Money that the provider has of this payment, less what our account `psp` says that it owes us. */
  readonly difference: number;
}

/** What somebody sees who can look into both companies' books at once. */
export function verdictOf({ store, provider }: Payment): Verdict {
  const captures = provider.effects.filter(({ kind }) => kind === "capture");
  const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
  const held = provider.effects.map(({ kind, amount }) =>
    kind === "authorize" ? 0 : kind === "capture" ? amount : -amount,
  );
  return {
    charges: captures.length,
    charged: sumOf(captures.map(({ amount }) => amount)),
    booked: store.order?.captured ?? 0,
    open: openOf(store.order),
    difference: sumOf(held) + store.accounts.get("psp")!.balance,
  };
}
