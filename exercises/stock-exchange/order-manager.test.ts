import { expect, test } from "vitest";
import type { OrderRequest, RiskRules } from "../../given/stock-exchange/risk.ts";
import { OrderManager } from "./order-manager.ts";

const rules: RiskRules = {
  orderLotsMax: 500,
  orderNotionalMax: 20_000,
  bandBasisPoints: 1_000,
  sessionLotsMax: 300,
  positionLotsMax: 1_000,
};

/** Account 1 has cash, account 2 has shares of symbol 7, which stands at 100. */
function opened(): OrderManager {
  const manager = new OrderManager(rules);
  manager.apply({ sequence: 1, type: "listed", symbolId: 7, priceTicks: 100 });
  manager.apply({ sequence: 2, type: "session-opened" });
  manager.apply({ sequence: 3, type: "cash-deposited", accountId: 1, amount: 10_000 });
  manager.apply({ sequence: 4, type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 400 });
  return manager;
}

const buy: OrderRequest = { orderId: 1, accountId: 1, symbolId: 7, side: "buy", priceTicks: 105, quantity: 80 };
const sell: OrderRequest = { orderId: 2, accountId: 2, symbolId: 7, side: "sell", priceTicks: 98, quantity: 50 };

test("an accepted order holds what it can cost, and the next one has only the rest", () => {
  const manager = opened();
  expect(manager.check(buy)).toBe(null);
  manager.apply({ sequence: 5, type: "accepted", ...buy });
  expect([manager.freeCash(1), manager.heldCash(1)]).toEqual([1_600, 8_400]);
  expect(manager.check({ ...buy, orderId: 3, quantity: 16 })).toBe("insufficient-cash");
});

test("the rules refuse by name", () => {
  const manager = opened();
  expect(manager.check({ ...buy, priceTicks: 111 })).toBe("price-out-of-band");
  expect(manager.check({ ...sell, quantity: 301 })).toBe("notional-above-maximum");
  expect(manager.check({ ...sell, orderId: 3, priceTicks: 90, quantity: 210 })).toBe(null);
});

test("a fill below the limit frees the difference, a cancel frees the rest", () => {
  const manager = opened();
  manager.apply({ sequence: 5, type: "accepted", ...sell });
  manager.apply({ sequence: 6, type: "accepted", ...buy });
  manager.apply({ sequence: 7, type: "traded", makerOrderId: 2, takerOrderId: 1, priceTicks: 98, quantity: 50 });
  // 50 lots cost 98 each; the other 30 are still held at 105.
  expect([manager.freeCash(1), manager.heldCash(1), manager.freeShares(1, 7)]).toEqual([1_950, 3_150, 50]);
  manager.apply({ sequence: 8, type: "canceled", orderId: 1, quantity: 30 });
  expect([manager.freeCash(1), manager.heldCash(1), manager.freeCash(2)]).toEqual([5_100, 0, 4_900]);
});

test("an event that comes again changes nothing", () => {
  const manager = opened();
  expect(manager.apply({ sequence: 3, type: "cash-deposited", accountId: 1, amount: 10_000 })).toBe(false);
  expect(manager.freeCash(1)).toBe(10_000);
});
