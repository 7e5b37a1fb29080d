/** Behaviors of market data: ids and numbers that come again, and values that stay as they were. */

import type { Level } from "../../../../given/stock-exchange/book-events.ts";
import type { DepthSnapshot, Update } from "../../../../solutions/stock-exchange/market-data.ts";
import { behavior, ensure, LONG_RUNS, observe, step, violated } from "../../../kit/index.ts";
import { deltasRebuild, snapshotJoins } from "../invariants.ts";
import { change, changesInWords, depthInWords, same, update } from "./words.ts";

type Subject = typeof import("../../../../solutions/stock-exchange/market-data.ts");

export function feedPromises({ DepthPublisher, DepthSubscriber }: Pick<Subject, "DepthPublisher" | "DepthSubscriber">) {
  return { ofPublisher, ofSubscriber };

  function ofPublisher(): void {
    behavior("an order under the id of one that is gone changes no price unless it rests", deltasRebuild, () => {
      const publisher = observe("publisher", new DepthPublisher());
      for (const [end, lots] of [
        ["filled", 5],
        ["canceled", 6],
        ["replaced", 7],
      ] as const) {
        publisher.rested(1, "sell", 100, lots);
        publisher.rested(2, "sell", 100, 9);
        publisher.commit(10);
        if (end === "filled") publisher.traded(1, 9, 100, lots);
        else publisher.canceled(1, lots, end === "canceled" ? "requested" : "replaced");
        same(published(publisher.commit(20)).split(";")[0]!, "sell 9 @ 100 by 1");
        step("another order 1 comes, takes 4 lots of order 2, and what is left of it is canceled");
        publisher.traded(2, 1, 100, 4);
        publisher.canceled(1, 3, "immediate-or-cancel");
        same(published(publisher.commit(30)), "sell 5 @ 100 by 1; buyer takes 4 @ 100");
        publisher.canceled(2, 5, "requested");
        same(published(publisher.commit(40)), "sell 0 @ 100 by 0");
      }
    });

    behavior("after a hundred thousand commands the depth is that of the orders that are left", deltasRebuild, () => {
      for (const [what, commands, idOf] of [
        ["ids in a row", LONG_RUNS.at(-2)!, (n: number) => n],
        ["ids that differ above 32 bits only", 30_000, (n: number) => 5 + n * 2 ** 32],
      ] as const) {
        step(`${commands} orders come, ${what}; each trades in part, and leaves when 25,000 others have come`);
        const publisher = new DepthPublisher();
        const subscriber = new DepthSubscriber();
        let count = 0;
        const commit = (): void => {
          count++;
          const next = publisher.commit(count) ?? violated({ expected: `update ${count}`, got: "null" });
          same(next.last, count);
          same(subscriber.receive(next).length, 1);
        };
        const priceOf = (n: number): number => (n % 2 === 0 ? -1 - (n % 24) : n % 24);
        const most = 2 ** 31 - 1;
        for (let n = 0; n < commands; n++) {
          publisher.rested(idOf(n), n % 2 === 0 ? "buy" : "sell", priceOf(n), most);
          commit();
          if (n % 3 === 0) {
            publisher.traded(idOf(n), idOf(n) + 1, priceOf(n), 1_000);
            commit();
          }
          if (n < 25_000) continue;
          const gone = n - 25_000;
          publisher.canceled(idOf(gone), gone % 3 === 0 ? most - 1_000 : most, "requested");
          commit();
        }
        for (const side of ["buy", "sell"] as const) {
          const left = new Map<number, { quantity: number; orders: number }>();
          for (let n = commands - 25_000; n < commands; n++) {
            if ((n % 2 === 0) !== (side === "buy")) continue;
            const level = left.get(priceOf(n)) ?? { quantity: 0, orders: 0 };
            level.quantity += n % 3 === 0 ? most - 1_000 : most;
            level.orders++;
            left.set(priceOf(n), level);
          }
          const expected = [...left].map(([priceTicks, level]) => ({ priceTicks, ...level }));
          expected.sort((a, b) => (side === "buy" ? b.priceTicks - a.priceTicks : a.priceTicks - b.priceTicks));
          same(depthInWords(subscriber.depth(side) ?? []), depthInWords(expected));
          same(depthInWords(publisher.snapshot()[side === "buy" ? "bids" : "asks"]), depthInWords(expected));
        }
      }
    });

    behavior("an update says later what it said when it was published", deltasRebuild, () => {
      const publisher = new DepthPublisher();
      const updates: [Update, string][] = [];
      for (const tell of [
        () => publisher.rested(1, "sell", 100, 5),
        () => publisher.rested(2, "sell", 100, 7),
        () => publisher.traded(1, 9, 100, 2),
        () => publisher.reduced(2, 6),
        () => publisher.canceled(1, 3, "requested"),
        () => publisher.traded(2, 9, 100, 6),
      ]) {
        tell();
        const next = publisher.commit(10) ?? violated({ expected: "an update", got: "null" });
        updates.push([next, JSON.stringify(next)]);
      }
      for (const [kept, said] of updates) same(JSON.stringify(kept), said);
    });
  }

  function ofSubscriber(): void {
    const lastOf = (updates: readonly Update[]): string => updates.map(({ last }) => last).join(", ");

    behavior("the missing update closes the gap however many wait for it", snapshotJoins, () => {
      for (const most of [0, 1, 3]) {
        const subscriber = observe("subscriber", new DepthSubscriber(most));
        for (let n = 2; n <= most + 1; n++) subscriber.receive(update(n, [change("buy", n, 90)]));
        const all = Array.from({ length: most + 1 }, (_, i) => i + 1).join(", ");
        same(lastOf(subscriber.receive(update(1, [change("buy", 1, 91)]))), all);
        same(subscriber.missing === null ? "none" : "some", "none");
      }
    });

    behavior("numbers go on past 2^31 and 2^32, up to 2^53 - 1", snapshotJoins, () => {
      const most = Number.MAX_SAFE_INTEGER;
      for (const last of [2 ** 31 - 2, 2 ** 32 - 2, 2 ** 33, most - 4]) {
        const subscriber = observe("subscriber", new DepthSubscriber());
        subscriber.restore({ last, bids: [], asks: [] });
        subscriber.receive({ type: "heartbeat", next: last + 1 });
        same(subscriber.missing === null ? "none" : "some", "none");
        for (const n of [last + 2, last + 3]) subscriber.receive(update(n, [change("buy", 1, 90)]));
        subscriber.receive({ type: "heartbeat", next: last + 4 });
        const gap = subscriber.missing;
        same(`${gap?.first} to ${gap?.last}`, `${last + 1} to ${last + 1}`);
        same(lastOf(subscriber.receive(update(last + 1, []))), [1, 2, 3].map((n) => last + n).join(", "));
        same(lastOf(subscriber.receive(update(last + 2, []))), "");
        subscriber.receive({ type: "heartbeat", next: last + 5 });
        same(subscriber.missing?.last ?? null, last + 4);
      }
    });

    behavior("a thousand updates wait when nobody says otherwise", snapshotJoins, () => {
      const subscriber = observe("subscriber", new DepthSubscriber());
      for (let n = 2; n <= 1_202; n++) subscriber.receive(update(n, [change("buy", n, 90)]));
      const gap = subscriber.missing;
      same(`${gap?.first} to ${gap?.last}`, "1 to 202");
    });

    behavior("the updates that stay are the newest by number, in whatever order they come", snapshotJoins, () => {
      const subscriber = observe("subscriber", new DepthSubscriber(3));
      for (let n = 10; n >= 2; n--) subscriber.receive(update(n, [change("buy", n, 90)]));
      const gap = subscriber.missing;
      same(`${gap?.first} to ${gap?.last}`, "1 to 7");
      same(lastOf(subscriber.restore({ last: 7, bids: [], asks: [] })), "8, 9, 10");
    });

    behavior("of two updates that begin with one number, the longer is not lost while they wait", snapshotJoins, () => {
      const three = update(3, [change("buy", 3, 93)]);
      const threeToFive: Update = { ...update(5, [change("buy", 5, 93)]), first: 3 };
      for (const waiting of [
        [three, threeToFive],
        [threeToFive, three],
      ]) {
        const subscriber = observe("subscriber", new DepthSubscriber());
        subscriber.receive(update(1, [change("buy", 1, 91)]));
        for (const each of waiting) subscriber.receive(each);
        const applied = lastOf(subscriber.receive(update(2, [change("buy", 2, 92)])));
        // Both orders are right: 3 and then 3 to 5, or 3 to 5 alone.
        ensure(applied === "2, 3, 5" || applied === "2, 5", () => ({ expected: "2, 3, 5 or 2, 5", got: applied }));
        same(depthInWords(subscriber.depth("buy") ?? []), "5 @ 93 by 1, 2 @ 92 by 1, 1 @ 91 by 1");
      }
      step("a snapshot after 4 stands for 3, and not for 3 to 5");
      const subscriber = observe("subscriber", new DepthSubscriber());
      for (const each of [three, threeToFive]) subscriber.receive(each);
      const snapshot: DepthSnapshot = { last: 4, bids: [{ priceTicks: 93, quantity: 4, orders: 1 }], asks: [] };
      same(lastOf(subscriber.restore(snapshot)), "5");
      same(depthInWords(subscriber.depth("buy") ?? []), "5 @ 93 by 1");
    });

    behavior("a depth and a snapshot are the caller's to keep and to change", snapshotJoins, () => {
      const publisher = new DepthPublisher();
      const subscriber = observe("subscriber", new DepthSubscriber());
      const tell = (): void =>
        void subscriber.receive(publisher.commit(1) ?? violated({ expected: "an update", got: "null" }));
      publisher.rested(1, "buy", 98, 5);
      tell();
      publisher.rested(2, "buy", 97, 7);
      tell();
      const snapshot = publisher.snapshot();
      const joined = new DepthSubscriber();
      joined.restore(snapshot);
      const depth = subscriber.depth("buy") ?? violated({ expected: "a depth", got: "null" });
      publisher.reduced(1, 4);
      tell();
      publisher.canceled(2, 7, "requested");
      tell();
      joined.receive(update(3, [change("buy", 4, 98)]));
      same(depthInWords(depth), "5 @ 98 by 1, 7 @ 97 by 1");
      same(`${snapshot.last}: ${depthInWords(snapshot.bids)}`, "2: 5 @ 98 by 1, 7 @ 97 by 1");
      step("the caller changes a depth and a snapshot");
      const spoilt = { priceTicks: 1, quantity: 99, orders: 99 };
      for (const levels of [subscriber.depth("buy")!, joined.depth("buy")!, depth, snapshot.bids as Level[]]) {
        for (const level of levels) Object.assign(level, spoilt);
        levels.length = 0;
      }
      same(depthInWords(subscriber.depth("buy") ?? []), "4 @ 98 by 1");
      same(depthInWords(joined.depth("buy") ?? []), "4 @ 98 by 1, 7 @ 97 by 1");
      same(depthInWords(publisher.snapshot().bids), "4 @ 98 by 1");
    });
  }

  function published(next: Update | null): string {
    return changesInWords(next ?? violated({ expected: "an update", got: "null" }));
  }
}
