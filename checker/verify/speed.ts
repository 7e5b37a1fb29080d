/** `npm run speed`: how long a learner waits. */

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { createWarmChecker } from "../check.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { runScript } from "../cli/main.ts";
import { UsageError } from "../learner/errors.ts";
import { selectEntry } from "../learner/select.ts";
import { repository, solutionPath } from "../subject/rooms.ts";

const COLD_AT_MOST = 2.5;
const WARM_AT_MOST = 1.5;

const speed = defineCommand({
  name: "speed",
  typed: "npm run speed --",
  usage: "[id] [rounds]",
  summary: "For maintainers: how long a learner waits, beside a bare `vitest run` of the same suite.",
  positionals: { least: 0, most: 2 },
  options: {},
  details:
    "The three are measured in turns, so that a busy moment hits all of them; medians are compared. " +
    `Cold, \`bp check\` in a new process, takes at most ${COLD_AT_MOST} times the bare run; warm, from a ` +
    `save to its verdict, at most ${WARM_AT_MOST} times.`,
  async run({ course }, { positionals: [id = "rate-limiter/token-bucket", rounds = "9"] }) {
    if (!(Number(rounds) >= 1)) throw new UsageError(`"${rounds}" is not a number of rounds.`, "speed");
    return (await measure(selectEntry(course, id), Number(rounds))) ? EXIT.passed : EXIT.notPassed;
  },
});

await runScript(speed, repository.root);

async function measure(entry: CatalogEntry, rounds: number): Promise<boolean> {
  const { id } = entry;
  const from = mkdtempSync(join(tmpdir(), "backpressure-speed-"));
  const file = join(from, `${id}.ts`);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(solutionPath(repository, id), file);
  const source = readFileSync(file, "utf8");
  const warm = createWarmChecker();
  const check = async () => {
    const { status, message } = await warm.check(entry, { from, seed: 42, bench: false });
    if (status !== "passed") throw new Error(`The reference is ${status}: ${message}`);
  };
  const bare = ["node_modules/vitest/vitest.mjs", "run", "--config", "checker/suites.config.ts"];
  const cold = ["checker/bin/bp.mjs", "check", id, "--from", from, "--no-bench"];
  const times: Record<"bare" | "cold" | "warm", number[]> = { bare: [], cold: [], warm: [] };
  try {
    // The first round fills the caches of the file system and warms the warm one; it does not count.
    for (let round = 0; round <= rounds; round++) {
      const took = {
        bare: await timed(() => run(bare, { BP_ID: id, BP_FILE: file })),
        cold: await timed(() => run(cold, {})),
        warm: await timed(() => {
          writeFileSync(file, `${source}\n// save ${round}\n`);
          return check();
        }),
      };
      if (round === 0) continue;
      for (const key of ["bare", "cold", "warm"] as const) times[key].push(took[key]);
      console.log(
        `round ${round}: ${Object.entries(took)
          .map(([key, ms]) => `${key} ${ms.toFixed(0)} ms`)
          .join(", ")}`,
      );
    }
  } finally {
    await warm.close();
    rmSync(from, { recursive: true, force: true });
  }
  const base = median(times.bare);
  const rows = [
    { name: "bp check, cold", ms: median(times.cold), atMost: COLD_AT_MOST },
    { name: "save to verdict, warm", ms: median(times.warm), atMost: WARM_AT_MOST },
  ];
  console.log(`\n${id}, medians of ${rounds} rounds\nbare vitest run: ${base.toFixed(0)} ms`);
  for (const { name, ms, atMost } of rows) {
    const ratio = ms / base;
    const verdict = ratio <= atMost ? "ok" : "TOO SLOW";
    console.log(`${name}: ${ms.toFixed(0)} ms, ${ratio.toFixed(2)} times, at most ${atMost}: ${verdict}`);
  }
  return rows.every(({ ms, atMost }) => ms / base <= atMost);
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repository.root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${args.join(" ")}: exit ${code}\n${errors}`)),
    );
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
