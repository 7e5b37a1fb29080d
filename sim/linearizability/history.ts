/**
 * One operation as its client saw it. `call` and `return` are times on one clock (any unit, only their order counts);
 * the interval is closed, so an operation called at the very time at which another returned is concurrent with it.
 *
 * - `ok`: answered with `output`.
 * - `unknown`: no answer (a timeout, a crash). It may take effect at any time after `call`, or never.
 * - `failed`: certainly had no effect, and is ignored. A compare-and-set that answered "no" is not this: it is `ok`
 *   with the output `false`.
 */
export type Operation<Input, Output> =
  | { status: "ok"; client: number | string; input: Input; output: Output; call: number; return: number }
  | { status: "unknown"; client: number | string; input: Input; call: number }
  | { status: "failed"; client: number | string; input: Input; call: number };

/** Operations in any order; positions in this array name operations in every result. */
export type History<Input, Output> = readonly Operation<Input, Output>[];

/**
 * Collects a history while a system runs. Events are ordered as they are reported; `at` overrides the time (it must not
 * go backwards), otherwise each event gets the next integer.
 */
export class HistoryRecorder<Input, Output> {
  readonly #operations: Operation<Input, Output>[] = [];
  #now = -1;

  /** A client sends `input`. Returns the operation's number, for the report of its end. */
  invoke(client: number | string, input: Input, at?: number): number {
    return this.#operations.push({ status: "unknown", client, input, call: this.#tick(at) }) - 1;
  }

  /** The answer arrived. */
  ok(operation: number, output: Output, at?: number): void {
    const { client, input, call } = this.#pending(operation);
    this.#operations[operation] = { status: "ok", client, input, output, call, return: this.#tick(at) };
  }

  /** It is certain that the operation had no effect and never will. */
  failed(operation: number): void {
    const { client, input, call } = this.#pending(operation);
    this.#operations[operation] = { status: "failed", client, input, call };
  }

  /** What was recorded so far; operations without an answer are `unknown`. */
  history(): Operation<Input, Output>[] {
    return this.#operations.slice();
  }

  #pending(operation: number): Operation<Input, Output> {
    const found = this.#operations[operation];
    if (found?.status !== "unknown") {
      throw new Error(`operation ${operation} is ${found?.status ?? "not known"}; only a pending operation can end`);
    }
    return found;
  }

  #tick(at: number | undefined): number {
    const time = at ?? this.#now + 1;
    if (!(time >= this.#now)) throw new Error(`time went backwards: ${time} after ${this.#now}`);
    this.#now = time;
    return time;
  }
}

/** Throws a `RangeError` that names the operation if a time is missing or an operation returns before it is called. */
export function assertWellFormed(history: History<unknown, unknown>): void {
  history.forEach((operation, index) => {
    const end = operation.status === "ok" ? operation.return : operation.call;
    if (Number.isNaN(operation.call) || Number.isNaN(end)) throw new RangeError(`operation ${index} has no time (NaN)`);
    if (end < operation.call) {
      throw new RangeError(`operation ${index} returned at ${end}, before it was called at ${operation.call}`);
    }
  });
}
