/** The steps of `.ci/run`, one after another: benchmarks need the machine for themselves. */

import { findChromium } from "../machine/chromium.mjs";
import { root } from "./files.ts";
import { runStep } from "./step.ts";
import type { Tally } from "./tally.ts";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** False where the step has nothing to do on this machine. */
  readonly needed?: () => boolean;
}

const bin = (name: string): string => `node_modules/.bin/${name}`;

const steps: readonly Step[] = [
  {
    name: "browser",
    command: ["sh", "-c", "apt-get update -q && apt-get install -y -q --no-install-recommends chromium"],
    // Not found and not installed is a failure: the browser tests would be skipped, and nobody would see it.
    needed: () => findChromium() === null,
  },
  { name: "lint", command: [bin("biome"), "ci", "--colors=off"] },
  { name: "types", command: [bin("tsc"), "-p", "tsconfig.json"] },
  { name: "types of the site", command: [bin("tsc"), "-p", "site/tsconfig.json"] },
  // Before the tests: those in a browser look at this build.
  { name: "site", command: [bin("docusaurus"), "build"] },
  { name: "tests", command: ["node", "checker/bin/test.mjs"] },
  { name: "stubs", command: ["node", "--import", "tsx", "checker/stubs/main.ts", "--check"] },
  // Behaviors only: they decide the same on every machine. Benchmarks of every right solution and of the mutants that only they
  // stop take longer than everything else together; `npx bp verify` measures them and writes the kill matrix.
  { name: "verify", command: ["node", "checker/bin/bp.mjs", "verify", "--no-bench"] },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No step "${unknown.join('", "')}". Steps: ${steps.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const rows: { readonly name: string; readonly seconds: number; readonly tally: Tally }[] = [];
for (const step of steps) {
  if ((asked.length > 0 && !asked.includes(step.name)) || step.needed?.() === false) continue;
  console.log(`\n── ${step.name}: ${step.command.join(" ")}`);
  const startedAt = performance.now();
  const tally = await runStep(step.command, root);
  rows.push({ name: step.name, seconds: (performance.now() - startedAt) / 1_000, tally });
}

console.log("");
for (const { name, seconds, tally } of rows) {
  const verdict = tally.failed === 0 ? "ok    " : "FAILED";
  console.log(
    `${verdict}  ${name.padEnd(18)} ${seconds.toFixed(1).padStart(7)} s  ${tally.passed} passed, ${tally.failed} failed`,
  );
}
const total = (key: keyof Tally): number => rows.reduce((sum, { tally }) => sum + tally[key], 0);
const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
console.log(`\n${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`);
console.log(`${total("passed")} passed, ${total("failed")} failed`);
process.exitCode = total("failed") === 0 ? 0 : 1;
