/** Random calls of a ledger: few accounts and ids, so that they meet; names and amounts at their ends. */

import type { Transfer } from "../../../../given/payment-system/transfer.ts";
import type { Account } from "../../../../solutions/payment-system/ledger.ts";
import { counts, distinctNames, fc, sublists } from "../../../kit/index.ts";
import type { Call } from "./oracle.ts";
import { START_MS } from "./world.ts";

export interface Scene {
  readonly accounts: readonly Account[];
  readonly calls: readonly Call[];
}

/** Each call with the milliseconds that pass before it. */
export interface TimedScene {
  readonly accounts: readonly Account[];
  readonly calls: readonly { readonly afterMs: number; readonly call: Call }[];
}

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Mostly such that several fit into an account, and sometimes such that two do not fit into a double. */
export const amounts = (): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }) },
    { weight: 1, arbitrary: counts({ min: 1, max: LARGEST }) },
  );

const rules = (): fc.Arbitrary<number | null> =>
  fc.oneof(fc.constantFrom(0, 0, 1, 50, null), counts({ min: 0, max: LARGEST }));

/** U+0000 is excluded by the contract. */
export const usable = { allowed: (name: string) => !name.includes("\0") };

/** Four accounts of euros and two of yen, the first of each without limit: money comes from there. */
export function accountsOf(names: readonly string[], limits: readonly (number | null)[]): Account[] {
  return names.map((id, i) => {
    const currency = i % 3 === 2 ? "JPY" : "EUR";
    return { id, currency, overdraft: i === 0 || i === 2 ? null : limits[i]! };
  });
}

export const accountLists = (): fc.Arbitrary<Account[]> =>
  fc
    .tuple(distinctNames(6, usable), fc.array(rules(), { minLength: 6, maxLength: 6 }))
    .map(([names, limits]) => accountsOf(names, limits));

/** Most of them balance; some name an account that is not open, or have a currency that the account has not. */
export function postingLists(accounts: readonly Account[]): fc.Arbitrary<Transfer["postings"]> {
  const euro = accounts.filter(({ currency }) => currency === "EUR");
  const yen = accounts.filter(({ currency }) => currency === "JPY");
  const pairIn = (own: readonly Account[]) =>
    fc.tuple(fc.constantFrom(...own), fc.constantFrom(...own), amounts()).map(([from, to, amount]) => [
      { account: from.id, amount: -amount, currency: from.currency },
      { account: to.id, amount, currency: to.currency },
    ]);
  const pair = pairIn(euro);
  const split = fc.tuple(pair, fc.constantFrom(...euro)).map(([[from, to], { id }]) => {
    const part = Math.ceil(to!.amount / 3);
    if (part === to!.amount) return [from!, to!];
    return [{ ...to!, amount: to!.amount - part }, from!, { account: id, amount: part, currency: "EUR" }];
  });
  const exchange = fc.tuple(pair, pairIn(yen)).map(([a, b]) => [a[0]!, b[1]!, b[0]!, a[1]!]);
  const wrong = fc
    .tuple(pair, fc.constantFrom("off by one", "unknown", "currency", "crossed"))
    .map(([[from, to], how]) => {
      if (how === "off by one") return [from!, { ...to!, amount: to!.amount === LARGEST ? 1 : to!.amount + 1 }];
      if (how === "unknown") return [from!, { ...to!, account: "nobody's" }];
      if (how === "currency") return [from!, to!].map((posting) => ({ ...posting, currency: "USD" }));
      return [from!, { ...to!, account: yen[0]!.id, currency: "JPY" }];
    });
  return fc.oneof(
    { weight: 8, arbitrary: pair },
    { weight: 3, arbitrary: split },
    { weight: 3, arbitrary: exchange },
    { weight: 2, arbitrary: wrong },
  );
}

/** Fills the accounts that must not go below zero, then goes on as it is drawn. */
export function scenes(options: { readonly holds: boolean; readonly callsMax: number }): fc.Arbitrary<TimedScene> {
  return fc.tuple(accountLists(), distinctNames(10, usable)).chain(([accounts, ids]) => {
    const [euro, second] = [accounts[0]!, accounts[1]!];
    const funding: Call = {
      op: "post",
      transfer: {
        id: "the first money",
        postings: [
          { account: second.id, amount: 100, currency: "EUR" },
          { account: euro.id, amount: -100, currency: "EUR" },
        ],
      },
    };
    const id = fc.constantFrom(...ids);
    // Few, so that what is posted and voided is mostly there.
    const holdId = fc.constantFrom(...ids.slice(0, 4));
    const post = fc.tuple(id, postingLists(accounts)).map(
      ([id, postings]): Call => ({
        op: "post",
        transfer: { id, postings },
      }),
    );
    const anyEuro = fc.constantFrom(...accounts.filter(({ currency }) => currency === "EUR").slice(0, 3));
    const lasting = fc.oneof(fc.constantFrom(1, 100, 10_000), counts({ min: 0, max: 2 ** 33 }));
    const hold = fc.tuple(holdId, anyEuro, anyEuro, amounts(), lasting).map(
      ([id, from, to, amount, ms]): Call => ({
        op: "hold",
        hold: { id, from: from.id, to: to.id, amount, currency: "EUR", expiresAtMs: START_MS + ms },
      }),
    );
    const part = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined });
    const postHold = fc
      .tuple(holdId, part)
      .map(([id, amount]): Call => (amount === undefined ? { op: "postHold", id } : { op: "postHold", id, amount }));
    const voidHold = holdId.map((id): Call => ({ op: "voidHold", id }));
    const one = options.holds
      ? fc.oneof(
          { weight: 3, arbitrary: post },
          { weight: 4, arbitrary: hold },
          { weight: 4, arbitrary: postHold },
          { weight: 2, arbitrary: voidHold },
        )
      : post;
    const afterMs = options.holds ? fc.constantFrom(0, 0, 0, 1, 99, 5_000) : fc.constant(0);
    const calls = sublists(
      fc.array(fc.record({ afterMs, call: one }), { minLength: 1, maxLength: options.callsMax }),
    ) as fc.Arbitrary<TimedScene["calls"]>;
    // Every call may come a second time, as it was or after others.
    return fc.tuple(calls, fc.array(fc.nat(), { maxLength: 4 })).map(([calls, again]) => ({
      accounts,
      calls: [{ afterMs: 0, call: funding }, ...calls, ...again.map((at) => ({ ...calls[at % calls.length]! }))],
    }));
  });
}
