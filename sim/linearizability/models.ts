import { type Model, sequential, UNKNOWN, type Unknown } from "./model.ts";

export type Value = number | string | null;

export type RegisterInput = { op: "read" } | { op: "write"; value: Value };
export type CasRegisterInput = RegisterInput | { op: "cas"; from: Value; to: Value };
/** The value for a read, whether it swapped for a compare-and-set, nothing for a write. */
export type CasRegisterOutput = Value | boolean | undefined;

/** One cell with read, write and compare-and-set. */
export function casRegister(initial: Value = null): Model<Value, CasRegisterInput, CasRegisterOutput> {
  return sequential<Value, CasRegisterInput, CasRegisterOutput>({
    name: "cas register",
    init: () => initial,
    apply(state, input) {
      if (input.op === "read") return [state, state];
      if (input.op === "write") return [input.value, undefined];
      return state === input.from ? [input.to, true] : [state, false];
    },
    sameOutput: sameAnswer,
    readOnly: (input, output) => input.op === "read" || (input.op === "cas" && output === false),
    lookahead: {
      possible(state, input, output) {
        if (input.op === "read") return state === (output ?? null);
        return input.op !== "cas" || output !== true || state === input.from;
      },
      enabledBy(other, input, output) {
        if (other.op === "read" || input.op === "write") return false;
        return (other.op === "write" ? other.value : other.to) === (input.op === "cas" ? input.from : (output ?? null));
      },
    },
    describe(input, output) {
      if (input.op === "read") return `read()${answer(output, show)}`;
      if (input.op === "write") return `write(${show(input.value)})${answer(output)}`;
      return `cas(${show(input.from)}, ${show(input.to)})${answer(output, yesNo)}`;
    },
    describeState: show,
  });
}

/** One cell with read and write. */
export function register(initial: Value = null): Model<Value, RegisterInput, Value | undefined> {
  return { ...(casRegister(initial) as Model<Value, RegisterInput, Value | undefined>), name: "register" };
}

export type KeyValueInput =
  | { op: "get"; key: string }
  | { op: "put"; key: string; value: string }
  | { op: "append"; key: string; value: string };

/** A map from text to text; keys are independent. A `get` of a key that was never written answers `absent`. */
export function keyValue(
  absent: string | null = "",
): Model<ReadonlyMap<string, string>, KeyValueInput, string | null | undefined> {
  return sequential<ReadonlyMap<string, string>, KeyValueInput, string | null | undefined>({
    name: "key-value map",
    init: () => new Map(),
    apply(state, input) {
      const value = state.get(input.key);
      if (input.op === "get") return [state, value ?? absent];
      const next = input.op === "put" ? input.value : (value ?? "") + input.value;
      return [new Map(state).set(input.key, next), undefined];
    },
    sameOutput: sameAnswer,
    key: mapKey,
    partition: (input) => input.key,
    readOnly: (input) => input.op === "get",
    lookahead: {
      // Appends only lengthen: a value that is no beginning of the answer never becomes one again without a put.
      possible(state, input, output) {
        const value = state.get(input.key);
        return input.op !== "get" || value === undefined || (typeof output === "string" && output.startsWith(value));
      },
      enabledBy: (other, input, output) =>
        other.op === "put" && other.key === input.key && typeof output === "string" && output.startsWith(other.value),
    },
    describe(input, output) {
      if (input.op === "get") return `get(${input.key})${answer(output, show)}`;
      return `${input.op}(${input.key}, ${show(input.value)})${answer(output)}`;
    },
    describeState: (state) => listing([...state].map(([key, value]) => `${key}: ${show(value)}`)),
  });
}

/** Cheaper than the canonical text for the common case, a part with one key: such states are long and many. */
function mapKey(state: ReadonlyMap<string, string>): string {
  if (state.size > 1) return JSON.stringify([...state].sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const [key, value] of state) return `${key.length} ${key}${value}`;
  return "";
}

export type QueueInput = { op: "enqueue"; value: Value } | { op: "dequeue" };

/** First in, first out. A `dequeue` of an empty queue answers `null`. */
export function queue(): Model<readonly Value[], QueueInput, Value | undefined> {
  return sequential<readonly Value[], QueueInput, Value | undefined>({
    name: "queue",
    init: () => [],
    apply(state, input) {
      if (input.op === "enqueue") return [[...state, input.value], undefined];
      return state.length === 0 ? [state, null] : [state.slice(1), state[0] as Value];
    },
    sameOutput: sameAnswer,
    lookahead: {
      possible: (state, input, output) =>
        input.op === "enqueue" || (output ?? null) === null || state.includes(output!),
      enabledBy: (other, input, output) => input.op === "dequeue" && other.op === "enqueue" && other.value === output,
    },
    describe: (input, output) =>
      input.op === "enqueue" ? `enqueue(${show(input.value)})${answer(output)}` : `dequeue()${answer(output, show)}`,
    describeState: (state) => `[${state.map(show).join(", ")}]`,
  });
}

export type SetInput =
  | { op: "add"; value: Value }
  | { op: "remove"; value: Value }
  | { op: "contains"; value: Value }
  | { op: "read" };

/** `add` and `remove` may answer whether they changed the set, or nothing; `read` answers all members in any order. */
export type SetOutput = boolean | readonly Value[] | undefined;

/** A set. Its members are independent unless somebody reads them all. */
export function set(): Model<ReadonlySet<Value>, SetInput, SetOutput> {
  return sequential<ReadonlySet<Value>, SetInput, SetOutput>({
    name: "set",
    init: () => new Set(),
    apply(state, input) {
      if (input.op === "read") return [state, [...state]];
      const present = state.has(input.value);
      if (input.op === "contains") return [state, present];
      if (present === (input.op === "add")) return [state, false];
      const next = new Set(state);
      if (present) next.delete(input.value);
      else next.add(input.value);
      return [next, true];
    },
    sameOutput(expected, got) {
      if (got === undefined) return typeof expected === "boolean";
      if (!Array.isArray(expected) || !Array.isArray(got)) return expected === got;
      // Equal lengths and no strangers: a member that is listed twice makes the answer wrong.
      return (
        expected.length === got.length && new Set(got).size === got.length && got.every((v) => expected.includes(v))
      );
    },
    partition: (input) => (input.op === "read" ? undefined : show(input.value)),
    readOnly: (input, output) => input.op === "read" || input.op === "contains" || output === false,
    lookahead: {
      possible(state, input, output) {
        if (input.op === "read" || typeof output !== "boolean") return true;
        return state.has(input.value) === foundPresent(input.op, output);
      },
      enabledBy(other, input, output) {
        if (input.op === "read" || other.op === "read" || other.value !== input.value) return false;
        return other.op === (foundPresent(input.op, output === true) ? "add" : "remove");
      },
    },
    describe(input, output) {
      if (input.op === "read") return `read()${answer(output, show)}`;
      return `${input.op}(${show(input.value)})${answer(output, show)}`;
    },
    describeState: (state) => listing([...state].map(show)),
  });
}

/** Whether the member was there, judging by the answer. */
function foundPresent(op: "add" | "remove" | "contains", output: boolean): boolean {
  return op === "add" ? !output : output;
}

export type Balances = Readonly<Record<string, number>>;
export type BankInput = { op: "transfer"; from: string; to: string; amount: number } | { op: "read" };
/** Whether the transfer was made; all balances for a read. */
export type BankOutput = boolean | Balances;

/**
 * Accounts with transfers between them. A transfer that would overdraw is refused: it answers `false` and moves
 * nothing.
 */
export function bank(initial: Balances): Model<Balances, BankInput, BankOutput> {
  return sequential<Balances, BankInput, BankOutput>({
    name: "bank",
    init: () => initial,
    apply(state, input) {
      if (input.op === "read") return [state, state];
      const { from, to, amount } = input;
      const funds = state[from];
      if (funds === undefined || state[to] === undefined) throw new RangeError(`no account "${from}" or "${to}"`);
      if (funds < amount) return [state, false];
      const debited = { ...state, [from]: funds - amount };
      return [{ ...debited, [to]: (debited[to] as number) + amount }, true];
    },
    readOnly: (input, output) => input.op === "read" || output === false,
    describe(input, output) {
      if (input.op === "read") return `read()${answer(output, show)}`;
      return `transfer(${input.from} to ${input.to}, ${input.amount})${answer(output, yesNo)}`;
    },
    describeState: balancesText,
  });
}

/**
 * An operation without an answer of its own (a write) accepts whatever the client reports; no value is the same as
 * `null`.
 */
function sameAnswer(expected: unknown, got: unknown): boolean {
  return expected === undefined || expected === (got ?? null);
}

function balancesText(balances: Balances): string {
  return show(balances);
}

function listing(parts: readonly string[]): string {
  return `{${parts.join(", ")}}`;
}

/** Shows any value: an answer that is being described may be of quite the wrong kind. */
function show(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return listing(value.map(show));
  if (typeof value !== "object") return String(value);
  return listing(Object.entries(value).map(([name, part]) => `${name}: ${show(part)}`));
}

function yesNo(output: unknown): string {
  return output === false ? "refused" : output === true ? "ok" : show(output);
}

function answer<Output>(output: Output | Unknown, text?: (output: Output) => string): string {
  if (output === UNKNOWN) return " -> ?";
  return text && output !== undefined ? ` -> ${text(output)}` : "";
}
