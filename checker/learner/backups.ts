/** What a command is about to overwrite is kept first, in `.backpressure/backups/<system>/<exercise>.<time>.ts`. */

import { join } from "node:path";
import { type Disk, realDisk, writeWhole } from "../machine/disk.ts";
import { withLock } from "../machine/lock.ts";

export interface Backup {
  /** Absolute. */
  readonly path: string;
  /** As a learner types it, from the repository root. */
  readonly shown: string;
}

/**
 * Keeps the bytes of `file` under a name that was free. Throws when they could not be kept: then nothing may be
 * overwritten.
 */
export function keepBackup(root: string, id: string, file: string, at: Date, disk: Disk = realDisk): Backup {
  // Colons are not allowed in Windows file names.
  const stamp = at
    .toISOString()
    .replaceAll(":", "-")
    .replace(/\.\d+Z$/, "Z");
  // Two resets in one second must not take the same free name.
  return withLock(disk, join(root, ".backpressure", "backups.lock"), () => keep(root, id, file, stamp, disk));
}

function keep(root: string, id: string, file: string, stamp: string, disk: Disk): Backup {
  for (let n = 1; ; n++) {
    const name = `${id}.${stamp}${n === 1 ? "" : `-${n}`}.ts`;
    const path = join(root, ".backpressure", "backups", ...name.split("/"));
    if (disk.exists(path)) continue;
    const bytes = disk.read(file);
    writeWhole(disk, path, bytes);
    if (Buffer.compare(Buffer.from(disk.read(path)), Buffer.from(bytes)) !== 0)
      throw new Error(`The backup ${path} is not what was written. Nothing was overwritten.`);
    return { path, shown: `.backpressure/backups/${name}` };
  }
}

/** Backups of an exercise, newest first, as shown from the repository root. */
export function listBackups(root: string, id: string, disk: Disk = realDisk): string[] {
  const [system = "", exercise = ""] = id.split("/");
  const folder = join(root, ".backpressure", "backups", system);
  if (!disk.exists(folder)) return [];
  return disk
    .list(folder)
    .filter((name) => name.startsWith(`${exercise}.`) && name.endsWith(".ts"))
    .sort()
    .reverse()
    .map((name) => `.backpressure/backups/${system}/${name}`);
}
