/** What clients of the log saw, and whether one map that does one thing at a time explains it. */

import { check, type History, type Model, renderCounterexample, sequential } from "../../../sim/linearizability.ts";
import type { Check } from "../../kit/define.ts";

export type Asked =
  | { readonly op: "get"; readonly key: string }
  | { readonly op: "set"; readonly key: string; readonly value: string }
  | { readonly op: "set-nx"; readonly key: string; readonly value: string }
  | { readonly op: "cas"; readonly key: string; readonly from: string; readonly to: string }
  | { readonly op: "del"; readonly key: string };

/** The value of a get; whether a `SET NX`, a CAS or a DEL did something; of a set nothing. */
export type Answered = string | null | boolean | undefined;

/** A map, key by key: each of them is a part of its own. */
export function mapModel(): Model<string | null, Asked, Answered> {
  return sequential<string | null, Asked, Answered>({
    name: "key-value map",
    init: () => null,
    apply(value, asked) {
      if (asked.op === "get") return [value, value];
      if (asked.op === "set") return [asked.value, undefined];
      if (asked.op === "del") return [null, value !== null];
      if (asked.op === "cas") return value === asked.from ? [asked.to, true] : [value, false];
      return value === null ? [asked.value, true] : [value, false];
    },
    sameOutput: (expected, got) => expected === got,
    key: (value) => (value === null ? "-" : `=${value}`),
    partition: ({ key }) => key,
    readOnly: ({ op }, output) => op === "get" || ((op === "set-nx" || op === "cas") && output === false),
    lookahead: {
      possible(value, asked, output) {
        if (asked.op === "get") return value === output;
        return asked.op !== "cas" || output !== true || value === asked.from;
      },
      enabledBy(other, asked, output) {
        const wanted = asked.op === "cas" ? asked.from : output;
        if (other.op === "get") return false;
        if (other.op === "del") return wanted === null;
        return (other.op === "cas" ? other.to : other.value) === wanted;
      },
    },
    describe(asked, output) {
      const answer = typeof output === "symbol" ? " -> ?" : output === undefined ? "" : ` -> ${output ?? "(nil)"}`;
      if (asked.op === "get" || asked.op === "del") return `${asked.op}(${asked.key})${answer}`;
      if (asked.op === "cas") return `cas(${asked.key}, ${asked.from}, ${asked.to})${answer}`;
      return `${asked.op}(${asked.key}, ${asked.value})${answer}`;
    },
    describeState: (value) => value ?? "(nil)",
  });
}

/** The verdict as a check of the run, with the smallest window that is not linearizable where there is one. */
export function judgeHistory(history: History<Asked, Answered>): Check {
  const name = "the history is linearizable";
  const result = check(mapModel(), history);
  const { verdict, operations, parts } = result;
  if (verdict === "linearizable") {
    const open = history.filter(({ status }) => status === "unknown").length;
    const detail = `${operations.toLocaleString("en")} operations on ${parts} keys, ${open} of them of unknown outcome`;
    return { name, passed: true, detail };
  }
  if (verdict === "unknown")
    return { name, passed: false, detail: `no verdict within the budget of ${result.exhausted}` };
  const window = result.counterexample === null ? "" : renderCounterexample(result.counterexample, result.part);
  return { name, passed: false, detail: `not linearizable; the smallest window that is not:\n${window}` };
}
