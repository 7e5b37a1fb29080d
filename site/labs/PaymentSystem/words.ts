import { request } from "./store.ts";

/** Minor units as people write them. */
export function money(minor: number): string {
  const sign = minor < 0 ? "−" : "";
  return `${sign}${(Math.abs(minor) / 100).toFixed(2)}`;
}

export const currency = request.currency;

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** A reference without the payment that all of them begin with. */
export function short(reference: string): string {
  return reference.replace(`${request.id}/`, "");
}
