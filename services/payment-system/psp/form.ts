/** `application/x-www-form-urlencoded` with brackets, as Stripe's clients send it: `metadata[order]=7&expand[0]=…`. */

import { invalid } from "./problem.ts";

export type FormValue = string | readonly FormValue[] | FormObject;
export interface FormObject {
  readonly [name: string]: FormValue;
}

/** Parameters of one request; more are an attack. */
const PARAMETERS_MAX = 200;
const DEPTH_MAX = 5;

/** @throws Problem for a name that cannot be read, and for too much of anything */
export function readForm(text: string): FormObject {
  const form = new Map<string, unknown>();
  const pairs = text === "" ? [] : text.split("&");
  if (pairs.length > PARAMETERS_MAX) throw invalid(`at most ${PARAMETERS_MAX} parameters`);
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    put(form, pathOf(decode(name)), decode(value));
  }
  return plain(form) as FormObject;
}

/** `a[b][0]` as `["a", "b", "0"]`. */
function pathOf(name: string): readonly string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (match === null) throw invalid(`not the name of a parameter: ${name.slice(0, 100)}`);
  const path = [match[1]!, ...[...match[2]!.matchAll(/\[([^[\]]*)\]/g)].map(([, key]) => key!)];
  if (path.length > DEPTH_MAX) throw invalid(`${path[0]} is nested too deeply`);
  return path;
}

function put(into: Map<string, unknown>, path: readonly string[], value: string): void {
  let at = into;
  for (const key of path.slice(0, -1)) {
    const next = at.get(key) ?? new Map<string, unknown>();
    if (!(next instanceof Map)) throw invalid(`${path.join(".")} is both a value and a group`);
    at.set(key, next);
    at = next;
  }
  const last = path.at(-1)!;
  // `expand[]=a&expand[]=b`
  at.set(last === "" ? String(at.size) : last, value);
}

/** Groups whose names are 0, 1, 2, … are lists. */
function plain(value: unknown): FormValue {
  if (!(value instanceof Map)) return value as string;
  const entries = [...(value as Map<string, unknown>)].map(([key, one]) => [key, plain(one)] as const);
  if (entries.length > 0 && entries.every(([key], i) => key === String(i))) return entries.map(([, one]) => one);
  // No prototype: a parameter may be called as it likes.
  return Object.assign(Object.create(null) as FormObject, Object.fromEntries(entries)) as FormObject;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalid(`not URL-encoded: ${text.slice(0, 100)}`);
  }
}

/** @throws Problem where it is no text */
export function textOf(form: FormObject, name: string): string | undefined {
  const value = form[name];
  if (value === undefined || typeof value === "string") return value;
  throw invalid(`${name} is not a text`, name);
}

export function required(form: FormObject, name: string): string {
  const value = textOf(form, name);
  if (value === undefined || value === "") throw invalid(`Missing required param: ${name}.`, name);
  return value;
}

/** Minor units. @throws Problem unless it is a whole number from 1 up that JavaScript can hold */
export function amountOf(form: FormObject, name: string): number {
  const text = required(form, name);
  const amount = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(amount) || amount < 1)
    throw invalid(`Invalid positive integer: ${text.slice(0, 40)}`, name);
  return amount;
}

export function currencyOf(form: FormObject): string {
  const currency = required(form, "currency").toLowerCase();
  if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency.slice(0, 40)}`, "currency");
  return currency;
}

/** Texts by name, at most 50 as at Stripe. */
export function metadataOf(form: FormObject): Record<string, string> {
  const value = form.metadata ?? {};
  if (typeof value === "string" || Array.isArray(value)) throw invalid("metadata is a group of texts", "metadata");
  const entries = Object.entries(value as FormObject);
  if (entries.length > 50) throw invalid("metadata has at most 50 keys", "metadata");
  for (const [key, one] of entries)
    if (typeof one !== "string" || key.length > 40 || one.length > 500)
      throw invalid(`metadata.${key.slice(0, 40)} is not a text of at most 500 characters`, "metadata");
  return Object.fromEntries(entries) as Record<string, string>;
}
