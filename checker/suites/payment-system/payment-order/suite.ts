import { stage, subject } from "../../../kit/index.ts";
import { transitionPromises } from "./stage-transitions.ts";

const module = await subject<typeof import("../../../../solutions/payment-system/payment-order.ts")>();

stage(1, "Transitions as data", () => {
  transitionPromises(module);
});
