/**
 * Alternative: what ends as it began is left out of an update; sides are sorted best first and searched from there;
 * updates merge two by two; only candles with trades are kept, and the flat ones are made when asked for.
 */

import type { BookEvents, Level } from "../../given/stock-exchange/book-events.ts";
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

export class DepthPublisher implements BookEvents {
  readonly #orders = new Map<number, { readonly place: number; lots: number }>();
  /**
   * By place: twice the price, and one more for an ask. Levels stay when they are empty, as long as a command runs.
   */
  readonly #levels = new Map<number, Totals>();
  /** What a level was before the command. */
  readonly #before = new Map<number, Totals>();
  #trades: Trade[] = [];
  #published = 0;

  rested(orderId: number, side: Side, priceTicks: number, quantity: number): void {
    const place = 2 * priceTicks + (side === "buy" ? 0 : 1);
    this.#orders.set(orderId, { place, lots: quantity });
    this.#move(place, quantity, 1);
  }

  traded(makerOrderId: number, _takerOrderId: number, priceTicks: number, quantity: number): void {
    const maker = this.#orders.get(makerOrderId);
    if (maker === undefined) return;
    this.#trades.push({ priceTicks, quantity, taker: isAsk(maker.place) ? "buy" : "sell" });
    this.#leave(makerOrderId, quantity);
  }

  canceled(orderId: number, quantity: number): void {
    this.#leave(orderId, quantity);
  }

  reduced(orderId: number, quantity: number): void {
    this.#leave(orderId, (this.#orders.get(orderId)?.lots ?? quantity) - quantity);
  }

  rejected(): void {}

  commit(timeMs: number): Update | null {
    const levels: LevelChange[] = [];
    for (const [place, before] of this.#before) {
      const { quantity, orders } = this.#levels.get(place)!;
      if (orders === 0) this.#levels.delete(place);
      if (before.quantity === quantity && before.orders === orders) continue;
      levels.push({ side: isAsk(place) ? "sell" : "buy", priceTicks: Math.floor(place / 2), quantity, orders });
    }
    const trades = this.#trades;
    this.#before.clear();
    this.#trades = [];
    if (levels.length + trades.length === 0) return null;
    this.#published++;
    const range = { first: this.#published, last: this.#published };
    return { type: "update", ...range, timeMs, levels, trades, tradesLeftOut: 0 };
  }

  snapshot(): DepthSnapshot {
    if (this.#before.size + this.#trades.length > 0) throw new Error("the command has not ended; commit first");
    const ascending = [...this.#levels].sort(([a], [b]) => a - b);
    const side = (asks: boolean): Level[] =>
      ascending
        .filter(([place]) => isAsk(place) === asks)
        .map(([place, totals]) => ({ priceTicks: Math.floor(place / 2), ...totals }));
    return { last: this.#published, bids: side(false).reverse(), asks: side(true) };
  }

  heartbeat(): Heartbeat {
    return { type: "heartbeat", next: 1 + this.#published };
  }

  #leave(orderId: number, lots: number): void {
    const order = this.#orders.get(orderId);
    if (order === undefined || lots === 0) return;
    order.lots -= lots;
    const isOver = order.lots <= 0;
    if (isOver) this.#orders.delete(orderId);
    this.#move(order.place, -lots, isOver ? -1 : 0);
  }

  #move(place: number, lots: number, orders: number): void {
    const was = this.#levels.get(place) ?? { quantity: 0, orders: 0 };
    if (!this.#before.has(place)) this.#before.set(place, was);
    this.#levels.set(place, { quantity: was.quantity + lots, orders: was.orders + orders });
  }
}

type Totals = { readonly quantity: number; readonly orders: number };

export class DepthSubscriber {
  readonly #waitingMost: number;
  #sides: Record<Side, Level[]> = { buy: [], sell: [] };
  #waiting: Update[] = [];
  #last = 0;
  #announced = 0;

  constructor(pendingMost = 1_000) {
    this.#waitingMost = pendingMost;
  }

  receive(message: FeedMessage): Update[] {
    this.#announced = Math.max(this.#announced, message.type === "update" ? message.last : message.next - 1);
    if (message.type === "heartbeat") return [];
    this.#waiting.push(message);
    return this.#settle();
  }

  restore(snapshot: DepthSnapshot): Update[] {
    if (snapshot.last <= this.#last) return [];
    this.#sides = { buy: [...snapshot.bids], sell: [...snapshot.asks] };
    this.#last = snapshot.last;
    this.#announced = Math.max(this.#announced, snapshot.last);
    return this.#settle();
  }

  get missing(): { readonly first: number; readonly last: number } | null {
    if (this.#announced === this.#last) return null;
    const [next] = this.#waiting;
    return { first: this.#last + 1, last: next === undefined ? this.#announced : next.first - 1 };
  }

  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] | null {
    return this.#announced === this.#last ? this.#sides[side].slice(0, levelsMost) : null;
  }

  #settle(): Update[] {
    const applied: Update[] = [];
    this.#waiting.sort((a, b) => a.first - b.first || a.last - b.last);
    for (;;) {
      const next = this.#waiting.find(({ first, last }) => first <= this.#last + 1 && last > this.#last);
      if (next === undefined) break;
      for (const change of next.levels) this.#change(change);
      this.#last = next.last;
      applied.push(next);
    }
    const later = this.#waiting.filter(({ first }) => first > this.#last + 1);
    const isSame = (a: Update, b: Update | undefined): boolean => a.first === b?.first && a.last === b.last;
    this.#waiting = later.filter((update, i) => !isSame(update, later[i - 1])).slice(-this.#waitingMost);
    return applied;
  }

  /** Most changes are near the best price, which is where the search begins. */
  #change({ side, priceTicks, quantity, orders }: LevelChange): void {
    const levels = this.#sides[side];
    const isBetter = (other: number): boolean => (side === "buy" ? other > priceTicks : other < priceTicks);
    let at = 0;
    while (at < levels.length && isBetter(levels[at]!.priceTicks)) at++;
    const isThere = levels[at]?.priceTicks === priceTicks;
    if (orders === 0) levels.splice(at, isThere ? 1 : 0);
    else levels.splice(at, isThere ? 1 : 0, { priceTicks, quantity, orders });
  }
}

export class Conflater {
  #all: Update | null = null;

  add(update: Update): void {
    if (this.#all !== null && this.#all.last + 1 !== update.first) {
      throw new RangeError(`update ${update.first} does not follow ${this.#all.last}`);
    }
    this.#all = this.#all === null ? update : merged(this.#all, update);
  }

  take(): Update | null {
    const all = this.#all;
    this.#all = null;
    return all;
  }
}

function merged(a: Update, b: Update): Update {
  const isReplaced = (old: LevelChange): boolean =>
    b.levels.some(({ side, priceTicks }) => side === old.side && priceTicks === old.priceTicks);
  const levels = [...a.levels.filter((old) => !isReplaced(old)), ...b.levels];
  const tradesLeftOut = a.tradesLeftOut + a.trades.length + b.tradesLeftOut + b.trades.length;
  return { ...b, first: a.first, levels, trades: [], tradesLeftOut };
}

export class Candles {
  readonly #intervalMs: number;
  readonly #capacity: number;
  /**
   * Those with trades, by the number of their interval; no more than are shown, and before them the last that is not.
   */
  #traded: (Candle & { readonly interval: number })[] = [];
  #nowMs = 0;

  constructor({ intervalMs, capacity }: CandleOptions) {
    this.#intervalMs = requireInteger("intervalMs", intervalMs, 1);
    this.#capacity = requireInteger("capacity", capacity, 1);
  }

  trade(timeMs: number, priceTicks: number, quantity: number): void {
    this.advance(timeMs);
    const interval = this.#interval;
    const last = this.#traded.at(-1);
    const price = { open: priceTicks, high: priceTicks, low: priceTicks, close: priceTicks };
    if (last?.interval !== interval) {
      this.#traded.push({ interval, startMs: interval * this.#intervalMs, ...price, quantity, trades: 1 });
      return;
    }
    this.#traded[this.#traded.length - 1] = {
      ...last,
      high: Math.max(last.high, priceTicks),
      low: Math.min(last.low, priceTicks),
      close: priceTicks,
      quantity: last.quantity + quantity,
      trades: last.trades + 1,
    };
  }

  advance(timeMs: number): void {
    this.#nowMs = requireInteger("timeMs", timeMs, this.#nowMs);
    const oldest = this.#interval - this.#capacity + 1;
    while (this.#traded.length > 1 && this.#traded[1]!.interval <= oldest) this.#traded.shift();
  }

  list(): Candle[] {
    const candles: Candle[] = [];
    let close = Number.NaN;
    let at = 0;
    for (let interval = this.#traded[0]?.interval ?? Number.POSITIVE_INFINITY; interval <= this.#interval; ) {
      const found = this.#traded[at]?.interval === interval ? this.#traded[at++] : undefined;
      close = found?.close ?? close;
      const startMs = interval * this.#intervalMs;
      const flat: Candle = { startMs, open: close, high: close, low: close, close, quantity: 0, trades: 0 };
      const oldest = this.#interval - this.#capacity + 1;
      if (interval >= oldest) candles.push(found === undefined ? flat : withoutInterval(found));
      // From a candle that is not shown straight to the first that is, or to the next with trades.
      interval = interval < oldest ? Math.min(oldest, this.#traded[at]?.interval ?? oldest) : interval + 1;
    }
    return candles;
  }

  get #interval(): number {
    return Math.floor(this.#nowMs / this.#intervalMs);
  }
}

function withoutInterval({ startMs, open, high, low, close, quantity, trades }: Candle): Candle {
  return { startMs, open, high, low, close, quantity, trades };
}

function requireInteger(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`${name} is ${value}, and at least ${least}`);
  return value;
}

function isAsk(place: number): boolean {
  return place % 2 !== 0;
}
