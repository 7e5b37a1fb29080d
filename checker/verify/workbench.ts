/** A scratch tree in which stubs and references lie beside copies of the example tests, as a learner would have them. */

import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { contractFor, stubFor } from "../stubs/stub.ts";

export const BENCHES = ["stub", "reference"] as const;
export type BenchName = (typeof BENCHES)[number];

export interface Workbench {
  readonly folder: string;
  /** Where the generated stub, or the copy of the reference, of an exercise lies. */
  file(bench: BenchName, id: string): string;
  /** Exercises whose stub could not be generated, with the reason. */
  readonly problems: ReadonlyMap<string, string>;
  remove(): Promise<void>;
}

const SWEEP_AFTER_MS = 3_600_000;

/** Lays out all entries. Lies below `root`, so that packages are found. */
export async function layOut(entries: readonly CatalogEntry[], root: string): Promise<Workbench> {
  const parent = join(root, ".backpressure", "tmp");
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const folder = await mkdtemp(join(parent, `verify-${process.pid}-`));
  const file = (bench: BenchName, id: string): string => join(folder, bench, `${id}.ts`);
  const problems = new Map<string, string>();

  for (const bench of BENCHES) {
    await mkdir(join(folder, bench));
    await copyFile(join(root, "exercises", "not-started.ts"), join(folder, bench, "not-started.ts"));
    for (const system of new Set(entries.map((entry) => entry.system.slug))) {
      await mkdir(join(folder, bench, system));
      const contract = await contractFor(system, root);
      if (contract !== null) await writeFile(join(folder, bench, system, "contract.ts"), contract.text);
    }
  }
  for (const entry of entries) {
    try {
      await copyFile(join(root, "solutions", `${entry.id}.ts`), file("reference", entry.id));
      await writeFile(file("stub", entry.id), (await stubFor(entry, root)).text);
    } catch (error) {
      problems.set(entry.id, (error as Error).message);
    }
    for (const bench of BENCHES) {
      const test = `${entry.id}.test.ts`;
      await copyFile(join(root, "exercises", test), join(folder, bench, test)).catch(() => undefined);
      for (const used of entry.exercise.uses ?? []) {
        const id = `${entry.system.slug}/${used}`;
        // It lies there already when it is verified in the same run; in the stubs' tree that is its stub, which must stay.
        if (entries.some((other) => other.id === id)) continue;
        await copyFile(join(root, "solutions", `${id}.ts`), join(dirname(file(bench, entry.id)), `${used}.ts`)).catch(
          () => undefined,
        );
      }
    }
  }
  return { folder, file, problems, remove: () => rm(folder, { recursive: true, force: true }) };
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
