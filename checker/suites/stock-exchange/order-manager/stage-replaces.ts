/** Behaviors of the order manager: an open order is changed while the book may fill it. */

import { type BookEvent, eventsInto } from "../../../../given/stock-exchange/book-events.ts";
import { apply, type Command } from "../../../../given/stock-exchange/orders.ts";
import type { RiskRules } from "../../../../given/stock-exchange/risk.ts";
import type { ReplaceRefusal } from "../../../../solutions/stock-exchange/order-manager.ts";
import { behavior, expect, fc, forAll, step } from "../../../kit/index.ts";
import { NaiveBook } from "../naive-book.ts";
import {
  heldBeforeSent,
  managerFromEvents,
  nothingNegative,
  raiseEarlyLowerLate,
  refusedByName,
  releasedExactly,
} from "../order-flow-invariants.ts";
import { thrown } from "../sequencer-recovery.ts";
import { Desk, type OrderManagerClass } from "./desk.ts";
import { agree, conserved, type Fact, FREE, factOf, moves, OPENING, order, RULES, replaceOf } from "./ledger.ts";

const to = (orderId: number, quantity: number, priceTicks: number) => ({ orderId, quantity, priceTicks });
const replaced = (orderId: number) => ({ type: "replaced", orderId }) as const;
const refused = (orderId: number) => ({ type: "replace-refused", orderId }) as const;

export function managerReplaces(OrderManager: OrderManagerClass, Contradiction: new () => Error): void {
  const opened = (rules?: RiskRules, facts?: readonly Fact[]): Desk => new Desk(OrderManager, rules, facts);

  behavior("raises what is held before a replace is sent, and lowers it after", raiseEarlyLowerLate, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 10, 100));
    desk.accept(order(2, "sell", 20, 190));
    desk.acceptReplace(1, to(1, 10, 120));
    desk.acceptReplace(2, to(2, 30, 200));
    expect(desk.balances, "while both are to be more").toEqual([8_800, 1_200, 30, 30]);
    expect([desk.manager.openLots(2), desk.manager.sessionLots(2)], "in the book, and what counts").toEqual([20, 30]);
    desk.happens(replaced(1));
    desk.happens(replaced(2));
    expect(desk.balances, "when they are").toEqual([8_800, 1_200, 30, 30]);
    desk.acceptReplace(1, to(1, 5, 110));
    desk.acceptReplace(2, to(2, 12, 195));
    expect(desk.balances, "while both are to be less").toEqual([8_800, 1_200, 30, 30]);
    expect([desk.manager.openLots(1), desk.manager.sessionLots(1), desk.manager.sessionLots(2)]).toEqual([10, 10, 30]);
    desk.happens(replaced(1));
    desk.happens(replaced(2));
    expect(desk.balances, "when they are").toEqual([9_450, 550, 48, 12]);
    expect([desk.manager.openLots(1), desk.manager.openLots(2), desk.manager.sessionLots(2)]).toEqual([5, 12, 12]);
  });

  behavior("holds the dearest course of a change, and no more", heldBeforeSent, () => {
    const rows: [from: number[], request: number[], held: number, why: string][] = [
      [[5, 100], [10, 60], 800, "5 at 100 before the change, 5 at 60 after it"],
      [[10, 100], [5, 150], 1_000, "10 at 100 and no change; 5 at 150 are less, and both cannot be"],
      [[10, 100], [8, 150], 1_200, "8 at 150"],
      [[10, 100], [10, 90], 1_000, "10 at 100 before the change"],
      [[10, 100], [12, 100], 1_200, "12 at 100"],
    ];
    for (const [[lots, price], [quantity, priceTicks], held, why] of rows) {
      const desk = opened();
      desk.accept(order(1, "buy", lots!, price!));
      desk.acceptReplace(1, to(1, quantity!, priceTicks!));
      expect(desk.manager.heldCash(1), why).toBe(held);
    }
    const desk = opened();
    desk.accept(order(1, "buy", 40, 100));
    desk.accept(order(2, "buy", 15, 200));
    const ask = (quantity: number) => desk.manager.checkReplace(1, to(1, quantity, 75));
    expect([ask(80), ask(81)], "40 more at 75 with 3,000 free").toEqual([null, "insufficient-cash"]);
  });

  behavior("refuses without effect what is not covered, and asks only for what is added", heldBeforeSent, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 60, 100));
    desk.accept(order(2, "sell", 40, 100));
    const before = desk.balances;
    for (let i = 0; i < 3; i++) {
      expect(desk.manager.checkReplace(1, to(1, 100, 100)), "4,000 more, 4,000 free").toBe(null);
      expect(desk.manager.checkReplace(1, to(1, 60, 167)), "4,020 more").toBe("insufficient-cash");
      expect(desk.manager.checkReplace(2, to(2, 60, 100)), "20 more, 20 free").toBe(null);
      expect(desk.manager.checkReplace(2, to(2, 61, 100))).toBe("insufficient-shares");
    }
    expect(desk.balances, "a check only looks").toEqual(before);
    expect([desk.manager.openLots(1), desk.manager.sessionLots(1)]).toEqual([60, 60]);
  });

  behavior("counts a fill that overtakes the replace toward its total", releasedExactly, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 100, 50));
    desk.accept(order(2, "sell", 60, 50));
    desk.acceptReplace(1, to(1, 150, 50));
    expect(desk.balances, "for 150").toEqual([2_500, 7_500, 0, 60]);
    desk.trade(1, 2, 50, 60);
    expect(desk.balances, "60 have traded, 90 may come").toEqual([2_500, 4_500, 0, 0]);
    desk.happens(replaced(1));
    expect([desk.manager.openLots(1), desk.manager.heldCash(1)]).toEqual([90, 4_500]);
    desk.acceptReplace(1, to(1, 70, 40));
    desk.happens(replaced(1));
    expect([desk.manager.openLots(1), desk.manager.heldCash(1)], "70 in all, 60 have traded").toEqual([10, 400]);
    step("now more has traded than the new total");
    desk.acceptReplace(1, to(1, 60, 45));
    desk.happens(replaced(1));
    expect(desk.balances, "nothing is left").toEqual([7_000, 0, 0, 0]);
    expect([desk.manager.openOrders, desk.manager.sessionLots(1)]).toEqual([0, 60]);
  });

  behavior("fills at the old price until the book has made the change, then at the new one", releasedExactly, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 30, 110));
    desk.accept(order(2, "sell", 30, 80));
    desk.acceptReplace(1, to(1, 30, 100));
    desk.acceptReplace(2, to(2, 30, 90));
    desk.trade(1, 2, 105, 10);
    desk.trade(2, 1, 85, 10);
    expect(desk.balances).toEqual([7_000, 1_100, 30, 10]);
    desk.happens(replaced(1));
    desk.happens(replaced(2));
    expect(desk.balances).toEqual([7_100, 1_000, 30, 10]);
    for (const priceTicks of [101, 89]) {
      const traded = { type: "traded", makerOrderId: 1, takerOrderId: 2, priceTicks, quantity: 1 } as const;
      const error = thrown(() => desk.manager.apply({ ...traded, sequence: desk.manager.sequence + 1 }));
      expect(error, `a trade at ${priceTicks} after the change`).toBeInstanceOf(Contradiction);
    }
    desk.trade(1, 2, 100, 10);
    expect(desk.balances).toEqual([7_100, 0, 30, 0]);
  });

  behavior("a refused change leaves the order as it was, with nothing more held", releasedExactly, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 10, 100));
    desk.accept(order(2, "sell", 10, 100));
    desk.acceptReplace(1, to(1, 20, 120));
    desk.acceptReplace(2, to(2, 60, 90));
    desk.happens(refused(1));
    desk.happens(refused(2));
    expect(desk.balances).toEqual([9_000, 1_000, 50, 10]);
    expect([desk.manager.openLots(1), desk.manager.openLots(2), desk.manager.sessionLots(2)]).toEqual([10, 10, 10]);
    expect(desk.manager.checkReplace(1, to(1, 20, 120)), "asked again").toBe(null);
    desk.trade(1, 2, 100, 10);
    expect(desk.balances).toEqual([9_000, 0, 50, 0]);
  });

  behavior("an order that ends takes its replace with it", releasedExactly, () => {
    const desk = opened();
    for (const end of ["filled", "canceled"]) {
      desk.accept(order(1, "buy", 10, 100));
      desk.accept(order(2, "sell", 10, 100));
      const cash = desk.manager.freeCash(1) + desk.manager.heldCash(1);
      desk.acceptReplace(1, to(1, 20, 110));
      if (end === "filled") desk.trade(1, 2, 100, 10);
      else {
        desk.cancel(1, 10);
        desk.cancel(2, 10);
      }
      expect(desk.manager.heldCash(1), `${end} before the book saw the replace`).toBe(0);
      expect([desk.manager.freeCash(1), desk.manager.openOrders]).toEqual([end === "filled" ? cash - 1_000 : cash, 0]);
    }
    expect(desk.manager.checkReplace(1, to(1, 5, 100))).toBe("unknown-order");
    desk.accept(order(1, "buy", 10, 100));
    expect(desk.manager.checkReplace(1, to(1, 5, 100)), "another order with the id").toBe(null);
  });

  behavior("names the first reason against a replace", refusedByName, () => {
    const strict: RiskRules = { ...RULES, orderNotionalMax: 4_000, sessionLotsMax: 50, positionLotsMax: 40 };
    const desk = opened(strict, [
      { type: "listed", symbolId: 7, priceTicks: 100 },
      { type: "cash-deposited", accountId: 1, amount: 4_000 },
      { type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 32 },
    ]);
    desk.accept(order(1, "buy", 30, 100));
    desk.accept(order(2, "sell", 30, 100));
    desk.accept(order(3, "buy", 8, 100));
    desk.acceptReplace(1, to(3, 7, 99));
    const rows: [accountId: number, orderId: number, quantity: number, price: number, reason: ReplaceRefusal | null][] =
      [
        [1, 9, 0, 0, "unknown-order"],
        [2, 1, 0, 0, "not-the-owner"],
        [1, 3, 0, 0, "replace-pending"],
        [1, 1, 0, 0, "invalid-quantity"],
        [1, 1, 2 ** 31, 100, "invalid-quantity"],
        [1, 1, 41, 0.5, "invalid-price"],
        [1, 1, 41, 111, "quantity-above-maximum"],
        [1, 1, 40, 111, "price-out-of-band"],
        [1, 1, 40, 110, "notional-above-maximum"],
        [1, 1, 33, 100, "position-limit"],
        [1, 1, 32, 105, "insufficient-cash"],
        [1, 1, 32, 100, null],
        [1, 1, 30, 106, null],
        [2, 2, 33, 90, "insufficient-shares"],
        [2, 2, 32, 90, null],
      ];
    for (const [accountId, orderId, quantity, price, reason] of rows) {
      expect(desk.manager.checkReplace(accountId, to(orderId, quantity, price))).toBe(reason);
    }
    const busy = opened({ ...FREE, sessionLotsMax: 50 });
    busy.accept(order(1, "buy", 30, 100));
    busy.accept(order(3, "buy", 15, 100));
    const ask = (quantity: number) => busy.manager.checkReplace(1, to(1, quantity, 100));
    expect([ask(35), ask(36)], "5 more are 50, 6 more are 51").toEqual([null, "session-limit"]);
  });

  behavior("lets less pass, whatever the rules say by now, and a new price without more lots", refusedByName, () => {
    const rich: Fact[] = [
      { type: "listed", symbolId: 7, priceTicks: 100 },
      { type: "cash-deposited", accountId: 1, amount: 50_000 },
      { type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 500 },
    ];
    const desk = opened({ ...FREE, bandBasisPoints: 500, positionLotsMax: 60, sessionLotsMax: 300 }, rich);
    desk.accept(order(1, "buy", 30, 95));
    desk.accept(order(2, "sell", 5, 105));
    desk.accept(order(3, "buy", 5, 105));
    desk.trade(2, 3, 105, 5);
    step("the last trade was at 105: the band is 100 to 110, and the order at 95 stands outside");
    const ask = (quantity: number, priceTicks: number) => desk.manager.checkReplace(1, to(1, quantity, priceTicks));
    expect([ask(29, 95), ask(30, 95)], "no more, at its price").toEqual([null, null]);
    expect([ask(31, 95), ask(30, 96)], "more, or at another price").toEqual(["price-out-of-band", "price-out-of-band"]);
    step("shares that were brought in lift the position above its limit");
    desk.happens({ type: "shares-deposited", accountId: 1, symbolId: 7, quantity: 400 });
    expect([ask(30, 100), ask(31, 100)]).toEqual([null, "position-limit"]);
  });

  behavior("agrees with a recomputation from the log while orders are changed", nothingNegative, () => {
    forAll(
      moves(60, { replaces: true }),
      (list) => {
        const desk = opened(RULES, OPENING);
        for (const move of list) {
          if (move.kind === "order") expect(desk.manager.check(move.order)).toBe(desk.ledger.check(move.order));
          const asked = move.kind === "ask-to-replace" ? replaceOf(move, desk.ledger) : undefined;
          if (move.kind === "ask-to-replace" && asked === undefined) continue;
          if (asked !== undefined) {
            const { accountId, request } = asked;
            expect(desk.manager.checkReplace(accountId, request)).toBe(desk.ledger.checkReplace(accountId, request));
          }
          const fact = factOf(move, desk.ledger);
          if (fact !== undefined) desk.happens(fact);
          conserved(desk.manager, desk.ledger.log);
          agree(desk.manager, desk.ledger);
        }
      },
      { runs: 80 },
    );
  });

  behavior("rebuilt in the middle of a change, it holds and decides the same", managerFromEvents, () => {
    forAll(
      moves(40, { replaces: true }),
      (list) => {
        const desk = opened(RULES, OPENING);
        for (const move of list) {
          if (move.kind === "ask-to-replace" && replaceOf(move, desk.ledger) === undefined) continue;
          const fact = factOf(move, desk.ledger);
          if (fact !== undefined) desk.happens(fact);
        }
        step(`rebuild from a log of ${desk.ledger.log.length} events`);
        const rebuilt = new OrderManager(RULES);
        for (const event of desk.ledger.log) rebuilt.apply(event);
        agree(rebuilt, desk.ledger);
        for (const { orderId, accountId, priceTicks, filled } of desk.ledger.open()) {
          const request = to(orderId, filled + 3, priceTicks + 1);
          const decision = rebuilt.checkReplace(accountId, request);
          expect(decision, "of the rebuilt one").toBe(desk.manager.checkReplace(accountId, request));
        }
      },
      { runs: 60 },
    );
  });

  behavior("takes a replace in whole or not at all when it contradicts the log", managerFromEvents, () => {
    const desk = opened();
    desk.accept(order(1, "buy", 40, 100));
    desk.accept(order(2, "sell", 30, 90));
    desk.accept(order(3, "buy", 10, 50));
    desk.acceptReplace(1, to(3, 12, 50));
    const asked = (orderId: number, quantity: number, price: number) =>
      ({ type: "replace-accepted", ...to(orderId, quantity, price) }) as const;
    const impossible: [string, Fact][] = [
      ["a change without cash", asked(1, 100, 100)],
      ["a change without shares", asked(2, 61, 90)],
      ["a change of an order that is not open", asked(9, 1, 100)],
      ["a second change at a time", asked(3, 11, 50)],
      ["a change to no lots", asked(1, 0, 100)],
      ["a change to half a lot more", asked(1, 40.5, 100)],
      ["a change to half a tick less", asked(1, 40, 99.5)],
      ["a change to a price of nothing", asked(1, 40, 0)],
      ["a change that nobody asked for", replaced(1)],
      ["the refusal of one that nobody asked for", refused(2)],
      ["the refusal of a change of an order that is not open", refused(9)],
    ];
    const state = () => [
      ...desk.balances,
      desk.manager.sequence,
      desk.manager.openLots(3),
      desk.manager.sessionLots(1),
    ];
    const before = state();
    for (const [what, fact] of impossible) {
      const event = { ...fact, sequence: desk.manager.sequence + 1 } as Parameters<Desk["manager"]["apply"]>[0];
      expect(
        thrown(() => desk.manager.apply(event)),
        what,
      ).toBeInstanceOf(Contradiction);
      expect(state(), `the state after ${what}`).toEqual(before);
    }
    desk.happens(replaced(3));
    expect(desk.manager.openLots(3)).toBe(12);
  });
}

/** The manager in front of a book whose reports come late. */
export function managerRaces(OrderManager: OrderManagerClass): void {
  const draws = fc.array(
    fc.record({
      kind: fc.constantFrom(
        "order" as const,
        "order" as const,
        "replace" as const,
        "replace" as const,
        "cancel" as const,
      ),
      pick: fc.nat(20),
      accountId: fc.constantFrom(1, 2, 3),
      side: fc.constantFrom("buy" as const, "sell" as const),
      priceTicks: fc.integer({ min: 97, max: 103 }),
      quantity: fc.integer({ min: 1, max: 20 }),
      hears: fc.nat(4),
    }),
    { maxLength: 60, size: "max" },
  );

  behavior("whatever the book fills before it hears of a change, the cover was there", heldBeforeSent, () => {
    forAll(
      draws,
      (list) => {
        const desk = new Desk(OrderManager, FREE, OPENING);
        const late: [Command, BookEvent][] = [];
        let command: Command;
        const book = new NaiveBook(
          1,
          200,
          eventsInto((event) => late.push([command, event])),
          "cancel-resting",
        );
        const give = (next: Command): void => {
          command = next;
          apply(book, next);
        };
        const hear = (reports: number): void => {
          for (const [cause, event] of late.splice(0, reports)) {
            const fact = heard(cause, event, desk);
            if (fact !== undefined) desk.happens(fact);
            conserved(desk.manager, desk.ledger.log);
            agree(desk.manager, desk.ledger);
          }
        };
        list.forEach(({ kind, pick, hears, accountId, side, priceTicks, quantity }, i) => {
          const open = desk.ledger.open();
          const one = open[pick % Math.max(1, open.length)];
          if (kind === "order") {
            const request = { orderId: i, accountId, symbolId: 1, side, priceTicks, quantity };
            if (desk.manager.check(request) === null) {
              desk.happens({ type: "accepted", ...request });
              const kinds = { kind: "limit", timeInForce: "good-till-cancel", postOnly: false } as const;
              give({ type: "submit", order: { ...request, ...kinds } });
            }
          } else if (kind === "cancel" && one !== undefined) give({ type: "cancel", orderId: one.orderId });
          else if (one !== undefined) {
            const request = to(one.orderId, quantity, priceTicks);
            if (desk.manager.checkReplace(one.accountId, request) === null) {
              desk.happens({ type: "replace-accepted", ...request });
              give({ type: "replace", ...request });
            }
          }
          hear(hears);
        });
        hear(late.length);
        const resting = book.snapshot().map(({ orderId, quantity }) => [orderId, quantity]);
        const known = desk.ledger.open().map(({ orderId }) => [orderId, desk.manager.openLots(orderId)]);
        const byId = (a: number[], b: number[]): number => a[0]! - b[0]!;
        expect(known.sort(byId), "open orders and their lots").toEqual(resting.sort(byId));
      },
      { runs: 120 },
    );
  });
}

/**
 * What a report means to the manager. A refusal of a change that ended with its order, or of a cancel, means nothing.
 */
function heard(cause: Command, event: BookEvent, { ledger }: Desk): Fact | undefined {
  if (event.type === "traded") return event;
  if (event.type === "reduced") return replaced(event.orderId);
  if (event.type === "canceled") return event.reason === "replaced" ? replaced(event.orderId) : event;
  if (event.type !== "rejected" || cause.type !== "replace") return undefined;
  const isOpen = ledger.open().some(({ orderId }) => orderId === event.orderId);
  return isOpen ? refused(event.orderId) : undefined;
}
