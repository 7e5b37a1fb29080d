/** The order manager in the thread of the sequencer. */

import { type BookEvent, type Command, eventsInto, apply as obey } from "../../solutions/stock-exchange/contract.ts";
import { decodeRequest, type Entry, type EntryLog } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import { type ManagerEvent, OrderManager } from "../../solutions/stock-exchange/order-manager.ts";
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

type Change = ManagerEvent extends infer Event ? (Event extends ManagerEvent ? Omit<Event, "sequence"> : never) : never;

/** The order manager as a read model of the log: entries that are appended to it, and the reports that the book makes of them. */
export class Desk {
  readonly #manager = new OrderManager(RULES);
  readonly #log: EntryLog;
  /** Reports that the log alone has told of. */
  readonly rebuilt: number;

  /** Takes in all that is in the log: a book of its own makes the reports again, so it needs nothing of a desk that has died. */
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
      this.#accept(entry.command);
      obey(book, entry.command);
    }
    this.rebuilt = reports;
  }

  /** Null when the command may be sequenced. A cancel always may: it costs nothing, and the book knows best whether it comes too late. */
  check(command: Command): RefusalReason | null {
    if (!isSupported(command)) return "unsupported";
    return command.type === "submit" ? this.#manager.check({ ...command.order, symbolId: SYMBOL }) : null;
  }

  /** Puts a checked command in its place, and what it may cost on hold. */
  append(entry: Entry): void {
    this.#accept(entry.command);
    this.#log.append(entry);
  }

  /** What the book made of entry `sequence`; every report once and in order. */
  report(sequence: number, event: BookEvent): void {
    if (event.type === "traded") this.#apply(event);
    else if (event.type === "canceled") this.#apply({ type: "canceled", ...quantityOf(event) });
    else if (event.type === "rejected") {
      const { command } = this.#log.read(sequence);
      // A cancel that the book rejects changes nothing; an order that it rejects is over.
      if (command.type === "submit") this.#apply({ type: "canceled", ...quantityOf(command.order) });
    } else if (event.type === "reduced") throw new Error(`report of entry ${sequence}: no order is ever replaced`);
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

  #accept(command: Command): void {
    if (command.type === "submit") this.#apply({ type: "accepted", ...command.order, symbolId: SYMBOL });
  }

  #apply(change: Change): void {
    this.#manager.apply({ ...change, sequence: this.#manager.sequence + 1 } as ManagerEvent);
  }
}

function quantityOf({ orderId, quantity }: { readonly orderId: number; readonly quantity: number }) {
  return { orderId, quantity };
}

/**
 * The requests that the order manager lets through: between the ring and the sequencer, which appends what it gets before it looks for the next. A
 * refusal is written down before its request is released, as the sequencer does it with an entry.
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
      const reason = isRepeated ? null : this.#desk.check(request.command);
      if (!isRepeated && reason === null) {
        this.#decided(request);
        this.#isChecked = true;
        return first;
      }
      if (this.#allowance === 0) return -1;
      this.#allowance--;
      if (reason !== null) {
        this.#refusals.append({ ...request, reason });
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
