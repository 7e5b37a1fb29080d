/**
 * Notices code that rewrites what the suite stands on: a patched `Object.is`, `Array.prototype`, `Math.random`, `Date`,
 * `expect`. Property descriptors of the globals are captured before the learner's file is imported and compared after
 * the import and after every test. Only captured functions are called here.
 */

import { expect } from "vitest";
import { record } from "./recorder.ts";

const { getOwnPropertyDescriptor, getPrototypeOf, is } = Object;
const { ownKeys } = Reflect;

/** Thrown when a global is not what it was; the judge turns it into `tampered`. */
export class Tampered extends Error {
  constructor(what: string) {
    super(what);
    this.name = "Tampered";
  }
}

const GLOBALS = [
  "Object",
  "Function",
  "Array",
  "String",
  "Number",
  "Boolean",
  "BigInt",
  "Symbol",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "Promise",
  "Error",
  "TypeError",
  "RangeError",
  "RegExp",
  "Date",
  "Math",
  "JSON",
  "Reflect",
  "Proxy",
  "Atomics",
  "ArrayBuffer",
  "SharedArrayBuffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "parseInt",
  "parseFloat",
  "isNaN",
  "isFinite",
  "structuredClone",
  "queueMicrotask",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "performance",
  "process",
  "console",
  "globalThis",
] as const;

interface Slot {
  readonly path: string;
  readonly owner: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor | undefined;
}

let slots: Slot[] = [];
let owners: { path: string; owner: object; keys: number; prototype: object | null }[] = [];

export function captureGlobals(): void {
  slots = [];
  owners = [];
  for (const name of GLOBALS) {
    slots.push({ path: name, owner: globalThis, key: name, descriptor: getOwnPropertyDescriptor(globalThis, name) });
    const value = (globalThis as Record<string, unknown>)[name];
    if (!isObject(value) || name === "globalThis" || name === "process" || name === "console" || name === "performance")
      continue;
    captureOwner(name, value);
    const prototype = (value as { prototype?: unknown }).prototype;
    if (isObject(prototype)) captureOwner(`${name}.prototype`, prototype);
  }
  captureOwner("%TypedArray%.prototype", getPrototypeOf(Uint8Array.prototype));
  // What `for … of`, spreading and `await` run on; no global name leads to them.
  captureOwner("%ArrayIterator%.prototype", getPrototypeOf([][Symbol.iterator]()));
  captureOwner("%MapIterator%.prototype", getPrototypeOf(new Map().entries()));
  captureOwner("%SetIterator%.prototype", getPrototypeOf(new Set().values()));
  captureOwner("%StringIterator%.prototype", getPrototypeOf(""[Symbol.iterator]()));
  captureOwner("%Iterator%.prototype", getPrototypeOf(getPrototypeOf([][Symbol.iterator]())));
  captureOwner("%Generator%.prototype", getPrototypeOf(getPrototypeOf((function* () {})())));
  captureOwner("expect", expect as unknown as object);
}

/** @throws Tampered naming the first slot that changed. */
export function verifyGlobals(when: string): void {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    if (!same(slot.descriptor, getOwnPropertyDescriptor(slot.owner, slot.key)))
      report(`${slot.path} was replaced ${when}`);
  }
  for (let i = 0; i < owners.length; i++) {
    const entry = owners[i]!;
    if (getPrototypeOf(entry.owner) !== entry.prototype) report(`the prototype of ${entry.path} was replaced ${when}`);
    if (ownKeys(entry.owner).length !== entry.keys) report(`a property of ${entry.path} was added or removed ${when}`);
  }
}

function captureOwner(path: string, owner: object): void {
  const keys = ownKeys(owner);
  owners.push({ path, owner, keys: keys.length, prototype: getPrototypeOf(owner) });
  for (const key of keys) {
    slots.push({ path: `${path}.${String(key)}`, owner, key, descriptor: getOwnPropertyDescriptor(owner, key) });
  }
}

function same(before: PropertyDescriptor | undefined, after: PropertyDescriptor | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return is(before.value, after.value) && before.get === after.get && before.set === after.set;
}

function report(what: string): never {
  record({ kind: "tampered", what });
  throw new Tampered(what);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
