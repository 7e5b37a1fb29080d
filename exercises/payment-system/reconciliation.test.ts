import { expect, test } from "vitest";
import type { Expectation, SettlementLine } from "../../given/payment-system/settlement.ts";
import { feeOf, reconcile, type Terms } from "./reconciliation.ts";

const MONDAY = 20_370;
const bookedAtMs = MONDAY * 86_400_000;
const terms: Terms = {
  fees: [{ movement: "capture", currency: "EUR", basisPoints: 290, fixed: 30 }],
  clockWindowMs: 60_000,
  valueDays: 3,
  cutoffMs: bookedAtMs + 86_400_000,
};
const capture: Expectation = {
  reference: "pay_1",
  id: "entry_1",
  movement: "capture",
  amount: 5_000,
  currency: "EUR",
  bookedAtMs,
};
const line: SettlementLine = {
  reference: "pay_1",
  lineId: "txn_1",
  movement: "capture",
  amount: 5_000,
  currency: "EUR",
  fee: 175,
  processedAtMs: bookedAtMs + 2_000,
  valueDay: MONDAY + 2,
};

test("the fee of 50.00 at 2.9 % and 0.30 is 1.75", () => {
  expect(feeOf(5_000, { basisPoints: 290, fixed: 30 })).toBe(175);
});

test("finds nothing where both sides agree, also when the file came twice", () => {
  expect([...reconcile([capture], [line], terms)]).toEqual([]);
  expect([...reconcile([capture], [line, line], terms)]).toEqual([]);
});

test("names what is missing, and what was settled twice", () => {
  expect([...reconcile([capture], [], terms)]).toEqual([{ type: "missing", expectation: capture }]);
  const again = { ...line, lineId: "txn_2" };
  expect([...reconcile([capture], [line, again], terms)]).toEqual([{ type: "doubled", line: again }]);
});

test("finds a wrong amount, and a fee that the contract does not allow", () => {
  const wrong = { ...line, amount: 5_001, fee: 170 };
  expect([...reconcile([capture], [wrong], terms)]).toEqual(
    expect.arrayContaining([
      { type: "amount", expectation: capture, line: wrong },
      { type: "fee", expectation: capture, line: wrong, expectedFee: 175 },
    ]),
  );
});
