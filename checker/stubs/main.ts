/**
 * `npm run stubs [id...]` writes the stubs of all exercises (or the named ones) from their solutions, and the hashes of given parts.
 * `npm run stubs -- --check` compares only. It is for the repository: run where a learner has solved something, it
 * reports that as drift, so it belongs to `.ci/run` and not to `npm test`.
 */

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { catalog } from "../../course/manifest.ts";
import { type GeneratedFile, givenHashes, stubFor } from "./stub.ts";

const root = resolve(import.meta.dirname, "../..");
const args = process.argv.slice(2);
const check = args.includes("--check");
const ids = args.filter((arg) => !arg.startsWith("--"));
const entries = catalog.filter((each) => ids.length === 0 || ids.includes(each.id) || ids.includes(each.system.slug));
if (entries.length === 0) {
  console.error(`No exercise "${ids.join(" ")}" in course/manifest.ts.`);
  process.exit(2);
}

const files: GeneratedFile[] = [await givenHashes(root)];
const problems: string[] = [];
for (const entry of entries) {
  if (!existsSync(join(root, "solutions", `${entry.id}.ts`))) {
    problems.push(`solutions/${entry.id}.ts is missing`);
    continue;
  }
  try {
    files.push(await stubFor(entry, root));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}

let same = 0;
let written = 0;
for (const file of files) {
  const path = join(root, file.path);
  const before = existsSync(path) ? await readFile(path, "utf8") : null;
  if (before === file.text) {
    same++;
  } else if (check) {
    const what = before === null ? "is missing" : "differs from what its solution generates";
    problems.push(`${file.path} ${what}; mend it with: npm run stubs`);
  } else {
    if (before !== null) await keepBackup(file.path, before);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.text);
    written++;
    console.log(`wrote ${file.path}`);
  }
}

for (const problem of problems) console.error(problem);
console.log(
  check ? `${same} of ${files.length} generated files agree` : `${written} written, ${same} already up to date`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Whatever is overwritten may be someone's work; it is kept where `bp reset` keeps it. */
async function keepBackup(path: string, text: string): Promise<void> {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const backup = join(root, ".backpressure", "backups", path.replace(/\.ts$/, `.${stamp}.ts`));
  await mkdir(dirname(backup), { recursive: true });
  await writeFile(backup, text);
}
