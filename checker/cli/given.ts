/** `bp reset --given`: given parts as the course has them, out of the repository's own history. */

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { keepBackup } from "../learner/backups.ts";
import { MachineError } from "../learner/errors.ts";
import { realDisk, writeWhole } from "../machine/disk.ts";
import { changedGiven, committedHashes, HASHES, hashOf } from "../subject/given.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit.ts";

/** What was there is kept like a learner's file. Nothing is written unless all can be brought back. */
export function resetGiven({ terminal, root, now }: Context): number {
  const hashes = committedHashes({ root });
  if (hashes === null)
    throw new MachineError(`given/${HASHES} is missing or broken. \`git restore given/${HASHES}\` brings it back.`);
  const changed = changedGiven({ root });
  if (changed.length === 0) {
    terminal.out("The given parts are as the course has them. Nothing was changed.\n");
    return EXIT.passed;
  }
  const texts = changed.map((path) => ({
    path,
    text: hashes[path] === undefined ? null : original(root, path, hashes[path]),
  }));
  for (const { path, text } of texts) {
    const full = join(root, "given", path);
    const id = `given/${path.replace(/\.ts$/, "")}`;
    const backup = existsSync(full) ? keepBackup(root, id, full, now()) : null;
    // A file that the course does not have was put there.
    if (text === null) rmSync(full, { force: true });
    else writeWhole(realDisk, full, text);
    terminal.out(`given/${path} is ${text === null ? "gone" : "as given again"}.\n`);
    if (backup !== null) terminal.out(`What was there is kept: ${backup.shown}\n`);
  }
  return EXIT.passed;
}

/** The newest text in the history of `path` whose hash is the committed one. */
function original(root: string, path: string, hash: string): string {
  const git = (...args: string[]) =>
    spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const commits = git("log", "--format=%H", "--", `given/${path}`).stdout?.split("\n") ?? [];
  for (const commit of commits.filter((line) => line !== "")) {
    const { status, stdout } = git("show", `${commit}:given/${path}`);
    if (status === 0 && hashOf(stdout) === hash) return stdout;
  }
  throw new MachineError(`git does not know the text of given/${path}. Take the file from where you got the course.`);
}
