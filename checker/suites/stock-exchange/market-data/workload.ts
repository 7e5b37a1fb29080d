/** Work for a publisher and a subscriber: events around a mid price, over a book of a given size. */

import type {
  Conflater,
  DepthPublisher,
  DepthSubscriber,
  LevelChange,
} from "../../../../solutions/stock-exchange/market-data.ts";

type Subject = {
  readonly DepthPublisher: new () => DepthPublisher;
  readonly DepthSubscriber: new () => DepthSubscriber;
};

const MID = 10_000;
const PRICES = 100;

/** `orders` rest at 200 prices; then an order comes, trades in part and goes, and a subscriber follows. */
export function followed({ DepthPublisher, DepthSubscriber }: Subject, orders: number, random: () => number) {
  const publisher = new DepthPublisher();
  const subscriber = new DepthSubscriber();
  let nextId = 0;
  let timeMs = 0;
  const enter = (quantity: number): void => {
    const isBuy = random() < 0.5;
    const distance = 1 + Math.floor(random() * PRICES);
    publisher.rested(nextId++, isBuy ? "buy" : "sell", isBuy ? MID - distance : MID + distance, quantity);
  };
  const commit = (): void => {
    const update = publisher.commit(timeMs++);
    if (update !== null) subscriber.receive(update);
  };
  for (let i = 0; i < orders; i++) {
    enter(10);
    commit();
  }
  const commands = 300;
  const run = (): number => {
    for (let i = 0; i < commands; i += 3) {
      const price = MID + 1 + Math.floor(random() * PRICES);
      const id = nextId++;
      publisher.rested(id, "sell", price, 10);
      commit();
      publisher.traded(id, nextId++, price, 4);
      commit();
      publisher.canceled(id, 6, "requested");
      commit();
    }
    return subscriber.depth("sell", 1)?.[0]?.quantity ?? 0;
  };
  return { opsPerRun: commands, run };
}

/** A conflater that has merged so many updates, of two prices each. */
export function behind(conflater: Conflater, updates: number, random: () => number): Conflater {
  for (let number = 1; number <= updates; number++) {
    const quantity = 1 + Math.floor(random() * 100);
    const priceTicks = MID + 1 + Math.floor(random() * PRICES);
    const levels: LevelChange[] = [
      { side: "sell", priceTicks, quantity, orders: 1 },
      { side: "buy", priceTicks: 2 * MID - priceTicks, quantity, orders: 1 },
    ];
    const one = { type: "update", first: number, last: number, timeMs: number, trades: [], tradesLeftOut: 0 } as const;
    conflater.add({ ...one, levels });
  }
  return conflater;
}

/** The levels that wait for a client, in an order that does not depend on how they are kept. */
export function takenLevels(conflater: Pick<Conflater, "take">): readonly LevelChange[] {
  const levels = conflater.take()?.levels ?? [];
  return [...levels].sort((a, b) => a.priceTicks - b.priceTicks || (a.side < b.side ? -1 : 1));
}
