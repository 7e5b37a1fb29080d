/** Every payment that a few inputs can make, looked at one by one: `decide` beside the model. */

import type { ExploredSpace } from "../../../../course/report.ts";
import type { PspKind, PspObject } from "../../../../given/payment-system/psp.ts";
import type { Decision, Input, Order } from "../../../../solutions/payment-system/payment-order.ts";
import { ensure, show } from "../../../kit/index.ts";
import { MODEL_MERCHANT, type Model, type ModelInput, newModel, type Step, stepOf } from "./model.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");
type Core = Pick<Module, "decide" | "newOrder">;

const AMOUNT = 3;
const CAPTURE_BEFORE = 100;
const TIMES = [0, CAPTURE_BEFORE];
const REQUEST = { id: "order", merchant: MODEL_MERCHANT, amount: AMOUNT, currency: "EUR" };

/** How many operations of each kind a payment may have. */
export interface Bounds {
  readonly space: string;
  readonly most: Readonly<Record<PspKind, number>>;
}

/** Every way to two attempts, and every way to give money back and to pay it out: more begin nothing new. */
export const SPACES: readonly Bounds[] = [
  { space: "two attempts to authorize and to capture", most: { authorize: 2, capture: 2, refund: 1, payout: 0 } },
  { space: "one capture, two refunds, two payouts", most: { authorize: 1, capture: 1, refund: 2, payout: 2 } },
];

interface Place {
  readonly order: Order;
  readonly model: Model;
  /** The place before, and the input that led here. */
  readonly from: { readonly place: Place; readonly words: string } | null;
  readonly depth: number;
}

/** Walks through all of them, and refuses the first decision that differs, on a shortest way. */
export function lookAtEveryOrder({ decide, newOrder }: Core, { space, most }: Bounds): ExploredSpace {
  const start: Place = { order: freeze(newOrder(REQUEST)), model: newModel(), from: null, depth: 0 };
  const seen = new Set([keyOf(start.model)]);
  const places = [start];
  let events = 0;
  for (const place of places) {
    for (const input of inputsAt(place.model)) {
      for (const nowMs of input.type === "capture" || input.type === "lapse" ? TIMES : [0]) {
        const step = stepOf(place.model, input, nowMs, AMOUNT);
        const given = freeze(inputFor(place.order, input));
        const decision = decide(place.order, given, nowMs);
        compare(place, input, nowMs, decision, step);
        events++;
        if (decision.status === "refused" || !isWithin(step.after, most)) continue;
        const key = keyOf(step.after);
        if (seen.has(key)) continue;
        seen.add(key);
        const words = wordsOf(input, nowMs);
        const from = { place, words };
        places.push({ order: freeze(decision.order), model: step.after, from, depth: place.depth + 1 });
      }
    }
  }
  const what = `one payment of ${AMOUNT}, ${space}: every input in every state`;
  return { what, verdict: "exhausted", states: places.length, events, depth: places.at(-1)!.depth };
}

function inputsAt({ operations }: Model): ModelInput[] {
  const seen = operations.flatMap(({ kind }, operation) => {
    const hold = { captureBefore: CAPTURE_BEFORE, chargedBack: 0 };
    const none = { captureBefore: null, chargedBack: 0 };
    const base = { type: "see", operation } as const;
    return [
      { ...base, status: "pending" as const, ...none },
      { ...base, status: "declined" as const, ...none },
      { ...base, status: "succeeded" as const, ...(kind === "authorize" ? hold : none) },
      ...(kind === "capture"
        ? [1, AMOUNT].map((chargedBack) => ({
            ...base,
            status: "succeeded" as const,
            captureBefore: null,
            chargedBack,
          }))
        : []),
    ];
  });
  return [...COMMANDS, ...seen];
}

const COMMANDS: readonly ModelInput[] = [
  { type: "assess", verdict: "accept" },
  { type: "assess", verdict: "review" },
  { type: "assess", verdict: "reject" },
  { type: "authorize", method: "pm_1" },
  { type: "capture" },
  { type: "lapse" },
  { type: "deliver" },
  { type: "pay-out" },
  { type: "refund", refundId: "r1", amount: 1 },
  { type: "refund", refundId: "r1", amount: AMOUNT },
  { type: "refund", refundId: "r2", amount: 2 },
];

function isWithin({ operations }: Model, most: Bounds["most"]): boolean {
  const count = (kind: string): number => operations.filter((each) => each.kind === kind).length;
  return Object.entries(most).every(([kind, limit]) => count(kind) <= limit);
}

/** The version tells how often, which may be without end; nothing else depends on it. */
function keyOf({ version: _, ...model }: Model): string {
  return JSON.stringify(model);
}

function inputFor(order: Order, input: ModelInput): Input {
  if (input.type !== "see") return input as Input;
  const { operation, status, captureBefore, chargedBack } = input;
  return { type: "see", object: objectFor(order, operation, { status, captureBefore, chargedBack }) };
}

function objectFor(
  order: Order,
  operation: number,
  seen: Pick<PspObject, "status" | "captureBefore" | "chargedBack">,
): PspObject {
  const { reference, kind, amount } = order.operations[operation]!;
  return { reference, kind, amount, currency: order.currency, ...seen };
}

function compare(place: Place, input: ModelInput, nowMs: number, decision: Decision, step: Step): void {
  const got = told(place.order, decision);
  const expected = expectedOf(place, step);
  if (JSON.stringify(got) === JSON.stringify(expected)) return;
  const isSame = (part: string): boolean => JSON.stringify(got[part]) === JSON.stringify(expected[part]);
  const first = Object.keys(expected).find((part) => !isSame(part));
  ensure(false, () => ({
    steps: [...wayTo(place), wordsOf(input, nowMs)],
    expected: `${first}: ${show(expected[first!])}`,
    got: `${first}: ${show(got[first!])}`,
    ...(step.refusal === null ? {} : { note: `The payment is ${place.model.state} and ${place.model.payout}.` }),
  }));
}

/** The parts of a decision, in the order in which they are told when they differ. */
type Told = Readonly<Record<string, unknown>>;

function told(before: Order, decision: Decision): Told {
  if (decision.status === "refused") return { outcome: `refused: ${decision.reason}` };
  const { order, events, transfers } = decision;
  const references = order.operations.map(({ reference }) => reference);
  const { state, payout, captured, refunded, chargedBack, paidOut, version, hold } = order;
  return {
    outcome: "ok",
    state,
    payout,
    amounts: { captured, refunded, chargedBack, paidOut },
    hold: hold === null ? null : { operation: references.indexOf(hold.reference), captureBefore: hold.captureBefore },
    operations: order.operations.map(({ kind, amount, status, subject, refundId }) => ({
      kind,
      amount,
      status,
      subject: references.includes(subject) ? references.indexOf(subject) : subject,
      refundId,
    })),
    "different references": new Set(references).size === references.length,
    events: events.map(({ type, amount }) => [type, amount]),
    version: version - before.version,
    "numbers of the events": events.map(({ sequence, orderId }) => [sequence - before.version, orderId]),
    transfers: transfers.map(({ postings }) =>
      postings.map(({ account, amount, currency }) => `${account} ${amount} ${currency}`).sort(),
    ),
  };
}

function expectedOf({ order: { id } }: Place, { refusal, after, events, moved }: Step): Told {
  if (refusal !== null) return { outcome: `refused: ${refusal}` };
  const { state, payout, captured, refunded, chargedBack, paidOut, hold, operations } = after;
  return {
    outcome: "ok",
    state,
    payout,
    amounts: { captured, refunded, chargedBack, paidOut },
    hold,
    operations,
    "different references": true,
    events,
    version: events.length,
    "numbers of the events": events.map((_, i) => [i + 1, id]),
    transfers: moved.map((amount) => [`merchant:${MODEL_MERCHANT} ${amount} EUR`, `psp ${-amount} EUR`].sort()),
  };
}

function wayTo(place: Place): string[] {
  const words: string[] = [];
  for (let { from } = place; from !== null; from = from.place.from) words.unshift(from.words);
  return [`a new order of ${AMOUNT}`, ...words];
}

function wordsOf(input: ModelInput, nowMs: number): string {
  const late = nowMs === 0 ? "" : ", after the hold's date";
  if (input.type !== "see") {
    const { type, ...rest } = input;
    const what = Object.values(rest).join(", ");
    return `${type}${what === "" ? "" : ` ${what}`}${late}`;
  }
  const back = input.chargedBack > 0 ? `, ${input.chargedBack} charged back in all` : "";
  return `the PSP says ${input.status} of operation ${input.operation + 1}${back}${late}`;
}

/** What is given to `decide` is not its own: a write to it throws, or is lost. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) freeze(each);
  }
  return value;
}
