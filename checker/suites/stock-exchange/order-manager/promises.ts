/** Behaviors of the order manager: what it must not believe, and what it knows nothing of. */

import type { RiskRules } from "../../../../given/stock-exchange/risk.ts";
import type { ManagerEvent } from "../../../../solutions/stock-exchange/order-manager.ts";
import { behavior, ensure, expect, forAll, LONG_RUNS, observe, step } from "../../../kit/index.ts";
import { heldBeforeSent, managerFromEvents, refusedByName, releasedExactly } from "../order-flow-invariants.ts";
import { thrown } from "../sequencer-recovery.ts";
import { Desk, type OrderManagerClass } from "./desk.ts";
import { agree, type Fact, FREE, factOf, moves, OPENING, order, RULES, replaceOf } from "./ledger.ts";

/** Rules under which next to nothing passes. */
const STRICT: RiskRules = {
  orderLotsMax: 1,
  orderNotionalMax: 1,
  bandBasisPoints: 0,
  sessionLotsMax: 1,
  positionLotsMax: 1,
};

export function managerPromises(OrderManager: OrderManagerClass, Contradiction: new () => Error) {
  return { ofStrangers, ofIds, ofLargest, ofFills, ofRules, ofSessions, ofAmounts, ofHistory };

  function ofStrangers(): void {
    behavior("has nothing for whom it does not know, and does not know him for being asked", heldBeforeSent, () => {
      const { manager } = new Desk(OrderManager);
      const ask = () => [
        ...[manager.freeCash(9), manager.heldCash(9), manager.freeShares(9, 7), manager.heldShares(9, 7)],
        ...[manager.freeShares(1, 7), manager.heldShares(1, 8), manager.freeShares(2, 8), manager.openLots(9)],
      ];
      expect(ask(), "of account 9, symbol 8, order 9").toEqual(new Array(8).fill(0));
      expect(manager.check(order(1, "buy", 1, 100, { accountId: 9 })), "and after that").toBe("unknown-account");
      expect(manager.check(order(1, "buy", 1, 100, { symbolId: 8 }))).toBe("unknown-symbol");
      expect(observe("new", new OrderManager(FREE)).sequence, "of a new manager").toBe(0);
    });
  }

  function ofIds(): void {
    behavior("tells all order ids from 0 to 2^53 - 1 apart", heldBeforeSent, () => {
      const desk = new Desk(OrderManager);
      const ids = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
      ids.forEach((id, i) => {
        desk.accept(order(id, "buy", i + 1, 10));
      });
      expect(ids.map((id) => desk.manager.openLots(id))).toEqual(ids.map((_, i) => i + 1));
      expect(ids.map((id) => desk.manager.check(order(id, "buy", 1, 10)))).toEqual(ids.map(() => "duplicate-order-id"));
      expect(desk.manager.openOrders).toBe(ids.length);
    });
  }

  /** What was let go, beyond what narrow counters hold, over a long day. */
  function ofFills(): void {
    behavior(
      "tells accounts and symbols apart that are alike when they are written side by side",
      releasedExactly,
      () => {
        const most = 2 ** 31 - 1;
        const pairs: readonly (readonly [accountId: number, symbolId: number])[] = [
          ...([
            [1, 11],
            [11, 1],
            [1, 1],
            [111, 1],
            [1, 111],
            [0, 1_001],
            [1, 1_000],
            [1, 0],
          ] as const),
          ...([
            [2, 2 ** 16 + 1],
            [3, 1],
            [2, 2 ** 24],
            [2 ** 16, 1],
            [most, most],
            [most, most - 1],
            [most - 1, most],
          ] as const),
        ];
        const symbols = [...new Set(pairs.map(([, symbolId]) => symbolId))];
        const desk = new Desk(OrderManager, FREE, [
          ...symbols.map((symbolId) => ({ type: "listed" as const, symbolId, priceTicks: 100 })),
          ...pairs.map(([accountId, symbolId], i) => {
            return { type: "shares-deposited" as const, accountId, symbolId, quantity: 100 + i };
          }),
        ]);
        pairs.forEach(([accountId, symbolId], i) => {
          desk.accept(order(i, "sell", 10 + i, 100, { accountId, symbolId }));
        });
        pairs.forEach(([accountId, symbolId], i) => {
          const { manager } = desk;
          expect(
            [manager.freeShares(accountId, symbolId), manager.heldShares(accountId, symbolId)],
            `shares ${symbolId} of account ${accountId}, free and held`,
          ).toEqual([90, 10 + i]);
        });
        expect(desk.manager.freeShares(11, 11), "shares 11 of account 11").toBe(0);
      },
    );

    behavior("counts lots and cash beyond 32 bits", releasedExactly, () => {
      const most = 2 ** 31 - 1;
      const cash = 10 ** 14;
      const desk = new Desk(OrderManager, { ...FREE, orderLotsMax: most }, [
        { type: "listed", symbolId: 7, priceTicks: 1_000 },
        { type: "cash-deposited", accountId: 1, amount: cash },
        { type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 10 * most },
      ]);
      for (const n of [1, 2, 3]) {
        desk.accept(order(n, "buy", most, 1_000));
        desk.accept(order(10 + n, "sell", most, 900));
      }
      const held = 3_000 * most;
      expect(desk.balances, "three orders of each").toEqual([cash - held, held, 7 * most, 3 * most]);
      for (const n of [1, 2, 3]) desk.trade(n, 10 + n, 1_000, most);
      expect(desk.balances, "when they have traded").toEqual([cash - held, 0, 7 * most, 0]);
      expect([desk.manager.freeCash(2), desk.manager.freeShares(1, 7)], "the other sides").toEqual([held, 3 * most]);
      expect([desk.manager.sessionLots(1), desk.manager.sessionLots(2)]).toEqual([3 * most, 3 * most]);
    });

    behavior("after a hundred thousand orders, every one that is open is still known", releasedExactly, () => {
      const [count, waiting, accounts] = [LONG_RUNS.at(-1)!, 25_000, 1_000];
      const manager = new OrderManager(FREE);
      let sequence = 0;
      const tell = (fact: Fact): void => void manager.apply({ ...fact, sequence: ++sequence } as ManagerEvent);
      tell({ type: "listed", symbolId: 7, priceTicks: 100 });
      for (let accountId = 0; accountId < accounts; accountId++) {
        tell({ type: "cash-deposited", accountId, amount: 10 ** 6 });
      }
      const lotsOf = (n: number): number => 1 + (n % 9);
      const accepted = { type: "accepted" as const, ...order(0, "buy", 1, 10) };
      step(`${count} orders of ${accounts} accounts; each is canceled when ${waiting} others have come`);
      for (let n = 0; n < count; n++) {
        Object.assign(accepted, { orderId: 3 * n, accountId: n % accounts, quantity: lotsOf(n) });
        const refusal = manager.check(accepted);
        if (refusal !== null) expect(refusal, `the answer to order ${3 * n}`).toBe(null);
        tell(accepted);
        const gone = n - waiting;
        if (gone < 0) continue;
        const open = manager.openLots(3 * gone);
        if (open !== lotsOf(gone)) expect(open, `open lots of order ${3 * gone}`).toBe(lotsOf(gone));
        tell({ type: "canceled", orderId: 3 * gone, quantity: lotsOf(gone) });
      }
      expect([manager.openOrders, manager.sequence], "open orders, and the last event").toEqual([waiting, sequence]);
      for (const accountId of [0, 1, 999]) {
        let held = 0;
        for (let n = count - waiting; n < count; n++) if (n % accounts === accountId) held += 10 * lotsOf(n);
        expect([manager.freeCash(accountId), manager.heldCash(accountId)], `cash of account ${accountId}`).toEqual([
          10 ** 6 - held,
          held,
        ]);
      }
    });

    behavior("keeps no reference to the rules or to an event", releasedExactly, () => {
      const rules = { ...FREE, orderLotsMax: 50 };
      const manager = observe("manager", new OrderManager(rules));
      const event = { ...order(0, "buy", 1, 1) } as Record<string, unknown>;
      let sequence = 0;
      const tell = (fact: Fact): void => {
        // One object for all events, as of somebody who decodes a log into it.
        for (const name of Object.keys(event)) delete event[name];
        Object.assign(event, fact, { sequence: ++sequence });
        expect(manager.apply(event as ManagerEvent), "a new event is applied").toBe(true);
      };
      tell({ type: "listed", symbolId: 7, priceTicks: 100 });
      tell({ type: "cash-deposited", accountId: 1, amount: 10_000 });
      tell({ type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 60 });
      tell({ type: "accepted", ...order(1, "buy", 40, 100) });
      tell({ type: "accepted", ...order(2, "sell", 30, 90) });
      tell({ type: "replace-accepted", orderId: 1, priceTicks: 110, quantity: 50 });
      tell({ type: "canceled", orderId: 2, quantity: 10 });
      rules.orderLotsMax = 1;
      rules.bandBasisPoints = 0;
      expect(manager.check(order(3, "buy", 5, 120)), "under the rules that it was given").toBe(null);
      tell({ type: "replaced", orderId: 1 });
      expect([manager.openLots(1), manager.heldCash(1), manager.openLots(2)]).toEqual([50, 5_500, 20]);
      tell({ type: "traded", makerOrderId: 2, takerOrderId: 1, priceTicks: 90, quantity: 20 });
      expect([manager.openLots(1), manager.heldCash(1), manager.freeCash(1)]).toEqual([30, 3_300, 4_900]);
    });
  }

  function ofSessions(): void {
    behavior("no session counts again what an earlier one has traded, however many there were", refusedByName, () => {
      const desk = new Desk(OrderManager, { ...FREE, sessionLotsMax: 50 });
      desk.accept(order(1, "buy", 30, 100));
      desk.accept(order(2, "sell", 30, 100));
      desk.trade(1, 2, 100, 30);
      expect(desk.manager.sessionLots(1), "in the session of the trade").toBe(30);
      const { manager } = desk;
      let { sequence } = manager;
      let sessions = 0;
      for (const until of [1, 2, 255, 256, 257, 65_535, 65_536, 65_537]) {
        for (; sessions < until; sessions++) manager.apply({ type: "session-opened", sequence: ++sequence });
        expect(manager.sessionLots(1), `lots, ${until} sessions later`).toBe(0);
        expect(manager.check(order(3, "buy", 50, 100))).toBe(null);
      }
    });
  }

  function ofLargest(): void {
    behavior("lets the largest price and quantity pass", refusedByName, () => {
      const most = 2 ** 31 - 1;
      const desk = new Desk(OrderManager, { ...FREE, orderLotsMax: most }, [
        { type: "listed", symbolId: 7, priceTicks: most },
        { type: "listed", symbolId: 8, priceTicks: 1 },
        { type: "cash-deposited", accountId: 1, amount: 2 * most },
      ]);
      desk.accept(order(1, "buy", 1, most));
      desk.accept(order(2, "buy", most, 1, { symbolId: 8 }));
      expect([desk.manager.freeCash(1), desk.manager.heldCash(1)]).toEqual([0, 2 * most]);
      expect(desk.manager.check(order(3, "buy", 1, most + 1))).toBe("invalid-price");
      expect(desk.manager.check(order(3, "buy", most + 1, 1))).toBe("invalid-quantity");
    });
  }

  function ofRules(): void {
    behavior("takes rules that are whole numbers from 0, and no others", refusedByName, () => {
      const wrong = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].flatMap((value) =>
        Object.keys(RULES).map((name) => [name, value] as const),
      );
      for (const [name, value] of [...wrong, ["bandBasisPoints", 10_001] as const]) {
        const error = thrown(() => new OrderManager({ ...RULES, [name]: value }));
        ensure(error instanceof RangeError, () => ({
          expected: `RangeError for ${name} ${value}`,
          got: error === undefined ? "a manager with that rule" : String(error),
        }));
      }
      const most = Number.MAX_SAFE_INTEGER;
      const loose = { orderLotsMax: most, orderNotionalMax: most, sessionLotsMax: most, positionLotsMax: most };
      expect(new Desk(OrderManager, { ...loose, bandBasisPoints: 10_000 }).manager.check(order(1, "buy", 1, 200))).toBe(
        null,
      );
      const none = { orderLotsMax: 0, orderNotionalMax: 0, sessionLotsMax: 0, positionLotsMax: 0, bandBasisPoints: 0 };
      expect(new Desk(OrderManager, none).manager.check(order(1, "sell", 1, 100))).toBe("quantity-above-maximum");
      expect(new Desk(OrderManager).manager.sessionLots(9), "lots of an account that is not known").toBe(0);
    });
  }

  function ofAmounts(): void {
    behavior("takes no amount, price or quantity from the log but whole ones from 1 up", managerFromEvents, () => {
      const desk = new Desk(OrderManager);
      desk.accept(order(1, "buy", 40, 100));
      desk.accept(order(2, "sell", 30, 90));
      const before = desk.balances;
      const refuse = (what: string, fact: Fact): void => {
        const event = { ...fact, sequence: desk.manager.sequence + 1 } as ManagerEvent;
        const error = thrown(() => desk.manager.apply(event));
        ensure(error instanceof Contradiction, () => ({
          expected: `ContradictionError for ${what}`,
          got: error === undefined ? "an event that was applied" : String(error),
        }));
        expect([...desk.balances, desk.manager.openLots(1), desk.manager.openLots(2)], `after ${what}`).toEqual([
          ...before,
          40,
          30,
        ]);
      };
      const pair = { makerOrderId: 1, takerOrderId: 2 };
      for (const wrong of [0, -1, 0.5, Number.NaN, 2 ** 53]) {
        refuse(`a listing at ${wrong}`, { type: "listed", symbolId: 8, priceTicks: wrong });
        refuse(`a deposit of ${wrong}`, { type: "cash-deposited", accountId: 1, amount: wrong });
        refuse(`${wrong} shares brought in`, { type: "shares-deposited", accountId: 2, symbolId: 7, quantity: wrong });
        refuse(`a buy of ${wrong} lots`, { type: "accepted", ...order(3, "buy", wrong, 1) });
        refuse(`a sell of ${wrong} lots`, { type: "accepted", ...order(3, "sell", wrong, 1) });
        refuse(`a buy at ${wrong}`, { type: "accepted", ...order(3, "buy", 2, wrong) });
        refuse(`a sell at ${wrong}`, { type: "accepted", ...order(3, "sell", 2, wrong) });
        refuse(`a trade of ${wrong} lots`, { type: "traded", ...pair, priceTicks: 95, quantity: wrong });
        refuse(`a cancel of ${wrong} lots`, { type: "canceled", orderId: 1, quantity: wrong });
      }
      refuse("a trade at half a tick, between the limits", { type: "traded", ...pair, priceTicks: 94.5, quantity: 2 });
      const most = Number.MAX_SAFE_INTEGER;
      refuse("more shares than a number holds exactly", {
        type: "shares-deposited",
        accountId: 3,
        symbolId: 7,
        quantity: most - 59,
      });
      refuse("more cash than a number holds exactly", { type: "cash-deposited", accountId: 3, amount: most - 9_999 });
      desk.happens({ type: "shares-deposited", accountId: 3, symbolId: 7, quantity: most - 60 });
      desk.happens({ type: "cash-deposited", accountId: 3, amount: most - 10_000 });
      expect([desk.manager.freeShares(3, 7), desk.manager.freeCash(3)]).toEqual([most - 60, most - 10_000]);
    });
  }

  function ofHistory(): void {
    behavior("takes every change in the log as history, under whatever rules", managerFromEvents, () => {
      forAll(
        moves(40, { replaces: true }),
        (list) => {
          const desk = new Desk(OrderManager, RULES, OPENING);
          for (const move of list) {
            if (move.kind === "ask-to-replace" && replaceOf(move, desk.ledger) === undefined) continue;
            const fact = factOf(move, desk.ledger);
            if (fact !== undefined) desk.happens(fact);
          }
          const strict = new OrderManager(STRICT);
          for (const event of desk.ledger.log) expect(strict.apply(event), "an event of the log").toBe(true);
          agree(strict, desk.ledger);
        },
        { runs: 40 },
      );
    });
  }
}
