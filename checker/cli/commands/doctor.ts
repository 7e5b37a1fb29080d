import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { freemem, totalmem } from "node:os";
import { join } from "node:path";
import { exercisePath } from "../../learner/file.ts";
import { sweep } from "../../learner/progress.ts";
import { databasesAt } from "../../machine/database.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import { INSTALL, installState, nodeProblem } from "../../machine/installation.mjs";
import { PORT } from "../../machine/port.mjs";
import { findChromium, findProgram } from "../../machine/programs.mjs";
import { padEnd } from "../../text/columns.ts";
import { wrap } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";

export interface Finding {
  readonly what: string;
  /** `bad` keeps the course from working; `unknown` is worth knowing. */
  readonly state: "good" | "bad" | "unknown";
  readonly found: string;
  /** The command that mends it. */
  readonly mend?: string;
}

/** A check that runs out of memory on the machine rather than in its own limit is no fair verdict. */
const MEMORY_NEEDED = 1.5 * 2 ** 30;
const DISK_NEEDED = 200 * 2 ** 20;

export const doctor = defineCommand({
  name: "doctor",
  usage: "",
  summary: "What is missing on this machine, and the command that mends it.",
  positionals: { least: 0, most: 0 },
  options: {},
  async run(context) {
    const { terminal } = context;
    const { paint } = terminal;
    const findings = await examine(context);
    for (const { what, state, found, mend } of findings) {
      const symbol = { good: paint.flow("✓"), bad: paint.pressure("✗"), unknown: paint.amber("?") }[state];
      terminal.out(
        `${symbol} ${padEnd(what, 12)} ${wrap(found, terminal.width() - 15).replaceAll("\n", `\n${" ".repeat(15)}`)}\n`,
      );
      if (mend !== undefined) terminal.out(`${" ".repeat(15)}${paint.dim("mend it:")} ${mend}\n`);
    }
    const bad = findings.filter(({ state }) => state === "bad").length;
    terminal.out(
      bad === 0 ? "\nNothing is in the way.\n" : `\n${bad === 1 ? "One thing is" : `${bad} things are`} in the way.\n`,
    );
    return bad === 0 ? EXIT.passed : EXIT.notPassed;
  },
});

export async function examine(context: Context): Promise<Finding[]> {
  const { root } = context;
  return [
    node(),
    packages(root),
    git(root),
    exercises(context),
    disk(root),
    memory(),
    await port(),
    chromium(),
    services(root),
    await postgres(root),
    redis(),
    progress(context),
  ];
}

function node(): Finding {
  const problem = nodeProblem();
  const found = `Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  return problem === null ? good("node", found) : bad("node", problem, "nvm install 22");
}

function packages(root: string): Finding {
  const state = installState(root);
  if (state === "current") return good("packages", "node_modules matches package-lock.json");
  return bad(
    "packages",
    {
      missing: "not installed",
      incomplete: "some are absent; NODE_ENV=production or omit=dev keeps npm from installing them",
      outdated: "package-lock.json has changed since the last install",
    }[state],
    `npm ${INSTALL.join(" ")}`,
  );
}

function git(root: string): Finding {
  const version = spawnSync("git", ["--version"], { encoding: "utf8" });
  if (version.status !== 0) return bad("git", "not found; `npx bp diff` needs it", "install git (https://git-scm.com)");
  const inside = spawnSync("git", ["rev-parse", "--is-inside-work-tree"], { cwd: root, encoding: "utf8" });
  const name = version.stdout.trim();
  return inside.status === 0
    ? good("git", name)
    : unknown("git", `${name}; this folder is not a clone, so it cannot be updated with git pull`);
}

function exercises({ root, course }: Context): Finding {
  const missing = course.catalog.filter(({ id }) => !existsSync(exercisePath(root, id))).map(({ id }) => id);
  if (missing.length === 0) return good("exercises", `${course.catalog.length} files present`);
  return bad("exercises", `missing: ${missing.join(", ")}`, `npx bp reset ${missing[0]}`);
}

function disk(root: string): Finding {
  const folder = join(root, ".backpressure");
  try {
    writeWhole(realDisk, join(folder, "doctor"), "writable\n");
    realDisk.remove(join(folder, "doctor"));
  } catch (error) {
    return bad(
      "disk",
      `.backpressure/ cannot be written (${(error as NodeJS.ErrnoException).code ?? error}); progress would be lost`,
      `chmod -R u+w "${root}"`,
    );
  }
  const swept = sweep(folder);
  const litter = swept === 0 ? "" : `; removed ${swept} leftover ${swept === 1 ? "file" : "files"}`;
  const { bavail, bsize } = statfsSync(root);
  const free = Number(bavail) * Number(bsize);
  const found = `${gigabytes(free)} free, writable${litter}`;
  return free >= DISK_NEEDED ? good("disk", found) : bad("disk", `${found}: too little`, "free at least 200 MB");
}

function memory(): Finding {
  // A container may have less than the machine; Node knows its limit where there is one.
  const limit = process.constrainedMemory() ?? 0;
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const found = `${gigabytes(total)} in all, ${gigabytes(Math.min(freemem(), total))} free`;
  return total >= MEMORY_NEEDED
    ? good("memory", found)
    : unknown("memory", `${found}: checks may end as out of memory; check one exercise at a time`);
}

function port(): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(unknown("port", `${PORT} is taken; npm start takes the next free one`)));
    server.listen(PORT, "127.0.0.1", () => server.close(() => resolve(good("port", `${PORT} is free for npm start`))));
  });
}

function chromium(): Finding {
  const path = findChromium();
  if (path !== null) return good("chromium", path);
  return {
    ...unknown("chromium", "not found; only the course's own browser tests need it"),
    mend: "apt-get install -y chromium, or set CHROMIUM_PATH",
  };
}

function services(root: string): Finding {
  const folder = join(root, "services");
  if (!existsSync(join(folder, "package.json")) || installState(folder) === "current")
    return good("services", "the packages of `npx bp run` are installed");
  return {
    ...unknown("services", "the packages of `npx bp run` are not installed; its first run installs them"),
    mend: "npm ci --prefix services",
  };
}

/** Really starts one: what could be in its way shows only then. */
async function postgres(root: string): Promise<Finding> {
  const main = join(root, "services", "postgres", "main.ts");
  if (!existsSync(main) || installState(join(root, "services")) !== "current") {
    return unknown("postgres", "comes with the packages of services/; the first exercise that needs it installs them");
  }
  const databases = databasesAt(root);
  const found = await databases();
  await databases.stop();
  if (found.kind === "unavailable") {
    const { reason, next } = found;
    return { ...unknown("postgres", `${reason}; only exercises with a database need it`), mend: next };
  }
  return good("postgres", found.server === "embedded" ? "starts" : "of DATABASE_URL");
}

function redis(): Finding {
  const path = findProgram("redis-server");
  if (path !== null) return good("redis", path);
  return {
    ...unknown("redis", "not found; only `npx bp run` uses one, to show it beside the parts"),
    mend: "apt-get install -y redis-server redis-tools",
  };
}

function progress({ progress: store, root }: Context): Finding {
  const passed = Object.values(store.read().exercises).filter((one) => one.passedAt !== undefined).length;
  const notice = store.takeNotice();
  if (notice !== null) return unknown("progress", notice);
  const backups = join(root, ".backpressure", "backups");
  const kept = existsSync(backups)
    ? readdirSync(backups, { recursive: true }).filter((name) => String(name).endsWith(".ts")).length
    : 0;
  return good("progress", `${passed} passed, ${kept} backups`);
}

const good = (what: string, found: string): Finding => ({ what, state: "good", found });
const unknown = (what: string, found: string): Finding => ({ what, state: "unknown", found });
const bad = (what: string, found: string, mend: string): Finding => ({ what, state: "bad", found, mend });
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
