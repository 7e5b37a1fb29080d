import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { format } from "./format.ts";
import { generateStub, type StubContext } from "./generate.ts";

const root = resolve(import.meta.dirname, "../..");
const fixtures = join(import.meta.dirname, "fixtures");
const context: StubContext = {
  id: "demo/store",
  title: "Versioned store",
  summary: "A store that keeps versions.",
  stages: ["Read", "Write", "Follow"],
  chapter: "docs/storage/demo.mdx",
};

const formatted = (source: string): Promise<string> =>
  format(generateStub(source, context), "exercises/demo/store.ts", root);

test("keeps the contract and takes out the answers, as in the golden file", async () => {
  const source = readFileSync(join(fixtures, "solution.ts.txt"), "utf8");
  await expect(await formatted(source)).toMatchFileSnapshot(join(fixtures, "stub.ts.txt"));
});

test("generates the same text twice, and formatting it again changes nothing", async () => {
  const source = readFileSync(join(fixtures, "solution.ts.txt"), "utf8");
  const once = await formatted(source);
  expect(await formatted(source)).toBe(once);
  expect(await format(once, "exercises/demo/store.ts", root)).toBe(once);
});

test("a stub compiles under the repository's own compiler options", () => {
  mkdirSync(join(root, ".backpressure"), { recursive: true });
  const folder = mkdtempSync(join(root, ".backpressure", "stub-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["exercises/demo", "given/demo"]) mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(join(root, "exercises", "not-started.ts"), join(folder, "exercises", "not-started.ts"));
  copyFileSync(join(fixtures, "given.ts.txt"), join(folder, "given", "demo", "store.ts"));
  copyFileSync(join(fixtures, "stub.ts.txt"), join(folder, "exercises", "demo", "store.ts"));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["."], exclude: [] }),
  );
  const tsc = createRequire(import.meta.url)
    .resolve("typescript/package.json")
    .replace("package.json", "bin/tsc");
  const run = (): string => execFileSync(process.execPath, [tsc, "-p", folder], { cwd: root, encoding: "utf8" });
  expect(run()).toBe("");
  // And the compiler really looked: the same folder with a mistake in it does not pass.
  writeFileSync(join(folder, "exercises", "demo", "store.ts"), "export const wrong: string = 1;\n");
  expect(run).toThrow();
});

const refused: readonly [string, string, RegExp][] = [
  ["a public method without a return type", "export class A { go() { return 1; } }", /"A.go" has no return type/],
  ["a function without a return type", "export function go(a: number) { return a; }", /"go" has no return type/],
  [
    "a signature that needs a helper that is not given",
    "const LIMIT = 3;\nexport function go(a: number = LIMIT): number { return a; }",
    /refers to "LIMIT", which is not given/,
  ],
  [
    "a stage that the manifest does not have",
    "/** @stage 4 */\nexport function go(): void {}",
    /names stage 4, and the manifest has 3 stages/,
  ],
  ["a file that exports nothing", "const a = 1;", /exports nothing/],
];

test.each(refused)("refuses %s", (_, source, message) => {
  expect(() => generateStub(source, context)).toThrow(message);
});

test("a helper used only inside bodies is dropped, also when a parameter has its name", () => {
  const stub = generateStub(
    "const limit = 3;\nexport function go(limit: number): number { return limit; }\nexport const top = " +
      "(): number => limit;",
    context,
  );
  expect(stub).not.toContain("const limit");
});

test("tags of the generator do not reach the stub", () => {
  const stub = generateStub(
    "/** @given */\nexport const a = 1;\n/**\n * Goes.\n *\n * @stage 2\n */\nexport function go(): void {}",
    context,
  );
  expect(stub).not.toMatch(/@given|@stage/);
  expect(stub).toContain("/**\n * Goes.\n */");
  expect(stub).toContain('throw new NotStarted("stage 2: Write");');
});
