/**
 * The few file operations that progress and backups are written with, so that a test can stop the machine between any
 * two of them. All synchronous: nothing else of this process runs between reading, changing and writing.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export interface Disk {
  readonly exists: (path: string) => boolean;
  readonly read: (path: string) => Uint8Array;
  readonly list: (folder: string) => string[];
  /** Milliseconds since the epoch. */
  readonly modifiedAt: (path: string) => number;
  readonly makeFolder: (path: string) => void;
  /** Opens for writing. With `exclusive`, throws EEXIST where the file is there. */
  readonly open: (path: string, exclusive: boolean) => number;
  readonly write: (descriptor: number, bytes: Uint8Array) => void;
  readonly sync: (descriptor: number) => void;
  readonly close: (descriptor: number) => void;
  readonly rename: (from: string, to: string) => void;
  /** A second name. Throws EEXIST where `to` is there. */
  readonly link: (from: string, to: string) => void;
  readonly remove: (path: string) => void;
}

export const realDisk: Disk = {
  exists: existsSync,
  read: (path) => readFileSync(path),
  list: (folder) => readdirSync(folder),
  modifiedAt: (path) => statSync(path).mtimeMs,
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  open: (path, exclusive) => openSync(path, exclusive ? "wx" : "w"),
  write: (descriptor, bytes) => {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  },
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  link: linkSync,
  remove: unlinkSync,
};

let written = 0;

/**
 * Replaces `path` as a whole: a new file beside it, flushed, then renamed over it. Killed at any moment, a reader finds
 * the old content or the new, never a part. The folder is created. Throws what the disk throws (ENOSPC, EROFS, …) and
 * leaves no litter then.
 */
export function writeWhole(disk: Disk, path: string, content: string | Uint8Array): void {
  disk.makeFolder(dirname(path));
  const fresh = `${path}.${process.pid}-${written++}.new`;
  const descriptor = disk.open(fresh, false);
  try {
    try {
      disk.write(descriptor, typeof content === "string" ? Buffer.from(content) : content);
      disk.sync(descriptor);
    } finally {
      disk.close(descriptor);
    }
    disk.rename(fresh, path);
  } catch (error) {
    quietly(() => disk.remove(fresh));
    throw error;
  }
  syncFolder(disk, dirname(path));
}

/**
 * The rename itself survives a power cut only when the folder is flushed. Windows and some network drives cannot;
 * nothing is lost then but that.
 */
function syncFolder(disk: Disk, folder: string): void {
  if (disk !== realDisk || process.platform === "win32") return;
  quietly(() => {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}

export function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The caller has said why this may fail.
  }
}
