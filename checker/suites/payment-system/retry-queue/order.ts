/** Stage 3: messages of one payment are handled one after another. */

import { behavior, collidingNamePairs, ensure, fc, run, show, step } from "../../../kit/index.ts";
import { nothingStuck, orderPerPayment } from "./invariants.ts";
import { Hold, type Knobs, LEASE_MS, message, NO_ANSWER, PATIENCE_MS, type Worker, type World } from "./world.ts";

/** Claims everything that is due and finishes it, until nothing is due. */
async function workOff(worker: Worker): Promise<void> {
  for (;;) {
    const claims = await worker.claim(100);
    if (claims.length === 0) return;
    for (const claim of claims) await worker.finish(claim);
  }
}

export function orderPromises(open: (knobs?: Knobs) => Promise<World>): void {
  behavior(
    "messages of one payment are claimed one at a time, in the order of their enqueue",
    orderPerPayment,
    async () => {
      const world = await open();
      const worker = world.worker("w1");
      // In the order of text, and by anything but the enqueue, they come otherwise.
      const ids = ["z", "10", "9", "100", "a", "2", "1", "11", "b", "0", "8", "y"];
      await worker.within(async (session) => {
        for (const id of ids.slice(0, 4)) await worker.queue.enqueue(session, message(id, "p1"));
      });
      await worker.put(...ids.slice(4).map((id) => [id, "p1"] as const));
      for (const id of ids) {
        const [claim] = await worker.claimExactly([id], "One message of a payment at a time.");
        await worker.finish(claim!);
      }
      await worker.claimExactly([]);
      await world.expectEffects(ids);
    },
  );

  behavior(
    "a later message waits while an earlier one waits for its retry or has a worker",
    orderPerPayment,
    async () => {
      const world = await open();
      const [worker, other] = [world.worker("w1"), world.worker("w2")];
      await worker.put(["m1", "p1"], ["m2", "p1"], ["n1", "p2"]);
      const [first, ofOther] = await worker.claimExactly(["m1", "n1"]);
      await other.claimExactly([], "m1 is with a worker.");
      await worker.fail(first!, NO_ANSWER);
      await worker.finish(ofOther!);
      await other.put(["n2", "p2"], ["m3", "p1"]);
      const [next] = await other.claimExactly(
        ["n2"],
        "m1 waits for its retry, so m2 waits; the other payment does not.",
      );
      await other.finish(next!);
      world.tick(500);
      const [again] = await other.claimExactly(["m1"], "m1 comes again, before m2.");
      world.tick(LEASE_MS - 1);
      await worker.claimExactly([], "m1 is with a worker.");
      await other.finish(again!);
      await worker.claimExactly(["m2"]);
    },
  );

  behavior("payments do not wait for each other, however alike their names", orderPerPayment, async () => {
    const allowed = (name: string): boolean => !name.includes("\0");
    const drawn = fc.sample(collidingNamePairs({ allowed }), { seed: run.seed, numRuns: 8 });
    const alike = [...new Map(drawn.flat().map(([payment, id]) => [payment, id]))];
    const world = await open();
    const worker = world.worker("w1");
    const messages = alike.map(([payment, id], i) => [`${id} ${i}`, payment] as const);
    await worker.put(...messages);
    const claims = await worker.claimExactly(messages.map(([id]) => id));
    await worker.fail(claims[0]!, NO_ANSWER);
    for (const claim of claims.slice(1)) await worker.finish(claim);
    await worker.put(...alike.map(([payment], i) => [`next ${i}`, payment] as const));
    await worker.claimExactly(
      alike.slice(1).map((_, i) => `next ${i + 1}`),
      `Of ${show(alike[0]![0])} a message waits for its retry.`,
    );
  });

  behavior("an effect may enqueue the next message of its payment, and of another", orderPerPayment, async () => {
    const world = await open();
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"]);
    const [claim] = await worker.claimExactly(["m1"]);
    await worker.queue.finish(claim!, async (session) => {
      for (const id of ["m2", "m3"]) await worker.queue.enqueue(session, message(id, "p1"));
      await worker.queue.enqueue(session, message("n1", "p2"));
    });
    step("w1 finishes m1 with an effect that enqueues m2 and m3 of the same payment, and n1 of another");
    const claims = await worker.claimExactly(["m2", "n1"]);
    for (const each of claims) await worker.finish(each);
    await worker.finish((await worker.claimExactly(["m3"]))[0]!);
    await worker.put(["m4", "p1"]);
    await worker.claimExactly(["m4"]);
  });

  behavior(
    "a message that comes while the one before it ends is not forgotten",
    nothingStuck,
    async () => {
      const world = await open();
      const helper = world.worker("w1");
      for (const stopped of ["finish", "enqueue"] as const) {
        for (let at = 1; ; at++) {
          const hold = new Hold(at);
          const [m1, m2, payment] = [`m1 (${stopped} ${at})`, `m2 (${stopped} ${at})`, `p1 (${stopped} ${at})`];
          await helper.put([m1, payment]);
          const [claim] = await helper.claimExactly([m1]);
          const gated = world.worker("the slow", { gate: hold.gate });
          const finish = () => (stopped === "finish" ? gated : helper).finish(claim!);
          const enqueue = () => (stopped === "finish" ? helper : gated).put([m2, payment]);
          const slow = stopped === "finish" ? finish() : enqueue();
          const stands = await hold.stops(slow);
          if (stands) step(`the ${stopped} stands before its statement ${at}`);
          const quick = stopped === "finish" ? enqueue() : finish();
          await world.settlesOrWaits(quick);
          hold.release();
          await Promise.all([slow, quick]);
          await workOff(helper);
          const handled = (await world.effects()).filter((id) => id === m1 || id === m2);
          ensure(show(handled) === show([m1, m2]), () => ({
            expected: `the effects of ${show([m1, m2])}, each once and in this order`,
            got: show(handled),
            note: "The second was enqueued while the first was about to end.",
          }));
          if (!stands) break;
        }
      }
    },
    PATIENCE_MS,
  );

  behavior(
    "of two that enqueue for one payment at once, the first to commit comes first",
    orderPerPayment,
    async () => {
      const world = await open();
      const [a, b, worker] = [world.worker("a"), world.worker("b"), world.worker("w1")];
      let expected: string[] = [];
      let second: Promise<unknown> = Promise.resolve();
      await a.client.database.session(async (first) => {
        await first.query("BEGIN");
        await a.queue.enqueue(first, message("from a", "p1"));
        step("a has enqueued, and has not committed");
        second = b.put(["from b", "p1"]);
        expected = (await world.settlesOrWaits(second)) === "waits" ? ["from a", "from b"] : ["from b", "from a"];
        step(expected[0] === "from b" ? "b commits first" : "b waits for a");
        await first.query("COMMIT");
      });
      await second;
      await workOff(worker);
      await world.expectEffects(expected);
    },
  );

  behavior(
    "workers in parallel, some of them killed: all is handled once and in order",
    nothingStuck,
    async () => {
      const world = await open();
      const payments = Array.from({ length: 12 }, (_, i) => `p${i}`);
      const all = payments.flatMap((payment) =>
        [1, 2, 3, 4].map((n): readonly [id: string, payment: string] => [`${payment} ${n}`, payment]),
      );
      const sender = world.worker("the sender");
      await sender.within(async (session) => {
        for (const [id, payment] of all.slice(0, 40)) await sender.queue.enqueue(session, message(id, payment));
      });
      const workers = [1, 2, 3, 4].map((n) => world.worker(`w${n}`, { sessions: 2 }));
      const running = workers.map((worker, n) =>
        worker.client.run(async () => {
          for (;;) {
            const claims = await worker.claim(3);
            if (claims.length === 0) return;
            for (const [i, claim] of claims.entries()) {
              if ((n + i) % 4 === 3) await worker.fail(claim, NO_ANSWER);
              else await worker.finish(claim);
            }
          }
        }),
      );
      for (const [i, one] of all.slice(40).entries()) {
        await sender.put(one);
        if (i === 2 || i === 5) await workers[i === 2 ? 0 : 1]!.client.kill();
      }
      await Promise.all(running);
      world.tick(LEASE_MS);
      await world.drain();
      const got = await world.effects();
      for (const payment of payments) {
        const expected = all.filter(([, of]) => of === payment).map(([id]) => id);
        const handled = got.filter((id) => expected.includes(id));
        ensure(show(handled) === show(expected), () => ({
          expected: `of payment ${payment}: ${show(expected)}`,
          got: show(handled),
        }));
      }
    },
    PATIENCE_MS,
  );
}
