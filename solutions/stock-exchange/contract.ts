/**
 * Given parts of the stock exchange exercises: the words in which gateways, sequencer, book and market data speak, and a
 * digest to compare two states.
 *
 * Prices are integer ticks and quantities integer lots, because a float price has no dependable equality: 0.1 + 0.2 and 0.3
 * would be two levels. Nothing carries a time: the place in the sequence decides, so that a replay decides the same.
 */

export type Side = "buy" | "sell";

/** A limit order has a worst price that it accepts, a market order takes any. What a market order cannot trade at once is canceled. */
export type OrderKind = "limit" | "market";

/** What becomes of the part that does not trade at once: it rests in the book, is canceled, or nothing trades unless everything does. */
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

/** Whatever obeys commands: the order book, or a stand-in for it in a test. */
export interface MatchingEngine {
  submit(order: Readonly<NewOrder>): void;
  cancel(orderId: number): void;
  replace(orderId: number, priceTicks: number, quantity: number): void;
}

export type RejectReason =
  | "invalid-order-id"
  | "invalid-account-id"
  | "invalid-quantity"
  | "invalid-price"
  | "price-out-of-band"
  /** Post-only together with market, immediate-or-cancel or fill-or-kill. */
  | "contradictory-instructions"
  | "duplicate-order-id"
  | "unknown-order"
  /** A post-only order would have traded. */
  | "would-take-liquidity"
  /** A fill-or-kill order would not have filled. */
  | "insufficient-liquidity";

export type CancelReason =
  | "requested"
  /** The rest of an immediate-or-cancel limit order. */
  | "immediate-or-cancel"
  /** The rest of a market order: the other side is empty. */
  | "no-liquidity"
  | "self-trade"
  /** The order leaves its place; if lots are left, it trades or rests again under the same id, in the same command. */
  | "replaced";

/** Which order yields when both belong to one account: the incoming one, the resting one, or both. */
export type SelfTradePolicy = "cancel-incoming" | "cancel-resting" | "cancel-both";

/**
 * The event log of a book, in the order in which things happen. It alone is enough to rebuild prices, quantities and queues.
 * The arguments are primitives, so that a log of millions of events a second allocates nothing.
 *
 * One command causes either a single `rejected`, and then it has changed nothing, or: trades and self-trade cancels in the
 * order of price and time, then at most one `rested` or `canceled` for what is left of the incoming order.
 */
export interface BookEvents {
  /** `quantity` lots now stand in the book, behind everything at their price. */
  rested(orderId: number, side: Side, priceTicks: number, quantity: number): void;
  /** Always at the price of the maker, the order that rested. */
  traded(makerOrderId: number, takerOrderId: number, priceTicks: number, quantity: number): void;
  /** `quantity` lots were taken out untraded: all that was left of an order that rested, or that never came to rest. */
  canceled(orderId: number, quantity: number, reason: CancelReason): void;
  /** A resting order now has `quantity` lots left, fewer than before, and kept its place. */
  reduced(orderId: number, quantity: number): void;
  rejected(orderId: number, reason: RejectReason): void;
}

/** The same events as values, for those that store, send or compare them. */
export type BookEvent =
  | { type: "rested"; orderId: number; side: Side; priceTicks: number; quantity: number }
  | { type: "traded"; makerOrderId: number; takerOrderId: number; priceTicks: number; quantity: number }
  | { type: "canceled"; orderId: number; quantity: number; reason: CancelReason }
  | { type: "reduced"; orderId: number; quantity: number }
  | { type: "rejected"; orderId: number; reason: RejectReason };

/** One price of one side, as depth ("level 2") shows it. */
export interface Level {
  readonly priceTicks: number;
  /** Lots of all orders at the price. */
  readonly quantity: number;
  readonly orders: number;
}

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

/** Events as calls -> events as values: `eventsInto((event) => log.push(event))`. Allocates one object an event. */
export function eventsInto(emit: (event: BookEvent) => void): BookEvents {
  return {
    rested: (orderId, side, priceTicks, quantity) => emit({ type: "rested", orderId, side, priceTicks, quantity }),
    traded: (makerOrderId, takerOrderId, priceTicks, quantity) =>
      emit({ type: "traded", makerOrderId, takerOrderId, priceTicks, quantity }),
    canceled: (orderId, quantity, reason) => emit({ type: "canceled", orderId, quantity, reason }),
    reduced: (orderId, quantity) => emit({ type: "reduced", orderId, quantity }),
    rejected: (orderId, reason) => emit({ type: "rejected", orderId, reason }),
  };
}

/** Events as values -> events as calls. */
export function emitEvent(events: BookEvents, event: BookEvent): void {
  if (event.type === "rested") events.rested(event.orderId, event.side, event.priceTicks, event.quantity);
  else if (event.type === "traded") {
    events.traded(event.makerOrderId, event.takerOrderId, event.priceTicks, event.quantity);
  } else if (event.type === "canceled") events.canceled(event.orderId, event.quantity, event.reason);
  else if (event.type === "reduced") events.reduced(event.orderId, event.quantity);
  else events.rejected(event.orderId, event.reason);
}

/**
 * A 64-bit digest of a sequence of integers: equal sequences have equal digests, and different ones hardly ever do. It tells a
 * replica that has diverged by a bug; it does not stop somebody who wants two states to look alike.
 */
export class Digest {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  /** Any safe integer. */
  add(value: number): void {
    this.#mix(value | 0);
    this.#mix(Math.floor(value / 2 ** 32) | 0);
  }

  /** So far, as 16 hexadecimal digits. */
  toString(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return hex(this.#high) + hex(this.#low);
  }

  /** Two chains of multiply and rotate, each fed with the other, so that the order of the values counts. */
  #mix(word: number): void {
    const low = Math.imul(this.#low ^ word, 0x85ebca6b);
    const high = Math.imul(this.#high ^ word ^ (low >>> 15), 0xc2b2ae35);
    this.#low = ((low << 13) | (low >>> 19)) ^ high;
    this.#high = (high << 17) | (high >>> 15);
  }
}
