/** The commands of the store, read from the arguments of a request. */

import type { Limits } from "./limits.ts";
import { SCAN_LIMITS } from "./limits.ts";
import { Failure } from "./resp/reply.ts";

export type Command =
  | { readonly kind: "get"; readonly keys: readonly [string] }
  | { readonly kind: "mget"; readonly keys: readonly string[] }
  | { readonly kind: "siblings"; readonly keys: readonly [string] }
  | { readonly kind: "scan"; readonly cursor: number; readonly match: string | null; readonly count: number }
  | Write;

export type Write =
  | {
      readonly kind: "set";
      readonly key: string;
      readonly value: string;
      readonly when: "always" | "absent" | "present";
      /** From the write on. */
      readonly ttlMs: number | null;
    }
  | { readonly kind: "cas"; readonly key: string; readonly from: string; readonly to: string }
  | { readonly kind: "del"; readonly keys: readonly string[] };

/** A hundred years, as good as for ever. */
const TTL_MS = 3_155_760_000_000;
const SYNTAX = new Failure("ERR", "syntax error");

/** Null: it is no command of the store. A Failure: it is, and cannot be understood. */
export function commandOf([name = "", ...words]: readonly string[], limits: Limits): Command | Failure | null {
  const read = READERS[name.toUpperCase()];
  if (read === undefined) return null;
  const [least, most, make] = read;
  if (words.length < least || words.length > most)
    return new Failure("ERR", `wrong number of arguments for '${name.toLowerCase()}' command`);
  const command = make(words);
  if (command instanceof Failure) return command;
  const keys = "keys" in command ? command.keys : "key" in command ? [command.key] : [];
  if (keys.some((key) => key.length > limits.key)) return new Failure("ERR", `a key has at most ${limits.key} bytes`);
  return command;
}

type Reader = readonly [least: number, most: number, make: (words: readonly string[]) => Command | Failure];

const MANY = Number.POSITIVE_INFINITY;

const READERS: Readonly<Record<string, Reader>> = Object.assign(Object.create(null), {
  GET: [1, 1, ([key]) => ({ kind: "get", keys: [key!] })],
  MGET: [1, MANY, (keys) => ({ kind: "mget", keys })],
  DEL: [1, MANY, (keys) => ({ kind: "del", keys: [...new Set(keys)] })],
  SET: [2, MANY, ([key, value, ...options]) => setOf(key!, value!, options)],
  CAS: [3, 3, ([key, from, to]) => ({ kind: "cas", key: key!, from: from!, to: to! })],
  SCAN: [1, MANY, ([cursor, ...options]) => scanOf(cursor!, options)],
  SIBLINGS: [1, 1, ([key]) => ({ kind: "siblings", keys: [key!] })],
} satisfies Record<string, Reader>);

export const COMMAND_NAMES: readonly string[] = Object.keys(READERS);

function setOf(key: string, value: string, options: readonly string[]): Command | Failure {
  let when: "always" | "absent" | "present" = "always";
  let ttlMs: number | null = null;
  for (let i = 0; i < options.length; i++) {
    const option = options[i]!.toUpperCase();
    if ((option === "NX" || option === "XX") && when === "always") when = option === "NX" ? "absent" : "present";
    else if ((option === "EX" || option === "PX") && ttlMs === null && i + 1 < options.length) {
      const amount = integerOf(options[++i]!);
      if (amount === null) return new Failure("ERR", "value is not an integer or out of range");
      ttlMs = option === "EX" ? amount * 1_000 : amount;
      if (ttlMs <= 0 || ttlMs > TTL_MS) return new Failure("ERR", "invalid expire time in 'set' command");
    } else return SYNTAX;
  }
  return { kind: "set", key, value, when, ttlMs };
}

function scanOf(typed: string, options: readonly string[]): Command | Failure {
  const cursor = integerOf(typed);
  if (cursor === null || cursor < 0) return new Failure("ERR", "invalid cursor");
  let [match, count]: [string | null, number] = [null, 10];
  for (let i = 0; i < options.length; i += 2) {
    const option = options[i]!.toUpperCase();
    const value = options[i + 1];
    if (value === undefined) return SYNTAX;
    if (option === "MATCH") match = value;
    else if (option === "COUNT") {
      const typedCount = integerOf(value);
      if (typedCount === null) return new Failure("ERR", "value is not an integer or out of range");
      if (typedCount < 1) return SYNTAX;
      // It is a hint, in Redis too.
      count = Math.min(typedCount, SCAN_LIMITS.count);
    } else return SYNTAX;
  }
  if (match !== null && match.length > SCAN_LIMITS.pattern)
    return new Failure("ERR", `a pattern has at most ${SCAN_LIMITS.pattern} bytes`);
  return { kind: "scan", cursor, match, count };
}

/** Whole numbers that JavaScript holds exactly. */
function integerOf(text: string): number | null {
  const value = Number(text);
  return /^-?\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? value : null;
}
