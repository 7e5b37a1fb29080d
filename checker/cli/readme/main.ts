/** `npm run readme`: runs the commands that README.md shows, in a clone of their own, and writes their output between its markers. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cloneCourse } from "../clone.ts";
import { blocksOf, replaceBlocks, transcript } from "./blocks.ts";
import { ID, rightBucket, wrongBucket } from "./learner.ts";

const readme = join(import.meta.dirname, "../../../README.md");
const clone = cloneCourse();
const mine = join(clone.root, "exercises", `${ID}.ts`);

try {
  const contents = new Map<string, string>();
  contents.set("stub", bp("check", ID));
  writeFileSync(mine, wrongBucket());
  contents.set("wrong", bp("check", ID));
  contents.set("hint", bp("hint", ID));
  contents.set("mended", change());
  writeFileSync(mine, rightBucket());
  contents.set("right", bp("check", ID));
  contents.set("new", bp("new", "news-feed/fan-out"));
  const before = readFileSync(readme, "utf8");
  if (!contents.get("right")!.includes("✓ passed"))
    throw new Error(
      `The right bucket did not pass on this machine; run it again when nothing else runs:\n${contents.get("right")}`,
    );
  writeFileSync(readme, replaceBlocks(before, contents));
  console.log(`README.md: ${blocksOf(before).size} blocks written`);
} finally {
  clone.remove();
}

function bp(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [clone.bin, ...args], {
    cwd: clone.root,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
  });
  return transcript(["npx", "bp", ...args].join(" "), stdout + stderr);
}

/** The mend itself, as git shows it. */
function change(): string {
  const [wrong, right] = [join(clone.root, "wrong.ts"), join(clone.root, "right.ts")];
  writeFileSync(wrong, wrongBucket());
  writeFileSync(right, rightBucket());
  const { stdout } = spawnSync("git", ["diff", "--no-index", "--no-color", "-U1", wrong, right], { encoding: "utf8" });
  const hunks = stdout.slice(stdout.indexOf("@@")).replace(/^@@.*@@.*$/gm, "@@");
  return transcript("", hunks, "diff");
}
