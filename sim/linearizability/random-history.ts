import fc from "fast-check";
import type { History, Operation } from "./history.ts";
import { type Model, sequential } from "./model.ts";
import {
  type BankInput,
  bank,
  type CasRegisterInput,
  casRegister,
  type KeyValueInput,
  keyValue,
  type QueueInput,
  queue,
  type RegisterInput,
  register,
  type SetInput,
  set,
} from "./models.ts";

/** A model with inputs to draw and the answers it gives: what a generated history needs. For tests. */
export interface Subject<Input> {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: subjects of different types stand in one list
  model: Model<any, Input, any>;
  input: fc.Arbitrary<Input>;
  /** What a correct object may answer. */
  answers: readonly unknown[];
}

const value = fc.integer({ min: 0, max: 2 });
const key = fc.constantFrom("a", "b");
const account = fc.constantFrom("x", "y");

// biome-ignore lint/suspicious/noExplicitAny: see above
export const subjects: Subject<any>[] = [
  {
    name: "register",
    model: register(0),
    input: fc.oneof(
      fc.constant<RegisterInput>({ op: "read" }),
      value.map((v): RegisterInput => ({ op: "write", value: v })),
    ),
    answers: [0, 1, 2],
  },
  {
    name: "cas register",
    model: casRegister(0),
    input: fc.oneof(
      fc.constant<CasRegisterInput>({ op: "read" }),
      value.map((v): CasRegisterInput => ({ op: "write", value: v })),
      fc.tuple(value, value).map(([from, to]): CasRegisterInput => ({ op: "cas", from, to })),
    ),
    answers: [0, 1, 2, true, false],
  },
  {
    name: "key-value map",
    model: keyValue(),
    input: fc.oneof(
      key.map((k): KeyValueInput => ({ op: "get", key: k })),
      fc.tuple(key, fc.constantFrom("1", "2")).map(([k, v]): KeyValueInput => ({ op: "put", key: k, value: v })),
      fc.tuple(key, fc.constantFrom("1", "2")).map(([k, v]): KeyValueInput => ({ op: "append", key: k, value: v })),
    ),
    answers: ["", "1", "2", "12", "21", "11"],
  },
  {
    name: "queue",
    model: queue(),
    input: fc.oneof(
      value.map((v): QueueInput => ({ op: "enqueue", value: v })),
      fc.constant<QueueInput>({ op: "dequeue" }),
    ),
    answers: [null, 0, 1, 2],
  },
  {
    name: "set",
    model: set(),
    input: fc.oneof(
      fc.tuple(fc.constantFrom("add", "remove", "contains"), value).map(([op, v]) => ({ op, value: v }) as SetInput),
      fc.constant<SetInput>({ op: "read" }),
    ),
    answers: [true, false, [], [0], [0, 1], [1, 2]],
  },
  {
    name: "bank",
    model: bank({ x: 2, y: 1 }),
    input: fc.oneof(
      fc.constant<BankInput>({ op: "read" }),
      fc
        .tuple(account, account, fc.integer({ min: 1, max: 2 }))
        .map(([from, to, amount]): BankInput => ({ op: "transfer", from, to, amount })),
    ),
    answers: [true, false, { x: 2, y: 1 }, { x: 1, y: 2 }, { x: 3, y: 0 }],
  },
  {
    // Nondeterministic: a roll sets the register to any of three values and does not say which.
    name: "die",
    model: {
      ...(sequential<number, string, number | undefined>({
        name: "die",
        init: () => 0,
        apply: (state) => [state, state],
        describe: (input) => input,
      }) as Model<number, string, number | undefined>),
      step: (state, input, output) => (input === "roll" ? [0, 1, 2] : output === state ? [state] : []),
      readOnly: (input) => input === "look",
    } satisfies Model<number, string, number | undefined>,
    input: fc.constantFrom("roll", "look"),
    answers: [0, 1, 2],
  },
];

/**
 * Histories that are right more often than chance: each operation takes effect at a point inside its interval and
 * answers what the object answers there; then some answers are replaced. One in six has an unknown outcome, and may or
 * may not have taken effect.
 */
export function historyOf(subject: Subject<unknown>, maxLength: number): fc.Arbitrary<History<unknown, unknown>> {
  const operation = fc.record({
    input: subject.input,
    call: fc.integer({ min: 0, max: 12 }),
    length: fc.integer({ min: 0, max: 6 }),
    point: fc.double({ min: 0, max: 1, noNaN: true }),
    fate: fc.integer({ min: 0, max: 11 }),
    lie: fc.integer({ min: 0, max: 99 }),
    client: fc.integer({ min: 0, max: 3 }),
  });
  return fc.array(operation, { minLength: 1, maxLength }).map((drawn) => {
    const operations = drawn.map((d, index) => ({ ...d, index, at: d.call + d.point * d.length }));
    let state = subject.model.init();
    const result: Operation<unknown, unknown>[] = new Array(drawn.length);
    for (const { input, call, length, fate, lie, client, index } of operations.sort((a, b) => a.at - b.at)) {
      if (fate === 11) {
        result[index] = { status: "unknown", client, input, call };
        continue;
      }
      const fitting = subject.answers.filter((answer) => subject.model.step(state, input, answer).length > 0);
      const honest = fitting[lie % Math.max(1, fitting.length)];
      const output = lie < 25 ? subject.answers[lie % subject.answers.length] : honest;
      const after = subject.model.step(state, input, output);
      if (after.length > 0) state = after[lie % after.length];
      result[index] =
        fate === 10
          ? { status: "unknown", client, input, call }
          : { status: "ok", client, input, output, call, return: call + length };
    }
    return result;
  });
}

/**
 * Tries every order. The specification, as dumb as possible; for histories of up to seven operations. An operation that
 * returns at infinity need not take effect, but answers what it answers if it does.
 */
export function bruteForce<State>(
  model: Model<State, unknown, unknown>,
  history: History<unknown, unknown>,
  unknown: unknown,
  initial: State = model.init(),
): boolean {
  const operations = history.filter((operation) => operation.status !== "failed");
  const place = (left: readonly Operation<unknown, unknown>[], state: State): boolean => {
    if (left.every((op) => op.status !== "ok" || op.return === Number.POSITIVE_INFINITY)) return true;
    return left.some((operation) => {
      if (left.some((other) => other.status === "ok" && other.return < operation.call)) return false;
      const output = operation.status === "ok" ? operation.output : unknown;
      const rest = left.filter((other) => other !== operation);
      return model.step(state, operation.input, output).some((next) => place(rest, next));
    });
  };
  return place(operations, initial);
}
