import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../../course/manifest.ts";
import { keepBackup } from "../../learner/backups.ts";
import { selectEntries } from "../../learner/select.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import type { GeneratedFile } from "../../stubs/stub.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";

export const stubs = defineCommand({
  name: "stubs",
  usage: "[id...]",
  summary: "For maintainers: writes the stubs from the solutions, and the hashes of given parts.",
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  options: { check: { type: "boolean", help: "compare only; 1 where a committed stub differs" } },
  details:
    "Where a learner has solved something, --check reports that as a difference: it is for the " +
    "repository, not for a learner's folder.",
  async run(context, args) {
    const { course, terminal } = context;
    const entries = args.positionals.length === 0 ? course.catalog : selectEntries(course, args.positionals);
    const { files, problems } = await generate(context, entries);
    let same = 0;
    let written = 0;
    for (const { file, entry } of files) {
      const path = join(context.root, file.path);
      const before = existsSync(path) ? readFileSync(path, "utf8") : null;
      if (before === file.text) same++;
      else if (args.flag("check")) {
        const what = before === null ? "is missing" : "differs from what its solution generates";
        problems.push(`${file.path} ${what}; mend it with: npm run stubs`);
      } else {
        // Whatever is overwritten may be someone's work.
        if (before !== null && entry !== null) keepBackup(context.root, entry.id, path, context.now());
        writeWhole(realDisk, path, file.text);
        written++;
        terminal.out(`wrote ${file.path}\n`);
      }
    }
    for (const problem of problems) terminal.err(`${problem}\n`);
    terminal.out(
      args.flag("check")
        ? `${same} of ${files.length} generated files agree\n`
        : `${written} written, ${same} already up to date\n`,
    );
    return problems.length === 0 ? EXIT.passed : EXIT.notPassed;
  },
});

interface Generated {
  readonly file: GeneratedFile;
  /** Null for what belongs to no exercise. */
  readonly entry: CatalogEntry | null;
}

async function generate(
  { root }: Context,
  entries: readonly CatalogEntry[],
): Promise<{ readonly files: Generated[]; readonly problems: string[] }> {
  const { givenHashes, stubFor } = await import("../../stubs/stub.ts");
  const files: Generated[] = [{ file: await givenHashes(root), entry: null }];
  const problems: string[] = [];
  for (const entry of entries) {
    if (!existsSync(join(root, "solutions", `${entry.id}.ts`))) {
      problems.push(`solutions/${entry.id}.ts is missing`);
      continue;
    }
    try {
      files.push({ file: await stubFor(entry, root), entry });
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { files, problems };
}
