import type { RiskRules } from "../../../../given/stock-exchange/risk.ts";
import { defineBench, type Round } from "../../../kit/bench.ts";

type Module = typeof import("../../../../solutions/stock-exchange/order-manager.ts");

const RULES: RiskRules = {
  orderLotsMax: 1_000,
  orderNotionalMax: 10 ** 9,
  bandBasisPoints: 5_000,
  sessionLotsMax: Number.MAX_SAFE_INTEGER,
  positionLotsMax: Number.MAX_SAFE_INTEGER,
};
const SYMBOLS = 100;
const PRICE = 1_000;

/**
 * Two accounts with `resting` open orders, half of them each's. In turn one buys from the other: two checks, two
 * orders, a trade in two parts.
 */
function pairs({ OrderManager }: Module, resting: number, random: () => number): Round {
  const manager = new OrderManager(RULES);
  let sequence = 0;
  const next = (): number => ++sequence;
  for (let symbolId = 0; symbolId < SYMBOLS; symbolId++) {
    manager.apply({ type: "listed", sequence: next(), symbolId, priceTicks: PRICE });
  }
  for (const accountId of [1, 2]) {
    manager.apply({ type: "cash-deposited", sequence: next(), accountId, amount: 10 ** 12 });
    for (let symbolId = 0; symbolId < SYMBOLS; symbolId++) {
      manager.apply({ type: "shares-deposited", sequence: next(), accountId, symbolId, quantity: 10 ** 9 });
    }
  }
  const order = (orderId: number, accountId: number, side: "buy" | "sell", quantity: number) => {
    const symbolId = orderId % SYMBOLS;
    return { orderId, accountId, symbolId, side, priceTicks: PRICE, quantity };
  };
  for (let i = 0; i < resting; i++) {
    const side = i % 4 < 2 ? "buy" : "sell";
    manager.apply({ type: "accepted", sequence: next(), ...order(i, 1 + (i % 2), side, 5) });
  }
  const lots = Array.from({ length: 256 }, () => 2 + Math.floor(random() * 50));
  let turn = 0;
  return {
    opsPerRun: 64 * 2,
    run() {
      for (let i = 0; i < 64; i++) {
        turn++;
        const quantity = lots[turn & 255]!;
        const symbolId = turn % SYMBOLS;
        const [makerOrderId, takerOrderId] = [1_000_000 + symbolId, 2_000_000 + symbolId];
        const buy = order(makerOrderId, 1 + (turn & 1), "buy", quantity);
        const sell = order(takerOrderId, 2 - (turn & 1), "sell", quantity);
        for (const each of [buy, sell]) {
          if (manager.check(each) !== null) throw new Error("the workload is refused");
          manager.apply({ type: "accepted", sequence: next(), ...each });
        }
        for (const part of [1, quantity - 1]) {
          const trade = { makerOrderId, takerOrderId, priceTicks: PRICE, quantity: part };
          manager.apply({ type: "traded", sequence: next(), ...trade });
        }
      }
      return manager.freeCash(1);
    },
  };
}

export default defineBench<Module>([
  {
    kind: "ratio",
    name: "orders and their trades",
    workload: "pairs of orders in 100 symbols: checked, accepted, traded in two parts; 10,000 other open orders",
    unit: "orders/s",
    threshold: 0.2,
    setup: (module, random) => pairs(module, 10_000, random),
  },
  {
    kind: "growth",
    name: "an order's way, by the number of open orders",
    workload: "the same beside 250, 1,000 and 4,000 open orders of the two accounts",
    order: "O(1)",
    n: 250,
    setup: (module, n, random) => pairs(module, n, random),
  },
]);
