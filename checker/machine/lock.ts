/**
 * One owner at a time, among processes. The lock is a file that only one of them can create; a lock whose owner died is
 * broken. `withLock` is for work of milliseconds and blocks while it waits, `withLockAsync` is for work of any length.
 */

import { randomUUID } from "node:crypto";
import { utimesSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Disk, quietly, realDisk } from "./disk.ts";

/**
 * After this silence an owner is taken for dead, also where its process cannot be looked up (another host or
 * container): short work is done long before, and long work touches its lock.
 */
const STALE_AFTER_MS = 15_000;
/** Longer than a dead owner's lock can stand. */
const GIVE_UP_AFTER_MS = 20_000;
const HEARTBEAT_MS = 1_000;
const RETRY_MS = 15;
/** Long work is worth fewer looks. */
const RETRY_LONG_MS = 60;

/**
 * Runs `work` while no other process holds `path`. The folder is created. @throws Error when the lock cannot be had.
 */
export function withLock<T>(disk: Disk, path: string, work: () => T): T {
  disk.makeFolder(dirname(path));
  const started = Date.now();
  let ours = tryAcquire(disk, path);
  while (ours === null) {
    if (Date.now() - started > GIVE_UP_AFTER_MS)
      throw new Error(`Another process holds ${path}. If none is running, delete that file and try again.`);
    block(RETRY_MS);
    ours = tryAcquire(disk, path);
  }
  try {
    return work();
  } finally {
    release(disk, path, ours);
  }
}

export interface LongLockOptions {
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another owner has to end first. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Runs `work` while no other process holds `path`, however long that takes. @throws the signal's reason when aborted.
 */
export async function withLockAsync<T>({ path, signal, onWait }: LongLockOptions, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  let ours = tryAcquire(realDisk, path);
  if (ours === null) onWait?.();
  while (ours === null) {
    await sleep(RETRY_LONG_MS, undefined, { signal }).catch(() => undefined);
    signal?.throwIfAborted();
    ours = tryAcquire(realDisk, path);
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    release(realDisk, path, ours);
  }
}

/** What the file of a lock just acquired says; null while another owner lives. */
function tryAcquire(disk: Disk, path: string): string | null {
  const ours = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  // The second try is for a dead owner's lock that was just broken.
  return create(disk, path, ours) || (breakIfStale(disk, path) && create(disk, path, ours)) ? ours : null;
}

/** False where the file is there. On a full disk it is created and stays empty: then it is taken away again. */
function create(disk: Disk, path: string, ours: string): boolean {
  let descriptor: number;
  try {
    descriptor = disk.open(path, true);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    disk.write(descriptor, Buffer.from(ours));
  } catch (error) {
    quietly(() => disk.remove(path));
    throw error;
  } finally {
    disk.close(descriptor);
  }
  return true;
}

/** Moves a dead owner's lock aside. Of several that try, one rename succeeds; the others find nothing and try again. */
function breakIfStale(disk: Disk, path: string): boolean {
  try {
    const content = contentOf(disk, path);
    if (!ownerIsDead(content) && Date.now() - disk.modifiedAt(path) < STALE_AFTER_MS) return false;
    const aside = `${path}.${randomUUID()}.stale`;
    disk.rename(path, aside);
    // Between reading and renaming, the dead lock may have become a live one: it goes back, unless there is a newer
    // one.
    if (contentOf(disk, aside) !== content) quietly(() => disk.link(aside, path));
    disk.remove(aside);
  } catch {
    // Another process was faster.
  }
  return true;
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

/** Only ours: an owner that took this one for dead may hold the lock by now. */
function release(disk: Disk, path: string, ours: string): void {
  quietly(() => {
    if (contentOf(disk, path) === ours) disk.remove(path);
  });
}

const contentOf = (disk: Disk, path: string): string => Buffer.from(disk.read(path)).toString("utf8");

function touch(path: string): void {
  const now = new Date();
  quietly(() => utimesSync(path, now, now));
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
