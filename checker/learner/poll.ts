/**
 * Notices saves by looking. File system events are lost on WSL mounts, NFS and some containers; a look at one file
 * every 200 ms costs nothing and works everywhere. Editors that replace the file, touch it without a change, or save in
 * two steps are all the same here.
 */

import { statSync } from "node:fs";
import { hashOf, readLearnerFile } from "./file.ts";

export const POLL_MS = 200;
/** Clocks of network drives are coarse: even where size and time look the same, the content is read this often. */
const READ_ANYWAY_EVERY = 10;

export interface Poll {
  readonly stop: () => void;
}

/**
 * Calls `onChange` after the content of a file has changed and been the same for two looks (a save in two steps is one
 * change). A file that is deleted is a change too. `paths` may grow between looks.
 */
export function pollFiles(paths: () => readonly string[], onChange: (path: string) => void, everyMs = POLL_MS): Poll {
  const known = new Map<string, { stat: string; hash: string; pending: string | null }>();
  let looks = 0;
  for (const path of paths()) known.set(path, { stat: statOf(path), hash: contentOf(path), pending: null });
  const timer = setInterval(look, everyMs);

  function look(): void {
    looks++;
    for (const path of paths()) {
      const stat = statOf(path);
      const before = known.get(path);
      if (before === undefined) {
        known.set(path, { stat, hash: contentOf(path), pending: null });
        continue;
      }
      if (stat === before.stat && before.pending === null && looks % READ_ANYWAY_EVERY !== 0) continue;
      before.stat = stat;
      const hash = contentOf(path);
      if (hash === before.hash) before.pending = null;
      else if (hash !== before.pending) before.pending = hash;
      else {
        before.hash = hash;
        before.pending = null;
        onChange(path);
      }
    }
  }

  return { stop: () => clearInterval(timer) };
}

function statOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "";
  }
}

const contentOf = (path: string): string => readLearnerFile(path)?.hash ?? hashOf("");
