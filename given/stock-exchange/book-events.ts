import type { Side } from "./orders.ts";

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

/**
 * The event log of a book, in the order in which things happen. It alone is enough to rebuild prices, quantities and
 * queues. The arguments are primitives, so that a log of millions of events a second allocates nothing.
 *
 * One command causes a single `rejected`, and then it has changed nothing; or a single `reduced`; or, after a
 * `canceled` as "replaced" if an order moves, trades and self-trade cancels in the order of price and time, then at
 * most one `rested` or `canceled` for the rest.
 */
export interface BookEvents {
  /** `quantity` lots now stand in the book, behind everything at their price. */
  rested(orderId: number, side: Side, priceTicks: number, quantity: number): void;
  /** Always at the price of the maker, the order that rested. */
  traded(makerOrderId: number, takerOrderId: number, priceTicks: number, quantity: number): void;
  /** `quantity` lots were taken out untraded: all that was left of an order that rested, or that never came to rest. */
  canceled(orderId: number, quantity: number, reason: CancelReason): void;
  /** A resting order now has `quantity` lots left, no more than before, and kept its place. */
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
