/**
 * Given to all exercises of the stock exchange: the words in which gateways, sequencer, book and market data speak, and
 * a digest.
 *
 * Prices are integer ticks and quantities integer lots, because a float price has no dependable equality: 0.1 + 0.2 and
 * 0.3 would be two levels. Nothing carries a time: the place in the sequence decides, so that a replay decides the
 * same.
 */

export type Side = "buy" | "sell";

/**
 * A limit order has a worst price that it accepts, a market order takes any. What a market order cannot trade at once
 * is canceled.
 */
export type OrderKind = "limit" | "market";

/**
 * What becomes of the part that does not trade at once: it rests in the book, is canceled, or nothing trades unless
 * everything does.
 */
export type TimeInForce = "good-till-cancel" | "immediate-or-cancel" | "fill-or-kill";

export interface NewOrder {
  /** Unique among the orders that rest; an integer, 0 to `MAX_ID`. */
  orderId: number;
  /** Owner, for self-trade prevention; an integer, 0 to `MAX_INT32`. */
  accountId: number;
  side: Side;
  kind: OrderKind;
  /** Limit in ticks, an integer; ignored for a market order. */
  priceTicks: number;
  /** Lots; an integer, 1 to `MAX_INT32`. */
  quantity: number;
  timeInForce: TimeInForce;
  /** Reject rather than take liquidity: only for a limit order that is good till canceled. */
  postOnly: boolean;
}

/** What a client asks of the book. */
export type Command =
  | { readonly type: "submit"; readonly order: Readonly<NewOrder> }
  | { readonly type: "cancel"; readonly orderId: number }
  | {
      readonly type: "replace";
      readonly orderId: number;
      readonly priceTicks: number;
      /** The order's total in lots, what has already traded included. */
      readonly quantity: number;
    };

/** A command in its place in the one order of everything that the exchange does: 1, 2, 3 and so on, without a gap. */
export interface Sequenced {
  readonly sequence: number;
  readonly command: Command;
}

/** Anything that obeys commands: the order book, or a stand-in for it in a test. */
export interface MatchingEngine {
  submit(order: Readonly<NewOrder>): void;
  cancel(orderId: number): void;
  replace(orderId: number, priceTicks: number, quantity: number): void;
}

/** Which order yields when both belong to one account: the incoming one, the resting one, or both. */
export type SelfTradePolicy = "cancel-incoming" | "cancel-resting" | "cancel-both";

/** Largest account id and quantity: fits a 32-bit integer. */
export const MAX_INT32 = 2 ** 31 - 1;

/** Largest order id: exact as a number. */
export const MAX_ID = Number.MAX_SAFE_INTEGER;

/** Hands one command to the book. */
export function apply(engine: MatchingEngine, command: Command): void {
  if (command.type === "submit") engine.submit(command.order);
  else if (command.type === "cancel") engine.cancel(command.orderId);
  else engine.replace(command.orderId, command.priceTicks, command.quantity);
}
