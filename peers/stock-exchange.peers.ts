import { OrderBook as HftOrderBook } from "hft-limit-order-book";
import { OrderBook as NodeOrderBook } from "nodejs-order-book";
import type { BookEvents } from "../given/stock-exchange/book-events.ts";
import type { NewOrder } from "../given/stock-exchange/orders.ts";
import { OrderBook } from "../solutions/stock-exchange/order-book.ts";
import { bytesInUse, type Contender, definePeers, type Goal, type Metrics, median, seededRandom } from "./kit.ts";

/**
 * The peers' cancels walk a level, so their figures fall with the length of the flow, and one length alone would
 * flatter somebody.
 */
const SHORT = 300_000;
const LONG = 1_000_000;
const WARM_UP = 100_000;
const RESTING = 100_000;
const MID = 10_000;
const NODE_ORDER_BOOK = "nodejs-order-book";
const HFT_ORDER_BOOK = "hft-limit-order-book";
const OURS = "order-book";

/** What a comparison asks of a book. Ids are numbers; a peer that wants strings finds them ready. */
interface Book {
  limit(id: number, isBuy: boolean, quantity: number, priceTicks: number): void;
  cancel(id: number): void;
  /** Lots that rest, to see that everybody has done the same work. */
  restingLots(): number;
}

const CANCEL = 2;

/**
 * `kinds` is 0 for an order to sell, 1 for one to buy, 2 for a cancel of the order `targets`. Order ids are positions.
 * Eight bytes a command, so that a measure of books is not one of reading the flow.
 */
interface Flow {
  readonly kinds: Uint8Array;
  readonly prices: Uint16Array;
  readonly quantities: Uint8Array;
  readonly targets: Uint32Array;
}

function mixedFlow(length: number): Flow {
  const random = seededRandom(7);
  const flow = {
    kinds: new Uint8Array(length),
    prices: new Uint16Array(length),
    quantities: new Uint8Array(length),
    targets: new Uint32Array(length),
  };
  for (let i = 0; i < length; i++) {
    const kind = random();
    const isBuy = random() < 0.5;
    const distance = kind < 0.6 ? -1 - Math.floor(random() * random() * 500) : 50;
    flow.kinds[i] = kind >= 0.6 && kind < 0.9 ? CANCEL : Number(isBuy);
    flow.prices[i] = isBuy ? MID + distance : MID - distance;
    flow.quantities[i] = 1 + Math.floor(random() * 100);
    flow.targets[i] = Math.floor(random() * i);
  }
  return flow;
}

function obey(book: Book, { kinds, prices, quantities, targets }: Flow, firstId = 0): void {
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] === CANCEL) book.cancel(firstId + targets[i]!);
    else book.limit(firstId + i, kinds[i] === 1, quantities[i]!, prices[i]!);
  }
}

/** Newest first: the order in which the peers find an order soonest. */
function cancelAll(book: Book, { kinds }: Flow, firstId = 0): void {
  for (let i = kinds.length - 1; i >= 0; i--) if (kinds[i] !== CANCEL) book.cancel(firstId + i);
}

/** Counts what the book says, and allocates nothing. */
class Tally implements BookEvents {
  events = 0;
  tradedLots = 0;

  rested(): void {
    this.events++;
  }

  traded(_makerOrderId: number, _takerOrderId: number, _priceTicks: number, quantity: number): void {
    this.events++;
    this.tradedLots += quantity;
  }

  canceled(): void {
    this.events++;
  }

  reduced(): void {
    this.events++;
  }

  rejected(): void {
    this.events++;
  }
}

function ours(): Book {
  const book = new OrderBook({ minPriceTicks: 0, maxPriceTicks: 2 * MID, events: new Tally() });
  const order: NewOrder = {
    orderId: 0,
    accountId: 0,
    side: "buy",
    kind: "limit",
    priceTicks: 0,
    quantity: 0,
    timeInForce: "good-till-cancel",
    postOnly: false,
  };
  return {
    limit: (id, isBuy, quantity, priceTicks) => {
      order.orderId = id;
      order.accountId = id;
      order.side = isBuy ? "buy" : "sell";
      order.priceTicks = priceTicks;
      order.quantity = quantity;
      book.submit(order);
    },
    cancel: (id) => book.cancel(id),
    restingLots: () => [...book.depth("buy"), ...book.depth("sell")].reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

const ids = (): string[] => Array.from({ length: LONG }, (_, id) => String(id));

function lotsOf([asks, bids]: readonly [readonly [number, number][], readonly [number, number][]]): number {
  return [...asks, ...bids].reduce((sum, [, lots]) => sum + lots, 0);
}

function nodeOrderBook(strings: readonly string[]): Book {
  const book = new NodeOrderBook();
  return {
    limit: (id, isBuy, size, price) =>
      void book.limit({ id: strings[id]!, side: (isBuy ? "buy" : "sell") as never, size, price }),
    cancel: (id) => void book.cancel(strings[id]!),
    restingLots: () => lotsOf(book.depth() as never),
  };
}

function hftOrderBook(strings: readonly string[]): Book {
  const book = new HftOrderBook();
  return {
    limit: (id, isBuy, size, price) =>
      void book.limit({ id: strings[id]!, side: (isBuy ? "buy" : "sell") as never, size, price }),
    cancel: (id) => void book.cancel(strings[id]!),
    restingLots: () => lotsOf(book.depth() as never),
  };
}

/** The book has obeyed the short flow once before anything on it is measured. */
function measure(create: () => Book): Metrics {
  obey(create(), mixedFlow(WARM_UP));
  const book = create();
  const flow = mixedFlow(SHORT);
  obey(book, flow);
  const short = measureFlow(book, flow);
  const long = measureFlow(book, mixedFlow(LONG));
  const restingLots = short.restingLots + long.restingLots;
  return {
    short: short.millionPerSecond,
    long: long.millionPerSecond,
    restingLots,
    bytesPerOrder: bytesPerOrder(create),
  };
}

/**
 * Processor time, and passes for at least two seconds of it: one pass of a peer, several of ours. Before each, what the
 * one before it has left is canceled; the long flow begins as the short one does.
 */
function measureFlow(book: Book, flow: Flow): { millionPerSecond: number; restingLots: number } {
  const rates: number[] = [];
  let restingLots = 0;
  for (let spentUs = 0; spentUs < 2e6; ) {
    cancelAll(book, flow);
    const before = process.cpuUsage();
    obey(book, flow);
    const { user, system } = process.cpuUsage(before);
    spentUs += user + system;
    rates.push(flow.kinds.length / (user + system));
    restingLots = book.restingLots();
  }
  return { millionPerSecond: median(rates), restingLots };
}

/** Kept reachable until memory has been read. */
let kept: Book | undefined;

function bytesPerOrder(create: () => Book): number {
  const random = seededRandom(11);
  const prices = Int32Array.from({ length: RESTING }, (_, i) =>
    i % 2 === 0 ? MID - 1 - Math.floor(random() * 1_000) : MID + 1 + Math.floor(random() * 1_000),
  );
  const before = bytesInUse();
  kept = create();
  for (let i = 0; i < RESTING; i++) kept.limit(i, i % 2 === 0, 1 + (i % 100), prices[i]!);
  return (bytesInUse() - before) / RESTING;
}

/**
 * Bytes of heap that a command takes when the book has grown: the same flow again and again, and no collection in
 * between.
 */
function allocatedPerCommand(): number {
  const flow = mixedFlow(SHORT);
  const book = ours();
  const rounds = 4;
  for (let round = 0; round < rounds; round++) {
    obey(book, flow, round * SHORT);
    cancelAll(book, flow, round * SHORT);
  }
  bytesInUse();
  const before = process.memoryUsage();
  obey(book, flow, rounds * SHORT);
  const after = process.memoryUsage();
  kept = book;
  return (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / SHORT;
}

const peer = (name: string, create: (strings: readonly string[]) => Book): Contender => ({
  name,
  ours: false,
  measure: () => {
    const strings = ids();
    return measure(() => create(strings));
  },
});

function timesAsFast(name: string, metric: "short" | "long", length: number): Goal {
  return {
    text: `at least 100 times the commands/s of ${name}, ${length / 1000}k commands`,
    judge: (medians) => {
      const ratio = medians.get(OURS)![metric]! / medians.get(name)![metric]!;
      return { met: ratio >= 100, reached: `${ratio.toFixed(0)} times` };
    },
  };
}

const contenders: Contender[] = [
  peer(NODE_ORDER_BOOK, nodeOrderBook),
  peer(HFT_ORDER_BOOK, hftOrderBook),
  {
    name: OURS,
    ours: true,
    measure: () => ({ ...measure(ours), allocatedPerCommand: allocatedPerCommand() }),
  },
];

export default definePeers({
  title: "Limit order books",
  workload:
    `${SHORT} and ${LONG} commands (seed 7): 60 % orders that rest near a mid price, 30 % cancels of any ` +
    "earlier order, 10 % orders that cross. " +
    "Every fill is reported, ids are the client's (strings made beforehand where a package wants them). " +
    `${WARM_UP} commands on another book to warm up the code; ` +
    `then each book obeys the ${SHORT} once and everything left is canceled, so that it has worked ` +
    "before it is measured; then passes until two seconds of processor time are spent, the median, " +
    "everything canceled in between: several passes of ours, one of a peer. " +
    `Bytes: ${RESTING} resting orders at 2,000 prices, heap and typed arrays, the ids not counted. Equal ` +
    "resting lots show equal work.",
  metrics: [
    { id: "short", label: `M commands/s, ${SHORT / 1000}k`, digits: 3 },
    { id: "long", label: `M commands/s, ${LONG / 1000}k`, digits: 3 },
    { id: "bytesPerOrder", label: "bytes/order", digits: 0 },
    { id: "allocatedPerCommand", label: "bytes allocated/command", digits: 2 },
    { id: "restingLots", label: "lots at rest", digits: 0 },
  ],
  contenders,
  goals: [
    ...[NODE_ORDER_BOOK, HFT_ORDER_BOOK].flatMap((name) => [
      timesAsFast(name, "short", SHORT),
      timesAsFast(name, "long", LONG),
    ]),
    {
      text: `at least 5 million commands/s in a flow of ${SHORT / 1000}k`,
      judge: (medians) => {
        const rate = medians.get(OURS)!.short!;
        return { met: rate >= 5, reached: `${rate.toFixed(1)} million/s` };
      },
    },
    {
      text: "at most 64 bytes per resting order, the levels of the band included",
      judge: (medians) => {
        const bytes = medians.get(OURS)!.bytesPerOrder!;
        return { met: bytes <= 64, reached: `${bytes.toFixed(0)} bytes` };
      },
    },
    {
      text: "no allocation per command once the book has grown",
      judge: (medians) => {
        const bytes = medians.get(OURS)!.allocatedPerCommand!;
        return { met: bytes < 0.1, reached: `${bytes.toFixed(3)} bytes a command` };
      },
    },
    {
      text: "everybody has the same lots at rest in the end",
      judge: (medians) => {
        const lots = [...medians.values()].map((metrics) => metrics.restingLots!);
        return { met: new Set(lots).size === 1, reached: lots.join(", ") };
      },
    },
  ],
});

/** Read by nobody; exported so that no optimizer may drop the book. */
export function lastBook(): unknown {
  return kept;
}
