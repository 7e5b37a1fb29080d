import { expect, test } from "vitest";
import { root } from "./files.ts";
import { runStep } from "./step.ts";

/** A step that runs `script`, and what it showed. */
async function run(script: string) {
  const shown = { out: "", err: "" };
  const tally = await runStep([process.execPath, "-e", script], root, {
    out: { write: (chunk) => (shown.out += Buffer.from(chunk).toString()) },
    err: { write: (chunk) => (shown.err += Buffer.from(chunk).toString()) },
  });
  return { tally, shown };
}

test("failures that a step printed count, also where it ends with 0", async () => {
  expect((await run("console.log('3 passed, 1 failed')")).tally).toEqual({ passed: 3, failed: 1 });
});

test("a step is counted after it has ended, however late it prints", async () => {
  const late = "console.error('begins'); setTimeout(() => console.log('2500 passed, 0 failed'), 300)";
  expect(await run(late)).toEqual({
    tally: { passed: 2_500, failed: 0 },
    shown: { out: "2500 passed, 0 failed\n", err: "begins\n" },
  });
});

test("the last count stands, of as much text as a build prints", async () => {
  const much = "for (let i = 0; i < 50000; i++) console.log(i + ' passed, 0 failed'); process.exitCode = 3";
  const { tally, shown } = await run(much);
  expect(tally).toEqual({ passed: 49_999, failed: 1 });
  expect(shown.out.split("\n").length).toBe(50_001);
});

test("a step that cannot be started is a failure", async () => {
  expect((await run("process.exit(1)")).tally).toEqual({ passed: 0, failed: 1 });
  expect(await runStep(["no-such-command-at-all"], root)).toEqual({ passed: 0, failed: 1 });
});
