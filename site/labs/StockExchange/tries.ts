import type { Level } from "../../../given/stock-exchange/book-events.ts";
import { band } from "./flow.ts";
import { type State, type Ticket, yours } from "./model.ts";

/** Orders worth predicting, made for the book as it stands. */
export interface Try {
  readonly title: string;
  readonly ticket: (state: State) => Ticket;
}

const limit = { kind: "limit", timeInForce: "good-till-cancel", postOnly: false } as const;

export const tries = {
  sweep: {
    title: "Sweep two prices",
    ticket: (state) => ({ ...limit, side: "buy", ...levels(state, 2), quantity: levels(state, 2).quantity + 3 }),
  },
  kill: {
    title: "Fill or kill, one lot too many",
    ticket: (state) => ({
      ...limit,
      side: "buy",
      timeInForce: "fill-or-kill",
      ...levels(state, 1),
      quantity: levels(state, 1).quantity + 1,
    }),
  },
  post: {
    title: "Post only, at the other side",
    ticket: (state) => ({ ...limit, side: "buy", postOnly: true, priceTicks: ask(state), quantity: 2 }),
  },
  now: {
    title: "Now or not, inside the spread",
    ticket: (state) => ({
      ...limit,
      side: "buy",
      timeInForce: "immediate-or-cancel",
      priceTicks: ask(state) - 1,
      quantity: 4,
    }),
  },
  self: {
    title: "Against my own order",
    ticket: (state) => {
      const own = yours(state).find(({ side }) => side === "sell");
      const priceTicks = own?.priceTicks ?? ask(state);
      const upToThere = state.book.depth("sell").filter((level) => level.priceTicks <= priceTicks);
      return { ...limit, side: "buy", priceTicks, quantity: lotsOf(upToThere) };
    },
  },
  band: {
    title: "A price out of the band",
    ticket: () => ({ ...limit, side: "sell", priceTicks: band.maxPriceTicks + 1, quantity: 1 }),
  },
} as const satisfies Record<string, Try>;

// --- internal ---

/** The price of the n-th best ask, and all lots up to it. */
function levels(state: State, count: number): { priceTicks: number; quantity: number } {
  const depth = state.book.depth("sell", count);
  return {
    priceTicks: depth.at(-1)?.priceTicks ?? ask(state),
    quantity: lotsOf(depth),
  };
}

const lotsOf = (levels: readonly Level[]): number => levels.reduce((sum, level) => sum + level.quantity, 0) || 1;

const ask = (state: State): number => state.book.bestAskTicks ?? 1001;
