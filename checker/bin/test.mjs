/**
 * `npm test`: installs what is missing, runs the course's own tests, and ends with `N passed, N failed` alone on a
 * line.
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takes } from "../machine/durations.mjs";
import { root } from "../machine/installation.mjs";
import { findChromium } from "../machine/programs.mjs";
import { install, installServices } from "./install.mjs";

/**
 * In CI a run takes the engine's tests, and of the units those that have changed and a sample. `--all` takes
 * everything, and builds the site as it will be with all systems; `--record` writes down, after a run that passed with
 * everything, that the units are as they were tested.
 */
const FLAGS = ["--all", "--record"];

/** The two runs: what Node can test, and what needs a browser. */
const CONFIGS = { node: "vitest.config.ts", browser: "vitest.e2e.config.ts" };

if (install()) process.exitCode = await test(process.argv.slice(2));
else process.exitCode = 3;

async function test(words) {
  const filters = words.filter((word) => !FLAGS.includes(word));
  const isWhole = words.includes("--all") || !process.env.CI || filters.length > 0;
  const units = isWhole ? {} : { BP_UNITS: unitsToTest() };
  const hasServices = installServices();
  if (!hasServices) units.BP_SERVICES = "none";
  if (units.BP_UNITS !== undefined) console.log(`Of the units' tests, those of: ${units.BP_UNITS || "none"}`);
  const browser = findChromium();
  // What is missing elsewhere is skipped, and said; in CI it fails.
  const isRequired = Boolean(process.env.CI);
  console.log(
    filters.length > 0
      ? `Running the tests that match: ${filters.join(" ")}`
      : `Running the course's own tests (${takes("tests")}).`,
  );
  const folder = mkdtempSync(join(tmpdir(), "backpressure-test-"));
  try {
    const runs = [await run(CONFIGS.node, filters, folder, units)];
    if (browser !== null) {
      const whole = words.includes("--all") ? { BP_WHOLE: "1" } : {};
      runs.push(await run(CONFIGS.browser, filters, folder, { CHROMIUM_PATH: browser, ...whole, ...units }));
    } else {
      console.log(
        `Browser tests ${isRequired ? "did not run, and CI requires them" : "were skipped"}: no Chromium on ` +
          "this machine. To get it: apt-get install -y chromium (or set CHROMIUM_PATH).",
      );
      if (isRequired) runs.push({ passed: 0, failed: 1 });
    }
    if (!hasServices) {
      console.log(`The tests of services ${isRequired ? "did not run, and CI requires them" : "were skipped"}.`);
      if (isRequired) runs.push({ passed: 0, failed: 1 });
    }
    const sum = (key) => runs.reduce((total, each) => total + each[key], 0);
    const isPassed = sum("failed") === 0 && sum("passed") > 0;
    if (isPassed && isWhole && filters.length === 0 && words.includes("--record")) unitsScript("--record");
    console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
    return isPassed ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Systems and services, with commas. A script that fails leaves out nothing: all are tested. */
function unitsToTest() {
  const { status, stdout } = unitsScript();
  return status === 0 ? stdout.trim() : undefined;
}

function unitsScript(...args) {
  const script = join(root, "checker", "verify", "units.ts");
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], { cwd: root, encoding: "utf8" });
}

async function run(config, filters, folder, env = {}) {
  const report = join(folder, `${config}.json`);
  const code = await runVitest(config, filters, report, env);
  const { passed, failed } = count(report);
  // A run that could not report, or reported no failure and still ended badly, is a failure.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function runVitest(config, filters, report, env) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  // Filters may match tests of one run only.
  const args = [vitest, "run", "--config", config, ...reporters, ...(filters.length > 0 ? ["--passWithNoTests"] : [])];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args, ...filters], {
      cwd: root,
      stdio: "inherit",
      env: defined({ ...process.env, ...env }),
    });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function defined(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
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
