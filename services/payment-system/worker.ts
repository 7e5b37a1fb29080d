/**
 * A worker, one of several: takes tasks from the queue, asks the provider, relays the outbox, and looks after payments
 * whose process died. A part; see `service.ts`.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { inTransaction } from "../../given/common/sql.ts";
import type { Order, OrderEvent } from "../../solutions/payment-system/payment-order.ts";
import type { Claim, Failure } from "../../solutions/payment-system/retry-queue.ts";
import { runPart } from "../kit/part.ts";
import { enqueue, type Merchant, type MerchantData, openMerchant, report, type Task } from "./merchant.ts";

/** Claims at a time; each is another payment. */
const AT_ONCE = 6;
const IDLE_MS = 20;
/** An operation that is open for so long has lost its process. */
const [RECOVER_EVERY_MS, OPEN_MS_MAX] = [1_000, 4_000];

runPart<MerchantData>(async (context) => {
  const { count, took } = context;
  const merchant = await openMerchant(context);
  let isOver = false;
  const loops = Promise.all([
    forEver(async () => {
      const claims = await merchant.queue.claim(AT_ONCE);
      await Promise.all(claims.map((claim) => work(claim)));
      return claims.length > 0;
    }),
    forEver(async () => (await merchant.orders.relay((event) => publish(merchant, event))) > 0),
    forEver(async () => {
      await merchant.orders.recover(OPEN_MS_MAX);
      await sleep(RECOVER_EVERY_MS);
      return false;
    }),
  ]);
  return {
    close: async () => {
      isOver = true;
      await loops;
      await merchant.database.close();
    },
  };

  /** A database that is away for a moment ends nothing. */
  async function forEver(turn: () => Promise<boolean>): Promise<void> {
    while (!isOver) {
      const isBusy = await turn().catch((error: Error) => {
        report(error);
        return false;
      });
      if (!isBusy) await sleep(IDLE_MS);
    }
  }

  async function work(claim: Claim): Promise<void> {
    const startedAt = performance.now();
    const failure = await attempt(merchant, claim);
    if (failure === null) await merchant.queue.finish(claim, async () => {});
    else if ((await merchant.queue.fail(claim, failure)) !== "lost")
      count(failure.kind === "poison" ? "poison" : "retries");
    count("requests");
    took(performance.now() - startedAt);
  }
});

/** Null when there is nothing left to do. */
async function attempt(merchant: Merchant, { message }: Claim): Promise<Failure | null> {
  const { orders } = merchant;
  const task = readTask(message.body);
  if (task === null) return { kind: "poison", reason: "the body is no task" };
  let order = await orders.get(message.payment);
  if (order === null) return { kind: "poison", reason: "there is no such payment" };
  if (openOf(order) !== null) {
    // Of this task or of an earlier one: nothing else is begun before it is known.
    order = (await orders.resume(order.id)).order!;
    if (openOf(order) !== null) return inDoubt(merchant, order);
  }
  const result = await perform(merchant, order, task);
  // What cannot be done any more is not tried again: the payer was faster, or the bank.
  if (result === null || result.status === "refused") return null;
  return openOf(result.order) === null ? null : inDoubt(merchant, result.order);
}

function perform({ orders }: Merchant, order: Order, task: Task) {
  const { id, operations } = order;
  switch (task.do) {
    case "authorize":
      // The answer to an earlier attempt of this task was lost, and is known by now.
      if (operations.some(({ kind, subject }) => kind === "authorize" && subject === task.method)) return null;
      return orders.authorize(id, task.method);
    case "capture":
      return orders.capture(id);
    case "refund":
      return orders.refund(id, task.refundId, task.amount);
    case "deliver":
      return orders.confirmDelivery(id);
    case "pay-out":
      return orders.payOut(id);
  }
}

const openOf = ({ operations }: Order) => operations.find(({ status }) => status === "open") ?? null;

/** A payer who is asked by the bank may take an hour: a webhook will tell, and no worker waits for it. */
async function inDoubt({ psp }: Merchant, order: Order): Promise<Failure | null> {
  const open = openOf(order)!;
  const isAsked = open.kind === "authorize" && (await psp.nextPage(open.reference).catch(() => null)) !== null;
  return isAsked ? null : { kind: "no-answer", reason: `${open.reference} is in doubt` };
}

/** The consumer of the outbox: notes each event once, and what follows from it in the same transaction. */
function publish(merchant: Merchant, event: OrderEvent): Promise<void> {
  return merchant.database.session((session) =>
    inTransaction(session, async () => {
      const noted = await session.query<{ seen: number }>(
        `INSERT INTO service_notices AS known (event_id, order_id, sequence, type, seen) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (event_id) DO UPDATE SET seen = known.seen + 1 RETURNING seen`,
        [event.id, event.orderId, event.sequence, event.type],
      );
      if (noted.rows[0]!.seen > 1 || event.type !== "authorized") return;
      const task: Task = { do: "capture" };
      await enqueue(merchant, session, { id: `capture/${event.id}`, payment: event.orderId, task });
    }),
  );
}

const KINDS: readonly string[] = ["authorize", "capture", "refund", "deliver", "pay-out"] satisfies Task["do"][];

function readTask(body: string): Task | null {
  try {
    const task = JSON.parse(body) as Task;
    return KINDS.includes(task.do) ? task : null;
  } catch {
    return null;
  }
}
