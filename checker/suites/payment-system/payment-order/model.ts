/** What `decide` is compared with: the contract as rows and rules, on a payment that knows its operations by number. */

import type { PspKind, PspStatus } from "../../../../given/payment-system/psp.ts";
import type {
  OrderEvent,
  PayInEvent,
  PayInState,
  PayOutEvent,
  PayOutState,
  Refusal,
} from "../../../../solutions/payment-system/payment-order.ts";

export const PAY_IN_ROWS: readonly (readonly [from: PayInState, on: PayInEvent, to: PayInState])[] = [
  ["created", "accepted", "ready"],
  ["created", "held_for_review", "review"],
  ["created", "rejected", "rejected"],
  ["review", "accepted", "ready"],
  ["review", "rejected", "rejected"],
  ["ready", "authorize_begun", "authorizing"],
  ["ready", "authorized", "authorized"],
  ["authorizing", "authorized", "authorized"],
  ["authorizing", "authorize_declined", "ready"],
  ["authorized", "capture_begun", "capturing"],
  ["authorized", "hold_lapsed", "ready"],
  ["capturing", "captured", "captured"],
  ["capturing", "capture_declined", "ready"],
  ["captured", "refund_begun", "refunding"],
  ["captured", "charged_back", "charged_back"],
  ["refunding", "refunded_in_part", "captured"],
  ["refunding", "refunded_in_full", "refunded"],
  ["refunding", "refund_declined", "captured"],
  ["refunding", "charged_back", "charged_back"],
  ["refunded", "charged_back", "charged_back"],
  ["charged_back", "refunded_in_part", "charged_back"],
  ["charged_back", "refunded_in_full", "charged_back"],
  ["charged_back", "refund_declined", "charged_back"],
  ["charged_back", "charged_back", "charged_back"],
];

export const PAY_OUT_ROWS: readonly (readonly [from: PayOutState, on: PayOutEvent, to: PayOutState])[] = [
  ["held", "delivered", "payable"],
  ["payable", "payout_begun", "paying"],
  ["paying", "paid", "paid"],
  ["paying", "payout_declined", "payable"],
];

export interface ModelOperation {
  readonly kind: PspKind;
  readonly amount: number;
  status: "open" | "declined" | "succeeded";
  /** The method, the merchant, or the number of the operation that this one is about. */
  readonly subject: string | number;
  readonly refundId: string | null;
}

export interface Model {
  state: PayInState;
  payout: PayOutState;
  version: number;
  hold: { readonly operation: number; readonly captureBefore: number } | null;
  captured: number;
  refunded: number;
  chargedBack: number;
  paidOut: number;
  operations: ModelOperation[];
}

/** As `Input`, with an operation's number for a reference. */
export type ModelInput =
  | { readonly type: "assess"; readonly verdict: "accept" | "review" | "reject" }
  | { readonly type: "authorize"; readonly method: string }
  | { readonly type: "capture" | "lapse" | "deliver" | "pay-out" }
  | { readonly type: "refund"; readonly refundId: string; readonly amount: number }
  | {
      readonly type: "see";
      readonly operation: number;
      readonly status: PspStatus;
      readonly captureBefore: number | null;
      readonly chargedBack: number;
    };

export interface Step {
  readonly refusal: Refusal | null;
  readonly after: Model;
  readonly events: readonly (readonly [type: OrderEvent["type"], amount: number])[];
  /** Of each transfer, what came to the merchant. */
  readonly moved: readonly number[];
}

export const MODEL_MERCHANT = "shop";

export function newModel(): Model {
  const money = { captured: 0, refunded: 0, chargedBack: 0, paidOut: 0 };
  return { state: "created", payout: "held", version: 1, hold: null, ...money, operations: [] };
}

export function payInAfter(state: PayInState, event: PayInEvent): PayInState | null {
  return PAY_IN_ROWS.find(([from, on]) => from === state && on === event)?.[2] ?? null;
}

export function payOutAfter(state: PayOutState, event: PayOutEvent): PayOutState | null {
  return PAY_OUT_ROWS.find(([from, on]) => from === state && on === event)?.[2] ?? null;
}

export function stepOf(before: Model, input: ModelInput, nowMs: number, amount: number): Step {
  const run = new Run(copy(before), amount);
  const refusal = run.take(input, nowMs);
  return refusal === null
    ? { refusal, after: run.model, events: run.events, moved: run.moved }
    : { refusal, after: before, events: [], moved: [] };
}

function copy(model: Model): Model {
  return { ...model, operations: model.operations.map((each) => ({ ...each })) };
}

class Run {
  readonly events: [OrderEvent["type"], number][] = [];
  readonly moved: number[] = [];
  readonly model: Model;
  readonly #amount: number;

  constructor(model: Model, amount: number) {
    this.model = model;
    this.#amount = amount;
  }

  take(input: ModelInput, nowMs: number): Refusal | null {
    const { model } = this;
    const { hold } = model;
    const isLapsed = hold !== null && nowMs >= hold.captureBefore;
    switch (input.type) {
      case "assess": {
        const event = { accept: "accepted", review: "held_for_review", reject: "rejected" } as const;
        return this.#in(event[input.verdict], this.#amount);
      }
      case "authorize":
        return this.#in("authorize_begun", this.#amount) ?? this.#begin("authorize", this.#amount, input.method);
      case "capture":
        if (model.state !== "authorized" || isLapsed) return "state";
        return this.#in("capture_begun", this.#amount) ?? this.#begin("capture", this.#amount, hold!.operation);
      case "lapse":
        if (model.state !== "authorized" || !isLapsed) return "state";
        model.hold = null;
        return this.#in("hold_lapsed", this.#amount);
      case "refund": {
        const known = model.operations.find(({ refundId }) => refundId === input.refundId);
        if (known !== undefined) return known.amount === input.amount ? null : "conflict";
        if (model.state !== "captured" || model.payout === "paying") return "state";
        if (model.refunded + input.amount > model.captured) return "amount";
        const capture = model.operations.findIndex(({ kind, status }) => kind === "capture" && status === "succeeded");
        this.#in("refund_begun", input.amount);
        return this.#begin("refund", input.amount, capture, input.refundId);
      }
      case "deliver":
        if (model.state !== "captured" && model.state !== "refunding") return "state";
        return this.#out("delivered", this.#amount);
      case "pay-out": {
        if (model.state !== "captured") return "state";
        const left = model.captured - model.refunded;
        return this.#out("payout_begun", left) ?? this.#begin("payout", left, MODEL_MERCHANT);
      }
      case "see":
        this.#see(input);
        return null;
    }
  }

  #see({ operation: number, status, captureBefore, chargedBack }: ModelInput & { type: "see" }): void {
    const { model } = this;
    const operation = model.operations[number]!;
    const { kind, amount } = operation;
    const was = operation.status;
    const isRevived = kind === "authorize" && was === "declined" && status === "succeeded";
    if (status !== "pending" && (was === "open" || isRevived)) {
      operation.status = status;
      if (status === "declined") {
        if (kind === "payout") this.#out("payout_declined", amount);
        else this.#in(`${kind}_declined`, amount);
        if (kind === "capture") model.hold = null;
      } else if (kind === "authorize") {
        if (isRevived && model.state !== "ready") this.#say("authorization_unused", amount);
        else {
          model.hold = { operation: number, captureBefore: captureBefore! };
          this.#in("authorized", amount);
        }
      } else if (kind === "capture") {
        model.captured += amount;
        model.hold = null;
        this.#in("captured", amount);
        this.moved.push(amount);
      } else if (kind === "refund") {
        model.refunded += amount;
        this.#in(model.refunded === model.captured ? "refunded_in_full" : "refunded_in_part", amount);
        this.moved.push(-amount);
      } else {
        model.paidOut += amount;
        this.#out("paid", amount);
        this.moved.push(-amount);
      }
    }
    const more = chargedBack - model.chargedBack;
    if (kind !== "capture" || operation.status !== "succeeded" || more <= 0) return;
    model.chargedBack = chargedBack;
    this.#in("charged_back", more);
    this.moved.push(-more);
  }

  #in(event: PayInEvent, amount: number): Refusal | null {
    const to = payInAfter(this.model.state, event);
    if (to === null) return "state";
    this.model.state = to;
    return this.#say(event, amount);
  }

  #out(event: PayOutEvent, amount: number): Refusal | null {
    const to = payOutAfter(this.model.payout, event);
    if (to === null) return "state";
    this.model.payout = to;
    return this.#say(event, amount);
  }

  #say(type: OrderEvent["type"], amount: number): null {
    this.events.push([type, amount]);
    this.model.version++;
    return null;
  }

  #begin(kind: PspKind, amount: number, subject: string | number, refundId: string | null = null): null {
    this.model.operations.push({ kind, amount, status: "open", subject, refundId });
    return null;
  }
}
