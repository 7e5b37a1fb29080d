import { expect, test } from "vitest";
import { type AccountState, decide } from "./ledger.ts";

/**
 * Accounts as `decide` sees them. The rest of a ledger needs PostgreSQL: `npx bp check payment-system/ledger` has one.
 */
function accounts(...states: readonly Partial<AccountState>[]): ReadonlyMap<string, AccountState> {
  const state = { id: "", currency: "EUR", overdraft: 0, balance: 0, held: 0 };
  return new Map(states.map((each) => [each.id!, { ...state, ...each }]));
}

const euros = (...legs: readonly [account: string, amount: number][]) =>
  legs.map(([account, amount]) => ({ account, amount, currency: "EUR" }));

test("a transfer takes from one account what it gives to another", () => {
  const books = accounts({ id: "alice", balance: 100 }, { id: "bob" });
  const decision = decide(books, { id: "t1", postings: euros(["alice", -30], ["bob", 30]) });
  expect(decision).toMatchObject({ refused: null });
  const after = decision.refused === null ? decision.accounts : [];
  expect(after.map(({ id, balance }) => [id, balance])).toEqual([
    ["alice", 70],
    ["bob", 30],
  ]);
});

test("a transfer whose postings do not add up to zero is refused", () => {
  const books = accounts({ id: "alice", balance: 100 }, { id: "bob" });
  expect(decide(books, { id: "t1", postings: euros(["alice", -30], ["bob", 29]) })).toEqual({ refused: "unbalanced" });
});

test("money that a hold keeps back cannot be spent, and an overdraft can", () => {
  const books = accounts({ id: "alice", balance: 100, held: 80 }, { id: "shop", overdraft: 50 });
  const pay = (from: string, to: string, amount: number) =>
    decide(books, { id: "t1", postings: euros([from, -amount], [to, amount]) }).refused;
  expect(pay("alice", "shop", 20)).toBe(null);
  expect(pay("alice", "shop", 21)).toBe("overdrawn");
  expect(pay("shop", "alice", 50)).toBe(null);
  expect(pay("shop", "alice", 51)).toBe("overdrawn");
});
