import { spawn, spawnSync } from "node:child_process";
import { expect, it, vi } from "vitest";
import { canonical } from "../canonical.ts";
import { results, resultsHash } from "./same-bytes-fixture.ts";

vi.setConfig({ testTimeout: 600_000 });

/** 100 here; `EXPLORE_ALL_RUNS=1000 npx vitest run sim/explore-all/same-bytes.test.ts` for more. */
const RUNS = Number(process.env.EXPLORE_ALL_RUNS ?? 100);
const PROCESSES = 3;
/** This process runs as many as each of the others. */
const SHARE = Math.ceil(RUNS / (PROCESSES + 1));
const fixture = new URL("same-bytes-fixture.ts", import.meta.url).href;
const script = `const { resultsHash } = await import("${fixture}");
const hashes = Array.from({ length: ${SHARE} }, resultsHash);
process.stdout.write(JSON.stringify(hashes));`;

it(`${RUNS} runs give the same bytes: in one process and in others, on one core and all, idle and loaded`, async () => {
  // The first runs alone; the others run at once, more of them than a small machine has cores, some of them held to one
  // core.
  const here = Array.from({ length: SHARE }, resultsHash);
  const others = await Promise.all(Array.from({ length: PROCESSES }, (_, i) => hashesOf(i % 2 === 0)));
  const all = [...here, ...others.flat()];
  expect(all.length).toBeGreaterThanOrEqual(RUNS);
  expect([...new Set(all)]).toEqual([here[0]]);
});

it("of different verdicts", () => {
  expect(results().map(({ verdict }) => verdict)).toEqual(["exhausted", "violated", "violated", "budget spent"]);
  expect(new Set(results().map(canonical)).size).toBe(4);
});

/** Linux can hold a process to one core; elsewhere it takes what it gets. */
const canPin = spawnSync("taskset", ["--version"]).status === 0;

function hashesOf(onOneCore: boolean): Promise<string[]> {
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", script];
  const [command, ...args] = onOneCore && canPin ? ["taskset", "-c", "0", ...node] : node;
  const child = spawn(command!, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`exit code ${code}`))));
  });
}
