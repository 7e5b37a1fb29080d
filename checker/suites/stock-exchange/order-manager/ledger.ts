/**
 * The order manager's oracle: every answer computed from the whole log, by its definition. And moves that make such
 * logs.
 */

import type { OrderRequest, ReplaceRequest, RiskRules } from "../../../../given/stock-exchange/risk.ts";
import type {
  CancelRefusal,
  ManagerEvent,
  OrderManager,
  Refusal,
  ReplaceRefusal,
} from "../../../../solutions/stock-exchange/order-manager.ts";
import { fc, violated } from "../../../kit/index.ts";

export const ACCOUNTS = [1, 2, 3] as const;
export const SYMBOLS = [1, 2] as const;

/** So small that random orders reach every limit. */
export const RULES: RiskRules = {
  orderLotsMax: 40,
  orderNotionalMax: 3_600,
  bandBasisPoints: 1_000,
  sessionLotsMax: 80,
  positionLotsMax: 95,
};

/** An event before it has its number. */
export type Fact = ManagerEvent extends infer Event
  ? Event extends ManagerEvent
    ? Omit<Event, "sequence">
    : never
  : never;

/** Rules that allow everything. */
export const FREE: RiskRules = {
  orderLotsMax: 10 ** 9,
  orderNotionalMax: Number.MAX_SAFE_INTEGER,
  bandBasisPoints: 10_000,
  sessionLotsMax: 10 ** 12,
  positionLotsMax: 10 ** 12,
};

/** Account 1 buys, account 2 sells. */
export const order = (
  orderId: number,
  side: "buy" | "sell",
  quantity: number,
  priceTicks: number,
  more = {},
): OrderRequest => ({
  orderId,
  accountId: side === "buy" ? 1 : 2,
  symbolId: 7,
  side,
  priceTicks,
  quantity,
  ...more,
});

/** Account 1 has cash, account 2 has shares; symbol 7 is listed at 100. */
export const START: readonly Fact[] = [
  { type: "listed", symbolId: 7, priceTicks: 100 },
  { type: "session-opened" },
  { type: "cash-deposited", accountId: 1, amount: 10_000 },
  { type: "shares-deposited", accountId: 2, symbolId: 7, quantity: 60 },
];

type Open = Omit<OrderRequest, "priceTicks"> & {
  priceTicks: number;
  open: number;
  filled: number;
  /** What it is to become, if the book agrees. */
  next?: ReplaceRequest | undefined;
};
type Traded = { buyer: Open; seller: Open; priceTicks: number; quantity: number; session: number };

type Story = { open: Map<number, Open>; trades: Traded[]; session: number; events: number };

export class Ledger {
  readonly log: ManagerEvent[] = [];
  readonly #rules: RiskRules;
  #told: Story = { open: new Map(), trades: [], session: 0, events: 0 };

  constructor(rules: RiskRules = RULES) {
    this.#rules = rules;
  }

  add(fact: Fact): ManagerEvent {
    // The log is the owner's: whoever writes into an event has changed history.
    const event = Object.freeze({ ...fact, sequence: this.log.length + 1 } as ManagerEvent);
    this.log.push(event);
    return event;
  }

  open(): Open[] {
    return [...this.#story().open.values()];
  }

  cash(accountId: number): number {
    let cash = 0;
    for (const event of this.log) {
      if (event.type === "cash-deposited" && event.accountId === accountId) cash += event.amount;
    }
    for (const { buyer, seller, priceTicks, quantity } of this.#story().trades) {
      if (buyer.accountId === accountId) cash -= priceTicks * quantity;
      if (seller.accountId === accountId) cash += priceTicks * quantity;
    }
    return cash;
  }

  heldCash(accountId: number): number {
    const buys = this.open().filter((order) => order.accountId === accountId && order.side === "buy");
    return sum(buys.map(dearest));
  }

  shares(accountId: number, symbolId: number): number {
    let shares = 0;
    for (const event of this.log) {
      const isHere = event.type === "shares-deposited" && event.accountId === accountId && event.symbolId === symbolId;
      if (isHere) shares += event.quantity;
    }
    for (const { buyer, seller, quantity } of this.#story().trades) {
      if (buyer.accountId === accountId && buyer.symbolId === symbolId) shares += quantity;
      if (seller.accountId === accountId && seller.symbolId === symbolId) shares -= quantity;
    }
    return shares;
  }

  heldShares(accountId: number, symbolId: number): number {
    return sum(this.#openOf(accountId, symbolId, "sell").map(most));
  }

  sessionLots(accountId: number): number {
    const { trades, session } = this.#story();
    const now = trades.filter((trade) => trade.session === session);
    const traded = now.flatMap(({ buyer, seller, quantity }) =>
      [buyer, seller].filter((order) => order.accountId === accountId).map(() => quantity),
    );
    const open = this.open().filter((order) => order.accountId === accountId);
    return sum(traded) + sum(open.map(most));
  }

  reference(symbolId: number): number | undefined {
    const traded = this.#story().trades.filter(({ buyer }) => buyer.symbolId === symbolId);
    const listed = this.log.flatMap((event) =>
      event.type === "listed" && event.symbolId === symbolId ? [event.priceTicks] : [],
    );
    return traded.at(-1)?.priceTicks ?? listed[0];
  }

  check({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): Refusal | null {
    const isKnown = this.log.some(
      (event) =>
        (event.type === "cash-deposited" || event.type === "shares-deposited") && event.accountId === accountId,
    );
    if (!isKnown) return "unknown-account";
    if (this.reference(symbolId) === undefined) return "unknown-symbol";
    if (this.open().some((order) => order.orderId === orderId)) return "duplicate-order-id";
    const reason = whyInvalid(priceTicks, quantity) ?? this.#whyAgainstRules(symbolId, priceTicks, quantity);
    if (reason !== null) return reason;
    return this.#whyNotCovered({ accountId, symbolId, side }, quantity, priceTicks * quantity);
  }

  checkReplace(accountId: number, request: ReplaceRequest): ReplaceRefusal | null {
    const refusal = this.checkCancel(accountId, request.orderId);
    if (refusal !== null) return refusal;
    const order = this.open().find(({ orderId }) => orderId === request.orderId)!;
    const { priceTicks, quantity } = request;
    if (order.next !== undefined) return "replace-pending";
    const invalid = whyInvalid(priceTicks, quantity);
    if (invalid !== null) return invalid;
    const left = quantity - order.filled;
    if (left <= 0 || (left <= order.open && priceTicks === order.priceTicks)) return null;
    const reason = this.#whyAgainstRules(order.symbolId, priceTicks, quantity);
    if (reason !== null) return reason;
    const changed = { ...order, next: request };
    return this.#whyNotCovered(order, most(changed) - most(order), dearest(changed) - dearest(order));
  }

  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    const order = this.open().find((each) => each.orderId === orderId);
    if (order === undefined) return "unknown-order";
    return order.accountId === accountId ? null : "not-the-owner";
  }

  #whyAgainstRules(symbolId: number, priceTicks: number, quantity: number): Refusal | null {
    const { orderLotsMax, bandBasisPoints, orderNotionalMax } = this.#rules;
    const reference = this.reference(symbolId)!;
    if (quantity > orderLotsMax) return "quantity-above-maximum";
    const band = (reference * bandBasisPoints - ((reference * bandBasisPoints) % 10_000)) / 10_000;
    if (priceTicks < reference - band || priceTicks > reference + band) return "price-out-of-band";
    return priceTicks * quantity > orderNotionalMax ? "notional-above-maximum" : null;
  }

  /** For so many lots and so much cash more than now. */
  #whyNotCovered(
    { accountId, symbolId, side }: Pick<OrderRequest, "accountId" | "symbolId" | "side">,
    lots: number,
    cash: number,
  ): Refusal | null {
    const { sessionLotsMax, positionLotsMax } = this.#rules;
    if (lots > 0 && this.sessionLots(accountId) + lots > sessionLotsMax) return "session-limit";
    const shares = this.shares(accountId, symbolId);
    if (side === "sell") return lots > shares - this.heldShares(accountId, symbolId) ? "insufficient-shares" : null;
    const bought = sum(this.#openOf(accountId, symbolId, "buy").map(most));
    if (lots > 0 && shares + bought + lots > positionLotsMax) return "position-limit";
    return cash > this.cash(accountId) - this.heldCash(accountId) ? "insufficient-cash" : null;
  }

  #openOf(accountId: number, symbolId: number, side: string): Open[] {
    const isOne = (order: Open): boolean => order.accountId === accountId && order.symbolId === symbolId;
    return this.open().filter((order) => isOne(order) && order.side === side);
  }

  /** From the first event to the last. Told again whenever there is one more. */
  #story(): Story {
    if (this.#told.events === this.log.length) return this.#told;
    const open = new Map<number, Open>();
    const trades: Traded[] = [];
    let session = 0;
    const take = (orderId: number, quantity: number): Open => {
      const order = open.get(orderId)!;
      order.open -= quantity;
      if (order.open === 0) open.delete(order.orderId);
      return order;
    };
    for (const event of this.log) {
      if (event.type === "accepted") open.set(event.orderId, { ...event, open: event.quantity, filled: 0 });
      if (event.type === "replace-accepted") open.get(event.orderId)!.next = event;
      if (event.type === "replace-refused") open.get(event.orderId)!.next = undefined;
      if (event.type === "replaced") {
        const order = open.get(event.orderId)!;
        const { priceTicks, quantity } = order.next!;
        open.set(event.orderId, { ...order, priceTicks, open: quantity - order.filled, next: undefined });
        if (quantity <= order.filled) open.delete(event.orderId);
      }
      if (event.type === "canceled") take(event.orderId, event.quantity);
      if (event.type === "session-opened") session++;
      if (event.type !== "traded") continue;
      const { priceTicks, quantity } = event;
      const pair = [take(event.makerOrderId, quantity), take(event.takerOrderId, quantity)];
      for (const order of pair) order.filled += quantity;
      const buyer = pair.find(({ side }) => side === "buy")!;
      const seller = pair.find(({ side }) => side === "sell")!;
      trades.push({ buyer, seller, priceTicks, quantity, session });
    }
    this.#told = { open, trades, session, events: this.log.length };
    return this.#told;
  }
}

/** The most lots that an order may still trade: as it is, or as it is to become. */
const most = ({ open, filled, next }: Open): number => Math.max(open, (next?.quantity ?? 0) - filled);

/** The most that a buy may still cost: the book fills it as it is, or makes the change after any number of lots. */
function dearest({ priceTicks, open, filled, next }: Open): number {
  let cost = priceTicks * open;
  if (next === undefined) return cost;
  for (let before = 0; before <= open; before++) {
    const after = Math.max(0, next.quantity - filled - before);
    cost = Math.max(cost, before * priceTicks + after * next.priceTicks);
  }
  return cost;
}

function whyInvalid(priceTicks: number, quantity: number): Refusal | null {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity >= 2 ** 31) return "invalid-quantity";
  return !Number.isInteger(priceTicks) || priceTicks < 1 || priceTicks >= 2 ** 31 ? "invalid-price" : null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Compares every answer of a manager with the recomputation from the log. */
export function agree(manager: OrderManager, ledger: Ledger): void {
  const same = (what: string, got: number, expected: number): void => {
    if (got !== expected) violated({ expected: `${what} ${expected}, recomputed from the log`, got: `${got}` });
  };
  const open = ledger.open();
  same("open orders:", manager.openOrders, open.length);
  for (const order of open) same(`open lots of order ${order.orderId}:`, manager.openLots(order.orderId), order.open);
  for (const account of ACCOUNTS) {
    const held = ledger.heldCash(account);
    same(`held cash of account ${account}:`, manager.heldCash(account), held);
    same(`free cash of account ${account}:`, manager.freeCash(account), ledger.cash(account) - held);
    same(`lots of account ${account} in this session:`, manager.sessionLots(account), ledger.sessionLots(account));
    for (const symbol of SYMBOLS) {
      const heldShares = ledger.heldShares(account, symbol);
      const shares = ledger.shares(account, symbol);
      same(`held shares ${symbol} of account ${account}:`, manager.heldShares(account, symbol), heldShares);
      same(`free shares ${symbol} of account ${account}:`, manager.freeShares(account, symbol), shares - heldShares);
    }
  }
}

/** Money and shares only change hands, and nothing is below zero. Asks the manager alone. */
export function conserved(manager: OrderManager, log: readonly ManagerEvent[]): void {
  const balances = ACCOUNTS.flatMap((account) => [manager.freeCash(account), manager.heldCash(account)]);
  const cash = sum(log.map((event) => (event.type === "cash-deposited" ? event.amount : 0)));
  if (sum(balances) !== cash || balances.some((balance) => balance < 0)) {
    violated({
      expected: `balances from 0 up that add up to the ${cash} that were paid in`,
      got: balances.join(" + "),
    });
  }
  for (const symbol of SYMBOLS) {
    const lots = ACCOUNTS.flatMap((account) => [
      manager.freeShares(account, symbol),
      manager.heldShares(account, symbol),
    ]);
    const isHere = (event: ManagerEvent): boolean => event.type === "shares-deposited" && event.symbolId === symbol;
    const all = sum(log.map((event) => (isHere(event) ? (event as { quantity: number }).quantity : 0)));
    if (sum(lots) !== all || lots.some((each) => each < 0)) {
      violated({
        expected: `shares ${symbol} from 0 up that add up to the ${all} that were brought in`,
        got: lots.join(" + "),
      });
    }
  }
}

/** What somebody tries next. Which order or pair it concerns is picked among those there are. */
export type Move =
  | { readonly kind: "order"; readonly order: OrderRequest }
  | { readonly kind: "trade"; readonly pick: number; readonly lots: number }
  | { readonly kind: "cancel"; readonly pick: number; readonly lots: number }
  | { readonly kind: "ask-to-cancel"; readonly pick: number; readonly accountId: number }
  | { readonly kind: "ask-to-replace"; readonly pick: number; readonly isOwner: boolean; readonly to: Change }
  | { readonly kind: "answer"; readonly pick: number; readonly isMade: boolean }
  | { readonly kind: "session" }
  | { readonly kind: "deposit"; readonly accountId: number; readonly amount: number };

export type Change = Pick<ReplaceRequest, "priceTicks" | "quantity">;

/** The request behind a move, and who asks for it; undefined when no order is open. */
export function replaceOf(move: Move & { kind: "ask-to-replace" }, ledger: Ledger) {
  const open = ledger.open();
  const order = open[move.pick % Math.max(1, open.length)];
  if (order === undefined) return undefined;
  const accountId = move.isOwner ? order.accountId : (order.accountId % 3) + 1;
  return { accountId, request: { orderId: order.orderId, ...move.to } };
}

/** With `replaces`, orders are changed as well. */
export const moves = (lengthMax: number, { replaces = false } = {}): fc.Arbitrary<Move[]> => {
  const pick = fc.nat(20);
  const lots = fc.integer({ min: 1, max: 40 });
  const accountId = fc.constantFrom(...ACCOUNTS);
  const order = fc.record({
    orderId: fc.integer({ min: 1, max: 60 }),
    accountId,
    symbolId: fc.constantFrom(...SYMBOLS),
    side: fc.constantFrom("buy" as const, "sell" as const),
    priceTicks: fc.integer({ min: 94, max: 106 }),
    quantity: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }) }, fc.integer({ min: 20, max: 42 })),
  });
  // Buyers offer more than sellers ask for, mostly, so that orders cross.
  const eager = order.map((each) => ({ ...each, priceTicks: each.priceTicks + (each.side === "buy" ? 4 : -4) }));
  const to = fc.record({ priceTicks: fc.integer({ min: 88, max: 112 }), quantity: fc.integer({ min: 1, max: 42 }) });
  const isOwner = fc.integer({ min: 0, max: 9 }).map((n) => n > 0);
  const asking = fc.record({ kind: fc.constant("ask-to-replace" as const), pick, isOwner, to });
  const answering = fc.record({ kind: fc.constant("answer" as const), pick, isMade: isOwner });
  return fc.array(
    fc.oneof(
      { weight: replaces ? 8 : 0, arbitrary: asking },
      { weight: replaces ? 4 : 0, arbitrary: answering },
      { weight: 10, arbitrary: fc.record({ kind: fc.constant("order" as const), order: eager }) },
      { weight: 8, arbitrary: fc.record({ kind: fc.constant("trade" as const), pick, lots }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), pick, lots }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("ask-to-cancel" as const), pick, accountId }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("session" as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("deposit" as const), accountId, amount: lots }) },
    ),
    { maxLength: lengthMax, size: "max" },
  );
};

/** What the day begins with. */
export const OPENING: readonly Fact[] = [
  ...SYMBOLS.map((symbolId) => ({ type: "listed" as const, symbolId, priceTicks: 100 })),
  { type: "session-opened" },
  ...ACCOUNTS.map((accountId) => ({ type: "cash-deposited" as const, accountId, amount: 4_000 * accountId })),
  ...ACCOUNTS.map((accountId) => ({ type: "shares-deposited" as const, accountId, symbolId: 1, quantity: 60 })),
  { type: "shares-deposited", accountId: 2, symbolId: 2, quantity: 80 },
];

/**
 * What a move makes happen, as far as the oracle can tell; undefined when it comes to nothing. The book trades what
 * crosses, at the maker's price.
 */
export function factOf(move: Move, ledger: Ledger): Fact | undefined {
  if (move.kind === "order") {
    return ledger.check(move.order) === null ? { type: "accepted", ...move.order } : undefined;
  }
  if (move.kind === "session") return { type: "session-opened" };
  if (move.kind === "deposit") return { type: "cash-deposited", accountId: move.accountId, amount: move.amount };
  const open = ledger.open();
  if (open.length === 0) return undefined;
  if (move.kind === "cancel") {
    const order = open[move.pick % open.length]!;
    const quantity = move.lots > 20 ? order.open : Math.min(move.lots, order.open);
    return { type: "canceled", orderId: order.orderId, quantity };
  }
  if (move.kind === "ask-to-cancel") return undefined;
  if (move.kind === "ask-to-replace") {
    const { accountId, request } = replaceOf(move, ledger)!;
    return ledger.checkReplace(accountId, request) === null ? { type: "replace-accepted", ...request } : undefined;
  }
  if (move.kind === "answer") {
    const asked = open.filter(({ next }) => next !== undefined);
    const order = asked[move.pick % Math.max(1, asked.length)];
    if (order === undefined) return undefined;
    return { type: move.isMade ? "replaced" : "replace-refused", orderId: order.orderId };
  }
  const pairs = open.flatMap((maker) =>
    open.filter((taker) => crosses(maker, taker)).map((taker) => ({ maker, taker })),
  );
  if (pairs.length === 0) return undefined;
  const { maker, taker } = pairs[move.pick % pairs.length]!;
  const quantity = Math.min(move.lots, maker.open, taker.open);
  const [makerOrderId, takerOrderId] = [maker.orderId, taker.orderId];
  return { type: "traded", makerOrderId, takerOrderId, priceTicks: maker.priceTicks, quantity };
}

function crosses(a: Open, b: Open): boolean {
  if (a.side === b.side || a.accountId === b.accountId || a.symbolId !== b.symbolId) return false;
  return a.side === "buy" ? a.priceTicks >= b.priceTicks : a.priceTicks <= b.priceTicks;
}
