/** Amounts that people type: `5000` requests, `5s`, `250ms`. Pure. */

export type Amount =
  | { readonly kind: "requests"; readonly requests: number }
  | { readonly kind: "time"; readonly ms: number };

/** A part that dies once the amount is reached. */
export interface Kill {
  readonly part: string;
  readonly at: Amount;
}

const REQUESTS_MAX = 1e9;
/** Timers of Node go no further: one that is longer would strike at once. */
const MS_MAX = 2 ** 31 - 1;

/** Null for what is no amount, or none that a run could reach. */
export function amountOf(text: string): Amount | null {
  const match = /^(\d{1,10})(ms|s)?$/.exec(text);
  const value = Number(match?.[1]);
  if (match === null || value < 1) return null;
  if (match[2] === undefined) return value <= REQUESTS_MAX ? { kind: "requests", requests: value } : null;
  const ms = match[2] === "s" ? value * 1_000 : value;
  return ms <= MS_MAX ? { kind: "time", ms } : null;
}

/** `gateway-1@5000`. Null when it does not read so. */
export function killOf(text: string): Kill | null {
  const [part = "", when = "", ...rest] = text.split("@");
  const at = amountOf(when);
  return part === "" || at === null || rest.length > 0 ? null : { part, at };
}

export function amountText(amount: Amount): string {
  if (amount.kind === "requests") return `${amount.requests.toLocaleString("en")} requests`;
  return amount.ms % 1_000 === 0 ? `${amount.ms / 1_000} s` : `${amount.ms} ms`;
}
