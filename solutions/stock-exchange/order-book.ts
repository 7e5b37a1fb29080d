import type { BookEvents, Level, RejectReason } from "../../given/stock-exchange/book-events.ts";
import { Digest } from "../../given/stock-exchange/digest.ts";
import {
  MAX_INT32,
  type MatchingEngine,
  type NewOrder,
  type SelfTradePolicy,
  type Side,
} from "../../given/stock-exchange/orders.ts";

/** @given */
export interface OrderBookOptions {
  /** The price band: the lowest and the highest tick that the book accepts. Fewer than `MAX_LEVELS` apart. */
  readonly minPriceTicks: number;
  readonly maxPriceTicks: number;
  /** Told of everything that happens. A handler must neither call the book nor throw. */
  readonly events: BookEvents;
  /** Default "cancel-incoming". */
  readonly selfTrade?: SelfTradePolicy;
  /** Orders to make room for at once; the book grows when there are more. Default 256. */
  readonly expectedOrders?: number;
  /** What rests from the start, as `snapshot` returned it. No events are sent for it, and no reference is kept. */
  readonly resting?: readonly RestingOrder[];
}

/** An order that stands in the book. @given */
export interface RestingOrder {
  readonly orderId: number;
  readonly accountId: number;
  readonly side: Side;
  readonly priceTicks: number;
  /** Lots left. */
  readonly quantity: number;
  /** Lots that have traded. */
  readonly filled: number;
  readonly postOnly: boolean;
}

/** Widest price band, in ticks. @given */
export const MAX_LEVELS = 2 ** 24;

// An order's record. The table adds the id, two fields more: 32 bytes.
const NEXT = 0; // the next order in line; after the last one, the level
const PREVIOUS = 1;
const LEVEL_FLAGS = 2;
const QUANTITY = 3;
const FILLED = 4;
const ACCOUNT = 5;
const FIELDS = 6;

// A level's record, in the same array: a queue is a ring through its level, so that an order has two neighbors wherever
// it stands. No special cases are no wrong guesses of the processor either.
const COUNT = 2;
const LEVEL_FIELDS = 3;

/** "None" among slots and levels. */
const NONE = -1;

const IS_BUY = 1;
const IS_POST_ONLY = 2;
const FLAG_BITS = 2;

/**
 * The limit order book of one instrument, with price-time priority: the best price trades first, and among equal prices
 * the order that came first. A trade is at the price of the order that rested. The book is never crossed: after every
 * call the highest bid is below the lowest ask.
 *
 * Deterministic: the same commands cause the same events and lead to the same state. It reads no clock and draws no
 * numbers.
 *
 * A command that cannot be obeyed causes `rejected` and changes nothing. Where several reasons apply, it is the first
 * in the order in which `RejectReason` lists them.
 *
 * Cost: a cancel, a replace at the same price and the best price do not depend on the number of orders at a price; a
 * submitted order costs what it fills. Finding the next price after a level has emptied is at most logarithmic in the
 * band. Any number of orders may rest at a price, and one order may fill them all. Orders as objects, found through a
 * `Map`, in a list or a `Set` a price, and the prices of a side in a sorted array are good enough: an order may take up
 * to 16 times the memory that the reference takes. The reference allocates nothing once it has grown to its largest
 * number of orders, and keeps an order in at most 64 bytes; a level of the band costs 20, and up to 4 more in room for
 * orders.
 *
 * What a call returns is the caller's: it does not change later, and to change it changes nothing in the book.
 */
export class OrderBook implements MatchingEngine {
  readonly #events: BookEvents;
  readonly #selfTrade: SelfTradePolicy;
  readonly #minPrice: number;
  /** A level is `priceTicks - #minPrice`, 0 to `#levels - 1`. */
  readonly #levels: number;

  /**
   * The records of the levels, then those of the orders. A price never has bids and asks at once, so both sides share
   * the levels.
   */
  readonly #orders: RecordTable;
  /** By level: all its lots, which may be more than an int32 holds. */
  readonly #quantity: Float64Array;
  readonly #bids: IntegerSet;
  readonly #asks: IntegerSet;
  /** Level of the highest bid, or `NONE`; level of the lowest ask, or `#levels`. */
  #bestBid = NONE;
  #bestAsk: number;

  /** @throws RangeError unless the band is two integers in ascending order, less than `MAX_LEVELS` apart. */
  constructor({ minPriceTicks, maxPriceTicks, events, selfTrade, expectedOrders, resting }: OrderBookOptions) {
    this.#levels = maxPriceTicks - minPriceTicks + 1;
    const isBand = Number.isSafeInteger(minPriceTicks) && Number.isSafeInteger(maxPriceTicks) && this.#levels > 0;
    if (!isBand || this.#levels > MAX_LEVELS) {
      throw new RangeError(
        `price band is ${minPriceTicks} to ${maxPriceTicks}, ` +
          `expected two integers in ascending order, fewer than ${MAX_LEVELS} apart`,
      );
    }
    this.#events = events;
    this.#selfTrade = selfTrade ?? "cancel-incoming";
    this.#minPrice = minPriceTicks;
    this.#quantity = new Float64Array(this.#levels);
    this.#bids = new IntegerSet(this.#levels);
    this.#asks = new IntegerSet(this.#levels);
    this.#bestAsk = this.#levels;
    const levelFields = this.#levels * LEVEL_FIELDS;
    this.#orders = new RecordTable(FIELDS, Math.max(expectedOrders ?? 256, resting?.length ?? 0), levelFields);
    const { fields } = this.#orders;
    for (let at = 0; at < levelFields; at += LEVEL_FIELDS) fields[at + NEXT] = fields[at + PREVIOUS] = at;
    for (const { orderId, accountId, side, postOnly, priceTicks, quantity, filled } of resting ?? []) {
      this.#append(orderId, accountId, flagsOf(side, postOnly), priceTicks - minPriceTicks, quantity, filled);
    }
  }

  /**
   * Trades what can trade at once; then lets the rest stand in the book, or cancels it, as the order says. Reads the
   * fields of `order` before it returns and keeps no reference, so that the caller may use one object again and again.
   *
   * - Market: trades at any price. What is left is canceled as "no-liquidity" for every `timeInForce`, except that
   *   "fill-or-kill" fills whole or is rejected.
   * - Fill-or-kill: rejected, with no trade and no cancel, unless everything would trade.
   * - Post-only: rejected if its price crosses the best price of the other side, also when only orders of its own
   *   account stand there: this is asked before the self-trade policy.
   * - Self-trade: when the next order in line belongs to the same account, no trade happens, and who yields is canceled
   *   as "self-trade". "cancel-resting" then goes on with the next in line; the others end the incoming order. An order
   *   that would end that way before it has filled does not count as filling: fill-or-kill is rejected.
   *
   * Stage 1 asks for limit orders that are good till canceled, stage 3 for the other kinds, stage 5 for self-trades.
   */
  submit(order: Readonly<NewOrder>): void {
    const reason = this.#whyRejected(order);
    if (reason !== null) {
      this.#events.rejected(order.orderId, reason);
      return;
    }
    const { orderId, accountId, side, quantity } = order;
    const isBuy = side === "buy";
    const limit = this.#limitLevel(order);
    // Most orders only rest. To ask before the call, and not only in it, spares them the call.
    const left = this.#crosses(isBuy, limit) ? this.#match(orderId, accountId, isBuy, limit, quantity) : quantity;
    if (left === 0) return;
    if (order.kind === "market") this.#events.canceled(orderId, left, "no-liquidity");
    else if (order.timeInForce !== "good-till-cancel") this.#events.canceled(orderId, left, "immediate-or-cancel");
    else {
      this.#append(orderId, accountId, flagsOf(side, order.postOnly), limit, left, quantity - left);
      this.#events.rested(orderId, side, order.priceTicks, left);
    }
  }

  /**
   * Takes what is left of an order out. An order that does not rest, because it has filled for example, is
   * "unknown-order".
   * @stage 2
   */
  cancel(orderId: number): void {
    const slot = isId(orderId) ? this.#orders.find(orderId) : NONE;
    if (slot === NONE) {
      this.#events.rejected(orderId, isId(orderId) ? "unknown-order" : "invalid-order-id");
      return;
    }
    const quantity = this.#orders.fields[slot + QUANTITY]!;
    this.#remove(slot);
    this.#events.canceled(orderId, quantity, "requested");
  }

  /**
   * Changes the price and the total quantity of a resting order.
   *
   * `quantity` counts what has already traded. A client that sends it cannot know of a trade that happens meanwhile,
   * and a quantity of lots left would then buy more than was meant.
   *
   * - As many lots left or fewer, at the same price: it keeps its place (`reduced`).
   * - No lots left, because at least `quantity` have traded: it is canceled as "replaced".
   * - Otherwise it gives up its place: canceled as "replaced", and then like a new order of the same id, account, side
   *   and post-only: it trades what it can and rests behind everything at its price.
   * @stage 4
   */
  replace(orderId: number, priceTicks: number, quantity: number): void {
    const reason = this.#whyNotReplaced(orderId, priceTicks, quantity);
    if (reason !== null) {
      this.#events.rejected(orderId, reason);
      return;
    }
    const { fields } = this.#orders;
    const slot = this.#orders.find(orderId);
    const level = fields[slot + LEVEL_FLAGS]! >> FLAG_BITS;
    const limit = priceTicks - this.#minPrice;
    const leftBefore = fields[slot + QUANTITY]!;
    const left = quantity - fields[slot + FILLED]!;
    if (left > 0 && left <= leftBefore && limit === level) {
      fields[slot + QUANTITY] = left;
      this.#quantity[level]! -= leftBefore - left;
      this.#events.reduced(orderId, left);
      return;
    }
    const accountId = fields[slot + ACCOUNT]!;
    const flags = fields[slot + LEVEL_FLAGS]! & ((1 << FLAG_BITS) - 1);
    const isBuy = (flags & IS_BUY) !== 0;
    this.#remove(slot);
    this.#events.canceled(orderId, leftBefore, "replaced");
    if (left <= 0) return;
    const unmatched = this.#match(orderId, accountId, isBuy, limit, left);
    if (unmatched === 0) return;
    this.#append(orderId, accountId, flags, limit, unmatched, quantity - unmatched);
    this.#events.rested(orderId, isBuy ? "buy" : "sell", priceTicks, unmatched);
  }

  /** Highest bid in ticks, or null. O(1). */
  get bestBidTicks(): number | null {
    return this.#bestBid === NONE ? null : this.#bestBid + this.#minPrice;
  }

  /** Lowest ask in ticks, or null. O(1). */
  get bestAskTicks(): number | null {
    return this.#bestAsk === this.#levels ? null : this.#bestAsk + this.#minPrice;
  }

  /** Orders in the book. O(1). */
  get restingOrders(): number {
    return this.#orders.size;
  }

  /**
   * The side's best `levelsMost` prices, best first. O(levels), however many orders they hold.
   * @stage 2
   */
  depth(side: Side, levelsMost = Number.POSITIVE_INFINITY): Level[] {
    const { fields } = this.#orders;
    const levels: Level[] = [];
    let level = side === "buy" ? this.#bestBid : this.#bestAsk;
    while (levels.length < levelsMost && level !== NONE && level !== this.#levels) {
      const priceTicks = level + this.#minPrice;
      levels.push({ priceTicks, quantity: this.#quantity[level]!, orders: fields[level * LEVEL_FIELDS + COUNT]! });
      level = side === "buy" ? this.#bids.atOrBelow(level - 1) : this.#asks.atOrAbove(level + 1);
    }
    return levels;
  }

  /**
   * The orders at a price, first in line first; none for a price outside the band. O(orders at the price).
   * @stage 2
   */
  ordersAt(priceTicks: number): RestingOrder[] {
    const orders: RestingOrder[] = [];
    if (!Number.isSafeInteger(priceTicks) || !this.#isInBand(priceTicks)) return orders;
    const { fields } = this.#orders;
    const queue = (priceTicks - this.#minPrice) * LEVEL_FIELDS;
    for (let slot = fields[queue + NEXT]!; slot !== queue; slot = fields[slot + NEXT]!) orders.push(this.#read(slot));
    return orders;
  }

  /**
   * Every resting order: bids from the highest price, then asks from the lowest, first in line first. A book that is
   * built with them as `resting` behaves as this one from then on. O(orders).
   * @stage 5
   */
  snapshot(): RestingOrder[] {
    return [...this.depth("buy"), ...this.depth("sell")].flatMap((level) => this.ordersAt(level.priceTicks));
  }

  /**
   * Equal for two books in the same state, however they came to it; different, but for a freak of chance, when any
   * field of `snapshot` differs. O(orders).
   * @stage 5
   */
  stateHash(): string {
    const digest = new Digest();
    for (const { orderId, accountId, side, priceTicks, quantity, filled, postOnly } of this.snapshot()) {
      for (const value of [orderId, accountId, priceTicks, quantity, filled]) digest.add(value);
      digest.add(flagsOf(side, postOnly));
    }
    return digest.toString();
  }

  #whyRejected(order: Readonly<NewOrder>): RejectReason | null {
    const { orderId, accountId, kind, timeInForce, postOnly } = order;
    if (!isId(orderId)) return "invalid-order-id";
    if (!Number.isSafeInteger(accountId) || accountId < 0 || accountId > MAX_INT32) return "invalid-account-id";
    if (!isQuantity(order.quantity)) return "invalid-quantity";
    if (kind === "limit" && !Number.isSafeInteger(order.priceTicks)) return "invalid-price";
    if (kind === "limit" && !this.#isInBand(order.priceTicks)) return "price-out-of-band";
    if (postOnly && (kind === "market" || timeInForce !== "good-till-cancel")) return "contradictory-instructions";
    if (this.#orders.find(orderId) !== NONE) return "duplicate-order-id";
    if (postOnly && this.#crosses(order.side === "buy", this.#limitLevel(order))) return "would-take-liquidity";
    if (timeInForce === "fill-or-kill" && !this.#wouldFill(order)) return "insufficient-liquidity";
    return null;
  }

  #whyNotReplaced(orderId: number, priceTicks: number, quantity: number): RejectReason | null {
    if (!isId(orderId)) return "invalid-order-id";
    if (!isQuantity(quantity)) return "invalid-quantity";
    if (!Number.isSafeInteger(priceTicks)) return "invalid-price";
    if (!this.#isInBand(priceTicks)) return "price-out-of-band";
    const slot = this.#orders.find(orderId);
    if (slot === NONE) return "unknown-order";
    const flags = this.#orders.fields[slot + LEVEL_FLAGS]!;
    const mayNotTrade = (flags & IS_POST_ONLY) !== 0 && quantity > this.#orders.fields[slot + FILLED]!;
    const trades = this.#crosses((flags & IS_BUY) !== 0, priceTicks - this.#minPrice);
    return mayNotTrade && trades ? "would-take-liquidity" : null;
  }

  #isInBand(priceTicks: number): boolean {
    return priceTicks >= this.#minPrice && priceTicks < this.#minPrice + this.#levels;
  }

  /** The worst level at which the order trades: for a market order, the end of the band. */
  #limitLevel({ kind, side, priceTicks }: Readonly<NewOrder>): number {
    if (kind === "limit") return priceTicks - this.#minPrice;
    return side === "buy" ? this.#levels - 1 : 0;
  }

  #crosses(isBuy: boolean, limit: number): boolean {
    return isBuy ? limit >= this.#bestAsk : limit <= this.#bestBid;
  }

  /**
   * Trades against the other side, from its best price to the limit. Returns the lots left, 0 when the rest was
   * canceled.
   */
  #match(takerId: number, accountId: number, isBuy: boolean, limit: number, quantity: number): number {
    const { fields } = this.#orders; // no order is added here, so it stays the same array
    let left = quantity;
    while (left > 0 && this.#crosses(isBuy, limit)) {
      const level = isBuy ? this.#bestAsk : this.#bestBid;
      const maker = fields[level * LEVEL_FIELDS + NEXT]!;
      const makerId = this.#orders.idOf(maker);
      const resting = fields[maker + QUANTITY]!;
      if (fields[maker + ACCOUNT] === accountId) {
        if (this.#selfTrade !== "cancel-incoming") {
          this.#remove(maker);
          this.#events.canceled(makerId, resting, "self-trade");
        }
        if (this.#selfTrade === "cancel-resting") continue;
        this.#events.canceled(takerId, left, "self-trade");
        return 0;
      }
      const traded = Math.min(resting, left);
      left -= traded;
      if (traded === resting) {
        this.#remove(maker);
      } else {
        fields[maker + QUANTITY] = resting - traded;
        fields[maker + FILLED]! += traded;
        this.#quantity[level]! -= traded;
      }
      this.#events.traded(makerId, takerId, level + this.#minPrice, traded);
    }
    return left;
  }

  /** Looks no further than the order would trade. */
  #wouldFill(order: Readonly<NewOrder>): boolean {
    const { fields } = this.#orders;
    const isBuy = order.side === "buy";
    const limit = this.#limitLevel(order);
    let missing = order.quantity;
    let level = isBuy ? this.#bestAsk : this.#bestBid;
    while (level !== NONE && level !== this.#levels && (isBuy ? level <= limit : level >= limit)) {
      const queue = level * LEVEL_FIELDS;
      for (let slot = fields[queue + NEXT]!; slot !== queue; slot = fields[slot + NEXT]!) {
        if (fields[slot + ACCOUNT] === order.accountId) {
          if (this.#selfTrade === "cancel-resting") continue;
          return false;
        }
        missing -= fields[slot + QUANTITY]!;
        if (missing <= 0) return true;
      }
      level = isBuy ? this.#asks.atOrAbove(level + 1) : this.#bids.atOrBelow(level - 1);
    }
    return false;
  }

  /** Puts an order behind everything at its level. */
  #append(orderId: number, accountId: number, flags: number, level: number, quantity: number, filled: number): void {
    const slot = this.#orders.add(orderId);
    const { fields } = this.#orders;
    const queue = level * LEVEL_FIELDS;
    const last = fields[queue + PREVIOUS]!;
    fields[slot + NEXT] = queue;
    fields[slot + PREVIOUS] = last;
    fields[slot + LEVEL_FLAGS] = (level << FLAG_BITS) | flags;
    fields[slot + QUANTITY] = quantity;
    fields[slot + FILLED] = filled;
    fields[slot + ACCOUNT] = accountId;
    fields[last + NEXT] = slot;
    fields[queue + PREVIOUS] = slot;
    fields[queue + COUNT]! += 1;
    this.#quantity[level]! += quantity;
    if (last !== queue) return; // the level was in use
    if ((flags & IS_BUY) !== 0) {
      this.#bids.add(level);
      this.#bestBid = Math.max(this.#bestBid, level);
    } else {
      this.#asks.add(level);
      this.#bestAsk = Math.min(this.#bestAsk, level);
    }
  }

  /** Unlinks an order from its queue. Only the last order of a level looks for another level. */
  #remove(slot: number): void {
    const { fields } = this.#orders;
    const level = fields[slot + LEVEL_FLAGS]! >> FLAG_BITS;
    const isBuy = (fields[slot + LEVEL_FLAGS]! & IS_BUY) !== 0;
    const next = fields[slot + NEXT]!;
    const previous = fields[slot + PREVIOUS]!;
    fields[next + PREVIOUS] = previous;
    fields[previous + NEXT] = next;
    fields[level * LEVEL_FIELDS + COUNT]! -= 1;
    this.#quantity[level]! -= fields[slot + QUANTITY]!;
    this.#orders.remove(slot);
    if (next !== previous) return; // they are only the same where the level is alone in its ring
    if (isBuy) {
      this.#bids.delete(level);
      if (level === this.#bestBid) this.#bestBid = this.#bids.atOrBelow(level - 1);
    } else {
      this.#asks.delete(level);
      if (level === this.#bestAsk) this.#bestAsk = this.#asks.atOrAbove(level + 1);
    }
  }

  #read(slot: number): RestingOrder {
    const { fields } = this.#orders;
    const levelAndFlags = fields[slot + LEVEL_FLAGS]!;
    return {
      orderId: this.#orders.idOf(slot),
      accountId: fields[slot + ACCOUNT]!,
      side: (levelAndFlags & IS_BUY) !== 0 ? "buy" : "sell",
      priceTicks: (levelAndFlags >> FLAG_BITS) + this.#minPrice,
      quantity: fields[slot + QUANTITY]!,
      filled: fields[slot + FILLED]!,
      postOnly: (levelAndFlags & IS_POST_ONLY) !== 0,
    };
  }
}

function flagsOf(side: Side, postOnly: boolean): number {
  return (side === "buy" ? IS_BUY : 0) | (postOnly ? IS_POST_ONLY : 0);
}

function isId(orderId: number): boolean {
  return Number.isSafeInteger(orderId) && orderId >= 0;
}

function isQuantity(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity > 0 && quantity <= MAX_INT32;
}

/**
 * Records of int32 fields, found by an id: what a `Map` of objects does, in flat arrays. A record of eight fields is
 * half a cache line, and the garbage collector has nothing to follow. A slot is the index in `fields` of a record's
 * first field; it stays the same as long as the record is in the table.
 *
 * All calls are O(1) on average; one that grows the table is O(records). An entry of the hash table takes 4 bytes, at
 * least a third of the entries are used while the table grows, and `fields` grows by a quarter, with 4 bytes for each
 * new record to be found again when unused: of eight fields, at most 57 bytes a record, besides `fieldsBefore` and a
 * quarter.
 */
class RecordTable {
  /**
   * First what `fieldsBefore` sets aside for the owner, then the records. Replaced when `add` grows it: read it again
   * after `add`.
   */
  fields: Int32Array;
  size = 0;
  readonly #recordLength: number;
  #used: number;
  /** Records count from 1; this is where number 0 would be. */
  readonly #base: number;
  /** A stack. Links through the records would take no memory, but wait for a cold record each. */
  #unused: Int32Array;
  #unusedCount = 0;

  // Open addressing, at most two thirds full. An entry is the number of a record, in as many low bits as the table's
  // length needs, and above it a tag: most of what the id would tell, without a look at the record, which may be far
  // away. 0 is no entry.
  #entries: Int32Array;
  #bits: number;
  /** No entry is further from home than this. */
  #farthest = 0;

  /**
   * Two fields of every record hold the id: `fields[slot]` to `fields[slot + fieldsPerRecord - 1]` are yours, after
   * them comes the id.
   */
  constructor(fieldsPerRecord: number, expectedRecords: number, fieldsBefore = 0) {
    const records = Math.max(16, Math.ceil(expectedRecords));
    this.#recordLength = fieldsPerRecord + 2;
    // Many allocators let a large block begin 16 bytes into a page; with 16 more, no record of eight fields straddles a
    // cache line.
    this.#used = fieldsBefore + ((4 - fieldsBefore) & 7);
    this.#base = this.#used - this.#recordLength;
    this.fields = new Int32Array(this.#used + records * this.#recordLength);
    this.#unused = new Int32Array(records);
    this.#bits = Math.ceil(Math.log2(records * 1.5));
    this.#entries = new Int32Array(1 << this.#bits);
  }

  /** The slot of an id (an integer, 0 to `MAX_ID`), or `NONE`. */
  find(id: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const low = id | 0;
    const high = (id * 2 ** -32) | 0;
    let at = homeOf(low, high, this.#bits);
    const tag = tagOf(low, at) << this.#bits;
    for (; entries[at] !== 0; at = (at + 1) & mask) {
      if ((entries[at]! & ~mask) !== tag) continue;
      const slot = this.#base + (entries[at]! & mask) * this.#recordLength;
      const idAt = slot + this.#recordLength - 2;
      if (this.fields[idAt] === low && this.fields[idAt + 1] === high) return slot;
    }
    return NONE;
  }

  idOf(slot: number): number {
    const at = slot + this.#recordLength - 2;
    return this.fields[at + 1]! * 2 ** 32 + (this.fields[at]! >>> 0);
  }

  /** A record for an id that has none. Its fields may be left over from another one: write all of them. */
  add(id: number): number {
    if (this.size * 3 >= this.#entries.length * 2) this.#growTable();
    const slot = this.#takeRecord();
    const at = slot + this.#recordLength - 2;
    this.fields[at] = id | 0;
    this.fields[at + 1] = (id * 2 ** -32) | 0;
    this.#link((slot - this.#base) / this.#recordLength);
    this.size++;
    return slot;
  }

  remove(slot: number): void {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const number = (slot - this.#base) / this.#recordLength;
    let hole = this.#home(number);
    while ((entries[hole]! & mask) !== number) hole = (hole + 1) & mask;
    // Later entries move up into the hole where that brings them nearer to their home. To mark the place as deleted
    // would be simpler, but a day of cancels would fill the table with such marks.
    for (let at = (hole + 1) & mask; entries[at] !== 0; at = (at + 1) & mask) {
      if (this.#fromHome(at) < ((at - hole) & mask)) continue;
      entries[hole] = entries[at]!;
      hole = at;
    }
    entries[hole] = 0;
    this.#unused[this.#unusedCount++] = slot;
    this.size--;
  }

  #takeRecord(): number {
    if (this.#unusedCount > 0) return this.#unused[--this.#unusedCount]!;
    const slot = this.#used;
    if (slot === this.fields.length) {
      const more = Math.ceil((slot / this.#recordLength) * 0.25);
      const larger = new Int32Array(slot + more * this.#recordLength);
      larger.set(this.fields);
      this.fields = larger;
      this.#unused = new Int32Array(this.#unused.length + more); // as empty as the one before
    }
    this.#used += this.#recordLength;
    return slot;
  }

  #growTable(): void {
    const entries = this.#entries;
    this.#entries = new Int32Array(1 << ++this.#bits);
    this.#farthest = 0;
    for (const entry of entries) {
      if (entry !== 0) this.#link(entry & (entries.length - 1));
    }
  }

  #link(number: number): void {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const home = this.#home(number);
    let at = home;
    while (entries[at] !== 0) at = (at + 1) & mask;
    const low = this.fields[this.#base + (number + 1) * this.#recordLength - 2]!;
    entries[at] = (tagOf(low, home) << this.#bits) | number;
    this.#farthest = Math.max(this.#farthest, (at - home) & mask);
  }

  /**
   * How many places the entry at `at` is after its home. A tag tells eight bits of that, or what numbers of more than
   * 24 bits leave.
   */
  #fromHome(at: number): number {
    const entry = this.#entries[at]!;
    const mask = this.#entries.length - 1;
    const told = this.#bits <= 24 ? 255 : 2 ** (32 - this.#bits) - 1;
    if (this.#farthest <= told) return (at - (entry >>> this.#bits)) & told & mask;
    return (at - this.#home(entry & mask)) & mask;
  }

  #home(number: number): number {
    const at = this.#base + (number + 1) * this.#recordLength - 2;
    return homeOf(this.fields[at]!, this.fields[at + 1]!, this.#bits);
  }
}

/**
 * Ids are often consecutive: 16 of them share a cache line, so that a new one goes where the one before it went, which
 * is still near. Or they carry a gateway in their high bits: both halves must reach the high bits of the product.
 */
function homeOf(low: number, high: number, bits: number): number {
  return (Math.imul((low >>> 4) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> (32 - bits)) ^ (low & 15);
}

function tagOf(low: number, home: number): number {
  return ((low >>> 4) << 8) | (home & 0xff);
}

/**
 * A set of integers from 0 to `size - 1` that finds the next member up or down in O(log32 size). The first row has a
 * bit a member; a bit of each further row says whether a word of 32 bits in the row below holds any.
 */
class IntegerSet {
  readonly #size: number;
  readonly #rows: Int32Array[] = [];

  constructor(size: number) {
    this.#size = size;
    let words = size;
    do {
      words = Math.ceil(words / 32);
      this.#rows.push(new Int32Array(words));
    } while (words > 1);
  }

  add(member: number): void {
    let at = member;
    for (const row of this.#rows) {
      row[at >>> 5]! |= 1 << (at & 31);
      at >>>= 5;
    }
  }

  delete(member: number): void {
    let at = member;
    for (const row of this.#rows) {
      row[at >>> 5]! &= ~(1 << (at & 31));
      if (row[at >>> 5] !== 0) return;
      at >>>= 5;
    }
  }

  /** The smallest member from `from` up, or `size`. */
  atOrAbove(from: number): number {
    let at = from;
    for (let height = 0; height < this.#rows.length; height++) {
      const row = this.#rows[height]!;
      const word = at >>> 5;
      const bits = (row[word] ?? 0) & (-1 << (at & 31));
      if (bits !== 0) return this.#descend(height, (word << 5) + lowestBit(bits), lowestBit);
      at = word + 1;
    }
    return this.#size;
  }

  /** The largest member from `from` down, or `NONE`. */
  atOrBelow(from: number): number {
    let at = from;
    for (let height = 0; height < this.#rows.length && at >= 0; height++) {
      const word = at >>> 5;
      const bits = this.#rows[height]![word]! & (-1 >>> (31 - (at & 31)));
      if (bits !== 0) return this.#descend(height, (word << 5) + highestBit(bits), highestBit);
      at = word - 1;
    }
    return NONE;
  }

  #descend(height: number, member: number, pick: (bits: number) => number): number {
    let at = member;
    for (let below = height - 1; below >= 0; below--) at = (at << 5) + pick(this.#rows[below]![at]!);
    return at;
  }
}

const highestBit = (bits: number): number => 31 - Math.clz32(bits);

const lowestBit = (bits: number): number => highestBit(bits & -bits);
