/** The steps of `.ci/run`, one after another: benchmarks need the machine for themselves. */

import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { runScript } from "../cli/main.ts";
import { UsageError } from "../learner/errors.ts";
import { findChromium, findProgram } from "../machine/programs.mjs";
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

/** For the browser tests, and for the services that run beside a real server where one is found. */
const PACKAGES = "chromium redis-server redis-tools";

const steps: readonly Step[] = [
  {
    name: "programs",
    command: ["sh", "-c", `apt-get update -q && apt-get install -y -q --no-install-recommends ${PACKAGES}`],
    // Not found and not installed is a failure: tests that need them would be skipped, and nobody would see it.
    needed: () => findChromium() === null || ["redis-server", "redis-cli"].some((name) => findProgram(name) === null),
  },
  { name: "lint", command: [bin("biome"), "ci", "--colors=off"] },
  { name: "types", command: [bin("tsc"), "-p", "tsconfig.json"] },
  { name: "types of the site", command: [bin("tsc"), "-p", "site/tsconfig.json"] },
  // Before the tests: those in a browser look at this build.
  { name: "site", command: [bin("docusaurus"), "build"] },
  { name: "tests", command: ["node", "checker/bin/test.mjs"] },
  { name: "stubs", command: ["node", "checker/bin/bp.mjs", "stubs", "--check"] },
  // Behaviors only: they decide the same on every machine. Benchmarks of every right solution and of the mutants that
  // only they stop take longer than everything else together; `npx bp verify --matrix` measures them.
  { name: "verify", command: ["node", "checker/bin/bp.mjs", "verify", "--no-bench"] },
];

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly tally: Tally;
}

const ci = defineCommand({
  name: "ci",
  typed: ".ci/run",
  usage: "[step...]",
  summary: "Everything that must hold before a change is good; with names, these steps only.",
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  options: {},
  details: `Steps: ${steps.map(({ name }) => name).join(", ")}.`,
  async run(_context, { positionals: asked }) {
    for (const name of asked) {
      if (!steps.some((step) => step.name === name)) throw new UsageError(`There is no step "${name}".`, "ci");
    }
    const rows: Row[] = [];
    for (const step of steps) {
      if ((asked.length > 0 && !asked.includes(step.name)) || step.needed?.() === false) continue;
      console.log(`\n── ${step.name}: ${step.command.join(" ")}`);
      const startedAt = performance.now();
      const tally = await runStep(step.command, root);
      rows.push({ name: step.name, seconds: (performance.now() - startedAt) / 1_000, tally });
    }
    const failed = sum(rows.map(({ tally }) => tally.failed));
    for (const line of closing(rows)) console.log(line);
    return failed === 0 ? EXIT.passed : EXIT.notPassed;
  },
});

await runScript(ci, root);

function closing(rows: readonly Row[]): string[] {
  const seconds = sum(rows.map((row) => row.seconds));
  const [passed, failed] = [sum(rows.map(({ tally }) => tally.passed)), sum(rows.map(({ tally }) => tally.failed))];
  return [
    "",
    ...rows.map(({ name, seconds, tally }) => {
      const verdict = tally.failed === 0 ? "ok    " : "FAILED";
      const took = `${seconds.toFixed(1).padStart(7)} s`;
      return `${verdict}  ${name.padEnd(18)} ${took}  ${tally.passed} passed, ${tally.failed} failed`;
    }),
    `\n${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`,
    `${passed} passed, ${failed} failed`,
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
