/**
 * Given to all exercises of the stock exchange: the words in which gateways, sequencer, book and market data speak, and a digest.
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
 * One command causes a single `rejected`, and then it has changed nothing; or a single `reduced`; or, after a `canceled` as "replaced"
 * if an order moves, trades and self-trade cancels in the order of price and time, then at most one `rested` or `canceled` for the rest.
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

// What the order manager decides by.

/** What an exchange allows one account. Every limit is the largest value that passes. */
export interface RiskRules {
  /** Lots of one order. */
  readonly orderLotsMax: number;
  /** Price times lots of one order, in ticks. */
  readonly orderNotionalMax: number;
  /**
   * How far a limit may be from the reference price, in hundredths of a percent of it, rounded down to a whole tick. Of 999 ticks, 100 basis points are 9
   * ticks: 990 and 1,008 pass. 0 to 10,000.
   */
  readonly bandBasisPoints: number;
  /** Lots an account may trade in one session, over all symbols and both sides. */
  readonly sessionLotsMax: number;
  /** Lots of one symbol an account may own. */
  readonly positionLotsMax: number;
}

/**
 * A limit order that a client asks for. A market order comes here as a limit order at the edge of the band: what is held follows from what the order
 * could cost at worst.
 */
export interface OrderRequest {
  /** Not the id of an open order; an integer, 0 to 2^53 - 1. */
  readonly orderId: number;
  readonly accountId: number;
  readonly symbolId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantity: number;
}

/** A change of an open order that its owner asks for. */
export interface ReplaceRequest {
  readonly orderId: number;
  readonly priceTicks: number;
  /** The order's total in lots, what has already traded included, as the book takes it. */
  readonly quantity: number;
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

// Two tools for the order book. A `Map` and a sorted array pass as well; these two allocate nothing while the book works.

/** "None" among slots and levels. */
export const NONE = -1;

/**
 * Records of int32 fields, found by an id: what a `Map` of objects does, in flat arrays. A record of eight fields is half a cache
 * line, and the garbage collector has nothing to follow. A slot is the index in `fields` of a record's first field; it stays
 * the same as long as the record is in the table.
 *
 * All calls are O(1) on average; one that grows the table is O(records). An entry of the hash table takes 4 bytes, at least a third of
 * the entries are used while the table grows, and `fields` grows by a quarter, with 4 bytes for each new record to be found again when
 * unused: of eight fields, at most 57 bytes a record, besides `fieldsBefore` and a quarter.
 */
export class RecordTable {
  /** First what `fieldsBefore` sets aside for the owner, then the records. Replaced when `add` grows it: read it again after `add`. */
  fields: Int32Array;
  size = 0;
  readonly #recordLength: number;
  #used: number;
  /** Records count from 1; this is where number 0 would be. */
  readonly #base: number;
  /** A stack. Links through the records would take no memory, but wait for a cold record each. */
  #unused: Int32Array;
  #unusedCount = 0;

  // Open addressing, at most two thirds full. An entry is the number of a record, in as many low bits as the table's length needs, and
  // above it a tag: most of what the id would tell, without a look at the record, which may be far away. 0 is no entry.
  #entries: Int32Array;
  #bits: number;
  /** No entry is further from home than this. */
  #farthest = 0;

  /** Two fields of every record hold the id: `fields[slot]` to `fields[slot + fieldsPerRecord - 1]` are yours, after them comes the id. */
  constructor(fieldsPerRecord: number, expectedRecords: number, fieldsBefore = 0) {
    const records = Math.max(16, Math.ceil(expectedRecords));
    this.#recordLength = fieldsPerRecord + 2;
    // Many allocators let a large block begin 16 bytes into a page; with 16 more, no record of eight fields straddles a cache line.
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
    // Later entries move up into the hole where that brings them nearer to their home. To mark the place as deleted would be
    // simpler, but a day of cancels would fill the table with such marks.
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

  /** How many places the entry at `at` is after its home. A tag tells eight bits of that, or what numbers of more than 24 bits leave. */
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
 * Ids are often consecutive: 16 of them share a cache line, so that a new one goes where the one before it went, which is still near. Or they
 * carry a gateway in their high bits: both halves must reach the high bits of the product.
 */
function homeOf(low: number, high: number, bits: number): number {
  return (Math.imul((low >>> 4) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> (32 - bits)) ^ (low & 15);
}

function tagOf(low: number, home: number): number {
  return ((low >>> 4) << 8) | (home & 0xff);
}

/**
 * A set of integers from 0 to `size - 1` that finds the next member up or down in O(log32 size). The first row has a bit a member; a bit
 * of each further row says whether a word of 32 bits in the row below holds any.
 */
export class IntegerSet {
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
