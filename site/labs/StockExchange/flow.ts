import type { Command, NewOrder } from "../../../given/stock-exchange/orders.ts";
import type { Random } from "../../../sim/prng.ts";
import type { OrderBook } from "../../../solutions/stock-exchange/order-book.ts";

/** The price band of the lab's book. */
export const band = { minPriceTicks: 900, maxPriceTicks: 1100 } as const;

/** The reader's account; the flow uses those from `others` on. */
export const you = 1;
const others = { first: 2, last: 9 };

/** Where the flow believes that the price belongs, and the orders that it may cancel. */
export interface Flow {
  readonly random: Random;
  anchorTicks: number;
  /** Ids of the flow's orders; some may have traded in the meantime. */
  readonly ids: number[];
}

/** The next command of the flow: about six in ten add, three cancel, one takes. `id` is free to use for a new order. */
export function nextCommand(flow: Flow, book: OrderBook, isOpen: (orderId: number) => boolean, id: number): Command {
  const { random } = flow;
  flow.anchorTicks = Math.min(1030, Math.max(970, flow.anchorTicks + random.integer(-1, 1)));
  const isThin = book.restingOrders < 40;
  const isFull = book.restingOrders > 110;
  const draw = random.float();
  if ((draw < 0.3 || isFull) && !isThin) {
    const orderId = openOrder(flow, isOpen);
    if (orderId !== null) return { type: "cancel", orderId };
  }
  if (draw > 0.89 && !isThin) return submit(flow, id, taker(flow, id));
  return submit(flow, id, resting(flow, book, id));
}

/** An order as the flow and the ticket write it: good till canceled unless told otherwise. */
export function orderOf(fields: Pick<NewOrder, "orderId" | "side" | "quantity"> & Partial<NewOrder>): NewOrder {
  return {
    accountId: you,
    kind: "limit",
    priceTicks: 0,
    timeInForce: "good-till-cancel",
    postOnly: false,
    ...fields,
  };
}

// --- internal ---

function submit(flow: Flow, id: number, order: NewOrder): Command {
  flow.ids.push(id);
  return { type: "submit", order };
}

/** Rests near the best price of its side, sometimes inside the spread. */
function resting({ random, anchorTicks }: Flow, book: OrderBook, orderId: number): NewOrder {
  const side = random.chance(0.5) ? "buy" : "sell";
  const sign = side === "buy" ? -1 : 1;
  const away = Math.min(random.exponential(2), 7);
  const wanted = anchorTicks + sign * (1 + away);
  // Does not trade: what takes is `taker`.
  const priceTicks =
    side === "buy"
      ? Math.min(wanted, (book.bestAskTicks ?? band.maxPriceTicks + 1) - 1)
      : Math.max(wanted, (book.bestBidTicks ?? band.minPriceTicks - 1) + 1);
  return orderOf({ orderId, accountId: account(random), side, priceTicks, quantity: random.integer(1, 9) });
}

function taker({ random }: Flow, orderId: number): NewOrder {
  return orderOf({
    orderId,
    accountId: account(random),
    side: random.chance(0.5) ? "buy" : "sell",
    kind: "market",
    quantity: random.integer(1, 14),
  });
}

function account(random: Random): number {
  return random.integer(others.first, others.last);
}

/** One of the flow's orders that still rests; forgets those that do not, on the way. */
function openOrder({ random, ids }: Flow, isOpen: (orderId: number) => boolean): number | null {
  while (ids.length > 0) {
    const at = random.integer(0, ids.length - 1);
    const orderId = ids[at]!;
    ids[at] = ids.at(-1)!;
    ids.pop();
    if (isOpen(orderId)) return orderId;
  }
  return null;
}
