/** The synthetic order flow: the same seed gives the same orders, in any thread. */

import type { BookEvent, BookEvents } from "../../given/stock-exchange/book-events.ts";
import { Digest } from "../../given/stock-exchange/digest.ts";
import type { Command, MatchingEngine, NewOrder } from "../../given/stock-exchange/orders.ts";
import type { RiskRules } from "../../given/stock-exchange/risk.ts";
import { createRandom } from "../../sim/prng.ts";
import { OrderBook } from "../../solutions/stock-exchange/order-book.ts";
import type { ManagerEvent } from "../../solutions/stock-exchange/order-manager.ts";

const MID_TICKS = 10_000;
/** Passive orders rest so far from the middle; aggressive ones reach as far beyond it. */
const DEPTH_TICKS = 50;
export const ACCOUNTS = 1_000;
/** The only one. */
export const SYMBOL = 1;
/** Cancels and replaces name one of so many orders before. Some have traded by then, and are refused. */
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

/** What somebody asks of the exchange. */
export interface Asked {
  /** Who asks: the gateway knows its clients, and each has the account of its number. */
  readonly client: number;
  readonly command: Command;
}

/**
 * Order 1, 2, 3, …: 60 % rest near the middle, 25 % are cancels, 5 % change an order's price and total, 10 % cross. Of
 * a hundred cancels and changes one names somebody else's order.
 */
export function createFlow(seed: number): () => Asked {
  const random = createRandom(seed);
  const owners = new Int32Array(RECENT);
  let orderId = 0;
  return () => {
    orderId++;
    const kind = random.integer(0, 19);
    const isBuy = random.chance(0.5);
    const away = random.integer(1, DEPTH_TICKS);
    const quantity = random.integer(1, 100);
    const stranger = random.integer(0, ACCOUNTS - 1);
    if (kind >= 6 || orderId === 1) {
      owners[orderId % RECENT] = stranger;
      const isAggressive = kind >= 18;
      // Field by field here and below: to spread objects took half of the time of a thread.
      const order: NewOrder = {
        orderId,
        accountId: stranger,
        side: isBuy ? "buy" : "sell",
        kind: "limit",
        priceTicks: MID_TICKS + (isBuy === isAggressive ? away : -away),
        quantity,
        timeInForce: isAggressive ? "immediate-or-cancel" : "good-till-cancel",
        postOnly: false,
      };
      return { client: stranger, command: { type: "submit", order } };
    }
    const named = random.integer(Math.max(1, orderId - RECENT + 1), orderId - 1);
    const owner = owners[named % RECENT]!;
    // A cancel has no order of its own: what names it, names nobody's.
    owners[orderId % RECENT] = owner;
    const client = random.chance(0.01) ? stranger : owner;
    if (kind > 0) return { client, command: { type: "cancel", orderId: named } };
    const priceTicks = MID_TICKS + (isBuy ? away : -away);
    return { client, command: { type: "replace", orderId: named, priceTicks, quantity } };
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
