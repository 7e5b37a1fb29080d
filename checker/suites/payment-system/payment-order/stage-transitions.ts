/** Stage 1: the pure part. */

import type { Decision, Input, Order } from "../../../../solutions/payment-system/payment-order.ts";
import { behavior, collidingNamePairs, counts, ensure, expect, fc, forAll, show, step } from "../../../kit/index.ts";
import { record } from "../../../kit/recorder.ts";
import { lookAtEveryOrder, SPACES } from "./every-order.ts";
import { alongTransitions, amountsAddUp, anyOrder, oneCapture } from "./invariants.ts";
import { payInAfter, payOutAfter } from "./model.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");

export function transitionPromises(module: Module): void {
  const { decide, newOrder, nextPayIn, nextPayOut, PAY_IN_EVENTS, PAY_IN_STATES, PAY_OUT_EVENTS, PAY_OUT_STATES } =
    module;

  const decided = (order: Order, input: Input, nowMs = 0): Decision & { status: "ok" } => {
    const decision = decide(order, input, nowMs);
    step(`${show(input)} -> ${decision.status === "ok" ? decision.order.state : `refused: ${decision.reason}`}`);
    ensure(decision.status === "ok", () => ({ expected: "ok", got: show(decision) }));
    return decision as Decision & { status: "ok" };
  };

  behavior("knows every transition of pay-in and pay-out, and no other", alongTransitions, () => {
    for (const state of PAY_IN_STATES) {
      for (const event of PAY_IN_EVENTS) {
        const [got, expected] = [nextPayIn(state, event), payInAfter(state, event)];
        ensure(got === expected, () => ({
          steps: [`nextPayIn("${state}", "${event}")`],
          expected: show(expected),
          got: show(got),
        }));
      }
    }
    for (const state of PAY_OUT_STATES) {
      for (const event of PAY_OUT_EVENTS) {
        const [got, expected] = [nextPayOut(state, event), payOutAfter(state, event)];
        ensure(got === expected, () => ({
          steps: [`nextPayOut("${state}", "${event}")`],
          expected: show(expected),
          got: show(got),
        }));
      }
    }
  });

  behavior("decides every input in every state as the contract says", alongTransitions, () => {
    for (const space of SPACES) record({ kind: "explored", space: lookAtEveryOrder(module, space) });
  });

  behavior("what the PSP says of a capture means the same in every order, and however often", anyOrder, () => {
    const start = inDoubtOfACapture();
    const { reference, amount } = start.operations[1]!;
    const base = { reference, kind: "capture", amount, currency: "EUR", captureBefore: null } as const;
    const said = [
      { ...base, status: "pending" as const, chargedBack: 0 },
      { ...base, status: "succeeded" as const, chargedBack: 0 },
      { ...base, status: "succeeded" as const, chargedBack: 2 },
      { ...base, status: "succeeded" as const, chargedBack: 5 },
    ];
    for (const order of sequencesOf(said.length, 4)) {
      let now = start;
      let [came, wentBack] = [0, 0];
      for (const i of order) {
        const { order: after, transfers } = decided(now, { type: "see", object: said[i]! });
        for (const { postings } of transfers) {
          const toMerchant = postings.find(({ account }) => account === "merchant:shop")?.amount ?? Number.NaN;
          if (toMerchant > 0) came += toMerchant;
          else wentBack -= toMerchant;
        }
        now = after;
      }
      const furthest = Math.max(...order);
      const expected = { came: furthest > 0 ? 9 : 0, wentBack: [0, 0, 2, 5][furthest] };
      ensure(show({ came, wentBack }) === show(expected) && now.chargedBack === expected.wentBack, () => ({
        steps: order.map((i) => `the PSP says ${said[i]!.status}, ${said[i]!.chargedBack} charged back in all`),
        expected: show(expected),
        got: show({ came, wentBack }),
      }));
    }

    function inDoubtOfACapture(): Order {
      let order = newOrder({ id: "o", merchant: "shop", amount: 9, currency: "EUR" });
      order = decided(order, { type: "assess", verdict: "accept" }).order;
      order = decided(order, { type: "authorize", method: "pm" }).order;
      const object = {
        reference: order.operations[0]!.reference,
        kind: "authorize",
        amount: 9,
        currency: "EUR",
      } as const;
      const held = { ...object, status: "succeeded", captureBefore: 100, chargedBack: 0 } as const;
      order = decided(order, { type: "see", object: held }).order;
      return decided(order, { type: "capture" }).order;
    }
  });

  behavior("no two orders share a reference, an event or a transfer, whatever their ids are", oneCapture, () => {
    forAll(
      fc.tuple(
        collidingNamePairs({ allowed: (name) => name !== "" && !name.includes("\0") }),
        fc.constantFrom("", "/1", "/authorize", "/refund/1", ":1", "-1"),
      ),
      ([[[a, refundA], [b, refundB]], suffix]) => {
        const seen = new Map<string, string>();
        const orders = [
          [a, `refund/${refundB}`],
          [b, refundB],
          [`${a}${suffix}`, refundB],
          [`${a}${suffix}1`, refundA],
          [`${a}/refund`, refundB],
        ] as const;
        for (const [id, refundId] of new Map(orders)) {
          const said = everythingOf(id, refundId);
          ensure(said.size === EVERYTHING, () => ({ expected: `${EVERYTHING} different ids`, got: show([...said]) }));
          for (const each of said) {
            ensure(!seen.has(each), () => ({
              expected: "ids that belong to one order",
              got: `${show(each)} of ${show(seen.get(each))} and of ${show(id)}`,
            }));
            seen.set(each, id);
          }
        }
      },
      { runs: 25 },
    );
  });

  /** Two authorizations, a capture, two refunds, a chargeback: 5 operations, 12 events, 4 transfers. */
  const EVERYTHING = 5 + 12 + 4;

  function everythingOf(id: string, refundId: string): Set<string> {
    const said = new Set<string>();
    let order = newOrder({ id, merchant: "shop", amount: 9, currency: "EUR" });
    const take = (input: Input): void => {
      const decision = decided(order, input);
      order = decision.order;
      for (const event of decision.events) said.add(`event ${event.id}`);
      for (const transfer of decision.transfers) said.add(`transfer ${transfer.id}`);
      for (const { reference } of order.operations) said.add(`reference ${reference}`);
    };
    const see = (status: "declined" | "succeeded", chargedBack = 0, i = order.operations.length - 1): void => {
      const { reference, kind, amount } = order.operations[i]!;
      const object = { reference, kind, amount, currency: "EUR", status, captureBefore: 100, chargedBack };
      take({ type: "see", object });
    };
    take({ type: "assess", verdict: "accept" });
    take({ type: "authorize", method: "pm" });
    see("declined");
    take({ type: "authorize", method: "pm" });
    see("succeeded");
    take({ type: "capture" });
    see("succeeded");
    take({ type: "refund", refundId, amount: 1 });
    see("succeeded");
    take({ type: "refund", refundId: `${refundId}/1`, amount: 2 });
    see("succeeded");
    see("succeeded", 3, 2);
    for (const { id: each } of [...said].map((text) => ({ id: text })))
      ensure(each.length <= "reference ".length + 255, () => ({ expected: "at most 255 characters", got: show(each) }));
    return said;
  }

  behavior("counts amounts up to 2^53 - 1, and refuses what is none", amountsAddUp, () => {
    const request = { id: "o", merchant: "shop", amount: 1, currency: "EUR" };
    for (const wrong of [
      { amount: 0 },
      { amount: -1 },
      { amount: 0.5 },
      { amount: 2 ** 53 },
      { amount: Number.NaN },
      { currency: "eur" },
      { currency: "EURO" },
      { currency: "" },
      { id: "" },
      { id: "a\0b" },
      { id: "\ud800" },
      { id: "x".repeat(201) },
      { merchant: "" },
    ])
      ensureRangeError(() => newOrder({ ...request, ...wrong }), `an order with ${show(wrong)}`);
    forAll(counts({ min: 2, max: Number.MAX_SAFE_INTEGER }), (amount) => {
      let order = newOrder({ ...request, amount });
      const see = (): void => {
        const { reference, kind, amount: asked } = order.operations.at(-1)!;
        const object = { reference, kind, amount: asked, currency: "EUR", chargedBack: 0, captureBefore: 9 };
        order = decided(order, { type: "see", object: { ...object, status: "succeeded" } }).order;
      };
      order = decided(order, { type: "assess", verdict: "accept" }).order;
      order = decided(order, { type: "authorize", method: "pm" }).order;
      see();
      order = decided(order, { type: "capture" }).order;
      see();
      for (const wrong of [0, -1, 1.5, Number.NaN, 2 ** 53])
        ensureRangeError(
          () => decide(order, { type: "refund", refundId: "x", amount: wrong }, 0),
          `a refund of ${wrong}`,
        );
      for (const wrong of ["", "a\0b", "\ud800", "x".repeat(201)])
        ensureRangeError(
          () => decide(order, { type: "refund", refundId: wrong, amount: 1 }, 0),
          `refund ${show(wrong)}`,
        );
      order = decided(order, { type: "refund", refundId: "r1", amount: amount - 1 }).order;
      see();
      expect(decide(order, { type: "refund", refundId: "r2", amount: 2 }, 0)).toEqual({
        status: "refused",
        reason: "amount",
      });
      order = decided(order, { type: "refund", refundId: "r3", amount: 1 }).order;
      see();
      expect([order.state, order.captured, order.refunded]).toEqual(["refunded", amount, amount]);
    });
  });
}

function ensureRangeError(run: () => unknown, what: string): void {
  let thrown: unknown = null;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  ensure(thrown instanceof RangeError, () => ({
    expected: `a RangeError for ${what}`,
    got: thrown === null ? "none" : show(thrown),
  }));
}

/** All sequences of up to `length` numbers below `count`, one at least. */
function sequencesOf(count: number, length: number): number[][] {
  let all: number[][] = [[]];
  const found: number[][] = [];
  for (let i = 0; i < length; i++) {
    all = all.flatMap((each) => Array.from({ length: count }, (_, next) => [...each, next]));
    found.push(...all);
  }
  return found;
}
