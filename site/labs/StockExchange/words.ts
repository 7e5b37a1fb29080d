import type { BookEvent, CancelReason, RejectReason } from "../../../given/stock-exchange/book-events.ts";
import type { Answer, Outcome, Ticket } from "./model.ts";

/** What the lab says about events, outcomes and reasons. */

export const outcomes: Readonly<Record<Outcome, string>> = {
  whole: "trades whole, at once",
  "part-rests": "trades in part, the rest stands in the book",
  "part-canceled": "trades in part, the rest is canceled",
  rests: "stands in the book, nothing trades",
  canceled: "is canceled, nothing trades",
  rejected: "is rejected, nothing changes",
};

const rejects: Readonly<Record<RejectReason, string>> = {
  "invalid-order-id": "the id is not an integer",
  "invalid-account-id": "the account is not an integer",
  "invalid-quantity": "lots are whole, and an order is for one or more",
  "invalid-price": "the price is not an integer number of ticks",
  "price-out-of-band": "the price is outside the band that this book accepts",
  "contradictory-instructions": "post-only rests, and the other instruction says that it must not",
  "duplicate-order-id": "an order with this id already rests",
  "unknown-order": "no such order rests: it has filled, was canceled, or never was",
  "would-take-liquidity": "post-only, and it would have traded",
  "insufficient-liquidity": "fill or kill, and not all of it would have traded",
};

const cancels: Readonly<Record<CancelReason, string>> = {
  requested: "as its owner asked",
  "immediate-or-cancel": "the rest of an immediate-or-cancel order",
  "no-liquidity": "the other side is empty",
  "self-trade": "it met an order of its own account",
  replaced: "it gives up its place to be replaced",
};

export interface Line {
  readonly text: string;
  readonly tone: "flow" | "pressure" | "plain";
  readonly shape: string;
}

/** One line of the tape. */
export function lineOf(event: BookEvent): Line {
  switch (event.type) {
    case "traded":
      return {
        text: `${lots(event.quantity)} at ${event.priceTicks}: #${event.takerOrderId} took #${event.makerOrderId}`,
        tone: "flow",
        shape: "●",
      };
    case "rested":
      return {
        text:
          `#${event.orderId} ${event.side === "buy" ? "bids" : "asks"} ${event.priceTicks} for ` +
          `${lots(event.quantity)}`,
        tone: "plain",
        shape: "○",
      };
    case "canceled":
      return {
        text: `#${event.orderId} canceled, ${lots(event.quantity)}: ${event.reason}`,
        tone: "plain",
        shape: "−",
      };
    case "reduced":
      return { text: `#${event.orderId} reduced to ${lots(event.quantity)}, same place`, tone: "plain", shape: "↓" };
    case "rejected":
      return { text: `#${event.orderId} rejected: ${event.reason}`, tone: "pressure", shape: "◆" };
  }
}

/** What came of the reader's command, in a sentence or two. */
export function explain({ command, events, outcome }: Answer): string {
  const rejected = events.find((event) => event.type === "rejected");
  if (rejected?.type === "rejected") return `Rejected, ${rejected.reason}: ${rejects[rejected.reason]}.`;
  const said = [tradesIn(events), selfTradesIn(events, idOf(command)), endOf(events, idOf(command))].filter(Boolean);
  if (outcome === null && command.type === "replace" && events.some((event) => event.type === "rested"))
    said.push("It went to the back of the line.");
  return said.join(" ");
}

/** The verdict on a guess. */
export function judged({ guess, outcome }: Answer): { text: string; isRight: boolean } | null {
  if (guess === null || outcome === null) return null;
  return guess === outcome
    ? { text: "As you said.", isRight: true }
    : { text: `You said: it ${outcomes[guess]}. It ${outcomes[outcome]}.`, isRight: false };
}

export function ticketInWords({ side, kind, priceTicks, quantity, timeInForce, postOnly }: Ticket): string {
  const price = kind === "market" ? "at any price" : `at ${priceTicks} or better`;
  const rest = { "good-till-cancel": "", "immediate-or-cancel": ", now or not", "fill-or-kill": ", all or nothing" };
  return (
    `${side === "buy" ? "Buy" : "Sell"} ${lots(quantity)} ` +
    `${price}${rest[timeInForce]}${postOnly ? ", only as maker" : ""}`
  );
}

export const lots = (count: number): string => `${count} ${count === 1 ? "lot" : "lots"}`;

/** A place in line: the first three in words, then 4th, 21st, 112th. */
export function ordinal(place: number): string {
  const inWords = ["first", "second", "third"][place - 1];
  if (inWords !== undefined) return inWords;
  const isTeen = Math.floor(place / 10) % 10 === 1;
  const ending = isTeen ? undefined : ["th", "st", "nd", "rd"][place % 10];
  return `${place}${ending ?? "th"}`;
}

// --- internal ---

function tradesIn(events: readonly BookEvent[]): string {
  const trades = events.filter((event) => event.type === "traded");
  if (trades.length === 0) return "";
  const quantity = trades.reduce((sum, trade) => sum + trade.quantity, 0);
  const value = trades.reduce((sum, trade) => sum + trade.quantity * trade.priceTicks, 0);
  const prices = [...new Set(trades.map((trade) => trade.priceTicks))];
  const makers = `${trades.length} ${trades.length === 1 ? "maker" : "makers"}`;
  const at =
    prices.length === 1
      ? `at ${prices[0]}`
      : `at ${prices[0]} to ${prices.at(-1)}, on average ${(value / quantity).toFixed(2)}`;
  return `Traded ${lots(quantity)} with ${makers}, ${at}: their prices, in their order.`;
}

function selfTradesIn(events: readonly BookEvent[], own: number): string {
  const yielded = events.filter(
    (event) => event.type === "canceled" && event.reason === "self-trade" && event.orderId !== own,
  );
  return yielded.length === 0
    ? ""
    : `${yielded.map((event) => `#${"orderId" in event ? event.orderId : ""}`).join(", ")}, of the same ` +
        "account, yielded.";
}

function endOf(events: readonly BookEvent[], own: number): string {
  const last = events.findLast((event) => event.type !== "traded" && event.orderId === own);
  if (last?.type === "rested") return `${capital(lots(last.quantity))} now stand at ${last.priceTicks}.`;
  if (last?.type === "reduced") return `${capital(lots(last.quantity))} left, in the same place.`;
  if (last?.type === "canceled") return `${capital(lots(last.quantity))} canceled: ${cancels[last.reason]}.`;
  return "";
}

function idOf(command: Answer["command"]): number {
  return command.type === "submit" ? command.order.orderId : command.orderId;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
