import { canonical, sameValue } from "./canonical.ts";

/** Stands in for the output of an operation whose answer nobody saw. */
export const UNKNOWN: unique symbol = Symbol("unknown outcome");
export type Unknown = typeof UNKNOWN;

/**
 * The sequential specification of an object: what it may answer when clients come one at a time. States are immutable
 * values. Every function must be pure.
 */
export interface Model<State, Input, Output> {
  /** Used in explanations: "Not linearizable (queue)". */
  readonly name: string;
  init(): State;
  /**
   * Every state the object may be in after it answered `output` to `input` in `state`; none if it cannot give that
   * answer. With `UNKNOWN`: every state it may be in after `input`, whatever it answered.
   */
  step(state: State, input: Input, output: Output | Unknown): readonly State[];
  /** Equal exactly for equal states. Default: the canonical text of the state, see `canonical`. */
  key?(state: State): string | number;
  /**
   * The independent part of the object that `input` touches (a key of a map). A history is linearizable exactly when it
   * is so for each part (Herlihy and Wing 1990, locality), so parts are checked one by one. `undefined` for an
   * operation that touches several parts; one such operation in a history means that it is checked whole.
   */
  partition?(input: Input): string | undefined;
  /**
   * True if an operation with this answer never changes any state. Optional, and worth having: such operations are
   * placed as soon as they fit, without trying the alternatives, and are left out of the explanation where they do not
   * matter.
   */
  readOnly?(input: Input, output: Output | Unknown): boolean;
  /** Optional: lets the search give up early on states from which an answer that was seen can no longer come about. */
  readonly lookahead?: Lookahead<State, Input, Output>;
  /** One operation as a reader wants to see it: `cas(1, 2) -> ok`. */
  describe(input: Input, output: Output | Unknown): string;
  /** A state as a reader wants to see it. Default: JSON-like text. */
  describeState?(state: State): string;
}

/**
 * A necessary condition for answers still to come. The law that keeps it sound: where an answer is not `possible`, it
 * cannot be given, and no operation makes it possible except those by which it is `enabledBy`. When in doubt answer
 * true.
 */
export interface Lookahead<State, Input, Output> {
  /** Can `input` be answered with `output` in `state`, or later without the help of an enabling operation? */
  possible(state: State, input: Input, output: Output): boolean;
  /** May `other` turn a state in which the answer is not possible into one in which it is? */
  enabledBy(other: Input, input: Input, output: Output): boolean;
}

/** A deterministic object: one next state and one answer for each input. */
export interface SequentialObject<State, Input, Output> extends Omit<Model<State, Input, Output>, "step"> {
  apply(state: State, input: Input): readonly [next: State, output: Output];
  /** Default: equality by structure. */
  sameOutput?(expected: Output, got: Output): boolean;
}

/** Makes a model of an ordinary sequential object. */
export function sequential<State, Input, Output>(
  object: SequentialObject<State, Input, Output>,
): Model<State, Input, Output> {
  const same = object.sameOutput ?? sameValue;
  return {
    ...object,
    step(state, input, output) {
      const [next, answer] = object.apply(state, input);
      return output === UNKNOWN || same(answer, output) ? [next] : [];
    },
  };
}

/** The key of a state under `model`. Throws if the state has no canonical text and the model no `key`. */
export function stateKey<State>(model: Model<State, never, never>, state: State): string | number {
  const key = model.key ? model.key(state) : canonical(state);
  if (key === undefined) {
    throw new TypeError(`model "${model.name}": states are not plain values; give the model a key(state) function`);
  }
  return key;
}

/** The text of a state for a reader. */
export function stateText<State>(model: Model<State, never, never>, state: State): string {
  return model.describeState ? model.describeState(state) : String(canonical(state) ?? state);
}
