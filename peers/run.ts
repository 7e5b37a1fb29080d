/**
 * Compares every reference with the best npm packages for the same work: `npm run peers [system…]`.
 * Every contender runs in a process of its own, the contenders in turn, several rounds; the table shows medians.
 * Exit code 1 when a goal is not met.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { $ } from "zx";
import { type Comparison, type Metrics, median } from "./kit.ts";

const ROUNDS = Number(process.env.BP_PEER_ROUNDS ?? 5);
const here = import.meta.dirname;
const known = readdirSync(here)
  .filter((name) => name.endsWith(".peers.ts"))
  .map((name) => name.slice(0, -".peers.ts".length));

const asked = process.argv.slice(2);
const unknown = asked.filter((system) => !known.includes(system));
if (unknown.length > 0) {
  console.error(`No comparison for ${unknown.join(", ")}. There is one for: ${known.join(", ")}.`);
  process.exit(2);
}
await install();
let allMet = true;
for (const system of asked.length > 0 ? asked : known) {
  const met = await compare(system);
  allMet = allMet && met;
}
process.exitCode = allMet ? 0 : 1;

/** The peers are not part of the course's own install. */
async function install(): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const missing = Object.entries(dependencies).filter(([name, version]) => installedVersion(name) !== version);
  if (missing.length === 0) return;
  console.log("Installing the peer packages under peers (once, some seconds) …");
  await $({ cwd: here, stdio: "inherit" })`npm ci --no-audit --no-fund`;
}

function installedVersion(name: string): string | null {
  const path = join(here, "node_modules", name, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version : null;
}

async function compare(system: string): Promise<boolean> {
  const { default: comparison } = (await import(`./${system}.peers.ts`)) as { default: Comparison };
  console.log(`\n${comparison.title}\n${comparison.workload}`);
  console.log(`Node ${process.version}, ${ROUNDS} rounds, medians; in brackets the lowest and highest round.\n`);
  const samples = new Map<string, Metrics[]>(comparison.contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { name }] of comparison.contenders.entries())
      samples.get(name)!.push(await measure(system, index));
  }
  printTable(comparison, samples);
  const medians = new Map([...samples].map(([name, rounds]) => [name, mediansOf(comparison, rounds)]));
  console.log("");
  let allMet = true;
  for (const goal of comparison.goals) {
    const { met, reached } = goal.judge(medians);
    allMet = allMet && met;
    console.log(`${met ? "met    " : "NOT MET"}  ${goal.text}: ${reached}`);
  }
  return allMet;
}

async function measure(system: string, index: number): Promise<Metrics> {
  const args = ["--expose-gc", "--import", "tsx", join(here, "child.ts"), system, index];
  const { stdout } = await $({ quiet: true, stdio: ["ignore", "pipe", "inherit"] })`${process.execPath} ${args}`;
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Metrics;
}

function valuesOf(rounds: readonly Metrics[], id: string): number[] {
  return rounds.map((metrics) => metrics[id]).filter((value) => value !== undefined);
}

function mediansOf(comparison: Comparison, rounds: readonly Metrics[]): Metrics {
  const entries = comparison.metrics.map(({ id }) => [id, valuesOf(rounds, id)] as const);
  return Object.fromEntries(
    entries.filter(([, values]) => values.length > 0).map(([id, values]) => [id, median(values)]),
  );
}

function printTable(comparison: Comparison, samples: ReadonlyMap<string, readonly Metrics[]>): void {
  const rows = [["", ...comparison.metrics.map(({ label }) => label)]];
  for (const { name, ours } of comparison.contenders) {
    const cells = comparison.metrics.map(({ id, digits }) => cell(valuesOf(samples.get(name)!, id), digits));
    rows.push([`${ours ? "* " : "  "}${name}`, ...cells]);
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    console.log(
      row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  "),
    );
  }
  console.log("* the course's reference");
}

function cell(values: readonly number[], digits: number): string {
  if (values.length === 0) return "-";
  const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return `${middle} [${low}, ${high}]`;
}
