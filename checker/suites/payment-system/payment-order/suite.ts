import { stage, subject } from "../../../kit/index.ts";
import { oneStepPromises } from "./stage-one-step.ts";
import { transitionPromises } from "./stage-transitions.ts";
import { unknownPromises } from "./stage-unknown.ts";
import { webhookPromises } from "./stage-webhooks.ts";

const module = await subject<typeof import("../../../../solutions/payment-system/payment-order.ts")>();

stage(1, "Transitions as data", () => {
  transitionPromises(module);
});

stage(2, "State, ledger and outbox in one step", () => {
  oneStepPromises(module);
});

stage(3, "Unknown outcomes", () => {
  unknownPromises(module);
});

stage(4, "Webhooks in any order", () => {
  webhookPromises(module);
});
