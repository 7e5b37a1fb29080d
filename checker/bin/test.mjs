/** `npm test`: installs what is missing, runs the course's own tests, and ends with `N passed, N failed` alone on a line. */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./chromium.mjs";
import { install } from "./install.mjs";
import { root } from "./machine.mjs";

/** Usual time on a laptop with four cores. */
const TESTS_TAKE = "usually one to four minutes";

if (install()) process.exitCode = await test(process.argv.slice(2));
else process.exitCode = 3;

async function test(filters) {
  const browser = findChromium();
  console.log(
    filters.length > 0
      ? `Running the tests that match: ${filters.join(" ")}`
      : `Running the course's own tests (${TESTS_TAKE}).`,
  );
  const folder = mkdtempSync(join(tmpdir(), "backpressure-test-"));
  try {
    const report = join(folder, "report.json");
    const code = await runVitest(filters, report, browser);
    const { passed, failed } = count(report);
    if (browser === null)
      console.log(
        "Browser tests were skipped: no Chromium on this machine. To get it: apt-get install -y chromium (or set CHROMIUM_PATH).",
      );
    // A run that could not report, or reported no failure and still ended badly, is a failure.
    const unexplained = code !== 0 && failed === 0 ? 1 : 0;
    console.log(`${passed} passed, ${failed + unexplained} failed`);
    return failed + unexplained === 0 && passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runVitest(filters, report, browser) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters];
  const env = { ...process.env, ...(browser === null ? {} : { CHROMIUM_PATH: browser }) };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Test files that could not even be loaded have no tests; each counts as one failure. */
function count(report) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const unloaded = testResults.filter(
      ({ status, assertionResults }) => status === "failed" && assertionResults.every((one) => one.status !== "failed"),
    );
    return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
