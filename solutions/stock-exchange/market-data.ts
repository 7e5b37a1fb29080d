import { requireInteger } from "../../given/common/integers.ts";
import type { BookEvents, CancelReason, Level, RejectReason } from "../../given/stock-exchange/book-events.ts";
import type { Side } from "../../given/stock-exchange/orders.ts";

/**
 * What one price of one side is now, however it came to be so. Without lots and orders: nothing is left at the price.
 * @given
 */
export interface LevelChange extends Level {
  readonly side: Side;
}

/** @given */
export interface Trade {
  readonly priceTicks: number;
  readonly quantity: number;
  /** The side of the order that came last and took what rested. */
  readonly taker: Side;
}

/**
 * What has changed with one command, or with several of them. All of it together, or nothing, is a state that the book
 * had. @given
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

/** "Nothing new": sent while nothing happens, so that the loss of the last update is noticed too. @given */
export interface Heartbeat {
  readonly type: "heartbeat";
  /** The number of the next update. */
  readonly next: number;
}

/** @given */
export type FeedMessage = Update | Heartbeat;

/** The depth after update `last`, best price first. @given */
export interface DepthSnapshot {
  readonly last: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** @given */
export interface CandleOptions {
  /** Length of an interval; an integer, 1 or more. An interval starts at a multiple of it. */
  readonly intervalMs: number;
  /** Candles that are kept, 1 or more. Older ones are forgotten. */
  readonly capacity: number;
}

/** @given */
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
  readonly #orders = new Map<number, { readonly side: Side; readonly priceTicks: number; quantity: number }>();
  readonly #levels: Record<Side, Map<number, { quantity: number; orders: number }>> = {
    buy: new Map(),
    sell: new Map(),
  };
  readonly #touched = { buy: new Set<number>(), sell: new Set<number>() };
  #trades: Trade[] = [];
  #next = 1;

  rested(orderId: number, side: Side, priceTicks: number, quantity: number): void {
    this.#orders.set(orderId, { side, priceTicks, quantity });
    this.#change(side, priceTicks, quantity, 1);
  }

  traded(makerOrderId: number, _takerOrderId: number, priceTicks: number, quantity: number): void {
    const maker = this.#orders.get(makerOrderId);
    if (maker === undefined) return;
    this.#trades.push({ priceTicks, quantity, taker: maker.side === "buy" ? "sell" : "buy" });
    this.#take(makerOrderId, quantity);
  }

  canceled(orderId: number, quantity: number, _reason: CancelReason): void {
    this.#take(orderId, quantity);
  }

  reduced(orderId: number, quantity: number): void {
    const order = this.#orders.get(orderId);
    if (order !== undefined) this.#take(orderId, order.quantity - quantity);
  }

  rejected(_orderId: number, _reason: RejectReason): void {}

  /**
   * Ends a command: the update with all that has changed since the last one, and the next number; null, and no number,
   * when nothing has. A price that ends as it began may be left out.
   */
  commit(timeMs: number): Update | null {
    const levels: LevelChange[] = [];
    for (const side of ["buy", "sell"] as const) {
      for (const priceTicks of this.#touched[side]) {
        const level = this.#levels[side].get(priceTicks);
        levels.push({ side, priceTicks, quantity: level?.quantity ?? 0, orders: level?.orders ?? 0 });
      }
      this.#touched[side].clear();
    }
    const trades = this.#trades;
    if (levels.length === 0 && trades.length === 0) return null;
    this.#trades = [];
    const number = this.#next++;
    return { type: "update", first: number, last: number, timeMs, levels, trades, tradesLeftOut: 0 };
  }

  /**
   * What the feed has said so far, for those who come late.
   * @throws Error between an event and its `commit`: that depth was never published.
   * @stage 2
   */
  snapshot(): DepthSnapshot {
    if (this.#trades.length > 0 || this.#touched.buy.size > 0 || this.#touched.sell.size > 0) {
      throw new Error("a command is being published, expected none; take the snapshot after commit");
    }
    const levels = (side: Side): Level[] =>
      [...this.#levels[side]]
        .map(([priceTicks, { quantity, orders }]) => ({ priceTicks, quantity, orders }))
        .sort((a, b) => (side === "buy" ? b.priceTicks - a.priceTicks : a.priceTicks - b.priceTicks));
    return { last: this.#next - 1, bids: levels("buy"), asks: levels("sell") };
  }

  /** @stage 2 */
  heartbeat(): Heartbeat {
    return { type: "heartbeat", next: this.#next };
  }

  #take(orderId: number, quantity: number): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) return; // it never rested
    order.quantity -= quantity;
    const isGone = order.quantity === 0;
    if (isGone) this.#orders.delete(orderId);
    this.#change(order.side, order.priceTicks, -quantity, isGone ? -1 : 0);
  }

  #change(side: Side, priceTicks: number, lots: number, orders: number): void {
    if (lots === 0) return;
    const levels = this.#levels[side];
    const level = levels.get(priceTicks) ?? { quantity: 0, orders: 0 };
    level.quantity += lots;
    level.orders += orders;
    if (level.orders === 0) levels.delete(priceTicks);
    else levels.set(priceTicks, level);
    this.#touched[side].add(priceTicks);
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
  readonly #pendingMost: number;
  readonly #bids = new SortedLevels("buy");
  readonly #asks = new SortedLevels("sell");
  /** Number of the next update to apply. */
  #next = 1;
  /** The largest number of which anything has been heard. */
  #heardOf = 0;
  /** Updates that cannot be applied yet, by their first number. */
  #pending: Update[] = [];

  /**
   * Of the updates that wait for a missing one, at most `pendingMost` are kept, 0 or more: the newest, because a
   * snapshot stands for the others. The missing one itself is applied however many wait. @stage 2
   */
  constructor(pendingMost = 1_000) {
    this.#pendingMost = pendingMost;
  }

  /**
   * Returns the updates that could be applied now, in order: none for a repeated one, several when this one closes a
   * gap. A merged update is applied when it contains the next number, even if it starts before it.
   * @stage 2
   */
  receive(message: FeedMessage): Update[] {
    if (message.type === "heartbeat") {
      this.#heardOf = Math.max(this.#heardOf, message.next - 1);
      return [];
    }
    if (message.last < this.#next) return [];
    this.#heardOf = Math.max(this.#heardOf, message.last);
    this.#keep(message);
    return this.#applyPending();
  }

  /**
   * Takes over a snapshot and returns the updates that could then be applied. A snapshot that is older than what has
   * been applied already changes nothing.
   * @stage 2
   */
  restore(snapshot: DepthSnapshot): Update[] {
    if (snapshot.last < this.#next) return [];
    this.#bids.replaceAll(snapshot.bids);
    this.#asks.replaceAll(snapshot.asks);
    this.#next = snapshot.last + 1;
    this.#heardOf = Math.max(this.#heardOf, snapshot.last);
    return this.#applyPending();
  }

  /**
   * The first run of numbers that is missing, `first` to `last`; null when nothing is, as far as anybody has said.
   * @stage 2
   */
  get missing(): { readonly first: number; readonly last: number } | null {
    if (this.#heardOf < this.#next) return null;
    const waiting = this.#pending[0];
    return { first: this.#next, last: waiting === undefined ? this.#heardOf : waiting.first - 1 };
  }

  /**
   * The side's best `levelsMost` prices, best first, yours to change; null while something is missing: it is then not
   * the publisher's depth.
   * @stage 2
   */
  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] | null {
    if (this.missing !== null) return null;
    return (side === "buy" ? this.#bids : this.#asks).best(levelsMost);
  }

  #keep(update: Update): void {
    let at = this.#pending.length;
    while (at > 0 && this.#pending[at - 1]!.first > update.first) at--;
    const same = this.#pending[at - 1];
    if (same?.first === update.first && same.last === update.last) return;
    this.#pending.splice(at, 0, update);
    // One more than the most may have come, and be the very one that is missing.
    if (this.#pending.length > this.#pendingMost && this.#pending[0]!.first > this.#next) this.#pending.shift();
  }

  #applyPending(): Update[] {
    const applied: Update[] = [];
    while (this.#pending.length > 0 && this.#pending[0]!.first <= this.#next) {
      const update = this.#pending.shift()!;
      if (update.last < this.#next) continue; // repeated, or in the snapshot
      for (const change of update.levels) (change.side === "buy" ? this.#bids : this.#asks).set(change);
      this.#next = update.last + 1;
      applied.push(update);
    }
    return applied;
  }
}

/** The levels of a side in one sorted array, worst first: most changes are near the best price, so little is moved. */
class SortedLevels {
  readonly #direction: 1 | -1;
  #levels: Level[] = [];

  constructor(side: Side) {
    this.#direction = side === "buy" ? 1 : -1;
  }

  replaceAll(bestFirst: readonly Level[]): void {
    this.#levels = bestFirst.map((level) => ({ ...level })).reverse();
  }

  set({ priceTicks, quantity, orders }: LevelChange): void {
    const at = this.#placeOf(priceTicks);
    const isThere = this.#levels[at]?.priceTicks === priceTicks;
    this.#levels.splice(at, isThere ? 1 : 0, ...(orders > 0 ? [{ priceTicks, quantity, orders }] : []));
  }

  best(levelsMost: number): Level[] {
    const best = this.#levels.slice(Math.max(0, this.#levels.length - levelsMost));
    return best.map((level) => ({ ...level })).reverse();
  }

  /** Where the price is, or would be. */
  #placeOf(priceTicks: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isWorse = (this.#levels[middle]!.priceTicks - priceTicks) * this.#direction < 0;
      if (isWorse) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Stands before a client that is slower than the feed. Instead of a queue that grows, it keeps what the client has not
 * seen as one update: of each price only what it is now. So it needs memory for the prices of a book and not for the
 * length of the delay. What was taken does not change later.
 */
export class Conflater {
  /** The only update so far, or the range and the time of those that were merged. */
  #merged: Update | null = null;
  readonly #levels = new Map<string, LevelChange>();

  /**
   * @throws RangeError unless it follows the one before, if that was not taken: merging over a gap would hide it.
   * @stage 3
   */
  add(update: Update): void {
    const before = this.#merged;
    if (before !== null && update.first !== before.last + 1) {
      throw new RangeError(
        `update is ${update.first}, expected ${before.last + 1}; recover from the gap before merging`,
      );
    }
    for (const change of update.levels) this.#levels.set(`${change.side}${change.priceTicks}`, change);
    if (before === null) {
      this.#merged = update;
      return;
    }
    const leftOut = before.tradesLeftOut + before.trades.length + update.tradesLeftOut + update.trades.length;
    const { last, timeMs } = update;
    this.#merged = {
      type: "update",
      first: before.first,
      last,
      timeMs,
      levels: [],
      trades: [],
      tradesLeftOut: leftOut,
    };
  }

  /**
   * All since the last call, as one update, or null. One update alone comes out as it went in; of several, the trades
   * are left out and counted.
   * @stage 3
   */
  take(): Update | null {
    const merged = this.#merged;
    if (merged === null) return null;
    const levels = [...this.#levels.values()];
    this.#merged = null;
    this.#levels.clear();
    return { ...merged, levels };
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
  readonly #intervalMs: number;
  readonly #capacity: number;
  // By interval number modulo capacity.
  readonly #open: Float64Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  readonly #quantity: Float64Array;
  readonly #trades: Float64Array;
  /** Numbers of the first and the last interval that are kept; none while `#last` is before `#first`. */
  #first = 0;
  #last = -1;
  #latestMs = 0;

  /**
   * @throws RangeError for an option out of range.
   * @stage 4
   */
  constructor({ intervalMs, capacity }: CandleOptions) {
    this.#intervalMs = requireInteger("intervalMs", intervalMs, 1, Number.MAX_SAFE_INTEGER);
    this.#capacity = requireInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER);
    const column = (): Float64Array => new Float64Array(capacity);
    [this.#open, this.#high, this.#low, this.#close] = [column(), column(), column(), column()];
    [this.#quantity, this.#trades] = [column(), column()];
  }

  /**
   * @throws RangeError for a time before the latest one: the sequencer's time never steps back.
   * @stage 4
   */
  trade(timeMs: number, priceTicks: number, quantity: number): void {
    this.advance(timeMs);
    if (this.#last < this.#first) this.#first = this.#last = Math.floor(timeMs / this.#intervalMs);
    const at = this.#last % this.#capacity;
    if (this.#trades[at] === 0) this.#write(this.#last, priceTicks);
    this.#high[at] = Math.max(this.#high[at]!, priceTicks);
    this.#low[at] = Math.min(this.#low[at]!, priceTicks);
    this.#close[at] = priceTicks;
    this.#quantity[at]! += quantity;
    this.#trades[at]! += 1;
  }

  /**
   * Says what time it is, while nothing trades.
   * @throws RangeError for a time before the latest one.
   * @stage 4
   */
  advance(timeMs: number): void {
    this.#latestMs = requireInteger("timeMs", timeMs, this.#latestMs, Number.MAX_SAFE_INTEGER);
    if (this.#last < this.#first) return;
    const now = Math.floor(timeMs / this.#intervalMs);
    const close = this.#close[this.#last % this.#capacity]!;
    const oldest = now - this.#capacity + 1;
    for (let interval = Math.max(this.#last + 1, oldest); interval <= now; interval++) this.#write(interval, close);
    this.#last = now;
    this.#first = Math.max(this.#first, oldest);
  }

  /**
   * Oldest first, at most `capacity`. Yours to keep and to change.
   * @stage 4
   */
  list(): Candle[] {
    const candles: Candle[] = [];
    for (let interval = this.#first; interval <= this.#last; interval++) {
      const at = interval % this.#capacity;
      const [open, high, low, close] = [this.#open[at]!, this.#high[at]!, this.#low[at]!, this.#close[at]!];
      const [quantity, trades] = [this.#quantity[at]!, this.#trades[at]!];
      candles.push({ startMs: interval * this.#intervalMs, open, high, low, close, quantity, trades });
    }
    return candles;
  }

  /** An interval that has seen this price and no trade. */
  #write(interval: number, priceTicks: number): void {
    const at = interval % this.#capacity;
    for (const column of [this.#open, this.#high, this.#low, this.#close]) column[at] = priceTicks;
    this.#quantity[at] = 0;
    this.#trades[at] = 0;
  }
}
