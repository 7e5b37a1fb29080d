import type { CallName, Fault } from "./calls.ts";
import type { Command } from "./payment.ts";
import type { Recovery } from "./workers.ts";

export type PresetName = "answer" | "webhook" | "killed" | "dead" | "twice" | "nothing";

export interface Preset {
  readonly title: string;
  readonly about: string;
  readonly faults: Readonly<Partial<Record<CallName, Fault>>>;
  readonly isRepeated?: boolean;
  readonly recovery?: Recovery;
  /** Pressed by itself, in order of time, ms; the customer pays before all of it. */
  readonly script: readonly (readonly [atMs: number, command: Command])[];
  /** When the reader comes in. */
  readonly startMs: number;
}

export const payAtMs = 200;

export const presets: Readonly<Record<PresetName, Preset>> = {
  answer: {
    title: "Answer lost",
    about:
      "The provider has charged the card, and its answer was lost. The worker still waits. Press Pay again, step on, " +
      "and find what ends the doubt.",
    faults: { capture: "answer-lost", webhook: "late" },
    script: [],
    startMs: 2_400,
  },
  webhook: {
    title: "Webhook twice",
    about:
      "The capture's answer is lost, and so is the worker's question. The webhook evt_1 comes twice, and once more " +
      "after a refund. Which of the three changes the books?",
    faults: { capture: "answer-lost", ask: "request-lost", webhook: "twice" },
    script: [
      [8_000, "refund"],
      [10_500, "resend"],
    ],
    startMs: 3_300,
  },
  killed: {
    title: "Worker killed",
    about:
      "The worker died after the charge and before its commit. Its lease still runs, and the provider has forgotten " +
      "the key meanwhile. Step to the next claim: it asks before it sends.",
    faults: { capture: "killed", webhook: "late" },
    script: [[3_500, "forget"]],
    startMs: 3_600,
  },
  dead: {
    title: "Dead letter",
    about:
      "No question is answered and no webhook comes, until the attempts are used up. The provider has forgotten the " +
      "key. Press All pass, then Redrive.",
    faults: { capture: "answer-lost", ask: "error-after", webhook: "request-lost" },
    isRepeated: true,
    script: [[7_500, "forget"]],
    startMs: 7_700,
  },
  twice: {
    title: "Charged twice",
    about:
      "A worker that does not ask. The first one died after the charge, the provider has forgotten the key, and the " +
      "second one sends the same request again.",
    faults: { capture: "killed", webhook: "late" },
    recovery: "same-key",
    script: [[3_500, "forget"]],
    startMs: 6_800,
  },
  nothing: {
    title: "No fault",
    about: "Every arrow passes. Sabotage one of them before it is sent, or while it is on its way.",
    faults: {},
    script: [],
    startMs: 1_200,
  },
};
