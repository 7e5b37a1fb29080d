import { OrderBook as HftOrderBook } from "hft-limit-order-book";
import { OrderBook as NodeOrderBook } from "nodejs-order-book";
import type { BookEvents, NewOrder } from "../../solutions/stock-exchange/contract.ts";
import { OrderBook } from "../../solutions/stock-exchange/order-book.ts";
import { bytesInUse, type Contender, definePeers, type Metrics, median, seededRandom } from "./kit.ts";

/** The peers' cancels walk a level, so their figures fall with the length of the flow; ours hardly do. */
const COMMANDS = Number(process.env.BP_PEER_COMMANDS ?? 300_000);
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

/** `kinds` is 0 for an order to sell, 1 for one to buy, 2 for a cancel of the order `targets`. Order ids are positions. */
interface Flow {
  readonly kinds: Uint8Array;
  readonly prices: Int32Array;
  readonly quantities: Int32Array;
  readonly targets: Int32Array;
}

function mixedFlow(length: number): Flow {
  const random = seededRandom(7);
  const flow = {
    kinds: new Uint8Array(length),
    prices: new Int32Array(length),
    quantities: new Int32Array(length),
    targets: new Int32Array(length),
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

function obey(book: Book, { kinds, prices, quantities, targets }: Flow, firstId: number): void {
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] === CANCEL) book.cancel(firstId + targets[i]!);
    else book.limit(firstId + i, kinds[i] === 1, quantities[i]!, prices[i]!);
  }
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

const ids = (): string[] => Array.from({ length: COMMANDS }, (_, id) => String(id));

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

/** Processor time, and passes for at least two seconds of it: one pass of a peer, dozens of ours. */
function measure(create: () => Book): Metrics {
  obey(create(), mixedFlow(WARM_UP), 0);
  const flow = mixedFlow(COMMANDS);
  const rates: number[] = [];
  let restingLots = 0;
  for (let spentUs = 0; spentUs < 2e6; ) {
    const book = create();
    const before = process.cpuUsage();
    obey(book, flow, 0);
    const { user, system } = process.cpuUsage(before);
    spentUs += user + system;
    rates.push(COMMANDS / (user + system));
    restingLots = book.restingLots();
  }
  return { millionPerSecond: median(rates), restingLots, bytesPerOrder: bytesPerOrder(create) };
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

/** Bytes of heap that a command takes when the book has grown: the same flow again and again, and no collection in between. */
function allocatedPerCommand(): number {
  const flow = mixedFlow(COMMANDS);
  const book = ours();
  const rounds = 4;
  for (let round = 0; round < rounds; round++) {
    obey(book, flow, round * COMMANDS);
    for (let i = 0; i < COMMANDS; i++) book.cancel(round * COMMANDS + i);
  }
  bytesInUse();
  const before = process.memoryUsage();
  obey(book, flow, rounds * COMMANDS);
  const after = process.memoryUsage();
  kept = book;
  return (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / COMMANDS;
}

const peer = (name: string, create: (strings: readonly string[]) => Book): Contender => ({
  name,
  ours: false,
  measure: () => {
    const strings = ids();
    return measure(() => create(strings));
  },
});

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
    `${COMMANDS} commands on an empty book (seed 7): 60 % orders that rest near a mid price, 30 % cancels of any earlier order, 10 % orders that cross. ` +
    `Every fill is reported, ids are the client's (strings made beforehand where a package wants them). ${WARM_UP} commands on another book to warm up. Passes on new books until two seconds of processor time are spent, the median. ` +
    `Bytes: ${RESTING} resting orders at 2,000 prices, heap and typed arrays, the ids not counted. Equal resting lots show equal work.`,
  metrics: [
    { id: "millionPerSecond", label: "M commands/s", digits: 3 },
    { id: "bytesPerOrder", label: "bytes/order", digits: 0 },
    { id: "allocatedPerCommand", label: "bytes allocated/command", digits: 2 },
    { id: "restingLots", label: "lots at rest", digits: 0 },
  ],
  contenders,
  goals: [
    ...[NODE_ORDER_BOOK, HFT_ORDER_BOOK].map((name) => ({
      text: `at least 100 times the commands/s of ${name}`,
      judge: (medians: ReadonlyMap<string, Metrics>) => {
        const ratio = medians.get(OURS)!.millionPerSecond! / medians.get(name)!.millionPerSecond!;
        return { met: ratio >= 100, reached: `${ratio.toFixed(0)} times` };
      },
    })),
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

/** Read by nobody; exported so that no optimiser may drop the book. */
export function lastBook(): unknown {
  return kept;
}
