/** The names that graded code may not touch, with the reason and the way out. */

interface Rule {
  readonly why: string;
  readonly next: string;
}

const host: Rule = {
  why: "It belongs to the process that runs your code, and graded code must run in a browser as well",
  next: "Leave it out",
};
const fromText: Rule = {
  why: "Through it code can be made from text, which nobody can check before it runs",
  next: "Write the code itself",
};
const network: Rule = {
  why: "An exercise talks to what it is given and to nothing else",
  next: "Use what the caller passes in",
};

/** Out of bounds everywhere. */
export const HOST: ReadonlyMap<string, Rule> = new Map([
  ...["process", "globalThis", "global", "window", "self", "module", "exports", "__dirname", "__filename"].map(
    (name) => [name, host] as const,
  ),
  ["require", { why: "The course's files are ES modules", next: "Use an import declaration" }],
  ...["eval", "Function", "WebAssembly"].map((name) => [name, fromText] as const),
  ...["fetch", "WebSocket", "XMLHttpRequest", "EventSource", "BroadcastChannel", "Worker", "navigator"].map(
    (name) => [name, network] as const,
  ),
]);

const clock: Rule = {
  why: "Time is an argument here, so that a test can set it and a failing run can be replayed",
  next: "Use the time that the caller passes in",
};
const chance: Rule = {
  why: "Randomness is an argument here, so that a seed replays a failing run",
  next: "Use the generator that the caller passes in, or none",
};

/** Out of bounds where the exercise is pure. `Date` and `Math` have rules of their own in `scan.ts`. */
export const TIME_AND_CHANCE: ReadonlyMap<string, Rule> = new Map([
  ...["performance", "setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval"].map(
    (name) => [name, clock] as const,
  ),
  ...["clearImmediate", "requestAnimationFrame", "requestIdleCallback", "Temporal"].map(
    (name) => [name, clock] as const,
  ),
  ["crypto", chance],
]);

/** What the language owns; writing to it, or to a property of it, is refused. */
export const INTRINSICS: ReadonlySet<string> = new Set([
  ...["Object", "Function", "Array", "String", "Number", "Boolean", "BigInt", "Symbol", "Map", "Set", "WeakMap"],
  ...["WeakSet", "WeakRef", "Promise", "Error", "TypeError", "RangeError", "RegExp", "Date", "Math", "JSON", "Reflect"],
  ...["Proxy", "Intl", "Atomics", "ArrayBuffer", "SharedArrayBuffer", "DataView", "Int8Array", "Uint8Array"],
  ...["Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array"],
  ...["BigInt64Array", "BigUint64Array", "Iterator", "console", "structuredClone", "queueMicrotask", "parseInt"],
  ...["parseFloat", "isNaN", "isFinite", "TextEncoder", "TextDecoder", "URL", "AbortController", "AbortSignal"],
]);

/** Functions that change their first argument. */
export const REWRITERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "Object",
    new Set(["assign", "defineProperty", "defineProperties", "setPrototypeOf", "freeze", "seal", "preventExtensions"]),
  ],
  ["Reflect", new Set(["set", "defineProperty", "deleteProperty", "setPrototypeOf", "preventExtensions"])],
]);
