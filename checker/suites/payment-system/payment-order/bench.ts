import type { PspObject } from "../../../../given/payment-system/psp.ts";
import type { Input, Order } from "../../../../solutions/payment-system/payment-order.ts";
import { defineBench } from "../../../kit/bench.ts";
import { freshDatabase } from "../../../kit/postgres.ts";
import { SimPsp } from "./sim-psp.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");

/**
 * A payment from the fraud check to a refund and a payout, decided only; `wanted` of its operations, in their order.
 */
function decidePayment({ decide, newOrder }: Module, id: string, amount: number): Order {
  let order = newOrder({ id, merchant: "shop", amount, currency: "EUR" });
  const take = (input: Input): void => {
    const decision = decide(order, input, 0);
    if (decision.status === "ok") order = decision.order;
  };
  const see = (): void => {
    const { reference, kind, amount: asked } = order.operations.at(-1)!;
    const object = { reference, kind, amount: asked, currency: "EUR", status: "succeeded", chargedBack: 0 } as const;
    const said: PspObject = { ...object, captureBefore: kind === "authorize" ? 1_000 : null };
    // Every answer comes by a webhook too.
    take({ type: "see", object: said });
    take({ type: "see", object: said });
  };
  take({ type: "assess", verdict: "accept" });
  take({ type: "authorize", method: "pm" });
  see();
  take({ type: "capture" });
  see();
  take({ type: "refund", refundId: "r", amount: 1 });
  see();
  take({ type: "deliver" });
  take({ type: "pay-out" });
  see();
  return order;
}

/** Statements and calls of the PSP that 20 payments need, from the fraud check to the payout; nothing is lost. */
async function departuresPerPayment(module: Module): Promise<number> {
  const database = await freshDatabase(module.schema());
  const client = database.client();
  const psp = new SimPsp(() => 0);
  const orders = new module.PaymentOrders({ database: client.database, psp, post: async () => {}, clock: () => 0 });
  const payments = 20;
  for (let i = 0; i < payments; i++) {
    const id = `order-${i}`;
    await orders.create({ id, merchant: "shop", amount: 10, currency: "EUR" });
    await orders.assess(id, "accept");
    await orders.authorize(id, "pm");
    await orders.capture(id);
    await orders.confirmDelivery(id);
    const { order } = await orders.payOut(id);
    if (order?.payout !== "paid") return Number.POSITIVE_INFINITY;
  }
  await client.close();
  return (client.departures.length + psp.sent.length) / payments;
}

export default defineBench<Module>([
  {
    kind: "ratio",
    name: "deciding payments",
    workload:
      "payments from the fraud check to a refund and a payout; every answer of the PSP comes twice; no database",
    unit: "payments/s",
    threshold: 0.25,
    setup(module) {
      let i = 0;
      return {
        opsPerRun: 20,
        run() {
          let paidOut = 0;
          for (let k = 0; k < 20; k++) paidOut += decidePayment(module, `order-${++i % 1_000}`, 100 + k).paidOut;
          return paidOut;
        },
      };
    },
  },
  {
    kind: "count",
    name: "statements and calls for a payment",
    workload: "20 payments, created, accepted, authorized, captured, delivered and paid out; nothing is lost",
    unit: "statements and calls",
    // The reference: 9 transactions of 5 to 6 statements, 3 calls. Another style may read, lock and write apart.
    atMost: 90,
    count: departuresPerPayment,
  },
]);
