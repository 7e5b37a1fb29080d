/**
 * Alternative: maps and plain arrays throughout. The subscriber keeps waiting updates in a map by their first number
 * and sorts its prices when somebody looks; candles are objects in an array that drops its first.
 */

import type { BookEvents, Level } from "../../given/stock-exchange/book-events.ts";
import type { Side } from "../../given/stock-exchange/orders.ts";

export interface LevelChange extends Level {
  readonly side: Side;
}

export interface Trade {
  readonly priceTicks: number;
  readonly quantity: number;
  readonly taker: Side;
}

export interface Update {
  readonly type: "update";
  readonly first: number;
  readonly last: number;
  readonly timeMs: number;
  readonly levels: readonly LevelChange[];
  readonly trades: readonly Trade[];
  readonly tradesLeftOut: number;
}

export interface Heartbeat {
  readonly type: "heartbeat";
  readonly next: number;
}

export type FeedMessage = Update | Heartbeat;

export interface DepthSnapshot {
  readonly last: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface CandleOptions {
  readonly intervalMs: number;
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

/** Levels by side and price, e.g. "buy 100". */
type Book = Map<string, LevelChange>;

function bestFirst(book: Book, side: Side): Level[] {
  return [...book.values()]
    .filter((level) => level.side === side)
    .map(({ priceTicks, quantity, orders }) => ({ priceTicks, quantity, orders }))
    .sort((a, b) => (side === "buy" ? b.priceTicks - a.priceTicks : a.priceTicks - b.priceTicks));
}

function setLevel(book: Book, level: LevelChange): void {
  const key = `${level.side} ${level.priceTicks}`;
  if (level.orders === 0) book.delete(key);
  else book.set(key, level);
}

export class DepthPublisher implements BookEvents {
  readonly #orders = new Map<number, { side: Side; priceTicks: number; left: number }>();
  readonly #book: Book = new Map();
  #changed = new Map<string, LevelChange>();
  #trades: Trade[] = [];
  #last = 0;

  rested(orderId: number, side: Side, priceTicks: number, quantity: number): void {
    this.#orders.set(orderId, { side, priceTicks, left: quantity });
    this.#add(side, priceTicks, quantity, 1);
  }

  traded(makerOrderId: number, _takerOrderId: number, priceTicks: number, quantity: number): void {
    const { side } = this.#orders.get(makerOrderId)!;
    this.#trades.push({ priceTicks, quantity, taker: side === "buy" ? "sell" : "buy" });
    this.#leave(makerOrderId, quantity);
  }

  canceled(orderId: number, quantity: number): void {
    this.#leave(orderId, quantity);
  }

  reduced(orderId: number, quantity: number): void {
    this.#leave(orderId, this.#orders.get(orderId)!.left - quantity);
  }

  rejected(): void {}

  commit(timeMs: number): Update | null {
    if (this.#changed.size === 0 && this.#trades.length === 0) return null;
    this.#last++;
    const levels = [...this.#changed.values()];
    const trades = this.#trades;
    this.#changed = new Map();
    this.#trades = [];
    return { type: "update", first: this.#last, last: this.#last, timeMs, levels, trades, tradesLeftOut: 0 };
  }

  snapshot(): DepthSnapshot {
    if (this.#changed.size > 0 || this.#trades.length > 0) throw new Error("commit first");
    return { last: this.#last, bids: bestFirst(this.#book, "buy"), asks: bestFirst(this.#book, "sell") };
  }

  heartbeat(): Heartbeat {
    return { type: "heartbeat", next: this.#last + 1 };
  }

  #leave(orderId: number, lots: number): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) return;
    order.left -= lots;
    if (order.left === 0) this.#orders.delete(orderId);
    this.#add(order.side, order.priceTicks, -lots, order.left === 0 ? -1 : 0);
  }

  #add(side: Side, priceTicks: number, lots: number, orders: number): void {
    const key = `${side} ${priceTicks}`;
    const before = this.#book.get(key) ?? { quantity: 0, orders: 0 };
    const now = { side, priceTicks, quantity: before.quantity + lots, orders: before.orders + orders };
    setLevel(this.#book, now);
    this.#changed.set(key, now);
  }
}

export class DepthSubscriber {
  readonly #waiting = new Map<number, Update>();
  readonly #waitingMost: number;
  #book: Book = new Map();
  #applied = 0;
  #heardOf = 0;

  constructor(pendingMost = 1_000) {
    this.#waitingMost = pendingMost;
  }

  receive(message: FeedMessage): Update[] {
    const last = message.type === "heartbeat" ? message.next - 1 : message.last;
    this.#heardOf = Math.max(this.#heardOf, last);
    if (message.type === "heartbeat" || last <= this.#applied) return [];
    const same = this.#waiting.get(message.first);
    if (same === undefined || same.last < last) this.#waiting.set(message.first, message);
    const applied = this.#drain();
    if (this.#waiting.size > this.#waitingMost) this.#waiting.delete(Math.min(...this.#waiting.keys()));
    return applied;
  }

  restore(snapshot: DepthSnapshot): Update[] {
    if (snapshot.last <= this.#applied) return [];
    this.#book = new Map();
    for (const level of snapshot.bids) setLevel(this.#book, { ...level, side: "buy" });
    for (const level of snapshot.asks) setLevel(this.#book, { ...level, side: "sell" });
    this.#applied = snapshot.last;
    this.#heardOf = Math.max(this.#heardOf, snapshot.last);
    return this.#drain();
  }

  get missing(): { readonly first: number; readonly last: number } | null {
    if (this.#heardOf <= this.#applied) return null;
    return { first: this.#applied + 1, last: Math.min(this.#heardOf + 1, ...this.#waiting.keys()) - 1 };
  }

  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] | null {
    return this.missing === null ? bestFirst(this.#book, side).slice(0, levelsMost) : null;
  }

  #drain(): Update[] {
    const applied: Update[] = [];
    for (;;) {
      const next = [...this.#waiting.values()].find((update) => update.first <= this.#applied + 1);
      if (next === undefined) return applied;
      this.#waiting.delete(next.first);
      if (next.last <= this.#applied) continue;
      for (const level of next.levels) setLevel(this.#book, level);
      this.#applied = next.last;
      applied.push(next);
    }
  }
}

export class Conflater {
  #updates: Update[] = [];

  add(update: Update): void {
    const before = this.#updates.at(-1);
    if (before !== undefined && update.first !== before.last + 1) throw new RangeError("there is a gap");
    this.#updates.push(update);
    if (this.#updates.length > 100) this.#updates = [merge(this.#updates)];
  }

  take(): Update | null {
    const updates = this.#updates;
    this.#updates = [];
    return updates.length <= 1 ? (updates[0] ?? null) : merge(updates);
  }
}

function merge(updates: readonly Update[]): Update {
  const levels = new Map<string, LevelChange>();
  for (const level of updates.flatMap((update) => update.levels)) {
    levels.set(`${level.side} ${level.priceTicks}`, level);
  }
  const { last, timeMs } = updates.at(-1)!;
  const tradesLeftOut = updates.reduce((sum, update) => sum + update.trades.length + update.tradesLeftOut, 0);
  return {
    type: "update",
    first: updates[0]!.first,
    last,
    timeMs,
    levels: [...levels.values()],
    trades: [],
    tradesLeftOut,
  };
}

export class Candles {
  readonly #options: CandleOptions;
  #candles: Candle[] = [];
  #latestMs = 0;

  constructor(options: CandleOptions) {
    for (const value of [options.intervalMs, options.capacity]) {
      if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${value} is not a positive integer`);
    }
    this.#options = options;
  }

  trade(timeMs: number, priceTicks: number, quantity: number): void {
    this.advance(timeMs);
    const last = this.#candles.pop();
    const startMs = timeMs - (timeMs % this.#options.intervalMs);
    const isFirst = last === undefined || last.trades === 0;
    this.#candles.push({
      startMs,
      open: isFirst ? priceTicks : last.open,
      high: isFirst ? priceTicks : Math.max(last.high, priceTicks),
      low: isFirst ? priceTicks : Math.min(last.low, priceTicks),
      close: priceTicks,
      quantity: (last?.quantity ?? 0) + quantity,
      trades: (last?.trades ?? 0) + 1,
    });
  }

  advance(timeMs: number): void {
    if (!Number.isSafeInteger(timeMs) || timeMs < this.#latestMs) throw new RangeError(`${timeMs} is not a later time`);
    this.#latestMs = timeMs;
    const { intervalMs, capacity } = this.#options;
    const last = this.#candles.at(-1);
    if (last === undefined) return;
    const now = timeMs - (timeMs % intervalMs);
    const from = Math.max(last.startMs + intervalMs, now - (capacity - 1) * intervalMs);
    const { close } = last;
    for (let startMs = from; startMs <= now; startMs += intervalMs) {
      this.#candles.push({ startMs, open: close, high: close, low: close, close, quantity: 0, trades: 0 });
    }
    this.#candles = this.#candles.slice(-capacity);
  }

  list(): Candle[] {
    return this.#candles.map((candle) => ({ ...candle }));
  }
}
