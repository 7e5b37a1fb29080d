/** The synthetic order flow: the same seed gives the same orders, in any thread. */

import { createRandom } from "../../sim/prng.ts";
import type { Command, MatchingEngine, RiskRules } from "../../solutions/stock-exchange/contract.ts";
import { type BookEvent, type BookEvents, Digest } from "../../solutions/stock-exchange/contract.ts";
import { OrderBook } from "../../solutions/stock-exchange/order-book.ts";
import type { ManagerEvent } from "../../solutions/stock-exchange/order-manager.ts";

const MID_TICKS = 10_000;
/** Passive orders rest so far from the middle; aggressive ones reach as far beyond it. */
const DEPTH_TICKS = 50;
export const ACCOUNTS = 1_000;
/** The only one. */
export const SYMBOL = 1;
/** Cancels name one of so many orders before. Some have traded by then, and are rejected. */
const RECENT = 1_000;

/** Only cover binds here: what the flow makes keeps to all the others. */
export const RULES: RiskRules = {
  orderLotsMax: 100,
  orderNotionalMax: 100 * (MID_TICKS + DEPTH_TICKS),
  bandBasisPoints: 200,
  sessionLotsMax: Number.MAX_SAFE_INTEGER,
  positionLotsMax: Number.MAX_SAFE_INTEGER,
};

/** What an account owns before the first order. From one to twenty units: the poor are refused early, the rich late. */
export function fundsOf(account: number): { readonly cash: number; readonly shares: number } {
  const units = 1 + (account % 20);
  return { cash: units * 100 * MID_TICKS, shares: units * 100 };
}

/** What the log of the order manager begins with. */
export function openingEvents(): ManagerEvent[] {
  const events: ManagerEvent[] = [
    { type: "listed", sequence: 1, symbolId: SYMBOL, priceTicks: MID_TICKS },
    { type: "session-opened", sequence: 2 },
  ];
  for (let accountId = 0; accountId < ACCOUNTS; accountId++) {
    const { cash, shares } = fundsOf(accountId);
    const to = { accountId, symbolId: SYMBOL };
    events.push({ type: "cash-deposited", sequence: events.length + 1, accountId, amount: cash });
    events.push({ type: "shares-deposited", sequence: events.length + 1, ...to, quantity: shares });
  }
  return events;
}

/** Order 1, 2, 3, …: 60 % rest near the middle, 30 % are cancels, 10 % cross. */
export function createFlow(seed: number): () => Command {
  const random = createRandom(seed);
  let orderId = 0;
  return () => {
    orderId++;
    const kind = random.integer(0, 9);
    if (kind < 3 && orderId > 1) {
      return { type: "cancel", orderId: random.integer(Math.max(1, orderId - RECENT), orderId - 1) };
    }
    const isBuy = random.chance(0.5);
    const away = random.integer(1, DEPTH_TICKS);
    const isAggressive = kind === 9;
    const priceTicks = MID_TICKS + (isBuy === isAggressive ? away : -away);
    const order = {
      ...({
        orderId,
        accountId: random.integer(0, ACCOUNTS - 1),
        side: isBuy ? "buy" : "sell",
        kind: "limit",
      } as const),
      ...({ priceTicks, quantity: random.integer(1, 100), postOnly: false } as const),
      timeInForce: isAggressive ? "immediate-or-cancel" : "good-till-cancel",
    } as const;
    return { type: "submit", order };
  };
}

export function createBook(events: BookEvents): MatchingEngine {
  return new OrderBook({ minPriceTicks: 1, maxPriceTicks: 2 * MID_TICKS, events, expectedOrders: 4_096 });
}

/** Puts all that a report says into a digest: two equal digests mean the same reports in the same order. */
export class ReportDigest {
  readonly #digest = new Digest();
  count = 0;
  trades = 0;
  lots = 0;

  add(sequence: number, event: BookEvent): void {
    const digest = this.#digest;
    this.count++;
    digest.add(sequence);
    digest.add(TYPES.indexOf(event.type));
    if (event.type === "traded") {
      this.trades++;
      this.lots += event.quantity;
      for (const value of [event.makerOrderId, event.takerOrderId, event.priceTicks, event.quantity]) digest.add(value);
      return;
    }
    digest.add(event.orderId);
    if (event.type === "rejected") digest.add(textCode(event.reason));
    else digest.add(event.quantity);
    if (event.type === "canceled") digest.add(textCode(event.reason));
    if (event.type === "rested") digest.add(event.side === "buy" ? event.priceTicks : -event.priceTicks);
  }

  outcome(): { digest: string; count: number; trades: number; lots: number } {
    return { digest: this.toString(), count: this.count, trades: this.trades, lots: this.lots };
  }

  toString(): string {
    return this.#digest.toString();
  }
}

const TYPES: readonly BookEvent["type"][] = ["rested", "traded", "canceled", "reduced", "rejected"];

const codes = new Map<string, number>();

function textCode(text: string): number {
  let code = codes.get(text);
  if (code === undefined) {
    code = [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 0);
    codes.set(text, code);
  }
  return code;
}
