/** Stage 3: lost answers, holds that lapse, processes that die. */

import { createRandom } from "../../../../sim/prng.ts";
import type { Order, Result } from "../../../../solutions/payment-system/payment-order.ts";
import { behavior, type Cut, ensure, everyCut, expect, run, show, step } from "../../../kit/index.ts";
import { alongTransitions, neverGuess, oneCapture } from "./invariants.ts";
import type { Fate } from "./sim-psp.ts";
import { AMOUNT, type Case, everyDeath, HOUR_MS, okOf, type Process, returned, told, World } from "./world.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");

const KINDS = ["authorize", "capture", "refund", "payout"] as const;

/** What each kind of request starts from, and what it makes. */
const BEGIN = {
  authorize: { from: "ready", doubt: "authorizing", done: "authorized" },
  capture: { from: "authorized", doubt: "capturing", done: "captured" },
  refund: { from: "captured", doubt: "refunding", done: "captured" },
  payout: { from: "payable", doubt: "paying", done: "paid" },
} as const;

function begin({ orders }: Process, kind: (typeof KINDS)[number], id: string): Promise<Result> {
  switch (kind) {
    case "authorize":
      return orders.authorize(id, "pm_card");
    case "capture":
      return orders.capture(id);
    case "refund":
      return orders.refund(id, "r1", 60);
    case "payout":
      return orders.payOut(id);
  }
}

const stateOf = ({ state, payout }: Order, kind: string): string => (kind === "payout" ? payout : state);

export function unknownPromises(module: Module): void {
  const open = (): Promise<World> => World.open(module);

  behavior("leaves open what nobody answered, and asks before anything else", neverGuess, async () => {
    const world = await open();
    const process = world.process();
    const cases: Case[] = [];
    const fates: Fate[] = ["done, answer lost", "done, then 500", "lost", "late", "pending"];
    for (const kind of KINDS) {
      for (const fate of fates) {
        const id = await world.order(process, BEGIN[kind].from);
        world.psp.fates = [fate];
        const doubt = okOf(await begin(process, kind, id));
        told(`${kind}, ${fate}`, doubt);
        ensure(stateOf(doubt, kind) === BEGIN[kind].doubt, () => ({
          expected: BEGIN[kind].doubt,
          got: stateOf(doubt, kind),
        }));
        const [{ reference }] = [doubt.operations.at(-1)!];
        const again = await begin(process, kind, id);
        ensure(kind === "refund" ? again.status === "ok" : again.status === "refused", () => ({
          expected: `no second ${kind} while the first is in doubt`,
          got: show(again),
        }));
        expect(again.order, "the order, while it is in doubt").toEqual(doubt);
        world.psp.deafLookups = 1;
        expect(okOf(await process.orders.resume(id)), "the order, when the PSP cannot be asked").toEqual(doubt);
        if (fate === "pending") {
          expect(okOf(await process.orders.resume(id)), "the order, while the PSP has not decided").toEqual(doubt);
          world.psp.conclude(reference, "succeeded");
        }
        const asked = world.psp.asked.length;
        const done = okOf(await process.orders.resume(id));
        told("resume", done);
        world.psp.arrive();
        ensure(stateOf(done, kind) === BEGIN[kind].done && world.psp.asked[asked] === reference, () => ({
          expected: `${BEGIN[kind].done}, after a look-up of ${show(reference)}`,
          got: `${stateOf(done, kind)}, after look-ups of ${show(world.psp.asked.slice(asked))}`,
        }));
        cases.push({ id, place: `${id}: ${kind}, ${fate}` });
      }
    }
    await world.agreeAll(cases, { isSettled: true });
  });

  behavior("sends again only what the PSP has not, under the same reference", neverGuess, async () => {
    const world = await open();
    const process = world.process();
    let inUse = 0;
    world.psp.onLookup = () => {
      inUse = Math.max(inUse, world.sessions);
    };
    for (const kind of KINDS) {
      for (const fate of ["lost", "done, answer lost"] as const) {
        const id = await world.order(process, BEGIN[kind].from);
        world.psp.fates = [fate];
        const before = world.psp.sent.length;
        told(`${kind}, ${fate}`, okOf(await begin(process, kind, id)));
        told("resume", okOf(await process.orders.resume(id)));
        told("resume", okOf(await process.orders.resume(id)));
        expect(inUse, "sessions in use while the PSP is asked").toBe(0);
        const sent = world.psp.sent.slice(before);
        const [first] = sent;
        ensure(sent.length === (fate === "lost" ? 2 : 1) && sent.every((each) => show(each) === show(first)), () => ({
          expected: fate === "lost" ? "the same request, twice" : "one request",
          got: sent.map((each) => show(each)).join("; "),
        }));
      }
    }
  });

  behavior("asks before it sends again, when the PSP has forgotten the key", neverGuess, async () => {
    const world = await open();
    const process = world.process();
    for (const kind of KINDS) {
      const id = await world.order(process, BEGIN[kind].from);
      world.psp.fates = ["done, answer lost"];
      told(`${kind}, answer lost`, okOf(await begin(process, kind, id)));
      world.nowMs += world.psp.windowMs;
      step("a day passes: the same reference would be a new request now");
      const settled = await process.orders.recover(HOUR_MS);
      expect(settled, "orders that recover settled").toBe(1);
      const order = await world.agree(id, await world.published(), { isSettled: true });
      expect(stateOf(order, kind)).toBe(BEGIN[kind].done);
    }
  });

  behavior("ends the attempt with a decline, and not the payment", alongTransitions, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    const id = await world.order(process, "ready");
    world.psp.fates = ["declined", "declined"];
    told("authorize, declined", okOf(await orders.authorize(id, "pm_1")));
    told("authorize, declined", okOf(await orders.authorize(id, "pm_2")));
    told("authorize", okOf(await orders.authorize(id, "pm_3")));
    const methods = world.psp.sent.map(({ subject }) => subject);
    expect(methods).toEqual(["pm_1", "pm_2", "pm_3"]);
    expect(new Set(world.psp.sent.map(({ reference }) => reference)).size, "references of three attempts").toBe(3);
    world.psp.fates = ["declined"];
    told("capture, declined", okOf(await orders.capture(id)));
    told("authorize", okOf(await orders.authorize(id, "pm_4")));
    told("capture", okOf(await orders.capture(id)));
    told("deliver", okOf(await orders.confirmDelivery(id)));
    world.psp.fates = ["declined"];
    told("pay out, declined", okOf(await orders.payOut(id)));
    told("pay out", okOf(await orders.payOut(id)));
    const order = await world.agree(id, await world.published(), { isSettled: true });
    expect(order).toMatchObject({ state: "captured", payout: "paid", captured: AMOUNT, paidOut: AMOUNT });
  });

  behavior(
    "takes a hold's end from the PSP, and lets go only of one that is not being captured",
    neverGuess,
    async () => {
      const world = await open();
      const process = world.process();
      const { orders } = process;
      for (const holdMs of [114 * HOUR_MS, 168 * HOUR_MS, 240 * HOUR_MS]) {
        world.psp.holdMs = holdMs;
        const lapsing = await world.order(process, "authorized");
        const doubtful = await world.order(process, "authorized");
        const captured = await world.order(process, "authorized");
        const start = world.nowMs;
        world.nowMs = start + holdMs - 1;
        step(`one millisecond before the end of a hold of ${holdMs / HOUR_MS} hours`);
        expect(await orders.lapse(lapsing), "lapse, too early").toMatchObject({ status: "refused", reason: "state" });
        world.psp.fates = ["done, answer lost"];
        told("capture, answer lost", okOf(await orders.capture(doubtful)));
        told("capture", okOf(await orders.capture(captured)));
        world.nowMs = start + holdMs;
        step("at its end");
        expect(await orders.capture(lapsing), "capture, too late").toMatchObject({
          status: "refused",
          reason: "state",
        });
        expect(await orders.lapse(doubtful), "lapse in doubt of a capture").toMatchObject({ status: "refused" });
        expect(okOf(await orders.lapse(lapsing))).toMatchObject({ state: "ready", hold: null });
        expect(okOf(await orders.resume(doubtful))).toMatchObject({ state: "captured" });
        told("authorize again", okOf(await orders.authorize(lapsing, "pm_2")));
        told("capture", okOf(await orders.capture(lapsing)));
        const events = await world.published();
        for (const id of [lapsing, doubtful, captured])
          expect(await world.agree(id, events, { isSettled: true })).toMatchObject({ captured: AMOUNT });
      }
    },
  );

  behavior("recovers what is idle, all of it, and one that fails does not keep the others", neverGuess, async () => {
    const world = await open();
    const process = world.process();
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      const id = await world.order(process, "authorized");
      world.psp.fates = ["done, answer lost"];
      told("capture, answer lost", okOf(await process.orders.capture(id)));
      ids.push(id);
      world.nowMs += 1_000;
    }
    const asked = world.psp.asked.length;
    expect(await process.orders.recover(5_000), "settled: none has been open for 5 s").toBe(0);
    expect(world.psp.asked.length - asked, "look-ups of requests that may be under way").toBe(0);
    world.brokenPosts = 1;
    await expect(process.orders.recover(2_000)).rejects.toThrow();
    step("recover(2000), of three orders, while the ledger refuses the first transfer");
    const captured = async (): Promise<number> => {
      const orders = await Promise.all(ids.map((id) => process.orders.get(id)));
      return orders.filter((order) => order?.state === "captured").length;
    };
    expect(await captured(), "orders captured after that").toBe(2);
    world.psp.deafLookups = 1;
    expect(await process.orders.recover(0), "settled while one look-up times out").toBe(1);
    expect(await process.orders.recover(0), "settled at the end").toBe(1);
    expect(await captured()).toBe(4);
  });

  behavior("captures once, wherever a process dies", oneCapture, async () => {
    const world = await open();
    const well = world.process();
    const cases: Case[] = [];
    const places = await everyDeath((cut) => servedBy(world, well, cut, cases, "ready"));
    await world.agreeAll(cases, { isSettled: true });
    ensure(places >= 12, () => ({ expected: "12 places or more at which a pay-in can be cut", got: `${places}` }));
  });

  behavior("refunds and pays out once, wherever a process dies", oneCapture, async () => {
    const world = await open();
    const well = world.process();
    const cases: Case[] = [];
    const places = await everyDeath((cut) => servedBy(world, well, cut, cases, "captured"));
    await world.agreeAll(cases, { isSettled: true });
    ensure(places >= 12, () => ({ expected: "12 places or more at which a payout can be cut", got: `${places}` }));
  });

  behavior("captures once, whichever answer is lost", oneCapture, async () => {
    const world = await open();
    const well = world.process();
    const cases: Case[] = [];
    await everyCut("lost connection", (cut) => servedBy(world, well, cut, cases, "authorized"));
    await world.agreeAll(cases, { isSettled: true });
  });

  behavior("has one effect for each operation when real processes work on the same payments", oneCapture, async () => {
    const world = await open();
    const random = createRandom(run.seed);
    const well = world.process();
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push(await world.order(well, "ready"));
    const fates: Fate[] = ["done, answer lost", "done, then 500", "lost", "late", "answered", "declined", "answered"];
    world.psp.fates = Array.from({ length: 60 }, () => random.pick(fates));
    const work = async ({ orders }: Process, from: number): Promise<void> => {
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < ids.length; i++) {
          const id = ids[(i + from) % ids.length]!;
          await orders.authorize(id, "pm");
          await orders.capture(id);
          await orders.refund(id, `r${round}`, 30);
          await orders.resume(id);
        }
        world.psp.arrive();
        await orders.recover(0);
      }
    };
    const processes = [world.process(), world.process(), world.process()];
    await Promise.all(processes.map((process, i) => process.client.run(() => work(process, i)).then(returned)));
    step("three processes authorize, capture, refund and recover four payments; answers are lost");
    world.psp.fates = [];
    world.psp.arrive();
    for (const id of ids) okOf(await well.orders.resume(id));
    const events = await world.published();
    for (const id of ids) await world.agree(id, events, { isSettled: true });
  });

  /** A client begins a part of a payment with a process that ends, and says all of it again to one that does not. */
  async function servedBy(
    world: World,
    well: Process,
    cut: Cut,
    cases: Case[],
    from: keyof typeof PARTS,
  ): Promise<{ readonly reached: boolean }> {
    const id = await world.order(well, from);
    const victim = world.process({ cut, sessions: 1 });
    const { kind } = await victim.client.run(() => PARTS[from].work(victim, id));
    // Of a provider's answer that is lost the caller hears nothing.
    const reached = kind !== "returned" || victim.client.departures.length >= cut.at;
    await victim.client.kill();
    await well.orders.recover(0);
    await PARTS[from].work(well, id);
    const place = `${id}: ${cut.how} ${cut.when} departure ${cut.at}, then recover, and all commands once more`;
    cases.push({ id, place, check: (order) => expect(order).toMatchObject(PARTS[from].end) });
    return { reached };
  }
}

const capturedAll = { state: "captured", payout: "held", captured: AMOUNT };

/** Commands that follow each other, and where they lead, however often they are said. */
const PARTS = {
  ready: {
    work: async ({ orders }: Process, id: string): Promise<void> => {
      await orders.authorize(id, "pm_card");
      await orders.capture(id);
    },
    end: capturedAll,
  },
  authorized: {
    work: async ({ orders }: Process, id: string): Promise<void> => {
      await orders.capture(id);
    },
    end: capturedAll,
  },
  captured: {
    work: async ({ orders }: Process, id: string): Promise<void> => {
      await orders.refund(id, "r1", 30);
      await orders.confirmDelivery(id);
      await orders.payOut(id);
    },
    end: { state: "captured", payout: "paid", captured: AMOUNT, refunded: 30, paidOut: 70 },
  },
} as const;
