/** `npm run durations`: what texts promise about time, beside what it takes here. */

import { spawn } from "node:child_process";
import { appendFileSync, rmSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { type Clone, cloneCourse } from "../cli/clone.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { runScript } from "../cli/main.ts";
import { UsageError } from "../learner/errors.ts";
import { DURATIONS, type DurationName } from "../machine/durations.mjs";
import { freePort } from "../machine/port.mjs";
import { repository } from "../subject/rooms.ts";

const names = Object.keys(DURATIONS) as DurationName[];
/** The others need a network, or minutes. */
const USUAL: readonly DurationName[] = ["site", "dev-server", "numbers"];

const durations = defineCommand({
  name: "durations",
  typed: "npm run durations --",
  usage: "[name...]",
  summary: "For maintainers: what texts promise about time, beside what it takes on this machine.",
  positionals: { least: 0, most: names.length },
  options: {},
  details: `Names: ${names.join(", ")}. Without one: ${USUAL.join(", ")}. Each is measured in a copy without caches.`,
  async run(_context, { positionals }) {
    const unknown = positionals.find((name) => !(name in DURATIONS));
    if (unknown !== undefined) throw new UsageError(`"${unknown}" is none of ${names.join(", ")}.`, "durations");
    const asked = positionals.length === 0 ? USUAL : (positionals as DurationName[]);
    console.log(`${cpus().length} logical cores, load ${loadavg()[0]!.toFixed(1)}`);
    let kept = true;
    for (const name of asked)
      for (const { what, seconds } of await measure(name)) kept = report(name, what, seconds) && kept;
    return kept ? EXIT.passed : EXIT.notPassed;
  },
});

// --- internal ---

interface Measured {
  readonly what: string;
  readonly seconds: number;
}

async function measure(name: DurationName): Promise<readonly Measured[]> {
  const clone = cloneCourse({ site: true });
  try {
    return await MEASURES[name](clone);
  } finally {
    clone.remove();
  }
}

const MEASURES: Readonly<Record<DurationName, (clone: Clone) => Promise<readonly Measured[]>>> = {
  async site(clone) {
    const first = await untilServed(clone, []);
    const second = await untilServed(clone, []);
    appendFileSync(join(clone.root, "docs/topics.mdx"), "\nOne more sentence.\n");
    const anew = await untilServed(clone, []);
    return [
      { what: "npm start, first page, nothing built", seconds: first },
      { what: "npm start, after a change of one page", seconds: anew },
      // Not promised: it must only be shorter.
      ...(second < first ? [] : [{ what: "npm start, the second time", seconds: Number.POSITIVE_INFINITY }]),
    ];
  },
  async "dev-server"(clone) {
    return [{ what: "npm start -- --dev, first page", seconds: await untilServed(clone, ["--dev"]) }];
  },
  async numbers(clone) {
    return [{ what: "npm run numbers", seconds: await untilEnded(clone, ["site/tools/numbers.mjs"]) }];
  },
  async install(clone) {
    rmSync(join(clone.root, "node_modules"), { recursive: true });
    return [{ what: "the packages", seconds: await untilEnded(clone, ["checker/bin/install.mjs"]) }];
  },
  async services(clone) {
    rmSync(join(clone.root, "services/node_modules"), { recursive: true });
    return [{ what: "the services", seconds: await untilEnded(clone, ["checker/bin/install.mjs", "--services"]) }];
  },
  async tests() {
    // In place: many tests read the repository's own history.
    const args = ["checker/bin/test.mjs"];
    return [{ what: "npm test", seconds: await untilEnded({ root: repository.root }, args) }];
  },
};

/** Seconds until `npm start` says where the course is, which it does when the first page is served. */
async function untilServed({ root }: Clone, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const port = String(await freePort(3400));
  const child = spawn(process.execPath, ["checker/bin/start.mjs", "--no-open", "--port", port, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (said.includes("The course is at")) resolve();
    });
    child.once("exit", () => reject(new Error(`npm start ended:\n${said}`)));
  });
  const page = await fetch(`http://localhost:${port}/`);
  if (!page.ok) throw new Error(`The first page is ${page.status}`);
  await page.text();
  const seconds = (performance.now() - started) / 1000;
  child.kill("SIGTERM");
  await ended;
  return seconds;
}

function untilEnded({ root }: { readonly root: string }, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve((performance.now() - started) / 1000) : reject(new Error(`${args.join(" ")}: exit ${code}`)),
    );
  });
}

function report(name: DurationName, what: string, seconds: number): boolean {
  const { words, seconds: within } = DURATIONS[name];
  const kept = seconds <= within[1];
  const verdict = !kept ? "LONGER" : seconds < within[0] ? "kept, and shorter than said" : "kept";
  console.log(`${what}: ${seconds.toFixed(1)} s, promised "${words}" (at most ${within[1]} s): ${verdict}`);
  return kept;
}

// Last: it measures at once, by what stands above.
await runScript(durations, repository.root);
