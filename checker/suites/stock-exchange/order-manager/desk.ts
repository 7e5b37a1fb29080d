/** An order manager and its log. */

import type { OrderRequest, ReplaceRequest, RiskRules } from "../../../../given/stock-exchange/risk.ts";
import type { ManagerEvent, OrderManager } from "../../../../solutions/stock-exchange/order-manager.ts";
import { expect, observe } from "../../../kit/index.ts";
import { type Fact, FREE, Ledger, START } from "./ledger.ts";

export type OrderManagerClass = new (rules: RiskRules) => OrderManager;

export class Desk {
  readonly manager: OrderManager;
  readonly ledger: Ledger;

  constructor(Manager: OrderManagerClass, rules: RiskRules = FREE, facts: readonly Fact[] = START) {
    this.manager = observe("manager", new Manager(rules));
    this.ledger = new Ledger(rules);
    for (const fact of facts) this.happens(fact);
  }

  happens(fact: Fact): ManagerEvent {
    const event = this.ledger.add(fact);
    expect(this.manager.apply(event), "a new event is applied").toBe(true);
    return event;
  }

  accept(request: OrderRequest): void {
    expect(this.manager.check(request)).toBe(null);
    this.happens({ type: "accepted", ...request });
  }

  trade(makerOrderId: number, takerOrderId: number, priceTicks: number, quantity: number): void {
    this.happens({ type: "traded", makerOrderId, takerOrderId, priceTicks, quantity });
  }

  cancel(orderId: number, quantity: number): void {
    this.happens({ type: "canceled", orderId, quantity });
  }

  acceptReplace(accountId: number, request: ReplaceRequest): void {
    expect(this.manager.checkReplace(accountId, request)).toBe(null);
    this.happens({ type: "replace-accepted", ...request });
  }

  /** Free and held: of account 1's cash, of account 2's shares. */
  get balances(): number[] {
    const { manager } = this;
    return [manager.freeCash(1), manager.heldCash(1), manager.freeShares(2, 7), manager.heldShares(2, 7)];
  }
}
