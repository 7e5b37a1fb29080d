/** Amounts that people type: `5000` requests, `5s`, `250ms`. Pure. */

export type Amount =
  | { readonly kind: "requests"; readonly requests: number }
  | { readonly kind: "time"; readonly ms: number };

/** A part that dies once the amount is reached. */
export interface Kill {
  readonly part: string;
  readonly at: Amount;
}

const LARGEST = 1e9;

/** Null for what is no amount, or none that a run could reach. */
export function amountOf(text: string): Amount | null {
  const match = /^(\d{1,10})(ms|s)?$/.exec(text);
  const value = Number(match?.[1]);
  if (match === null || value < 1 || value > LARGEST) return null;
  if (match[2] === undefined) return { kind: "requests", requests: value };
  return { kind: "time", ms: match[2] === "s" ? value * 1_000 : value };
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
