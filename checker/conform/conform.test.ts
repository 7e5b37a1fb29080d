import { describe, expect, it } from "vitest";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { Exercise } from "../../course/types.ts";
import { counterEntry, fixtureRoot } from "../judge/fixtures/entry.ts";
import { stub, tally } from "../judge/fixtures/learners.ts";
import { subjectOf } from "../subject/subject.ts";
import { Conformist } from "./conform.ts";

const TIMEOUT_MS = 60_000;
const rooms = { root: fixtureRoot };
const conformist = new Conformist(rooms);
/** Null when the file conforms, else what the learner is told. */
function refusal(source: string, change: Partial<Exercise> = {}): string | null {
  const entry: CatalogEntry = { ...counterEntry, exercise: { ...counterEntry.exercise, ...change } };
  const reading = conformist.read(entry, subjectOf(entry, rooms, "counter.ts", source));
  if (reading.kind === "not-started") return "not started";
  if (reading.kind !== "readable") return reading.message;
  const conformance = reading.types();
  return conformance.kind === "conforming" ? null : conformance.message;
}

describe("what is out of bounds", { timeout: TIMEOUT_MS }, () => {
  it.each([
    ["Date.now()", "`Date.now`"],
    ["new Date()", "`new Date()`"],
    ["new Date", "`new Date()`"],
    ["Date()", "`Date`"],
    ["[Date].length", "`Date`"],
    ["Math.random()", "`Math.random`"],
    ['Math["random"]()', "`Math`"],
    ["[Math].length", "`Math`"],
    ["(({ random }) => random)(Math)", "`Math`"],
    ["performance", "`performance`"],
    ["setTimeout", "`setTimeout`"],
    ["crypto", "`crypto`"],
    ["process", "`process`"],
    ["globalThis", "`globalThis`"],
    ["({ process })", "`process`"],
    ["typeof process", "`process`"],
    ["eval", "`eval`"],
    ["Function", "`Function`"],
    ["new Function('return 1')", "`Function`"],
    ["[].constructor", "`.constructor`"],
    ['[]["constructor"]', "`.constructor`"],
    ["(() => 0).constructor.constructor", "`.constructor`"],
    ["import.meta", "`import.meta`"],
    ["require", "`require`"],
    ["fetch", "`fetch`"],
    ["({}).__proto__", "`__proto__`"],
    ["(Array.prototype.at = undefined as never)", "`Array.prototype.at`"],
    ['((Array.prototype as any)["at"] = 1)', "Array.prototype"],
    ["(Math.floor = () => 1)", "`Math.floor`"],
    ["(Date = undefined as never)", "`Date`"],
    ["delete (Object as { is?: unknown }).is", "Object"],
    ["Object.assign(Array.prototype, {})", "`Array.prototype`"],
    ["Object.freeze(Object.prototype)", "`Object.prototype`"],
    ["Reflect.set(JSON, 'parse', 1)", "`JSON`"],
    ["({ asymmetricMatch: () => true })", "`asymmetricMatch`"],
  ])("%s is refused", (expression, named) => {
    const message = refusal(tally({ top: `export const value: unknown = ${expression};` }));
    expect(message).toContain(named);
    expect(message).toMatch(/^counter\.ts:2 {2}/);
  });

  it.each([
    ["a computed date", "new Date(0).getTime() + Date.UTC(2020, 1)"],
    ["functions of Math", "Math.floor(Math.max(1.5, 2))"],
    ["a property that is called process", "({ process: 1 }).process"],
    ["a parameter that is called process", "((process: number) => process)(1)"],
    ["methods called setTimeout and fetch", "new (class { setTimeout() {} fetch() { this.setTimeout(); } })()"],
    ["a label and a key called eval", '({ eval: "x" })["eval"]'],
    ["reading Object.prototype", "Object.prototype.hasOwnProperty.call({}, 'a')"],
    ["an object of one's own", "Object.freeze(Object.assign({ a: 1 }, { b: 2 }))"],
    ["the name of a class", "[].constructor.name"],
    ["a comparison of classes", "[].constructor === Array"],
    ["what every host has", "structuredClone(new TextEncoder().encode('a'))"],
    ["console output", "console.log('here')"],
  ])("%s is not", (_, expression) => {
    expect(refusal(tally({ top: `export const value: unknown = ${expression};` }))).toBeNull();
  });

  it("takes a declaration of a global for what it is", () => {
    const top = "declare const process: { exit(code: number): never };\nexport const leave = () => process.exit(0);";
    expect(refusal(tally({ top }))).toContain("`process`");
  });

  it("takes a global that the manifest allows, and no other", () => {
    const top = "export const isGood = WebAssembly.validate(new Uint8Array(8));";
    expect(refusal(tally({ top }))).toContain("`WebAssembly`");
    expect(refusal(tally({ top }), { allow: ["WebAssembly"] })).toBeNull();
    expect(refusal(tally({ top: "export const env = process;" }), { allow: ["WebAssembly"] })).toContain("`process`");
  });

  it("ignores types", () => {
    expect(refusal(tally({ top: "export type Stamp = Date | Function;" }))).toBeNull();
  });

  it("lets an exercise that is not pure wait and look at the clock, and nothing else", () => {
    const top = "export const later = (run: () => void) => setTimeout(run, Date.now() % 2);";
    expect(refusal(tally({ top }))).toContain("`setTimeout`");
    expect(refusal(tally({ top }), { pure: false })).toBeNull();
    expect(refusal(tally({ top: "export const env = process.env;" }), { pure: false })).toContain("`process`");
  });
});

describe("imports", { timeout: TIMEOUT_MS }, () => {
  it.each([
    "vitest",
    "fast-check",
    "../../solutions/tally/counter.ts",
    "../../checker/check.ts",
    "../../sim/index.ts",
    "./helper.ts",
    "./half-tested.ts",
    "node:fs",
    "../tally/../../solutions/tally/counter.ts",
  ])("%s may not be imported, in any form", (specifier) => {
    const forms = [
      `import { a } from "${specifier}"; export const b = a;`,
      `import "${specifier}";`,
      `export * from "${specifier}";`,
      `export { a } from "${specifier}";`,
      `import a = require("${specifier}"); export const b = a;`,
      `export type A = import("${specifier}").A;`,
      `import type { A } from "${specifier}"; export type B = A;`,
    ];
    for (const top of forms) expect(refusal(tally({ top })), top).toContain(`"${specifier}" is imported`);
  });

  it("takes what the manifest allows", () => {
    const top = 'import { createHash } from "node:crypto";\nexport const hash = () => createHash("sha256");';
    expect(refusal(tally({ top }))).toContain("node:crypto");
    expect(refusal(tally({ top }), { allow: ["node:crypto"] })).toBeNull();
  });

  it("takes an exercise that this one builds on", () => {
    const top = 'import { sum as other } from "./half-tested.ts";\nexport const again = other;';
    expect(refusal(tally({ top }))).toContain("./half-tested.ts");
    expect(refusal(tally({ top }), { uses: ["half-tested"] })).toBeNull();
  });
});

describe("signatures", { timeout: TIMEOUT_MS }, () => {
  const right = tally();

  it.each<[string, string]>([
    ["the reference's own shape", right],
    ["other private members", right.replaceAll("#totals", "entries").replace("  entries =", "  private entries =")],
    [
      "further exports and members",
      right.replace("export class Tally {", "export const more = 1;\nexport class Tally {\n  extra(): void {}"),
    ],
    [
      "a wider parameter",
      right
        .replace("add(key: string,", "add(key: string | number,")
        .replaceAll("this.total(key)", "this.total(String(key))")
        .replace(".set(key,", ".set(String(key),"),
    ],
    ["an export list", right.replace("export function sum", "function sum").concat("\nexport { sum };\n")],
    ["an inferred return type", right.replace("total(key: string): number", "total(key: string)")],
  ])("%s fits", (_, source) => {
    expect(refusal(source)).toBeNull();
  });

  it.each<[string, string, string[]]>([
    [
      "a missing export",
      right.replace("export function sum", "function sum"),
      ["`sum` is not exported", "sum(values: readonly number[]): number"],
    ],
    ["a slip in a name", right.replaceAll("sum", "summ"), ["`sum` is not exported", "if `summ` is meant"]],
    [
      "a missing member",
      right.replace("total(key: string)", "totals(key: string)").replaceAll("this.total(", "this.totals("),
      ["`Tally` has no public member `total`"],
    ],
    ["a private member", right.replace("  merge(", "  private merge("), ["no public member `merge`"]],
    [
      "another parameter type",
      right
        .replace("total(key: string): number {", "total(key: 'a'): number {")
        .replaceAll("this.total(key)", "this.total(key as 'a')"),
      ["`total`", "key: string", "key: 'a'"],
    ],
    [
      "another return type",
      right
        .replace("async flush(): Promise<number>", "async flush(): Promise<string>")
        .replace("return all;", "return String(all);"),
      ["`flush`", "Promise<number>", "Promise<string>"],
    ],
    [
      "another constructor",
      right
        .replace("constructor(limit: number)", "constructor(limit: number, name: string)")
        .replace("other.limit))", "other.limit), '')"),
      ["`constructor`", "name: string"],
    ],
    [
      "a function in place of a class",
      "export function Tally() {}\nexport const sum = (values: readonly number[]) => values.length;",
      ["is a function, not a class"],
    ],
  ])("%s does not", (_, source, parts) => {
    const message = refusal(source);
    for (const part of parts) expect(message).toContain(part);
  });

  it("is not silenced by @ts-nocheck", () => {
    const wrong = right.replace("async flush(): Promise<number>", "async flush(): Promise<string>");
    expect(refusal(`// @ts-nocheck\n${wrong}`)).toContain("`flush`");
  });
});

describe("a stub", { timeout: TIMEOUT_MS }, () => {
  it("is not started, formatted one way or another", () => {
    expect(refusal(stub)).toBe("not started");
    expect(refusal(stub.replaceAll("{\n    throw", "{ throw"))).toBe("not started");
  });

  it("is not started with the reference's given parts beside it", () => {
    expect(
      refusal(
        stub.replace(
          /(sum[^{]*\{)[^}]*\}/,
          "$1\n  let total = 0;\n  for (const value of values) total += value;\n  return total;\n}",
        ),
      ),
    ).toBe("not started");
  });

  it("is started once a body of one's own is there", () => {
    expect(refusal(stub.replace(/(sum[^{]*\{)[^}]*\}/, "$1 return values.length; }"))).not.toBe("not started");
  });

  it("is not started as long as it is a stub, type errors or not", () => {
    expect(refusal(stub.replace("amount = 1", 'amount: number = "1"'))).toBe("not started");
  });
});
