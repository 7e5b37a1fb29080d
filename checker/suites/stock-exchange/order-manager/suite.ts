import type { OrderRequest, RiskRules } from "../../../../given/stock-exchange/risk.ts";
import type { ManagerEvent } from "../../../../solutions/stock-exchange/order-manager.ts";
import { behavior, ensure, expect, fc, forAll, observe, stage, step, subject } from "../../../kit/index.ts";
import {
  heldBeforeSent,
  managerFromEvents,
  nothingNegative,
  refusedByName,
  releasedExactly,
} from "../order-flow-invariants.ts";
import { thrown } from "../sequencer-recovery.ts";
import { Desk } from "./desk.ts";
import { agree, conserved, type Fact, FREE, factOf, moves, OPENING, order, RULES, START } from "./ledger.ts";
import { managerPromises } from "./promises.ts";
import { managerRaces, managerReplaces } from "./stage-replaces.ts";

const { OrderManager, LogGapError, ContradictionError } =
  await subject<typeof import("../../../../solutions/stock-exchange/order-manager.ts")>();

type Manager = InstanceType<typeof OrderManager>;

const { ofStrangers, ofIds, ofLargest, ofFills, ofRules, ofSessions, ofAmounts, ofHistory } = managerPromises(
  OrderManager,
  ContradictionError,
);

const opened = (rules?: RiskRules, facts?: readonly Fact[]): Desk => new Desk(OrderManager, rules, facts);

stage(1, "Hold before the order leaves", () => {
  behavior("holds the limit times the lots of a buy, and the lots of a sell", heldBeforeSent, () => {
    const desk = opened();
    expect(desk.balances).toEqual([10_000, 0, 60, 0]);
    desk.accept(order(1, "buy", 40, 110));
    expect(desk.balances, "after a buy of 40 at 110").toEqual([5_600, 4_400, 60, 0]);
    desk.accept(order(2, "sell", 25, 90));
    expect(desk.balances, "after a sell of 25").toEqual([5_600, 4_400, 35, 25]);
    expect([
      desk.manager.openOrders,
      desk.manager.openLots(1),
      desk.manager.openLots(2),
      desk.manager.openLots(3),
    ]).toEqual([2, 40, 25, 0]);
  });

  behavior("lets nothing be used twice: an order needs cash or shares that are free", heldBeforeSent, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 60, 100));
    expect(desk.manager.check(order(2, "buy", 41, 100)), "4,100 of the 4,000 that are free").toBe("insufficient-cash");
    desk.accept(order(2, "buy", 40, 100));
    expect(desk.manager.check(order(3, "buy", 1, 1)), "nothing is free").toBe("insufficient-cash");
    desk.accept(order(4, "sell", 45, 100));
    expect(desk.manager.check(order(5, "sell", 16, 100)), "16 of the 15 that are free").toBe("insufficient-shares");
    desk.accept(order(5, "sell", 15, 100));
    expect(desk.manager.check(order(6, "sell", 1, 100, { accountId: 1 })), "of shares never owned").toBe(
      "insufficient-shares",
    );
    expect(desk.balances).toEqual([0, 10_000, 0, 60]);
  });

  behavior("a check only looks", heldBeforeSent, () => {
    const desk = opened();
    for (let i = 0; i < 3; i++) {
      expect(desk.manager.check(order(1, "buy", 100, 100))).toBe(null);
      expect(desk.manager.check(order(2, "sell", 60, 100))).toBe(null);
    }
    expect(desk.balances).toEqual([10_000, 0, 60, 0]);
    expect([desk.manager.sequence, desk.manager.openOrders]).toEqual([START.length, 0]);
  });

  behavior("names the first reason against an order", refusedByName, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 1, 100));
    const rows: [OrderRequest, string | null][] = [
      [order(1, "buy", 0, 0, { accountId: 9, symbolId: 9 }), "unknown-account"],
      [order(1, "buy", 0, 0, { symbolId: 9 }), "unknown-symbol"],
      [order(1, "buy", 0, 0), "duplicate-order-id"],
      [order(2, "buy", 0, 0), "invalid-quantity"],
      [order(2, "buy", 1.5, 100), "invalid-quantity"],
      [order(2, "sell", -1, 100), "invalid-quantity"],
      [order(2, "buy", 2 ** 31, 100), "invalid-quantity"],
      [order(2, "buy", Number.NaN, 100), "invalid-quantity"],
      [order(2, "buy", 1_000, 0), "invalid-price"],
      [order(2, "sell", 1_000, 99.5), "invalid-price"],
      [order(2, "buy", 1, 2 ** 31), "invalid-price"],
      [order(2, "buy", 1_000, 100), "insufficient-cash"],
      [order(2, "sell", 1_000, 100), "insufficient-shares"],
      [order(2, "buy", 99, 100), null],
    ];
    for (const [request, reason] of rows) expect(desk.manager.check(request)).toBe(reason);
  });

  ofStrangers();
  ofIds();
  ofLargest();
});

stage(2, "Fill, cancel, release", () => {
  behavior(
    "a partial fill takes what it cost, frees the improvement, and leaves the rest held",
    releasedExactly,
    () => {
      const desk = opened();
      desk.accept(order(1, "sell", 50, 95));
      desk.accept(order(2, "buy", 40, 110));
      desk.trade(1, 2, 95, 15);
      // 15 of the 40 lots were held at 110 and cost 95 each.
      expect(desk.balances, "free and held cash, free and held shares").toEqual([5_825, 2_750, 10, 35]);
      expect([desk.manager.freeShares(1, 7), desk.manager.freeCash(2)], "what they got").toEqual([15, 1_425]);
      desk.trade(1, 2, 100, 25);
      expect(desk.balances, "when the buy is filled").toEqual([6_075, 0, 10, 10]);
      expect([desk.manager.freeShares(1, 7), desk.manager.freeCash(2)]).toEqual([40, 3_925]);
      expect([desk.manager.openLots(1), desk.manager.openLots(2), desk.manager.openOrders]).toEqual([10, 0, 1]);
    },
  );

  behavior("a cancel frees what was held for its lots, in part or whole", releasedExactly, () => {
    const desk = opened();
    desk.accept(order(1, "sell", 50, 95));
    desk.accept(order(2, "buy", 40, 110));
    desk.cancel(2, 10);
    expect(desk.balances, "10 of the buy's 40 lots").toEqual([6_700, 3_300, 10, 50]);
    desk.trade(1, 2, 95, 20);
    desk.cancel(1, 30);
    desk.cancel(2, 10);
    expect(desk.balances, "20 have traded at 95, the rest is canceled").toEqual([8_100, 0, 40, 0]);
    expect(desk.manager.openOrders).toBe(0);
  });

  behavior("a request to cancel frees nothing, since a fill may be on its way", releasedExactly, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 40, 100));
    desk.accept(order(2, "sell", 40, 100));
    expect(desk.manager.checkCancel(1, 1)).toBe(null);
    expect(desk.manager.checkCancel(1, 1), "asked again").toBe(null);
    expect(desk.manager.checkCancel(2, 1)).toBe("not-the-owner");
    expect(desk.manager.checkCancel(1, 99)).toBe("unknown-order");
    expect(desk.balances, "while the book has not answered").toEqual([6_000, 4_000, 20, 40]);
    step("the fill overtakes the request");
    desk.trade(1, 2, 100, 40);
    expect(desk.manager.checkCancel(1, 1), "the order has ended").toBe("unknown-order");
    expect(desk.balances).toEqual([6_000, 0, 20, 0]);
  });

  behavior("forgets an order that has ended, and its id is free", releasedExactly, () => {
    const desk = opened();
    for (let round = 1; round <= 3; round++) {
      desk.accept(order(1, "buy", 10 + round, 100));
      desk.accept(order(2, "sell", 10, 100));
      desk.trade(2, 1, 100, 10);
      expect(desk.manager.check(order(1, "buy", 1, 100)), "while it is open").toBe("duplicate-order-id");
      desk.cancel(1, round);
      expect(desk.manager.openOrders).toBe(0);
    }
    expect(desk.manager.openLots(1)).toBe(0);
    expect(desk.balances).toEqual([7_000, 0, 30, 0]);
  });

  ofFills();
});

stage(3, "Refuse by the rules", () => {
  ofRules();

  behavior("lets the largest value of every rule pass, and nothing beyond it", refusedByName, () => {
    const rich: Fact[] = [
      { type: "listed", symbolId: 7, priceTicks: 999 },
      { type: "cash-deposited", accountId: 1, amount: 10 ** 9 },
      { type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 10 ** 6 },
      { type: "shares-deposited", accountId: 1, symbolId: 7, quantity: 300 },
    ];
    const rows: [Partial<RiskRules>, OrderRequest, string | null][] = [
      [{ orderLotsMax: 50 }, order(1, "buy", 50, 999), null],
      [{ orderLotsMax: 50 }, order(1, "sell", 51, 999), "quantity-above-maximum"],
      // 1% of 999 is 9.99 ticks: 9.
      [{ bandBasisPoints: 100 }, order(1, "buy", 1, 1_008), null],
      [{ bandBasisPoints: 100 }, order(1, "buy", 1, 1_009), "price-out-of-band"],
      [{ bandBasisPoints: 100 }, order(1, "sell", 1, 990), null],
      [{ bandBasisPoints: 100 }, order(1, "sell", 1, 989), "price-out-of-band"],
      [{ bandBasisPoints: 0 }, order(1, "sell", 1, 999), null],
      [{ bandBasisPoints: 0 }, order(1, "sell", 1, 1_000), "price-out-of-band"],
      [{ orderNotionalMax: 9_990 }, order(1, "buy", 10, 999), null],
      [{ orderNotionalMax: 9_990 }, order(1, "buy", 10, 1_000), "notional-above-maximum"],
      [{ orderNotionalMax: 9_990 }, order(1, "sell", 11, 999), "notional-above-maximum"],
      [{ sessionLotsMax: 200 }, order(1, "sell", 200, 999), null],
      [{ sessionLotsMax: 200 }, order(1, "sell", 201, 999), "session-limit"],
      [{ positionLotsMax: 500 }, order(1, "buy", 200, 999), null],
      [{ positionLotsMax: 500 }, order(1, "buy", 201, 999), "position-limit"],
      [{ positionLotsMax: 500 }, order(1, "sell", 1_000, 999), null],
    ];
    for (const [rules, request, reason] of rows) {
      step(`rules: ${JSON.stringify(rules)}`);
      expect(opened({ ...FREE, ...rules }, rich).manager.check(request)).toBe(reason);
    }
  });

  behavior("measures the band from the last trade of the symbol", refusedByName, () => {
    const desk = opened({ ...FREE, bandBasisPoints: 1_000 }, [
      ...START,
      { type: "listed", symbolId: 8, priceTicks: 100 },
    ]);
    desk.accept(order(1, "sell", 5, 110));
    desk.accept(order(2, "buy", 5, 110));
    expect(desk.manager.check(order(3, "buy", 1, 111))).toBe("price-out-of-band");
    desk.trade(1, 2, 110, 5);
    expect(desk.manager.check(order(3, "buy", 1, 121)), "11 ticks above the trade at 110").toBe(null);
    expect(desk.manager.check(order(3, "buy", 1, 98)), "12 ticks below it").toBe("price-out-of-band");
    expect(desk.manager.check(order(3, "buy", 1, 111, { symbolId: 8 })), "another symbol").toBe("price-out-of-band");
  });

  behavior(
    "counts what is open and what has traded toward the session's limit, and nothing canceled",
    refusedByName,
    () => {
      const desk = opened({ ...FREE, sessionLotsMax: 50 });
      desk.accept(order(1, "buy", 30, 100));
      expect(desk.manager.check(order(2, "buy", 21, 100)), "30 are open").toBe("session-limit");
      desk.accept(order(2, "sell", 50, 100));
      desk.trade(1, 2, 100, 10);
      expect(desk.manager.sessionLots(1), "10 traded and 20 open").toBe(30);
      desk.cancel(1, 20);
      expect(desk.manager.sessionLots(1), "the 20 are canceled").toBe(10);
      desk.accept(order(3, "buy", 40, 100));
      expect(desk.manager.check(order(4, "buy", 1, 100))).toBe("session-limit");
      expect(desk.manager.sessionLots(2), "the seller's").toBe(50);
      desk.happens({ type: "session-opened" });
      expect(desk.manager.sessionLots(1), "in a new session the open orders count, and no more").toBe(40);
      expect(desk.manager.check(order(4, "buy", 10, 100))).toBe(null);
      expect(desk.manager.check(order(4, "buy", 11, 100))).toBe("session-limit");
      desk.trade(3, 2, 100, 15);
      expect([desk.manager.sessionLots(1), desk.manager.sessionLots(2)]).toEqual([40, 40]);
    },
  );

  ofSessions();

  behavior("counts what is owned and what open buy orders may bring toward the position", refusedByName, () => {
    const desk = opened({ ...FREE, positionLotsMax: 100 }, [
      ...START,
      { type: "cash-deposited", accountId: 2, amount: 10_000 },
    ]);
    const more = (quantity: number) => desk.manager.check(order(9, "buy", quantity, 100, { accountId: 2 }));
    expect([more(40), more(41)], "60 are owned").toEqual([null, "position-limit"]);
    desk.accept(order(1, "buy", 30, 100, { accountId: 2 }));
    expect([more(10), more(11)], "and 30 may come").toEqual([null, "position-limit"]);
    desk.accept(order(2, "sell", 60, 100));
    expect([more(10), more(11)], "those on sale are still owned").toEqual([null, "position-limit"]);
    desk.cancel(1, 20);
    expect([more(30), more(31)], "20 of the 30 were canceled").toEqual([null, "position-limit"]);
  });

  behavior(
    "agrees with a recomputation from the log after every event, and money only changes hands",
    nothingNegative,
    () => {
      forAll(
        moves(60),
        (list) => {
          const desk = opened(RULES, OPENING);
          for (const move of list) {
            if (move.kind === "order") expect(desk.manager.check(move.order)).toBe(desk.ledger.check(move.order));
            if (move.kind === "ask-to-cancel") {
              const { accountId, pick } = move;
              expect(desk.manager.checkCancel(accountId, pick)).toBe(desk.ledger.checkCancel(accountId, pick));
            }
            const fact = factOf(move, desk.ledger);
            if (fact !== undefined) desk.happens(fact);
            conserved(desk.manager, desk.ledger.log);
            agree(desk.manager, desk.ledger);
          }
        },
        { runs: 60 },
      );
    },
  );
});

stage(4, "Rebuild from the log", () => {
  behavior("rebuilt from the log, it holds and decides the same", managerFromEvents, () => {
    forAll(
      fc.tuple(moves(50), fc.nat(50)),
      ([list, at]) => {
        const desk = opened(RULES, OPENING);
        let rebuilt: Manager | undefined;
        list.forEach((move, i) => {
          if (i === at) rebuilt = replay(desk.ledger.log);
          const decision = move.kind === "order" ? desk.manager.check(move.order) : null;
          if (rebuilt !== undefined && move.kind === "order") {
            expect(rebuilt.check(move.order), "the decision of the rebuilt one").toBe(decision);
          }
          const fact = factOf(move, desk.ledger);
          if (fact === undefined) return;
          const event = desk.happens(fact);
          rebuilt?.apply(event);
        });
        agree(rebuilt ?? replay(desk.ledger.log), desk.ledger);
      },
      { runs: 60 },
    );
  });

  behavior(
    "an event that comes again changes nothing, and one that skips a number is refused",
    managerFromEvents,
    () => {
      const desk = opened();
      desk.accept(order(1, "buy", 40, 100));
      desk.accept(order(2, "sell", 40, 100));
      desk.trade(1, 2, 100, 20);
      const before = desk.balances;
      step("after a crash somebody sends the whole log again");
      for (const event of desk.ledger.log) expect(desk.manager.apply(event), "applied before").toBe(false);
      expect(desk.balances).toEqual(before);
      expect([desk.manager.openLots(1), desk.manager.freeShares(1, 7)]).toEqual([20, 20]);
      const { sequence } = desk.manager;
      const later: ManagerEvent = { type: "canceled", orderId: 1, quantity: 20, sequence: sequence + 2 };
      expect(thrown(() => desk.manager.apply(later))).toBeInstanceOf(LogGapError);
      expect(desk.balances, "after refusing").toEqual(before);
      expect(desk.manager.apply({ ...later, sequence: sequence + 1 }), "in its turn").toBe(true);
    },
  );

  behavior("takes an event in whole or not at all when it contradicts the log", managerFromEvents, () => {
    const desk = opened(FREE, [
      ...START,
      { type: "listed", symbolId: 8, priceTicks: 100 },
      { type: "cash-deposited", accountId: 2, amount: 5_000 },
    ]);
    desk.accept(order(1, "buy", 40, 100));
    desk.accept(order(2, "sell", 30, 90));
    desk.accept(order(3, "buy", 5, 100, { symbolId: 8 }));
    desk.accept(order(4, "buy", 5, 80));
    const traded = (makerOrderId: number, takerOrderId: number, priceTicks: number, quantity: number): Fact => ({
      type: "traded",
      makerOrderId,
      takerOrderId,
      priceTicks,
      quantity,
    });
    const impossible: [string, Fact][] = [
      ["a buy without cover", { type: "accepted", ...order(5, "buy", 52, 100) }],
      ["a sell without cover", { type: "accepted", ...order(5, "sell", 31, 100) }],
      ["an order of somebody unknown", { type: "accepted", ...order(5, "buy", 1, 100, { accountId: 9 }) }],
      ["an order for a symbol that is not listed", { type: "accepted", ...order(5, "buy", 1, 100, { symbolId: 9 }) }],
      ["the id of an open order", { type: "accepted", ...order(1, "buy", 1, 100) }],
      ["a trade of more than the seller's open lots", traded(1, 2, 95, 31)],
      ["a trade of more than the buyer's open lots", traded(2, 1, 95, 41)],
      ["a trade above the buyer's limit", traded(1, 2, 101, 1)],
      ["a trade below the seller's limit", traded(1, 2, 89, 1)],
      ["a trade of two buys", traded(1, 4, 80, 1)],
      ["a trade of two symbols", traded(3, 2, 95, 1)],
      ["a trade with an order that is not open", traded(1, 77, 95, 1)],
      ["a trade of nothing", traded(1, 2, 95, 0)],
      ["a trade of half a lot", traded(1, 2, 95, 0.5)],
      ["a cancel of more than is open", { type: "canceled", orderId: 2, quantity: 31 }],
      ["a cancel of an order that is not open", { type: "canceled", orderId: 77, quantity: 1 }],
      ["a deposit of less than nothing", { type: "cash-deposited", accountId: 1, amount: -5 }],
      [
        "cash beyond what a number holds exactly",
        { type: "cash-deposited", accountId: 3, amount: Number.MAX_SAFE_INTEGER },
      ],
      ["shares of a symbol that is not listed", { type: "shares-deposited", accountId: 2, symbolId: 9, quantity: 1 }],
      ["a symbol that is listed already", { type: "listed", symbolId: 7, priceTicks: 50 }],
    ];
    const state = (): unknown[] => [
      ...desk.balances,
      desk.manager.sequence,
      desk.manager.openOrders,
      ...[1, 2, 3, 4, 5].map((orderId) => desk.manager.openLots(orderId)),
      ...[
        desk.manager.freeCash(2),
        desk.manager.freeShares(1, 7),
        desk.manager.sessionLots(1),
        desk.manager.sessionLots(2),
      ],
    ];
    const before = state();
    for (const [what, fact] of impossible) {
      const event = { ...fact, sequence: desk.manager.sequence + 1 } as ManagerEvent;
      const error = thrown(() => desk.manager.apply(event));
      ensure(error instanceof ContradictionError, () => ({
        expected: `ContradictionError for ${what}`,
        got: error === undefined ? "an event that was applied" : String(error),
      }));
      expect(state(), `the state after ${what}`).toEqual(before);
    }
    desk.trade(1, 2, 95, 30);
    expect(desk.manager.freeCash(2)).toBe(7_850);
  });

  ofAmounts();

  behavior("takes the log as history: rules decide about new orders only", managerFromEvents, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 80, 100));
    desk.accept(order(2, "sell", 60, 50));
    desk.trade(1, 2, 90, 60);
    const strict: RiskRules = {
      orderLotsMax: 1,
      orderNotionalMax: 1,
      bandBasisPoints: 0,
      sessionLotsMax: 1,
      positionLotsMax: 1,
    };
    const manager = observe("rebuilt", new OrderManager(strict));
    for (const event of desk.ledger.log) expect(manager.apply(event)).toBe(true);
    expect([manager.heldCash(1), manager.openLots(1), manager.freeShares(1, 7)]).toEqual([2_000, 20, 60]);
    expect(manager.check(order(3, "buy", 2, 90))).toBe("quantity-above-maximum");
  });
});

stage(5, "Change an order that may fill", () => {
  managerReplaces(OrderManager, ContradictionError);
  managerRaces(OrderManager);
  ofHistory();
});

function replay(log: readonly ManagerEvent[]): Manager {
  step(`rebuild from a log of ${log.length} events`);
  const manager = new OrderManager(RULES);
  for (const event of log) manager.apply(event);
  return manager;
}
