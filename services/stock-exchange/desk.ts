/** The order manager in the thread of the sequencer. */

import { type BookEvent, eventsInto } from "../../given/stock-exchange/book-events.ts";
import { type Command, type NewOrder, apply as obey } from "../../given/stock-exchange/orders.ts";
import type { OrderRequest } from "../../given/stock-exchange/risk.ts";
import { decodeRequest, type Entry, type EntryLog } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import { OrderManager } from "../../solutions/stock-exchange/order-manager.ts";
import { RingConsumer, type SideOptions } from "../../solutions/stock-exchange/ring-buffer.ts";
import { ACCOUNTS, createBook, openingEvents, RULES, SYMBOL } from "./flow.ts";
import { isSupported, type RefusalLog, type RefusalReason } from "./refusals.ts";

/** Money is ticks times lots. */
export interface Balance {
  readonly freeCash: number;
  readonly heldCash: number;
  readonly freeShares: number;
  readonly heldShares: number;
}

/**
 * The order manager as a read model of the log: entries that are appended to it, and the reports that the book makes of
 * them.
 */
export class Desk {
  readonly #manager = new OrderManager(RULES);
  readonly #log: EntryLog;
  /** Orders with a replace that the book has not answered, by the number of its entry. */
  readonly #replacing = new Map<number, number>();
  /** Reports that the log alone has told of. */
  readonly rebuilt: number;

  /**
   * Takes in all that is in the log: a book of its own makes the reports again, so it needs nothing of a desk that has
   * died.
   */
  constructor(log: EntryLog) {
    this.#log = log;
    for (const event of openingEvents()) this.#manager.apply(event);
    let sequence = 0;
    let reports = 0;
    const book = createBook(
      eventsInto((event) => {
        reports++;
        this.report(sequence, event);
      }),
    );
    const { length } = log;
    for (sequence = 1; sequence <= length; sequence++) {
      const entry = log.read(sequence);
      this.#accept(entry);
      obey(book, entry.command);
    }
    this.rebuilt = reports;
  }

  /**
   * Null when the client's command may be sequenced. Of an order that is known to have ended the manager says so; one
   * that has ended and is not known to have, the book rejects.
   */
  check(client: number, command: Command): RefusalReason | null {
    if (!isSupported(command)) return "unsupported";
    if (command.type === "cancel") return this.#manager.checkCancel(client, command.orderId);
    if (command.type === "replace") return this.#manager.checkReplace(client, command);
    const { accountId } = command.order;
    return accountId === client ? this.#manager.check(requestOf(command.order)) : "not-the-owner";
  }

  /** Puts a checked command in its place, and what it may cost on hold. */
  append(entry: Entry): void {
    this.#accept(entry);
    this.#log.append(entry);
  }

  /** What the book made of entry `sequence`; every report once and in order. */
  report(sequence: number, event: BookEvent): void {
    if (event.type === "traded") this.#traded(event);
    else if (event.type === "reduced") this.#replaced(event.orderId);
    else if (event.type === "canceled" && event.reason === "replaced") this.#replaced(event.orderId);
    else if (event.type === "canceled") this.#canceled(event.orderId, event.quantity);
    else if (event.type === "rejected") this.#rejected(sequence);
  }

  /** Of every account, by its id. */
  balances(): Balance[] {
    const manager = this.#manager;
    return Array.from({ length: ACCOUNTS }, (_, account) => ({
      freeCash: manager.freeCash(account),
      heldCash: manager.heldCash(account),
      freeShares: manager.freeShares(account, SYMBOL),
      heldShares: manager.heldShares(account, SYMBOL),
    }));
  }

  // Events are written out field by field: to spread objects took half of the time of the thread.

  #accept({ sequence: entry, command }: Entry): void {
    if (command.type === "cancel") return;
    const sequence = this.#next;
    if (command.type === "replace") {
      const { orderId, priceTicks, quantity } = command;
      // When the log is replayed, the end of an order is heard at once. At the time it was not: the book will reject
      // this one.
      if (this.#manager.openLots(orderId) === 0) return;
      this.#manager.apply({ sequence, type: "replace-accepted", orderId, priceTicks, quantity });
      this.#replacing.set(orderId, entry);
      return;
    }
    const { orderId, accountId, side, priceTicks, quantity } = command.order;
    // Whatever an order of this id had asked for, it was another order.
    this.#replacing.delete(orderId);
    const symbolId = SYMBOL;
    this.#manager.apply({ sequence, type: "accepted", orderId, accountId, symbolId, side, priceTicks, quantity });
  }

  get #next(): number {
    return this.#manager.sequence + 1;
  }

  #traded({ makerOrderId, takerOrderId, priceTicks, quantity }: BookEvent & { type: "traded" }): void {
    const sequence = this.#next;
    this.#manager.apply({ sequence, type: "traded", makerOrderId, takerOrderId, priceTicks, quantity });
  }

  #canceled(orderId: number, quantity: number): void {
    this.#manager.apply({ sequence: this.#next, type: "canceled", orderId, quantity });
  }

  #replaced(orderId: number): void {
    this.#replacing.delete(orderId);
    this.#manager.apply({ sequence: this.#next, type: "replaced", orderId });
  }

  /**
   * A cancel that the book rejects changes nothing; an order that it rejects is over, and a replace leaves the order as
   * it was.
   */
  #rejected(entry: number): void {
    const { command } = this.#log.read(entry);
    if (command.type === "submit") this.#canceled(command.order.orderId, command.order.quantity);
    if (command.type !== "replace" || this.#replacing.get(command.orderId) !== entry) return;
    const { orderId } = command;
    this.#replacing.delete(orderId);
    // An order that has ended has taken its replace with it.
    if (this.#manager.openLots(orderId) === 0) return;
    this.#manager.apply({ sequence: this.#next, type: "replace-refused", orderId });
  }
}

function requestOf({ orderId, accountId, side, priceTicks, quantity }: NewOrder): OrderRequest {
  return { orderId, accountId, symbolId: SYMBOL, side, priceTicks, quantity };
}

/**
 * The requests that the order manager lets through: between the ring and the sequencer, which appends what it gets
 * before it looks for the next. A refusal is written down before its request is released, as the sequencer does it with
 * an entry.
 */
export class CheckedRequests extends RingConsumer {
  readonly #desk: Desk;
  readonly #refusals: RefusalLog;
  /** Per client, the highest request with an answer, be it an entry or a refusal. */
  readonly #highest = new Map<number, number>();
  #isChecked = false;
  #allowance = 0;

  constructor(ring: SharedArrayBuffer, options: SideOptions, desk: Desk, log: EntryLog, refusals: RefusalLog) {
    super(ring, options);
    this.#desk = desk;
    this.#refusals = refusals;
    for (let sequence = 1; sequence <= log.length; sequence++) this.#decided(log.read(sequence));
    for (let index = 0; index < refusals.length; index++) this.#decided(refusals.read(index));
  }

  /** From now on, up to so many requests may be refused: who refuses a flood must still read reports. */
  allow(refusals: number): void {
    this.#allowance = refusals;
  }

  override peek(): number {
    for (;;) {
      const first = super.peek();
      if (first === -1 || this.#isChecked) return first;
      const request = decodeRequest(this.words, first);
      const isRepeated = request.request <= (this.#highest.get(request.client) ?? 0);
      const reason = isRepeated ? null : this.#desk.check(request.client, request.command);
      if (!isRepeated && reason === null) {
        this.#decided(request);
        this.#isChecked = true;
        return first;
      }
      if (this.#allowance === 0) return -1;
      this.#allowance--;
      if (reason !== null) {
        this.#refusals.append({ client: request.client, request: request.request, reason });
        this.#decided(request);
      }
      this.release();
    }
  }

  override release(): void {
    super.release();
    this.#isChecked = false;
  }

  #decided({ client, request }: { readonly client: number; readonly request: number }): void {
    this.#highest.set(client, Math.max(request, this.#highest.get(client) ?? 0));
  }
}
