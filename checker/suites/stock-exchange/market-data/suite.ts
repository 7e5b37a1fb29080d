import type { Level } from "../../../../given/stock-exchange/book-events.ts";
import { apply, type Command, type Side } from "../../../../given/stock-exchange/orders.ts";
import type {
  DepthSnapshot,
  FeedMessage,
  LevelChange,
  Update,
} from "../../../../solutions/stock-exchange/market-data.ts";
import { behavior, ensure, fc, forAll, observe, show, stage, step, subject, violated } from "../../../kit/index.ts";
import { BAND, commandInWords, commands } from "../book-commands.ts";
import { deltasRebuild, gapIsNoticed, snapshotJoins } from "../invariants.ts";
import { NaiveBook } from "../naive-book.ts";
import { candlePromises } from "./stage-candles.ts";
import { conflationPromises } from "./stage-conflation.ts";
import { feedPromises } from "./stage-feed.ts";
import { change, changesInWords, depthInWords, same, update } from "./words.ts";

const module = await subject<typeof import("../../../../solutions/stock-exchange/market-data.ts")>();
const { DepthPublisher, DepthSubscriber } = module;

type Publisher = InstanceType<typeof DepthPublisher>;

/** A publisher behind the definition of a book: obeys a command, commits, and says what was published. */
function venue() {
  const publisher: Publisher = new DepthPublisher();
  const book = new NaiveBook(BAND.minPriceTicks, BAND.maxPriceTicks, publisher, "cancel-resting");
  const depth = (side: Side): Level[] => {
    const levels = new Map<number, { priceTicks: number; quantity: number; orders: number }>();
    for (const { priceTicks, quantity } of book.snapshot().filter((order) => order.side === side)) {
      const level = levels.get(priceTicks) ?? { priceTicks, quantity: 0, orders: 0 };
      level.quantity += quantity;
      level.orders++;
      levels.set(priceTicks, level);
    }
    return [...levels.values()];
  };
  let timeMs = 0;
  const obey = (command: Command): Update | null => {
    apply(book, command);
    timeMs += 5;
    const published = publisher.commit(timeMs);
    step(`${commandInWords(command)} -> ${published === null ? "nothing" : changesInWords(published)}`);
    return published;
  };
  return { publisher, depth, obey };
}

const updateOf = (published: Update | null): Update => published ?? violated({ expected: "an update", got: "null" });

stage(1, "One update a command", () => {
  const rested = (publisher: Publisher): void => {
    publisher.rested(1, "sell", 100, 5);
    publisher.rested(2, "sell", 100, 7);
    publisher.rested(3, "sell", 101, 4);
    publisher.rested(4, "buy", 98, 9);
    publisher.commit(10);
  };

  behavior("an update says what each changed price is now", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.canceled(1, 5, "requested");
    same(changesInWords(updateOf(publisher.commit(20))), "sell 7 @ 100 by 1");
    publisher.reduced(4, 2);
    same(changesInWords(updateOf(publisher.commit(30))), "buy 2 @ 98 by 1");
    publisher.rested(5, "buy", 97, 1);
    same(changesInWords(updateOf(publisher.commit(40))), "buy 1 @ 97 by 1");
  });

  behavior("a price at which nothing is left is published with no lots and no orders", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.canceled(3, 4, "requested");
    same(changesInWords(updateOf(publisher.commit(20))), "sell 0 @ 101 by 0");
  });

  behavior("a partial fill takes lots, and not the order, from its price", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.traded(1, 9, 100, 2);
    same(changesInWords(updateOf(publisher.commit(20))), "sell 10 @ 100 by 2; buyer takes 2 @ 100");
    publisher.traded(1, 10, 100, 3);
    same(changesInWords(updateOf(publisher.commit(30))), "sell 7 @ 100 by 1; buyer takes 3 @ 100");
  });

  behavior("a command is one update, with one change a price and every trade in order", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.traded(1, 9, 100, 5);
    publisher.traded(2, 9, 100, 7);
    publisher.traded(3, 9, 101, 1);
    publisher.rested(9, "buy", 100, 6);
    const published = updateOf(publisher.commit(20));
    same(
      changesInWords(published),
      "buy 6 @ 100 by 1, sell 0 @ 100 by 0, sell 3 @ 101 by 1; buyer takes 5 @ 100, buyer takes 7 @ 100, buyer takes 1 @ 101",
    );
    same(`${published.first} to ${published.last} at ${published.timeMs} ms`, "2 to 2 at 20 ms");
  });

  behavior("the taker of a trade is the other side than the order that rested", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.traded(4, 9, 98, 9);
    same(changesInWords(updateOf(publisher.commit(20))), "buy 0 @ 98 by 0; seller takes 9 @ 98");
  });

  behavior("what never came to rest changes no price", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.canceled(9, 3, "immediate-or-cancel");
    same(publisher.commit(20), null);
    publisher.rejected(1, "duplicate-order-id");
    same(publisher.commit(30), null);
    publisher.traded(1, 9, 100, 5);
    publisher.canceled(9, 3, "no-liquidity");
    const published = updateOf(publisher.commit(40));
    same(changesInWords(published), "sell 7 @ 100 by 1; buyer takes 5 @ 100");
    same(published.last, 2);
  });

  behavior("a replaced order leaves its price and comes back under the same id", deltasRebuild, () => {
    const publisher = observe("publisher", new DepthPublisher());
    rested(publisher);
    publisher.canceled(1, 5, "replaced");
    publisher.rested(1, "sell", 102, 6);
    same(changesInWords(updateOf(publisher.commit(20))), "sell 7 @ 100 by 1, sell 6 @ 102 by 1");
    publisher.traded(1, 9, 102, 6);
    publisher.rested(1, "buy", 90, 1);
    same(changesInWords(updateOf(publisher.commit(30))), "buy 1 @ 90 by 1, sell 0 @ 102 by 0; buyer takes 6 @ 102");
  });

  feedPromises(module).ofPublisher();

  behavior("the updates of any day add up to the depth of the book", deltasRebuild, () => {
    forAll(
      commands({ stage: 5 }),
      (drawn) => {
        const { obey, depth } = venue();
        const mirror = { buy: new Map<number, LevelChange>(), sell: new Map<number, LevelChange>() };
        let next = 1;
        for (const command of drawn) {
          const published = obey(command);
          if (published !== null) {
            same(`${published.first} to ${published.last}`, `${next} to ${next}`);
            next++;
            for (const each of published.levels) {
              if (each.orders === 0) mirror[each.side].delete(each.priceTicks);
              else mirror[each.side].set(each.priceTicks, each);
            }
          }
          for (const side of ["buy", "sell"] as const) {
            const sorted = [...mirror[side].values()].sort((a, b) =>
              side === "buy" ? b.priceTicks - a.priceTicks : a.priceTicks - b.priceTicks,
            );
            same(`${side}: ${depthInWords(sorted)}`, `${side}: ${depthInWords(depth(side))}`);
          }
        }
      },
      { runs: 80 },
    );
  });
});

stage(2, "Join, and recover from a gap", () => {
  const feed = [
    update(1, [change("buy", 5, 98)]),
    update(2, [change("sell", 4, 101)]),
    update(3, [change("buy", 8, 98, 2), change("buy", 1, 97)]),
    update(4, [change("sell", 0, 101, 0), change("sell", 6, 103)]),
    update(5, [change("buy", 2, 99)]),
  ] as const;
  const afterThree: DepthSnapshot = {
    last: 3,
    bids: [
      { priceTicks: 98, quantity: 8, orders: 2 },
      { priceTicks: 97, quantity: 1, orders: 1 },
    ],
    asks: [{ priceTicks: 101, quantity: 4, orders: 1 }],
  };
  const allFive = "2 @ 99 by 1, 8 @ 98 by 2, 1 @ 97 by 1 / 6 @ 103 by 1";
  const fresh = (pendingMost?: number) => observe("subscriber", new DepthSubscriber(pendingMost));
  type Subscriber = ReturnType<typeof fresh>;
  const shown = (subscriber: Subscriber): string => {
    const [bids, asks] = [subscriber.depth("buy"), subscriber.depth("sell")];
    return bids === null || asks === null ? "nothing" : `${depthInWords(bids)} / ${depthInWords(asks)}`;
  };
  const missing = (subscriber: Subscriber): string => {
    const gap = subscriber.missing;
    return gap === null ? "none" : `${gap.first} to ${gap.last}`;
  };
  const applied = (updates: readonly Update[]): string => updates.map(({ last }) => last).join(", ");

  behavior("who hears everything from the start shows the depth", deltasRebuild, () => {
    const subscriber = fresh();
    same(shown(subscriber), " / ");
    for (const each of feed) same(applied(subscriber.receive(each)), String(each.last));
    same(shown(subscriber), allFive);
    same(depthInWords(subscriber.depth("buy", 2) ?? []), "2 @ 99 by 1, 8 @ 98 by 2");
  });

  behavior("after a gap nothing is shown, and the gap has a name", gapIsNoticed, () => {
    const subscriber = fresh();
    subscriber.receive(feed[0]);
    same(missing(subscriber), "none");
    same(applied(subscriber.receive(feed[3])), "");
    same(missing(subscriber), "2 to 3");
    same(shown(subscriber), "nothing");
    same(applied(subscriber.receive(feed[2])), "");
    same(missing(subscriber), "2 to 2");
    same(shown(subscriber), "nothing");
  });

  behavior("an update that was only late closes the gap", gapIsNoticed, () => {
    const subscriber = fresh();
    for (const i of [0, 3, 4, 2]) subscriber.receive(feed[i]!);
    same(applied(subscriber.receive(feed[1])), "2, 3, 4, 5");
    same(missing(subscriber), "none");
    same(shown(subscriber), allFive);
  });

  behavior("a repeated update is applied once", snapshotJoins, () => {
    const subscriber = fresh();
    for (const i of [0, 1, 1, 0, 2]) subscriber.receive(feed[i]!);
    same(applied(subscriber.receive(feed[0])), "");
    same(applied(subscriber.receive(feed[3])), "4");
    same(applied(subscriber.receive(feed[2])), "");
    same(shown(subscriber), "8 @ 98 by 2, 1 @ 97 by 1 / 6 @ 103 by 1");
  });

  behavior("a snapshot stands for what it contains, and later updates follow", snapshotJoins, () => {
    const subscriber = fresh();
    step("it comes late and hears 2, 4 and 5 before the snapshot after 3");
    for (const i of [1, 3, 4]) subscriber.receive(feed[i]!);
    same(missing(subscriber), "1 to 1");
    same(applied(subscriber.restore(afterThree)), "4, 5");
    same(missing(subscriber), "none");
    same(shown(subscriber), allFive);
    same(applied(subscriber.receive(feed[2])), "");
    same(shown(subscriber), allFive);
  });

  behavior("a snapshot removes the prices that it does not name", snapshotJoins, () => {
    const subscriber = fresh();
    subscriber.receive(update(1, [change("buy", 5, 95), change("sell", 5, 109)]));
    subscriber.receive(feed[3]);
    subscriber.restore(afterThree);
    same(shown(subscriber), "8 @ 98 by 2, 1 @ 97 by 1 / 6 @ 103 by 1");
  });

  behavior("an old snapshot does not take the book back", snapshotJoins, () => {
    const subscriber = fresh();
    for (const each of feed) subscriber.receive(each);
    same(applied(subscriber.restore(afterThree)), "");
    same(shown(subscriber), allFive);
    same(applied(subscriber.receive(update(6, [change("buy", 0, 99, 0)]))), "6");
  });

  behavior("a snapshot from before the gap leaves the rest of it open", gapIsNoticed, () => {
    const subscriber = fresh();
    subscriber.receive(update(6, [change("buy", 1, 90)]));
    same(applied(subscriber.restore(afterThree)), "");
    same(missing(subscriber), "4 to 5");
    same(shown(subscriber), "nothing");
    for (const i of [4, 3]) subscriber.receive(feed[i]!);
    same(missing(subscriber), "none");
  });

  behavior("a heartbeat tells of the update that was lost last", gapIsNoticed, () => {
    const subscriber = fresh();
    for (const i of [0, 1]) subscriber.receive(feed[i]!);
    subscriber.receive({ type: "heartbeat", next: 3 });
    same(missing(subscriber), "none");
    subscriber.receive({ type: "heartbeat", next: 5 });
    same(missing(subscriber), "3 to 4");
    same(shown(subscriber), "nothing");
    subscriber.receive(feed[2]);
    same(missing(subscriber), "4 to 4");
    subscriber.receive(feed[3]);
    same(missing(subscriber), "none");
  });

  behavior("a merged update that begins before the next number is applied", snapshotJoins, () => {
    const subscriber = fresh();
    subscriber.receive(feed[0]);
    const merged: Update = { ...update(4, [change("buy", 7, 96)]), first: 1 };
    same(applied(subscriber.receive(merged)), "4");
    same(shown(subscriber), "5 @ 98 by 1, 7 @ 96 by 1 / ");
    same(applied(subscriber.receive({ ...merged, last: 3 })), "");
  });

  behavior("no more updates wait than were allowed, and the newest stay", snapshotJoins, () => {
    const subscriber = fresh(3);
    for (let n = 2; n <= 40; n++)
      for (let copy = 0; copy < 2; copy++) subscriber.receive(update(n, [change("buy", n, 90)]));
    same(missing(subscriber), "1 to 37");
    const snapshot: DepthSnapshot = { last: 38, bids: [{ priceTicks: 90, quantity: 38, orders: 1 }], asks: [] };
    same(applied(subscriber.restore(snapshot)), "39, 40");
    same(shown(subscriber), "40 @ 90 by 1 / ");
  });

  feedPromises(module).ofSubscriber();

  behavior("the publisher's snapshot is what its updates have said", snapshotJoins, () => {
    const publisher = observe("publisher", new DepthPublisher());
    same(publisher.heartbeat().next, 1);
    for (const [id, side, price] of [
      [1, "buy", -10],
      [2, "sell", 103],
      [3, "buy", 9],
      [4, "sell", 20],
      [5, "buy", 0],
      [6, "buy", -9],
      [7, "buy", 10],
    ] as const)
      publisher.rested(id, side, price, id);
    publisher.commit(1);
    publisher.commit(2);
    const { last, bids, asks } = publisher.snapshot();
    same(
      `${last}: ${depthInWords(bids)} / ${depthInWords(asks)}`,
      "1: 7 @ 10 by 1, 3 @ 9 by 1, 5 @ 0 by 1, 6 @ -9 by 1, 1 @ -10 by 1 / 4 @ 20 by 1, 2 @ 103 by 1",
    );
    same(publisher.heartbeat().next, 2);
    publisher.canceled(1, 1, "requested");
    let thrown: unknown = null;
    try {
      publisher.snapshot();
    } catch (error) {
      thrown = error;
    }
    ensure(thrown instanceof Error, () => ({
      expected: "an Error before commit",
      got: thrown === null ? "a snapshot" : show(thrown),
    }));
  });

  behavior("whatever is lost, repeated and late, what is shown was true", gapIsNoticed, () => {
    const fates = fc.array(fc.constantFrom("in time", "in time", "lost", "repeated", "late", "snapshot", "heartbeat"), {
      minLength: 40,
      maxLength: 40,
    });
    forAll(
      fc.tuple(commands({ stage: 5 }), fates),
      ([drawn, fate]) => {
        const { publisher, obey, depth } = venue();
        const subscriber = new DepthSubscriber();
        const truth = new Map<number, string>([[0, " / "]]);
        let late: FeedMessage[] = [];
        const heard: number[] = [];
        const hear = (message: FeedMessage): void => {
          heard.push(...subscriber.receive(message).map(({ last }) => last));
        };
        const check = (complete: boolean): void => {
          const [bids, asks] = [subscriber.depth("buy"), subscriber.depth("sell")];
          const last = publisher.heartbeat().next - 1;
          const got = bids === null || asks === null ? "nothing" : `${depthInWords(bids)} / ${depthInWords(asks)}`;
          const isTrue = complete ? got === truth.get(last) : got === "nothing" || [...truth.values()].includes(got);
          ensure(isTrue, () => ({
            expected: complete
              ? `the depth after ${last}: ${truth.get(last)}`
              : "a depth that the book has had, or nothing",
            got,
          }));
        };
        for (const [i, command] of drawn.entries()) {
          const published = obey(command);
          truth.set(publisher.heartbeat().next - 1, `${depthInWords(depth("buy"))} / ${depthInWords(depth("sell"))}`);
          const what = fate[i] ?? "in time";
          step(what);
          if (what === "snapshot") heard.push(...subscriber.restore(publisher.snapshot()).map(({ last }) => last));
          else if (what === "heartbeat") hear(publisher.heartbeat());
          if (published === null) continue;
          if (what === "late") late.push(published);
          else if (what !== "lost") hear(published);
          if (what === "repeated") for (const each of [...late.splice(0), published]) hear(each);
          check(false);
        }
        late = [];
        step("a last heartbeat and a snapshot");
        hear(publisher.heartbeat());
        heard.push(...subscriber.restore(publisher.snapshot()).map(({ last }) => last));
        check(true);
        ensure(
          heard.every((last, i) => i === 0 || heard[i - 1]! < last),
          () => ({ expected: "every update to be applied once, in order", got: heard.join(", ") }),
        );
      },
      { runs: 100 },
    );
  });
});

stage(3, "Conflate for the slow", () => {
  conflationPromises(module);
});

stage(4, "Candles on a ring", () => {
  candlePromises(module);
});
