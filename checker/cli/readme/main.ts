/**
 * `npm run readme`: runs the commands that README.md and the chapters show, in a clone of their own, and writes their
 * output between the markers. Names after it run only these blocks: `npm run readme run-rate-limiter`.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { $ } from "zx";
import { cloneCourse } from "../clone.ts";
import { blocksOf, PAGES, replaceBlocks, SERVICE_RUNS, transcript } from "./blocks.ts";
import { ID, rightBucket, wrongBucket } from "./learner.ts";

const root = join(import.meta.dirname, "../../..");
const asked = process.argv.slice(2);
const clone = cloneCourse();
const quiet = $({
  quiet: true,
  nothrow: true,
  cwd: clone.root,
  env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
});
const mine = join(clone.root, "exercises", `${ID}.ts`);

try {
  const contents = new Map<string, string>();
  if (asked.length === 0) await story(contents);
  for (const { block, words } of SERVICE_RUNS) {
    if (asked.length === 0 || asked.includes(block)) contents.set(block, await bp(...words));
  }
  for (const page of PAGES) {
    const path = join(root, page);
    const before = readFileSync(path, "utf8");
    const own = [...blocksOf(before).keys()].filter((name) => contents.has(name));
    if (own.length === 0) continue;
    writeFileSync(path, replaceBlocks(before, contents, asked.length > 0));
    console.log(`${page}: ${own.length} blocks written`);
  }
} finally {
  clone.remove();
}

/** Of one exercise, from the stub to the pass, and of a new unit. */
async function story(contents: Map<string, string>): Promise<void> {
  contents.set("stub", await bp("check", ID));
  writeFileSync(mine, wrongBucket());
  contents.set("wrong", await bp("check", ID));
  contents.set("hint", await bp("hint", ID));
  contents.set("mended", await change());
  writeFileSync(mine, rightBucket());
  contents.set("right", await bp("check", ID));
  if (!contents.get("right")!.includes("✓ passed"))
    throw new Error(
      `The right bucket did not pass on this machine; run it again when nothing else runs:\n${contents.get("right")}`,
    );
  contents.set("new", await bp("new", "news-feed/fan-out"));
}

/** A command of the page in the clone, as a reader sees it; exit code 1 is a verdict. */
async function bp(...args: string[]): Promise<string> {
  const { stdout, stderr } = await quiet`${process.execPath} ${clone.bin} ${args}`;
  return transcript(["npx", "bp", ...args].join(" "), stdout + stderr);
}

/** The mend itself, as git shows it. */
async function change(): Promise<string> {
  const [wrong, right] = [join(clone.root, "wrong.ts"), join(clone.root, "right.ts")];
  writeFileSync(wrong, wrongBucket());
  writeFileSync(right, rightBucket());
  const { stdout } = await quiet`git diff --no-index --no-color -U1 ${wrong} ${right}`;
  const hunks = stdout.slice(stdout.indexOf("@@")).replace(/^@@.*@@.*$/gm, "@@");
  return transcript("", hunks, "diff");
}
