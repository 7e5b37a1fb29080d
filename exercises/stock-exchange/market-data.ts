/*
 * Market data. From the book's events to depth, trades and candles, for clients that miss messages or are too slow for
 * them.
 *
 * Start with stage 1: One update a command.
 * Chapter: docs/finance/stock-exchange.mdx
 * Grade it: npx bp check stock-exchange/market-data
 */

import { requireInteger } from "../../given/common/integers.ts";
import type { BookEvents, CancelReason, Level, RejectReason } from "../../given/stock-exchange/book-events.ts";
import type { Side } from "../../given/stock-exchange/orders.ts";
import { NotStarted } from "../not-started.ts";

/**
 * What one price of one side is now, however it came to be so. Without lots and orders: nothing is left at the price.
 */
export interface LevelChange extends Level {
  readonly side: Side;
}

export interface Trade {
  readonly priceTicks: number;
  readonly quantity: number;
  /** The side of the order that came last and took what rested. */
  readonly taker: Side;
}

/**
 * What has changed with one command, or with several of them. All of it together, or nothing, is a state that the book
 * had.
 */
export interface Update {
  readonly type: "update";
  /**
   * The numbers that it stands for. A publisher counts 1, 2, 3 and so on: `first` and `last` differ only when updates
   * were merged.
   */
  readonly first: number;
  readonly last: number;
  /** From the journal, not from a clock. */
  readonly timeMs: number;
  /** At most one change a price. */
  readonly levels: readonly LevelChange[];
  /** In the order in which they happened. */
  readonly trades: readonly Trade[];
  /** Trades that merging has left out. */
  readonly tradesLeftOut: number;
}

/** "Nothing new": sent while nothing happens, so that the loss of the last update is noticed too. */
export interface Heartbeat {
  readonly type: "heartbeat";
  /** The number of the next update. */
  readonly next: number;
}

export type FeedMessage = Update | Heartbeat;

/** The depth after update `last`, best price first. */
export interface DepthSnapshot {
  readonly last: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface CandleOptions {
  /** Length of an interval; an integer, 1 or more. An interval starts at a multiple of it. */
  readonly intervalMs: number;
  /** Candles that are kept, 1 or more. Older ones are forgotten. */
  readonly capacity: number;
}

export interface Candle {
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly quantity: number;
  readonly trades: number;
}

/**
 * Listens to the events of a book and publishes its depth: a numbered update for every command that has changed
 * something.
 *
 * The events name orders, and the feed names prices, so the publisher remembers what it needs of each resting order. An
 * id may come again after its order is gone. Orders that never come to rest trade and are canceled too; they change no
 * level of their own. An event is O(1), an update O(prices that it changes), a snapshot O(prices log prices). Nothing
 * that was returned changes later.
 */
export class DepthPublisher implements BookEvents {
  rested(orderId: number, side: Side, priceTicks: number, quantity: number): void {
    throw new NotStarted("stage 1: One update a command");
  }

  traded(makerOrderId: number, _takerOrderId: number, priceTicks: number, quantity: number): void {
    throw new NotStarted("stage 1: One update a command");
  }

  canceled(orderId: number, quantity: number, _reason: CancelReason): void {
    throw new NotStarted("stage 1: One update a command");
  }

  reduced(orderId: number, quantity: number): void {
    throw new NotStarted("stage 1: One update a command");
  }

  rejected(_orderId: number, _reason: RejectReason): void {
    throw new NotStarted("stage 1: One update a command");
  }

  /**
   * Ends a command: the update with all that has changed since the last one, and the next number; null, and no number,
   * when nothing has. A price that ends as it began may be left out.
   */
  commit(timeMs: number): Update | null {
    throw new NotStarted("stage 1: One update a command");
  }

  /**
   * What the feed has said so far, for those who come late.
   * @throws Error between an event and its `commit`: that depth was never published.
   */
  snapshot(): DepthSnapshot {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }

  heartbeat(): Heartbeat {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }
}

/**
 * Follows a feed that loses, repeats and reorders messages, and shows the depth only while it is the publisher's.
 *
 * It starts with an empty book and expects update 1. When an update is missing it keeps later ones, until the missing
 * ones come or a snapshot stands for them: what a snapshot contains is dropped, what follows it is applied, in order,
 * none twice. Numbers are integers up to 2^53 - 1.
 *
 * Updates are values: it changes none, and its caller must not change one that waits. Of a snapshot it keeps a copy.
 */
export class DepthSubscriber {
  /**
   * Of the updates that wait for a missing one, at most `pendingMost` are kept, 0 or more: the newest, because a
   * snapshot stands for the others. The missing one itself is applied however many wait.
   */
  constructor(pendingMost = 1_000) {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }

  /**
   * Returns the updates that could be applied now, in order: none for a repeated one, several when this one closes a
   * gap. A merged update is applied when it contains the next number, even if it starts before it.
   */
  receive(message: FeedMessage): Update[] {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }

  /**
   * Takes over a snapshot and returns the updates that could then be applied. A snapshot that is older than what has
   * been applied already changes nothing.
   */
  restore(snapshot: DepthSnapshot): Update[] {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }

  /**
   * The first run of numbers that is missing, `first` to `last`; null when nothing is, as far as anybody has said.
   */
  get missing(): { readonly first: number; readonly last: number } | null {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }

  /**
   * The side's best `levelsMost` prices, best first, yours to change; null while something is missing: it is then not
   * the publisher's depth.
   */
  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] | null {
    throw new NotStarted("stage 2: Join, and recover from a gap");
  }
}

/**
 * Stands before a client that is slower than the feed. Instead of a queue that grows, it keeps what the client has not
 * seen as one update: of each price only what it is now. So it needs memory for the prices of a book and not for the
 * length of the delay. What was taken does not change later.
 */
export class Conflater {
  /**
   * @throws RangeError unless it follows the one before, if that was not taken: merging over a gap would hide it.
   */
  add(update: Update): void {
    throw new NotStarted("stage 3: Conflate for the slow");
  }

  /**
   * All since the last call, as one update, or null. One update alone comes out as it went in; of several, the trades
   * are left out and counted.
   */
  take(): Update | null {
    throw new NotStarted("stage 3: Conflate for the slow");
  }
}

/**
 * Open, high, low, close and volume for each interval, on a ring of fixed size.
 *
 * - There are no candles before the first trade.
 * - An interval without trades has one of no lots, flat at the last close, once a later time is known.
 * - The interval that is not over has a candle like the others.
 * - Prices are integers, also below zero; lots and trades are counted exactly up to 2^53 - 1.
 *
 * A trade is O(1), and so is a jump in time over any number of intervals, but for the `capacity` candles at most that
 * are written.
 */
export class Candles {
  /**
   * @throws RangeError for an option out of range.
   */
  constructor({ intervalMs, capacity }: CandleOptions) {
    throw new NotStarted("stage 4: Candles on a ring");
  }

  /**
   * @throws RangeError for a time before the latest one: the sequencer's time never steps back.
   */
  trade(timeMs: number, priceTicks: number, quantity: number): void {
    throw new NotStarted("stage 4: Candles on a ring");
  }

  /**
   * Says what time it is, while nothing trades.
   * @throws RangeError for a time before the latest one.
   */
  advance(timeMs: number): void {
    throw new NotStarted("stage 4: Candles on a ring");
  }

  /**
   * Oldest first, at most `capacity`. Yours to keep and to change.
   */
  list(): Candle[] {
    throw new NotStarted("stage 4: Candles on a ring");
  }
}
