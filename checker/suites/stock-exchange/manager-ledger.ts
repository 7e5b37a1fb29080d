/** The order manager's oracle: every answer computed from the whole log, by its definition. And moves that make such logs. */

import type {
  CancelRefusal,
  ManagerEvent,
  OrderManager,
  OrderRequest,
  Refusal,
  RiskRules,
} from "../../../solutions/stock-exchange/order-manager.ts";
import { fc, violated } from "../../kit/index.ts";

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

type Open = OrderRequest & { open: number };
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
    const event = { ...fact, sequence: this.log.length + 1 } as ManagerEvent;
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
    return sum(buys.map(({ priceTicks, open }) => priceTicks * open));
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
    return sum(this.#openOf(accountId, symbolId, "sell").map(({ open }) => open));
  }

  sessionLots(accountId: number): number {
    const { trades, session } = this.#story();
    const now = trades.filter((trade) => trade.session === session);
    const traded = now.flatMap(({ buyer, seller, quantity }) =>
      [buyer, seller].filter((order) => order.accountId === accountId).map(() => quantity),
    );
    const open = this.open().filter((order) => order.accountId === accountId);
    return sum(traded) + sum(open.map((order) => order.open));
  }

  reference(symbolId: number): number | undefined {
    const traded = this.#story().trades.filter(({ buyer }) => buyer.symbolId === symbolId);
    const listed = this.log.flatMap((event) =>
      event.type === "listed" && event.symbolId === symbolId ? [event.priceTicks] : [],
    );
    return traded.at(-1)?.priceTicks ?? listed[0];
  }

  check({ orderId, accountId, symbolId, side, priceTicks, quantity }: OrderRequest): Refusal | null {
    const rules = this.#rules;
    const isKnown = this.log.some(
      (event) =>
        (event.type === "cash-deposited" || event.type === "shares-deposited") && event.accountId === accountId,
    );
    const reference = this.reference(symbolId);
    if (!isKnown) return "unknown-account";
    if (reference === undefined) return "unknown-symbol";
    if (this.open().some((order) => order.orderId === orderId)) return "duplicate-order-id";
    if (!Number.isInteger(quantity) || quantity < 1 || quantity >= 2 ** 31) return "invalid-quantity";
    if (!Number.isInteger(priceTicks) || priceTicks < 1 || priceTicks >= 2 ** 31) return "invalid-price";
    if (quantity > rules.orderLotsMax) return "quantity-above-maximum";
    const band = (reference * rules.bandBasisPoints - ((reference * rules.bandBasisPoints) % 10_000)) / 10_000;
    if (priceTicks < reference - band || priceTicks > reference + band) return "price-out-of-band";
    if (priceTicks * quantity > rules.orderNotionalMax) return "notional-above-maximum";
    if (this.sessionLots(accountId) + quantity > rules.sessionLotsMax) return "session-limit";
    if (side === "sell") {
      const free = this.shares(accountId, symbolId) - this.heldShares(accountId, symbolId);
      return quantity > free ? "insufficient-shares" : null;
    }
    const bought = sum(this.#openOf(accountId, symbolId, "buy").map(({ open }) => open));
    if (this.shares(accountId, symbolId) + bought + quantity > rules.positionLotsMax) return "position-limit";
    return priceTicks * quantity > this.cash(accountId) - this.heldCash(accountId) ? "insufficient-cash" : null;
  }

  checkCancel(accountId: number, orderId: number): CancelRefusal | null {
    const order = this.open().find((each) => each.orderId === orderId);
    if (order === undefined) return "unknown-order";
    return order.accountId === accountId ? null : "not-the-owner";
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
      if (order.open === 0) open.delete(orderId);
      return order;
    };
    for (const event of this.log) {
      if (event.type === "accepted") open.set(event.orderId, { ...event, open: event.quantity });
      if (event.type === "canceled") take(event.orderId, event.quantity);
      if (event.type === "session-opened") session++;
      if (event.type !== "traded") continue;
      const { priceTicks, quantity } = event;
      const pair = [take(event.makerOrderId, quantity), take(event.takerOrderId, quantity)];
      const buyer = pair.find(({ side }) => side === "buy")!;
      const seller = pair.find(({ side }) => side === "sell")!;
      trades.push({ buyer, seller, priceTicks, quantity, session });
    }
    this.#told = { open, trades, session, events: this.log.length };
    return this.#told;
  }
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
  | { readonly kind: "session" }
  | { readonly kind: "deposit"; readonly accountId: number; readonly amount: number };

export const moves = (lengthMax: number): fc.Arbitrary<Move[]> => {
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
  return fc.array(
    fc.oneof(
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

/** What a move makes happen, as far as the oracle can tell; undefined when it comes to nothing. The book trades what crosses, at the maker's price. */
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
