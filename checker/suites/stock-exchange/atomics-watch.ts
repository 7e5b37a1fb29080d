/**
 * Stands between the code under test and `Atomics`: records what is done to which address, steps in between any two
 * operations, and plays the kernel when a thread goes to sleep. So one thread can try every place at which another one
 * may come in between.
 *
 * Importing this file puts the stand-ins in place, before the suite imports the code under test: they are then what the
 * code gets, however it takes hold of them, and what the kit compares with afterwards. Without a watcher they do what
 * they stand for.
 */

import { violated } from "../../kit/index.ts";

const METHODS = [
  "load",
  "store",
  "add",
  "sub",
  "and",
  "or",
  "xor",
  "exchange",
  "compareExchange",
  "wait",
  "notify",
] as const;

export type AtomicMethod = (typeof METHODS)[number];

/** One call of an operation of `Atomics`. */
export interface AtomicCall {
  readonly method: AtomicMethod;
  /** Byte in the buffer. */
  readonly address: number;
}

export interface Watcher {
  readonly before?: (call: AtomicCall) => void;
  readonly after?: (call: AtomicCall) => void;
  /**
   * In place of sleeping, when the word is what the sleeper expects. Whatever it returns, `wait` returns.
   * Without it, a call that would sleep is a violation.
   */
  readonly asleep?: (call: AtomicCall, timeoutMs: number) => "ok" | "timed-out";
}

/** Operations after which a watched call cannot be on its way to an end. */
const CALLS_MAX = 100_000;

let watcher: Watcher | undefined;
let calls = 0;
let isFrozen = false;

/** Everything that `body` does with `Atomics` goes through `given`. */
export function watch<T>(given: Watcher, body: () => T): T {
  const outer = watcher;
  watcher = given;
  calls = 0;
  try {
    return body();
  } finally {
    watcher = outer;
  }
}

/** For the other side that comes in between: what `body` does is not watched. */
export function unwatched<T>(body: () => T): T {
  const outer = watcher;
  watcher = undefined;
  try {
    return body();
  } finally {
    watcher = outer;
  }
}

/**
 * Runs `body` until it returns, or until its thread would sleep: then it stays where it is for ever, and what it wrote
 * stays. @returns the address of the word on which it sleeps, or null.
 */
export function untilAsleep(body: () => void): number | null {
  const asleep = (call: AtomicCall): never => {
    isFrozen = true;
    throw new Asleep(call.address);
  };
  try {
    watch({ asleep }, body);
    return null;
  } catch (error) {
    if (error instanceof Asleep) return error.address;
    throw error;
  } finally {
    isFrozen = false;
  }
}

/** Leaves the sleeper's code behind. What that code does on the way out, in a `finally`, did not happen. */
class Asleep extends Error {
  readonly address: number;

  constructor(address: number) {
    super("asleep");
    this.address = address;
  }
}

/** What `body` did with `Atomics`, in order. */
export function recorded(body: () => void): AtomicCall[] {
  const list: AtomicCall[] = [];
  watch({ before: (call) => void list.push(call) }, body);
  return list;
}

export const WRITES: ReadonlySet<AtomicMethod> = new Set([
  ...(["store", "add", "sub", "and", "or", "xor", "exchange", "compareExchange"] as const),
]);
export const READS: ReadonlySet<AtomicMethod> = new Set([
  ...(["load", "add", "sub", "and", "or", "xor", "exchange", "compareExchange", "wait"] as const),
]);

type Operation = (view: Int32Array, index: number, ...rest: number[]) => unknown;

for (const method of METHODS) {
  const operation = Atomics[method] as unknown as Operation;
  const standIn = (view: Int32Array, index: number, ...rest: number[]): unknown => {
    if (watcher === undefined) return operation(view, index, ...rest);
    if (isFrozen) return 0;
    if (++calls > CALLS_MAX) endless(method);
    const call = { method, address: view.byteOffset + index * view.BYTES_PER_ELEMENT };
    watcher.before?.(call);
    const result = method === "wait" ? wait(call, view, index, rest) : operation(view, index, ...rest);
    watcher?.after?.(call);
    return result;
  };
  Object.defineProperty(Atomics, method, { value: standIn, writable: true, configurable: true, enumerable: false });
}

/** Compares as the real one does. Nobody else runs meanwhile, so a real sleep would have no end. */
function wait(call: AtomicCall, view: Int32Array, index: number, [expected, timeoutMs]: number[]): string {
  if (view[index] !== expected) return "not-equal";
  const { asleep } = watcher!;
  if (asleep === undefined) {
    violated({
      expected: "an answer at once",
      got: "Atomics.wait: the thread is parked",
      note: "Only waitForRoom, waitForMessage, push and pop may wait.",
    });
  }
  return asleep(call, timeoutMs ?? Number.POSITIVE_INFINITY);
}

function endless(method: AtomicMethod): never {
  violated({
    expected: "the call to return, or to park the thread",
    got: `${CALLS_MAX} operations on shared memory, the last one Atomics.${method}, and no end`,
    note: "A loop that only looks keeps a core busy for as long as nothing happens.",
  });
}
