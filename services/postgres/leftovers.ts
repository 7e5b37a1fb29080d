/** What servers of earlier runs have left behind, when even their guards were killed: folders, and processes. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders are called by this and the process that made them. */
export const PREFIX = "backpressure-postgres-";

/** Ends and removes servers whose process is gone. */
export function removeLeftovers(parent = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    const owner = name.startsWith(PREFIX) ? Number(/^\d+/.exec(name.slice(PREFIX.length))?.[0]) : Number.NaN;
    if (Number.isNaN(owner) || lives(owner)) continue;
    const folder = join(parent, name);
    endServer(folder);
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // Another user's.
    }
  }
}

function endServer(folder: string): void {
  const pid = serverPid(folder);
  // The number may be another process's by now.
  if (pid === null || !commandOf(pid).includes(folder)) return;
  try {
    process.kill(pid, "SIGQUIT");
  } catch {
    return;
  }
  const until = Date.now() + 3_000;
  while (lives(pid) && Date.now() < until) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

function serverPid(folder: string): number | null {
  try {
    return Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return null;
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return "";
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
