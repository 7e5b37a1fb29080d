/**
 * Linearizability: is what clients saw explained by one object that does one operation at a time?
 *
 *     const result = check(casRegister(), history);
 *     if (result.verdict === "not-linearizable") print(renderCounterexample(result.counterexample, result.part));
 *
 * Herlihy and Wing, "Linearizability", 1990; Wing and Gong, "Testing and Verifying Concurrent Objects", 1993;
 * Lowe, "Testing for linearizability", 2017; Horn and Kroening, "Faster linearizability checking via
 * P-compositionality", 2015.
 */
export { type CheckOptions, type CheckResult, check, type Figures } from "./linearizability/check.ts";
export type { Counterexample, WindowOperation } from "./linearizability/explain.ts";
export { type History, HistoryRecorder, type Operation } from "./linearizability/history.ts";
export {
  type Lookahead,
  type Model,
  type SequentialObject,
  sequential,
  UNKNOWN,
  type Unknown,
} from "./linearizability/model.ts";
export * from "./linearizability/models.ts";
export { parseJepsenRegister, parseKeyValue } from "./linearizability/parse.ts";
export { type Bar, type Drawing, drawing, renderCounterexample } from "./linearizability/render.ts";
