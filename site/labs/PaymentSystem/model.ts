import type { LabModel } from "../kit/session.ts";
import type { CallName, Fault } from "./calls.ts";
import { type Command, Payment } from "./payment.ts";
import { type PresetName, payAtMs, presets } from "./presets.ts";
import type { Recovery } from "./workers.ts";

export interface Params {
  readonly preset: PresetName;
}

export type Action =
  | { readonly kind: "do"; readonly command: Command }
  /** Null: it passes. */
  | { readonly kind: "fault"; readonly call: CallName; readonly fault: Fault | null }
  | { readonly kind: "all pass" }
  | { readonly kind: "repeat"; readonly isRepeated: boolean }
  | { readonly kind: "recovery"; readonly recovery: Recovery };

export interface State {
  readonly payment: Payment;
  readonly params: Params;
  /** How much of the preset's script has been played. */
  played: number;
}

export const runMs = 20_000;

/** One payment that the reader sabotages. Everything is a function of seed, preset and what the reader did. */
export const model: LabModel<State, Params, Action> = {
  stepMs: 20,

  init(seed, params) {
    const { faults, isRepeated = false, recovery = "ask" } = presets[params.preset];
    const payment = new Payment(seed);
    for (const [call, fault] of Object.entries(faults)) payment.wire.faults.set(call as CallName, fault);
    payment.wire.isRepeated = isRepeated;
    payment.workers.recovery = recovery;
    return { payment, params, played: 0 };
  },

  step(state) {
    const { payment, params } = state;
    const script = [[payAtMs, "pay"] as const, ...presets[params.preset].script];
    payment.advance(payment.nowMs + model.stepMs);
    for (; state.played < script.length && script[state.played]![0] <= payment.nowMs; state.played++)
      payment.do(script[state.played]![1]);
    return state;
  },

  act(state, action) {
    const { payment } = state;
    switch (action.kind) {
      case "do":
        payment.do(action.command);
        break;
      case "fault":
        if (action.fault === null) payment.wire.faults.delete(action.call);
        else payment.wire.faults.set(action.call, action.fault);
        break;
      case "all pass":
        payment.wire.faults.clear();
        break;
      case "repeat":
        payment.wire.isRepeated = action.isRepeated;
        break;
      case "recovery":
        payment.workers.recovery = action.recovery;
    }
    return state;
  },

  isDone: ({ payment }) => payment.nowMs >= runMs,
};
