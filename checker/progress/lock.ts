/** One writer at a time, among processes. The lock is a file that only one of them can create. */

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { type Disk, quietly } from "./disk.ts";

/** Reading, changing and renaming takes milliseconds; an owner that takes longer than this has died or sleeps. */
const STALE_AFTER_MS = 10_000;
const GIVE_UP_AFTER_MS = 15_000;
const RETRY_MS = 15;

/** Runs `work` while no other process holds `path`. A lock left by a killed process is broken. Throws when it cannot be had. */
export function withLock<T>(disk: Disk, path: string, work: () => T): T {
  const ours = acquire(disk, path);
  try {
    return work();
  } finally {
    // Only ours: if someone thought us dead and broke the lock, the file there is theirs.
    quietly(() => {
      if (Buffer.from(disk.read(path)).toString("utf8") === ours) disk.remove(path);
    });
  }
}

function acquire(disk: Disk, path: string): string {
  disk.makeFolder(dirname(path));
  const ours = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  const started = Date.now();
  for (;;) {
    try {
      create(disk, path, ours);
      return ours;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    breakIfStale(disk, path);
    if (Date.now() - started > GIVE_UP_AFTER_MS)
      throw new Error(`Another process holds ${path}. If none is running, delete that file and try again.`);
    sleep(RETRY_MS);
  }
}

/** On a full disk the file is created and stays empty: it is taken away again, or everyone would wait for nobody. */
function create(disk: Disk, path: string, ours: string): void {
  const descriptor = disk.open(path, true);
  try {
    disk.write(descriptor, Buffer.from(ours));
  } catch (error) {
    quietly(() => disk.remove(path));
    throw error;
  } finally {
    disk.close(descriptor);
  }
}

/** Moves a dead owner's lock aside. Of several that try, one rename succeeds; the others find nothing and retry. */
function breakIfStale(disk: Disk, path: string): void {
  quietly(() => {
    const content = Buffer.from(disk.read(path)).toString("utf8");
    if (!ownerIsDead(content) && Date.now() - disk.modifiedAt(path) < STALE_AFTER_MS) return;
    // Read again at the last moment: between the two, the dead lock may have become a live one.
    if (Buffer.from(disk.read(path)).toString("utf8") !== content) return;
    const aside = `${path}.${randomUUID()}.stale`;
    disk.rename(path, aside);
    disk.remove(aside);
  });
}

function ownerIsDead(content: string): boolean {
  let owner: { pid?: unknown; host?: unknown };
  try {
    owner = JSON.parse(content);
  } catch {
    // Created and not yet written: its age decides.
    return false;
  }
  if (owner.host !== hostname() || typeof owner.pid !== "number") return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
