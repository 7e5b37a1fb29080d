import { expect, test } from "vitest";
import type { PspObject } from "../../given/payment-system/psp.ts";
import { decide, type Input, newOrder, nextPayIn, nextPayOut, type Order } from "./payment-order.ts";

/** Says several things to an order, one after the other; each must be allowed. */
function after(order: Order, ...inputs: readonly ((order: Order) => Input)[]): Order {
  return inputs.reduce((now, input) => {
    const decision = decide(now, input(now), 0);
    if (decision.status === "refused") throw new Error(`refused: ${decision.reason}`);
    return decision.order;
  }, order);
}

/** The PSP says this of the order's last operation. */
const says =
  (status: PspObject["status"]) =>
  ({ operations, currency }: Order): Input => {
    const { reference, kind, amount } = operations.at(-1)!;
    const captureBefore = kind === "authorize" && status === "succeeded" ? 604_800_000 : null;
    return { type: "see", object: { reference, kind, amount, currency, status, captureBefore, chargedBack: 0 } };
  };

const fresh = (): Order => newOrder({ id: "order-1", merchant: "shop", amount: 2_500, currency: "EUR" });
const accept = (): Input => ({ type: "assess", verdict: "accept" });
const authorize = (): Input => ({ type: "authorize", method: "pm_card" });
const capture = (): Input => ({ type: "capture" });

test("a payment moves along its transitions, and along no others", () => {
  expect(nextPayIn("created", "held_for_review")).toBe("review");
  expect(nextPayIn("created", "capture_begun")).toBeNull();
  expect(nextPayOut("payable", "payout_begun")).toBe("paying");
  expect(decide(fresh(), capture(), 0)).toEqual({ status: "refused", reason: "state" });
});

test("a decline ends the attempt and not the payment", () => {
  const declined = after(fresh(), accept, authorize, says("declined"));
  expect(declined.state).toBe("ready");
  const { state, operations } = after(declined, authorize, says("succeeded"));
  expect(state).toBe("authorized");
  expect(operations[0]!.reference).not.toBe(operations[1]!.reference);
});

test("an answer that comes twice moves the money once", () => {
  const order = after(fresh(), accept, authorize, says("succeeded"), capture);
  const input = says("succeeded")(order);
  const first = decide(order, input, 0);
  if (first.status === "refused") throw new Error(first.reason);
  expect(first.transfers).toHaveLength(1);
  expect(decide(first.order, input, 0)).toMatchObject({ status: "ok", events: [], transfers: [] });
});
