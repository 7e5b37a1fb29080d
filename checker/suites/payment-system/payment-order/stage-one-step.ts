/** Stage 2: the pure part on PostgreSQL, in one transaction a decision. */

import type { Input, OrderEvent, Result } from "../../../../solutions/payment-system/payment-order.ts";
import { behavior, distinctNames, ensure, expect, forAllAsync, show, step } from "../../../kit/index.ts";
import type { ViolationDetails } from "../../../kit/violation.ts";
import { alongTransitions, amountsAddUp, oneCapture, oneStep, onRecordFirst, publishedInOrder } from "./invariants.ts";
import { AMOUNT, type Case, everyDeath, everyMeeting, merchantOf, okOf, type Process, told, World } from "./world.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");

/** Of rows that are read at once, should somebody do so. */
const MORE_THAN_A_PAGE = 129;

export function oneStepPromises(module: Module): void {
  const open = (): Promise<World> => World.open(module);

  behavior(
    "takes payments from the fraud check to the payout, whatever their names are",
    alongTransitions,
    async () => {
      const world = await open();
      const named = distinctNames(3, { allowed: (name) => name !== "" && !name.includes("\0") });
      await forAllAsync(
        named,
        async (names) => {
          const process = world.process();
          const { orders } = process;
          const ids = names.map((name) => `${world.name()}${name}`);
          for (const id of [...ids, ...ids]) {
            const request = { id, merchant: merchantOf(id), amount: AMOUNT, currency: "EUR" };
            told("create", okOf(await orders.create(request)));
            const other = await orders.create({ ...request, amount: AMOUNT + 1 });
            expect(other, "an id that is known, with another amount").toMatchObject({
              status: "refused",
              reason: "conflict",
            });
          }
          for (const id of ids) {
            told("review", okOf(await orders.assess(id, "review")));
            told("accept", okOf(await orders.assess(id, "accept")));
            told("authorize", okOf(await orders.authorize(id, "pm_card")));
            told("capture", okOf(await orders.capture(id)));
            told("refund 30", okOf(await orders.refund(id, "r", 30)));
            told("refund 30 again", okOf(await orders.refund(id, "r", 30)));
            told("deliver", okOf(await orders.confirmDelivery(id)));
            told("pay out", okOf(await orders.payOut(id)));
          }
          const events = await world.published();
          for (const id of ids) {
            const { state, payout, captured, refunded, paidOut } = await world.agree(id, events, { isSettled: true });
            expect({ state, payout, captured, refunded, paidOut }).toEqual({
              state: "captured",
              payout: "paid",
              captured: AMOUNT,
              refunded: 30,
              paidOut: 70,
            });
          }
          await process.client.close();
        },
        { runs: 3 },
      );
      const paid = world.psp.sent.filter(({ kind }) => kind === "payout");
      expect(paid.every(({ amount, currency }) => amount === 70 && currency === "EUR")).toBe(true);
    },
  );

  behavior("keeps an order as it was decided, with more operations than one digit counts", oneStep, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    // Joined with a number these two may be one text.
    const ids = ["pay", "pay1"];
    const decided = new Map<string, OrderEvent[]>();
    for (const id of ids) {
      const request = { id, merchant: merchantOf(id), amount: AMOUNT, currency: "JPY" };
      let order = okOf(await orders.create(request));
      const events: OrderEvent[] = [];
      const decide = (input: Input): void => {
        const decision = module.decide(order, input, world.nowMs);
        ensure(decision.status === "ok", () => ({ expected: "ok", got: show(decision) }));
        if (decision.status === "ok") {
          order = decision.order;
          events.push(...decision.events);
        }
      };
      const say = async (input: Input, run: () => Promise<Result>): Promise<void> => {
        world.nowMs += 1_000;
        decide(input);
        const { reference, status } = order.operations.at(-1) ?? { reference: null, status: null };
        const got = okOf(await run());
        if (reference !== null && status === "open") decide({ type: "see", object: world.psp.at(reference)! });
        step(`${id}: ${show(input)}`);
        for (const each of [got, await orders.get(id)])
          expect(each, "the order, and what `decide` makes of the same inputs").toEqual(order);
      };
      await say({ type: "assess", verdict: "accept" }, () => orders.assess(id, "accept"));
      await say({ type: "authorize", method: "pm" }, () => orders.authorize(id, "pm"));
      await say({ type: "capture" }, () => orders.capture(id));
      await say({ type: "deliver" }, () => orders.confirmDelivery(id));
      for (let i = 1; i <= 11; i++) {
        const refundId = `r${i}`;
        await say({ type: "refund", refundId, amount: i }, () => orders.refund(id, refundId, i));
        world.psp.fates = i === 1 ? ["declined"] : [];
        if (i <= 2) await say({ type: "pay-out" }, () => orders.payOut(id));
      }
      expect(okOf(await orders.create(request)), "the order that is known by that id").toEqual(order);
      for (const other of [{ merchant: "another" }, { currency: "EUR" }]) {
        const known = { status: "refused", reason: "conflict", order };
        expect(await orders.create({ ...request, ...other }), `the same id with ${show(other)}`).toEqual(known);
      }
      decided.set(id, events);
    }
    const published = await world.published();
    for (const id of ids) {
      await world.agree(id, published, { isSettled: true });
      const [, ...later] = published.filter(({ orderId }) => orderId === id);
      expect(later, "events published, and those that `decide` made").toEqual(decided.get(id));
    }
    const different = new Set(published.map((event) => event.id));
    ensure(different.size === published.length, () => ({
      expected: `${published.length} events with an id each`,
      got: `${different.size} ids: consumers drop the second of two`,
    }));
  });

  behavior("publishes all that waits in one call, however many payments it is of", publishedInOrder, async () => {
    const world = await open();
    const process = world.process();
    const ids = Array.from({ length: MORE_THAN_A_PAGE }, () => world.name());
    const inFours = async (run: (id: string) => Promise<unknown>): Promise<void> => {
      const left = [...ids];
      const worker = async (): Promise<void> => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await run(id);
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
    };
    await inFours((id) => process.orders.create({ id, merchant: merchantOf(id), amount: AMOUNT, currency: "EUR" }));
    step(`${ids.length} orders are created`);
    const events = await world.published();
    expect(new Set(events.map(({ orderId }) => orderId)).size, "orders whose event one call has published").toBe(
      ids.length,
    );
  });

  behavior("refuses what has no transition, and changes nothing", alongTransitions, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    const commands: Record<string, (id: string) => ReturnType<typeof orders.capture>> = {
      assess: (id) => orders.assess(id, "accept"),
      authorize: (id) => orders.authorize(id, "pm_2"),
      capture: (id) => orders.capture(id),
      lapse: (id) => orders.lapse(id),
      refund: (id) => orders.refund(id, "r9", 1),
      confirmDelivery: (id) => orders.confirmDelivery(id),
      payOut: (id) => orders.payOut(id),
    };
    const allowed = {
      created: ["assess"],
      ready: ["authorize"],
      authorized: ["capture"],
      captured: ["refund", "confirmDelivery"],
      payable: ["refund", "payOut"],
    };
    for (const [state, few] of Object.entries(allowed)) {
      const id = await world.order(process, state as keyof typeof allowed);
      const before = await orders.get(id);
      for (const [name, run] of Object.entries(commands)) {
        if (few.includes(name)) continue;
        const { status, order } = await run(id);
        ensure(status === "refused" && show(order) === show(before), () => ({
          expected: `${name} to be refused in ${state}, with the order as it is`,
          got: `${status}, ${show(order)}`,
        }));
      }
      expect(await orders.get(id)).toEqual(before);
    }
    expect(await orders.get("nobody's")).toBeNull();
    for (const run of Object.values(commands))
      expect(await run("nobody's")).toEqual({ status: "refused", reason: "no-such-order", order: null });
    expect(world.psp.complaints).toEqual([]);
  });

  behavior(
    "puts a request on record before the PSP hears of it, and holds no session meanwhile",
    onRecordFirst,
    async () => {
      const world = await open();
      const process = world.process();
      const { orders } = process;
      const observer = world.process().orders;
      const id = await world.order(process, "ready");
      const seen: string[] = [];
      // Told after the call: what is thrown in it is an answer that was lost.
      const wrong: ViolationDetails[] = [];
      world.psp.onRequest = async ({ kind, reference }) => {
        seen.push(kind);
        const inUse = world.sessions;
        const operations = (await observer.get(id))?.operations ?? [];
        const expected = `an open ${kind} ${show(reference)} on record when the PSP hears of it`;
        if (!operations.some((each) => each.reference === reference && each.status === "open"))
          wrong.push({ expected, got: show(operations) });
        if (inUse > 0)
          wrong.push({
            expected: "no session in use while the PSP is asked: it may take a minute",
            got: `${inUse} in use during ${kind}`,
          });
      };
      for (const run of [
        () => orders.authorize(id, "pm_card"),
        () => orders.capture(id),
        () => orders.refund(id, "r1", 10),
        () => orders.confirmDelivery(id),
        () => orders.payOut(id),
      ]) {
        told("a command", okOf(await run()));
        ensure(wrong.length === 0, () => wrong[0]!);
      }
      expect(seen).toEqual(["authorize", "capture", "refund", "payout"]);
    },
  );

  behavior("changes state, outbox and ledger together or not at all, when the ledger refuses", oneStep, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    const id = await world.order(process, "authorized");
    const commands: [string, () => Promise<unknown>][] = [
      ["capture", () => orders.capture(id)],
      ["refund", () => orders.refund(id, "r1", 10)],
      ["payout", () => orders.payOut(id)],
    ];
    const events: OrderEvent[] = [];
    for (const [kind, run] of commands) {
      if (kind === "payout") okOf(await orders.confirmDelivery(id));
      world.brokenPosts = 1;
      await expect(run(), `${kind}, when post rejects`).rejects.toThrow("the ledger is closed");
      step(`${kind}: the PSP did it, and then the ledger refused the transfer`);
      events.push(...(await world.published()));
      const { operations } = await world.agree(id, events, { isSettled: false });
      expect(operations.at(-1), "the operation, as long as its transfer is not posted").toMatchObject({
        status: "open",
      });
      told("resume", okOf(await orders.resume(id)));
      events.push(...(await world.published()));
      await world.agree(id, events, { isSettled: true });
    }
  });

  behavior("changes state, outbox and ledger together or not at all, wherever the process dies", oneStep, async () => {
    const world = await open();
    const well = world.process();
    const cases: Case[] = [];
    const places = await everyDeath(async (cut) => {
      const id = await world.order(well, "authorized");
      const process = world.process({ cut, sessions: 1 });
      const { kind } = await process.client.run(() => process.orders.capture(id));
      await process.client.kill();
      cases.push({ id, place: `${id}: the process dies ${cut.when} departure ${cut.at} of the capture` });
      return { reached: kind === "died" };
    });
    await world.agreeAll(cases, { isSettled: false });
    ensure(places >= 6, () => ({ expected: "6 places or more at which a capture can be cut", got: `${places}` }));
  });

  behavior("lets one of two win, wherever they meet", oneCapture, async () => {
    const world = await open();
    const well = world.process();
    const cases: Case[] = [];
    const settled =
      (check: Case["check"]) =>
      async (id: string, place: string): Promise<void> => {
        okOf(await well.orders.resume(id));
        cases.push({ id, place, ...(check === undefined ? {} : { check }) });
      };
    const create = async ({ orders }: Process, id: string): Promise<unknown> =>
      okOf(await orders.create({ id, merchant: merchantOf(id), amount: AMOUNT, currency: "EUR" }));
    await everyMeeting(world, async () => world.name(), create, create, settled(undefined));
    await everyMeeting(
      world,
      () => world.order(well, "authorized"),
      ({ orders }, id) => orders.capture(id),
      ({ orders }, id) => orders.capture(id),
      settled((order) => expect(order).toMatchObject({ state: "captured", captured: AMOUNT })),
    );
    await everyMeeting(
      world,
      () => world.order(well, "captured"),
      ({ orders }, id) => orders.refund(id, "r1", 60),
      ({ orders }, id) => orders.refund(id, "r2", 60),
      settled((order) => expect(order).toMatchObject({ state: "captured", refunded: 60 })),
    );
    await everyMeeting(
      world,
      () => world.order(well, "payable"),
      ({ orders }, id) => orders.payOut(id),
      ({ orders }, id) => orders.refund(id, "r1", 60),
      settled(({ refunded, paidOut }) => {
        // Whichever came first: the payout is of what was left then.
        ensure(paidOut === 0 || paidOut === AMOUNT || paidOut + refunded === AMOUNT, () => ({
          expected: "a payout of what was left",
          got: `${paidOut} paid out, ${refunded} refunded`,
        }));
      }),
    );
    await world.agreeAll(cases, { isSettled: true });
  });

  behavior("never refunds more than was captured, in however many parts", amountsAddUp, async () => {
    const world = await open();
    const process = world.process();
    const id = await world.order(process, "captured");
    const { orders } = process;
    expect(await orders.refund(id, "r1", AMOUNT + 1)).toMatchObject({ status: "refused", reason: "amount" });
    told("refund 40", okOf(await orders.refund(id, "r1", 40)));
    expect(await orders.refund(id, "r1", 41)).toMatchObject({ status: "refused", reason: "conflict" });
    expect(await orders.refund(id, "r2", 61)).toMatchObject({ status: "refused", reason: "amount" });
    told("refund 59", okOf(await orders.refund(id, "r3", 59)));
    world.psp.fates = ["declined"];
    told("refund 1, declined", okOf(await orders.refund(id, "r4", 1)));
    told("refund 1", okOf(await orders.refund(id, "r5", 1)));
    expect(await orders.refund(id, "r6", 1)).toMatchObject({ status: "refused", reason: "state" });
    const most = Number.MAX_SAFE_INTEGER;
    const large = await world.order(process, "captured", world.name(), most);
    told(`refund ${most - 1} of ${most}`, okOf(await orders.refund(large, "r1", most - 1)));
    expect(await orders.refund(large, "r2", 2)).toMatchObject({ status: "refused", reason: "amount" });
    const events = await world.published();
    const order = await world.agree(id, events, { isSettled: true });
    expect(order).toMatchObject({ state: "refunded", refunded: AMOUNT });
    expect(await world.agree(large, events, { isSettled: true })).toMatchObject({ captured: most, refunded: most - 1 });
  });

  behavior("publishes every event at least once and in order, wherever the relay dies", publishedInOrder, async () => {
    const world = await open();
    const well = world.process();
    const events: OrderEvent[] = [];
    const ids: string[] = [];
    await everyDeath(async (cut) => {
      events.push(...(await world.published()));
      ids.push(await world.order(well, "ready"), await world.order(well, "created"));
      const relay = world.process({ cut, sessions: 1 });
      const { kind } = await relay.client.run(() =>
        relay.orders.relay((event) => relay.client.call(`publish ${event.id}`, () => void events.push(event))),
      );
      await relay.client.kill();
      step(`the relay dies ${cut.when} its departure ${cut.at}`);
      return { reached: kind === "died" };
    });
    const again = await world.published();
    for (const id of ids) await world.agree(id, [...events, ...again], { isSettled: true });
    expect(await world.published(), "what is published once all is published").toEqual([]);
  });

  behavior("keeps the events of a payment in order when two relays work at once", publishedInOrder, async () => {
    const world = await open();
    const well = world.process();
    let all: OrderEvent[] = [];
    const relay = ({ orders, client }: Process): Promise<number> => {
      const into = all;
      return orders.relay((event) => client.call(`publish ${event.id}`, () => void into.push(event)));
    };
    const departures = await everyMeeting(
      world,
      async () => {
        all = [];
        return world.order(well, "ready");
      },
      relay,
      relay,
      (id, place) => world.agreeAll([{ id, place }], { isSettled: true }, all),
    );
    ensure(departures >= 3, () => ({
      expected: "a relay that reads, publishes and marks",
      got: `${departures} departures`,
    }));
  });

  behavior("publishes what commits late, and does not let one payment wait for another", publishedInOrder, async () => {
    const world = await open();
    const well = world.process();
    const late = world.name();
    let seen: OrderEvent[] = [];
    const held = world.process({
      gate: async ({ text }) => {
        if (!/^\s*commit/i.test(text)) return;
        await world.order(well, "ready");
        seen = await world.published();
      },
    });
    okOf(await held.orders.create({ id: late, merchant: merchantOf(late), amount: 5, currency: "EUR" }));
    step(`order ${late} is created by a transaction that is open while another one commits and is published`);
    expect(seen.map(({ type }) => type)).toEqual(["created", "accepted"]);
    await world.order(well, "created");
    okOf(await well.orders.assess(late, "accept"));
    const tried: string[] = [];
    const count = await well.orders.relay(async ({ orderId }) => {
      tried.push(orderId);
      if (orderId === late) throw new Error("the broker refuses this one");
    });
    expect(tried.filter((id) => id === late).length, "events of that order that are tried, in one call").toBe(1);
    expect(count, "events published").toBe(1);
    expect((await world.published()).map(({ orderId, sequence }) => [orderId, sequence])).toEqual([
      [late, 1],
      [late, 2],
    ]);
  });
}
