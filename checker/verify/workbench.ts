/**
 * A scratch tree in which stubs and references lie beside copies of the example tests, as a learner would have them.
 */

import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { stubFor } from "../stubs/stub.ts";
import { givenFolder, notStartedPath, solutionPath } from "../subject/rooms.ts";
import { usedIds } from "../subject/subject.ts";

export const BENCHES = ["stub", "reference"] as const;
export type BenchName = (typeof BENCHES)[number];

export interface Workbench {
  readonly folder: string;
  /** The generated stub; throws where there is none. */
  stub(id: string): string;
  /** Exercises whose stub could not be generated, with the reason. */
  readonly problems: ReadonlyMap<string, string>;
  remove(): Promise<void>;
}

const SWEEP_AFTER_MS = 3_600_000;

/**
 * Lays out all entries as `<folder>/<bench>/exercises/…`, with the course's given parts beside. Lies below `root`, so
 * that packages are found.
 */
export async function layOut(entries: readonly CatalogEntry[], root: string): Promise<Workbench> {
  const parent = join(root, ".backpressure", "tmp");
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const folder = await mkdtemp(join(parent, `verify-${process.pid}-`));
  const problems = new Map<string, string>();
  const stubs = new Map<string, string>();

  const put = async (bench: BenchName, id: string, text: string): Promise<void> => {
    const path = join(folder, bench, "exercises", `${id}.ts`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  for (const bench of BENCHES) {
    await mkdir(join(folder, bench, "exercises"), { recursive: true });
    await copyFile(notStartedPath({ root }), join(folder, bench, "exercises", "not-started.ts"));
    const given = givenFolder({ root });
    if (existsSync(given)) await cp(given, join(folder, bench, "given"), { recursive: true });
  }
  for (const entry of entries) {
    try {
      const reference = await readFile(solutionPath({ root }, entry.id), "utf8");
      await put("reference", entry.id, reference);
      const stub = (await stubFor(entry, root)).text;
      stubs.set(entry.id, stub);
      await put("stub", entry.id, stub);
    } catch (error) {
      problems.set(entry.id, (error as Error).message);
    }
    for (const bench of BENCHES) {
      const test = `exercises/${entry.id}.test.ts`;
      await mkdir(dirname(join(folder, bench, test)), { recursive: true });
      await copyFile(join(root, test), join(folder, bench, test)).catch(() => undefined);
      for (const used of usedIds(entry)) {
        // It lies there already when it is verified in the same run; in the stubs' tree that is its stub, which must
        // stay.
        if (entries.some((other) => other.id === used)) continue;
        await put(bench, used, await readFile(solutionPath({ root }, used), "utf8"));
      }
    }
  }
  const stub = (id: string): string => {
    const text = stubs.get(id);
    if (text === undefined) throw new Error(problems.get(id) ?? "it has no stub");
    return text;
  };
  return { folder, stub, problems, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Trees of runs that were killed. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.NaN }));
    if (name.startsWith("verify-") && Date.now() - mtimeMs > SWEEP_AFTER_MS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
