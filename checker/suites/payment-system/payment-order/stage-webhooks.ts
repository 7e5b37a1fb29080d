/** Stage 4: what the PSP tells by itself. */

import type { PspWebhook } from "../../../../given/payment-system/psp.ts";
import { createRandom, type Random } from "../../../../sim/prng.ts";
import type { OrderEvent } from "../../../../solutions/payment-system/payment-order.ts";
import { behavior, type Cut, ensure, everyCut, expect, run, show, step } from "../../../kit/index.ts";
import { amountsAddUp, anyOrder, neverGuess, oneCapture, oneStep } from "./invariants.ts";
import type { Fate } from "./sim-psp.ts";
import { AMOUNT, type Case, everyDeath, everyMeeting, okOf, type Process, told, World } from "./world.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");

export function webhookPromises(module: Module): void {
  const open = (): Promise<World> => World.open(module);

  const deliver = async ({ orders }: Process, event: PspWebhook): Promise<string> => {
    const answer = await orders.webhook(event);
    const { status, kind, chargedBack } = event.object;
    step(`webhook ${event.id}, ${kind} ${status}${chargedBack > 0 ? `, ${chargedBack} charged back` : ""}: ${answer}`);
    return answer;
  };

  behavior("takes each event once, and knows nothing of references that are not its own", anyOrder, async () => {
    const world = await open();
    const process = world.process();
    const id = await world.order(process, "authorized");
    world.psp.fates = ["done, answer lost"];
    const { operations } = okOf(await process.orders.capture(id));
    const event = world.psp.webhooks.at(-1)!;
    const foreign = { id: "evt_x", object: { ...event.object, reference: "somebody else's" } };
    expect(await deliver(process, foreign)).toBe("unknown");
    let inUse = 0;
    world.psp.onLookup = () => {
      inUse = Math.max(inUse, world.sessions);
    };
    expect(await deliver(process, event)).toBe("taken");
    expect(inUse, "sessions in use while the PSP is asked").toBe(0);
    expect(await deliver(process, event)).toBe("duplicate");
    expect(await deliver(world.process(), event), "the same event, in another process").toBe("duplicate");
    expect(await deliver(process, { ...event, id: "evt_about_the_same" }), "another event of one change").toBe("taken");
    const own = {
      id: "evt_x",
      object: { ...event.object, reference: operations[0]!.reference, kind: "authorize" },
    } as const;
    expect(await deliver(process, own), "an id that was heard with a foreign reference").toBe("taken");
    const order = await world.agree(id, await world.published(), { isSettled: true });
    expect(order).toMatchObject({ state: "captured", captured: AMOUNT });
  });

  behavior("completes once when webhook and redirect come together, wherever they meet", oneCapture, async () => {
    const world = await open();
    const well = world.process();
    let event: PspWebhook;
    const prepare = async (): Promise<string> => {
      const id = await world.order(well, "authorized");
      world.psp.fates = ["done, answer lost"];
      okOf(await well.orders.capture(id));
      event = world.psp.webhooks.at(-1)!;
      return id;
    };
    const cases: Case[] = [];
    const check: Case["check"] = (order, events) => {
      expect(order).toMatchObject({ state: "captured", captured: AMOUNT });
      const captured = events.filter(({ type, orderId }) => orderId === order.id && type === "captured");
      expect(captured.length, "events captured").toBe(1);
    };
    const meet = async (id: string, place: string): Promise<void> => void cases.push({ id, place, check });
    const webhook = ({ orders }: Process): Promise<unknown> => orders.webhook(event);
    const redirect = ({ orders }: Process, id: string): Promise<unknown> => orders.resume(id);
    await everyMeeting(world, prepare, webhook, redirect, meet);
    await everyMeeting(world, prepare, redirect, webhook, meet);
    await everyMeeting(world, prepare, webhook, webhook, meet);
    await world.agreeAll(cases, { isSettled: true });
  });

  behavior("comes to the same from webhooks in every order, each twice", anyOrder, async () => {
    const world = await open();
    const process = world.process();
    const cases: Case[] = [];
    for (const order of permutations(4)) {
      const id = await world.order(process, "authorized");
      world.psp.fates = ["done, answer lost"];
      const first = world.psp.webhooks.length;
      const reference = okOf(await process.orders.capture(id)).operations.at(-1)!.reference;
      world.psp.chargeBack(reference, 10);
      world.psp.chargeBack(reference, 25);
      world.psp.chargeBack(reference, 40);
      const events = world.psp.webhooks.slice(first);
      for (const i of order) {
        await deliver(process, events[i]!);
        await deliver(process, events[order[0]!]!);
      }
      cases.push({
        id,
        place: `${id}: of the webhooks for captured and 10, 25, 40 charged back: ${order.map((i) => i + 1).join(", ")}`,
        check: (now) => expect(now).toMatchObject({ state: "charged_back", captured: AMOUNT, chargedBack: 40 }),
      });
    }
    await world.agreeAll(cases, { isSettled: true });
  });

  behavior("asks what the object is now, and does not believe an old decline", neverGuess, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    const id = await world.order(process, "ready");
    world.psp.fates = ["pending"];
    const { reference } = okOf(await orders.authorize(id, "pm_1")).operations[0]!;
    world.psp.conclude(reference, "declined");
    world.psp.conclude(reference, "succeeded");
    const [, declined, succeeded] = world.psp.webhooks;
    expect(await deliver(process, declined!)).toBe("taken");
    const order = await orders.get(id);
    ensure(order?.state === "authorized", () => ({
      expected: "authorized: the payer's second card was accepted before the event of the first came",
      got: show(order?.state),
      note: "A second attempt from here would hold the amount twice.",
    }));
    expect(await deliver(process, succeeded!)).toBe("taken");
    await world.agree(id, await world.published(), { isSettled: true });
  });

  behavior("lets a late success win over a decline, and never takes a success back", anyOrder, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    const attempt = async (): Promise<{ id: string; reference: string; first: number }> => {
      const id = await world.order(process, "ready");
      const first = world.psp.webhooks.length;
      world.psp.fates = ["declined"];
      const reference = okOf(await orders.authorize(id, "pm_1")).operations[0]!.reference;
      return { id, reference, first };
    };
    const won = await attempt();
    world.psp.conclude(won.reference, "succeeded");
    await deliver(process, world.psp.webhooks[won.first + 1]!);
    told("order", (await orders.get(won.id))!);
    expect(await orders.get(won.id), "after the second card was accepted").toMatchObject({ state: "authorized" });
    await deliver(process, world.psp.webhooks[won.first]!);
    expect(await orders.get(won.id), "after the event of the first card").toMatchObject({ state: "authorized" });
    told("capture", okOf(await orders.capture(won.id)));

    const late = await attempt();
    told("authorize with another method", okOf(await orders.authorize(late.id, "pm_2")));
    world.psp.conclude(late.reference, "succeeded");
    await deliver(process, world.psp.webhooks.at(-1)!);
    told("capture", okOf(await orders.capture(late.id)));
    const captured = world.psp.sent.at(-1)!;
    expect(captured.subject, "the hold that was captured").not.toBe(late.reference);
    const events = await world.published();
    for (const id of [won.id, late.id])
      expect(await world.agree(id, events, { isSettled: true })).toMatchObject({ captured: AMOUNT });
    const unused = events.filter(({ type }) => type === "authorization_unused").map(({ orderId }) => orderId);
    expect(unused, "orders with a hold of no use").toEqual([late.id]);
  });

  behavior("books chargebacks as they are: after a refund, in parts, in doubt", amountsAddUp, async () => {
    const world = await open();
    const process = world.process();
    const { orders } = process;
    const capturedBy = async (id: string): Promise<string> =>
      (await orders.get(id))!.operations.find(({ kind }) => kind === "capture")!.reference;

    const refunded = await world.order(process, "payable");
    told("refund 30", okOf(await orders.refund(refunded, "r1", 30)));
    world.psp.chargeBack(await capturedBy(refunded), 20);
    await deliver(process, world.psp.webhooks.at(-1)!);
    expect(await orders.refund(refunded, "r2", 10), "a refund after a chargeback").toMatchObject({ status: "refused" });
    expect(await orders.payOut(refunded), "a payout after a chargeback").toMatchObject({ status: "refused" });
    world.psp.chargeBack(await capturedBy(refunded), AMOUNT);
    await deliver(process, world.psp.webhooks.at(-1)!);
    await deliver(process, { ...world.psp.webhooks.at(-2)!, id: "evt_the_older_again" });

    const refunding = await world.order(process, "captured");
    world.psp.fates = ["done, answer lost"];
    told("refund 30, answer lost", okOf(await orders.refund(refunding, "r1", 30)));
    world.psp.chargeBack(await capturedBy(refunding), 70);
    await deliver(process, world.psp.webhooks.at(-1)!);
    told("resume", okOf(await orders.resume(refunding)));

    const paying = await world.order(process, "payable");
    world.psp.fates = ["done, answer lost"];
    told("pay out, answer lost", okOf(await orders.payOut(paying)));
    world.psp.chargeBack(await capturedBy(paying), AMOUNT);
    await deliver(process, world.psp.webhooks.at(-1)!);
    told("resume", okOf(await orders.resume(paying)));

    const events = await world.published();
    expect(await world.agree(refunded, events, { isSettled: true })).toMatchObject({
      refunded: 30,
      chargedBack: AMOUNT,
    });
    expect(await world.agree(refunding, events, { isSettled: true })).toMatchObject({ refunded: 30, chargedBack: 70 });
    expect(await world.agree(paying, events, { isSettled: true })).toMatchObject({
      payout: "paid",
      chargedBack: AMOUNT,
    });
  });

  behavior("learns from the event what a replica that is behind does not know yet", anyOrder, async () => {
    const world = await open();
    const process = world.process();
    const id = await world.order(process, "captured");
    const { reference } = (await process.orders.get(id))!.operations[1]!;
    world.psp.chargeBack(reference, 25);
    world.psp.changesBehind = 1;
    expect(await deliver(process, world.psp.webhooks.at(-1)!)).toBe("taken");
    expect(await process.orders.get(id), "after the event of 25, when the replica knows of none").toMatchObject({
      chargedBack: 25,
    });
    world.psp.changesBehind = 5;
    world.psp.chargeBack(reference, 30);
    expect(await deliver(process, world.psp.webhooks.at(-1)!), "when the replica knows of no such object").toBe(
      "taken",
    );
    world.psp.changesBehind = 0;
    const undecided = await world.order(process, "ready");
    world.psp.fates = ["pending"];
    const authorization = okOf(await process.orders.authorize(undecided, "pm")).operations[0]!.reference;
    world.psp.conclude(authorization, "succeeded");
    world.psp.changesBehind = 1;
    expect(await deliver(process, world.psp.webhooks.at(-1)!)).toBe("taken");
    expect(await process.orders.get(undecided), "when the replica says that it is pending").toMatchObject({
      state: "authorized",
    });
    world.psp.changesBehind = 0;
    const events = await world.published();
    const order = await world.agree(id, events, { isSettled: true });
    expect(order).toMatchObject({ state: "charged_back", chargedBack: 30 });
    await world.agree(undecided, events, { isSettled: true });
  });

  behavior("counts an event again that was not finished, wherever the process died", oneStep, async () => {
    const world = await open();
    const well = world.process();
    const chargeback = async (): Promise<{ id: string; event: PspWebhook }> => {
      const id = await world.order(well, "captured");
      const { reference } = (await well.orders.get(id))!.operations[1]!;
      world.psp.chargeBack(reference, 25);
      return { id, event: world.psp.webhooks.at(-1)! };
    };
    const cases: Case[] = [];
    const check = async (id: string, event: PspWebhook, place: string): Promise<void> => {
      await well.orders.webhook(event);
      // This event is the only one that tells of it.
      cases.push({ id, place, check: ({ chargedBack }) => expect(chargedBack, "charged back").toBe(25) });
    };
    const cutOff = async (cut: Cut): Promise<{ reached: boolean }> => {
      const { id, event } = await chargeback();
      const victim = world.process({ cut, sessions: 1 });
      const { kind } = await victim.client.run(() => victim.orders.webhook(event));
      await victim.client.kill();
      await check(id, event, `${id}: ${cut.how} ${cut.when} departure ${cut.at}, and the event comes again`);
      return { reached: kind !== "returned" };
    };
    await everyDeath(cutOff);
    await everyCut("lost connection", cutOff);
    const refused = await chargeback();
    world.brokenPosts = 1;
    await expect(well.orders.webhook(refused.event)).rejects.toThrow("the ledger is closed");
    await check(refused.id, refused.event, "the ledger refused the chargeback, and the event comes again");
    const deaf = await chargeback();
    world.psp.deafLookups = 1;
    await expect(well.orders.webhook(deaf.event)).rejects.toThrow("timeout");
    await check(deaf.id, deaf.event, "the PSP could not be asked, and the event comes again");
    await world.agreeAll(cases, { isSettled: true });
  });

  behavior("keeps every promise through days of payments on which everything goes wrong", oneCapture, async () => {
    const world = await open();
    for (let day = 0; day < 3; day++) await badDay(world, createRandom(run.seed).fork(day));
  });

  async function badDay(world: World, random: Random): Promise<void> {
    const below = (limit: number): number => random.integer(0, limit - 1);
    const fates: Fate[] = [
      "answered",
      "answered",
      "done, answer lost",
      "done, then 500",
      "lost",
      "late",
      "declined",
      "pending",
    ];
    const events: OrderEvent[] = [];
    const process = world.process();
    const ids = [await world.order(process, "ready"), await world.order(process, "ready")];
    const heard = world.psp.webhooks.length;
    const attempt = async (what: string, work: (orders: Process["orders"]) => Promise<unknown>): Promise<void> => {
      world.psp.fates = [random.pick(fates)];
      world.brokenPosts = below(8) === 0 ? 1 : 0;
      const cut = { at: 1 + below(8), when: "before", how: "death" } as const;
      const { client, orders } = below(5) === 0 ? world.process({ cut, sessions: 1 }) : process;
      const { kind } = await client.run(() => work(orders));
      step(`${what}${kind === "returned" ? "" : kind === "died" ? ": the process dies" : ": it fails"}`);
      if (client !== process.client) await client.kill();
      world.brokenPosts = 0;
    };
    for (let i = 0; i < 24; i++) {
      const id = ids[below(ids.length)]!;
      const webhooks = world.psp.webhooks.slice(heard);
      const order = await process.orders.get(id);
      const reference = order?.operations.find(
        ({ kind, status }) => kind === "capture" && status === "succeeded",
      )?.reference;
      const pending = order?.operations.find((each) => world.psp.at(each.reference)?.status === "pending")?.reference;
      switch (below(12)) {
        case 0:
        case 1:
          await attempt(`authorize ${id}`, (orders) => orders.authorize(id, "pm"));
          break;
        case 2:
        case 3:
          await attempt(`capture ${id}`, (orders) => orders.capture(id));
          break;
        case 4:
          await attempt(`refund ${id}`, (orders) => orders.refund(id, `r${i}`, 1 + below(AMOUNT)));
          break;
        case 5:
          await attempt(`deliver ${id}`, (orders) => orders.confirmDelivery(id));
          break;
        case 6:
          await attempt(`pay out ${id}`, (orders) => orders.payOut(id));
          break;
        case 7:
          if (reference !== undefined && below(3) === 0) world.psp.chargeBack(reference, 1 + below(AMOUNT));
          if (pending !== undefined) world.psp.conclude(pending, below(2) === 0 ? "succeeded" : "declined");
          world.psp.arrive();
          break;
        case 8:
          // What is under way arrives before a day has passed.
          world.psp.arrive();
          world.nowMs += below(3) * world.psp.windowMs;
          await attempt("recover", (orders) => orders.recover(0));
          break;
        case 9:
          await attempt(`lapse ${id}`, (orders) => orders.lapse(id));
          break;
        default:
          if (webhooks.length > 0) {
            const event = webhooks[below(webhooks.length)]!;
            await attempt(`webhook ${event.id}`, (orders) => orders.webhook(event));
          }
      }
      if (below(4) === 0) events.push(...(await world.published()));
    }
    step("everything works again");
    world.psp.fates = [];
    world.psp.arrive();
    for (const event of world.psp.webhooks.slice(heard)) {
      const { reference } = event.object;
      if (world.psp.at(reference)?.status === "pending") world.psp.conclude(reference, "succeeded");
    }
    for (const event of world.psp.webhooks.slice(heard).reverse()) await process.orders.webhook(event);
    for (const id of ids) okOf(await process.orders.resume(id));
    events.push(...(await world.published()));
    for (const id of ids) await world.agree(id, events, { isSettled: true });
    await process.client.close();
  }
}

function permutations(length: number): number[][] {
  if (length === 0) return [[]];
  return permutations(length - 1).flatMap((rest) =>
    Array.from({ length }, (_, at) => [...rest.slice(0, at), length - 1, ...rest.slice(at)]),
  );
}
