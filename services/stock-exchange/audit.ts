/** What the sequenced log says must have happened, computed by one thread and without the order manager. */

import { isDeepStrictEqual } from "node:util";
import { type BookEvent, eventsInto } from "../../given/stock-exchange/book-events.ts";
import { apply, type Command, type Side } from "../../given/stock-exchange/orders.ts";
import type { EntryLog } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import { Depth } from "./depth.ts";
import type { Balance } from "./desk.ts";
import { ACCOUNTS, createBook, createFlow, fundsOf, ReportDigest } from "./flow.ts";
import type { Refused } from "./refusals.ts";
import type { Outcome } from "./stages.ts";

export interface Expected {
  readonly outcome: Outcome;
  /** Of every account, by its id. */
  readonly balances: readonly Balance[];
}

/** The sequenced orders without rings, threads, kills and holds. */
export function inOneThread(log: EntryLog): Expected {
  const seen = new ReportDigest();
  const depth = new Depth();
  const ledger = new Ledger();
  let sequence = 0;
  const book = createBook(
    eventsInto((event) => {
      seen.add(sequence, event);
      depth.add(sequence, event);
      ledger.add(event);
    }),
  );
  for (sequence = 1; sequence <= log.length; sequence++) {
    const { command } = log.read(sequence);
    ledger.hear(command);
    apply(book, command);
  }
  return { outcome: { ...seen.outcome(), depth: depth.snapshot() }, balances: ledger.balances() };
}

interface Open {
  readonly accountId: number;
  readonly side: Side;
  priceTicks: number;
  /** Lots left. */
  quantity: number;
  filled: number;
}

/** Who owns what, from deposits and trades; and only at the end what the orders that are open then have to hold. */
class Ledger {
  readonly #cash = Array.from({ length: ACCOUNTS }, (_, account) => fundsOf(account).cash);
  readonly #shares = Array.from({ length: ACCOUNTS }, (_, account) => fundsOf(account).shares);
  readonly #orders = new Map<number, Open>();
  #latest: Command | null = null;

  /** What the events that follow come from. */
  hear(command: Command): void {
    this.#latest = command;
    if (command.type !== "submit") return;
    const { orderId, accountId, side, priceTicks, quantity } = command.order;
    this.#orders.set(orderId, { accountId, side, priceTicks, quantity, filled: 0 });
  }

  add(event: BookEvent): void {
    if (event.type === "traded") {
      for (const orderId of [event.makerOrderId, event.takerOrderId]) {
        const order = this.#take(orderId, event.quantity);
        const { accountId, side } = order;
        order.filled += event.quantity;
        const lots = side === "buy" ? event.quantity : -event.quantity;
        this.#shares[accountId]! += lots;
        this.#cash[accountId]! -= lots * event.priceTicks;
      }
    } else if (event.type === "canceled" && event.reason !== "replaced") this.#take(event.orderId, event.quantity);
    else if (event.type === "canceled" || event.type === "reduced") this.#change(event.orderId);
    else if (event.type === "rejected" && this.#latest?.type === "submit") this.#orders.delete(event.orderId);
  }

  #change(orderId: number): void {
    const order = this.#orders.get(orderId);
    if (order === undefined || this.#latest?.type !== "replace") throw new Error(`order ${orderId} is not replaced`);
    order.priceTicks = this.#latest.priceTicks;
    order.quantity = this.#latest.quantity - order.filled;
    if (order.quantity <= 0) this.#orders.delete(orderId);
  }

  balances(): Balance[] {
    const heldCash = new Array<number>(ACCOUNTS).fill(0);
    const heldShares = new Array<number>(ACCOUNTS).fill(0);
    for (const { accountId, side, priceTicks, quantity } of this.#orders.values()) {
      if (side === "buy") heldCash[accountId]! += priceTicks * quantity;
      else heldShares[accountId]! += quantity;
    }
    return this.#cash.map((cash, account) => ({
      ...{ freeCash: cash - heldCash[account]!, heldCash: heldCash[account]! },
      ...{ freeShares: this.#shares[account]! - heldShares[account]!, heldShares: heldShares[account]! },
    }));
  }

  #take(orderId: number, quantity: number): Open {
    const order = this.#orders.get(orderId);
    if (order === undefined) throw new Error(`order ${orderId} is not open`);
    order.quantity -= quantity;
    if (order.quantity === 0) this.#orders.delete(orderId);
    return order;
  }
}

/**
 * What is wrong with the answers: every order of the flow is either sequenced or refused, as it was sent, in the order
 * in which it was sent.
 */
export function auditAnswers(orders: number, seed: number, log: EntryLog, refusals: readonly Refused[]): string[] {
  const next = createFlow(seed);
  let accepted = 0;
  let refused = 0;
  for (let request = 1; request <= orders; request++) {
    const { client, command } = next();
    const isRefused = refusals[refused]?.request === request;
    const entry = accepted < log.length ? log.read(accepted + 1) : null;
    const isAccepted = entry?.request === request;
    if (isRefused === isAccepted)
      return [`order ${request} was ${isRefused ? "refused and sequenced" : "not answered"}`];
    if (isRefused) refused++;
    else accepted++;
    if (isAccepted && !(entry.client === client && isDeepStrictEqual(entry.command, command)))
      return [`order ${request} was sequenced and changed`];
  }
  const more = log.length + refusals.length - orders;
  return more === 0 ? [] : [`${more} orders were answered more than once`];
}

/** What is wrong with the balances of the order manager, given those that the log asks for. */
export function auditBalances(expected: readonly Balance[], actual: readonly Balance[]): string[] {
  const problems: string[] = [];
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const funds = Array.from({ length: ACCOUNTS }, (_, account) => fundsOf(account));
  const cash = sum(actual.map(({ freeCash, heldCash }) => freeCash + heldCash)) - sum(funds.map((each) => each.cash));
  const shares =
    sum(actual.map(({ freeShares, heldShares }) => freeShares + heldShares)) - sum(funds.map((each) => each.shares));
  if (cash !== 0) problems.push(`money: ${cash} ticks times lots more than were deposited`);
  if (shares !== 0) problems.push(`shares: ${shares} more than were deposited`);
  const debtor = actual.findIndex((balance) => Object.values(balance).some((amount) => amount < 0));
  if (debtor !== -1) problems.push(`account ${debtor} owes: ${JSON.stringify(actual[debtor])}`);
  const wrong = expected.findIndex((balance, account) => !isDeepStrictEqual(balance, actual[account]));
  if (wrong !== -1) {
    const [should, is] = [JSON.stringify(expected[wrong]), JSON.stringify(actual[wrong])];
    problems.push(`account ${wrong}: the order manager has ${is}, and the log makes it ${should}`);
  }
  return problems;
}
