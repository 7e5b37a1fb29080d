/**
 * One measurement at a time on this machine: two at once would measure each other. The lock is a file in the folder for
 * temporary files, so that checkouts share it; a lock whose owner died is taken over.
 */

import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The owner touches the file this often. */
const HEARTBEAT_MS = 1_000;
/** After this silence the owner is taken for dead, also where its process cannot be looked up (another host or container). */
const STALE_AFTER_MS = 15_000;
const RETRY_MS = 60;

export interface LockOptions {
  readonly path?: string;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another measurement has to end first. */
  readonly onWait?: (() => void) | undefined;
}

export const defaultLockPath = (): string => join(tmpdir(), `backpressure-measure-${userInfo().username}.lock`);

/** Runs `work` while no other process measures. Throws the signal's reason when aborted while waiting. */
export async function withMeasureLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const path = options.path ?? defaultLockPath();
  const ours = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  await acquire(path, ours, options);
  const heartbeat = setInterval(() => void touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    // Only ours: whoever thought us dead may own the file by now.
    if ((await contentOf(path)) === ours) await rm(path, { force: true });
  }
}

async function acquire(path: string, ours: string, { signal, onWait }: LockOptions): Promise<void> {
  let waited = false;
  for (;;) {
    signal?.throwIfAborted();
    if (await create(path, ours)) return;
    if (await breakIfStale(path)) continue;
    if (!waited) onWait?.();
    waited = true;
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Appears with its content or not at all: written aside, then linked, which fails when the name is taken. */
async function create(path: string, content: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, content);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Of several that find a dead lock, one rename succeeds. A live lock that was moved by mistake is put back. */
async function breakIfStale(path: string): Promise<boolean> {
  const content = await contentOf(path);
  if (content === null) return true;
  if (!(await isStale(path, content))) return false;
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  const moved = await contentOf(aside);
  if (moved !== null && moved !== content) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return true;
}

async function isStale(path: string, content: string): Promise<boolean> {
  const owner = parseOwner(content);
  if (owner !== null && owner.host === hostname() && !isAlive(owner.pid)) return true;
  const modified = await stat(path).then(
    (file) => file.mtimeMs,
    () => 0,
  );
  return Date.now() - modified > STALE_AFTER_MS;
}

function parseOwner(content: string): { pid: number; host: string } | null {
  try {
    const owner = JSON.parse(content) as { pid?: unknown; host?: unknown };
    return typeof owner.pid === "number" && typeof owner.host === "string"
      ? { pid: owner.pid, host: owner.host }
      : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
