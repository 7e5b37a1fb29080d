/**
 * One plain JavaScript file per side: benches, code under test and given parts in one ES module, as a user's bundler
 * would leave them. The isolates then start without any loader, and both sides run code that was compiled the same way.
 */

import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { subjectPlugin } from "../subject/esbuild.ts";
import type { Subject } from "../subject/subject.ts";

/** Inside of the bundle, where the benches find what was offered. */
const OFFERED = join(import.meta.dirname, "../kit/offered.ts");

const SWEEP_AFTER_MS = 3_600_000;

export interface SideFiles {
  readonly root: string;
  /** Absolute. */
  readonly benchFile: string;
}

/** Bundles below `root`, where packages are found; `remove` when done. */
export interface Workshop {
  readonly worker: string;
  bundle(side: string, subject: Subject): Promise<string>;
  remove(): Promise<void>;
}

export async function openWorkshop(files: SideFiles): Promise<Workshop> {
  const parent = join(files.root, ".backpressure", "tmp");
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const folder = await mkdtemp(join(parent, `measure-${process.pid}-`));
  const options = {
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "silent",
    legalComments: "none",
    sourcemap: false,
    // Otherwise a tsconfig.json near a learner's file could change how it is compiled.
    tsconfigRaw: { compilerOptions: { target: "es2022", verbatimModuleSyntax: true } },
  } as const;
  const worker = join(folder, "worker.mjs");
  await build({ ...options, entryPoints: [join(import.meta.dirname, "worker.ts")], outfile: worker });
  return {
    worker,
    async bundle(side, subject) {
      const outfile = join(folder, `${side}.mjs`);
      const contents = `export { default as benches } from ${JSON.stringify(files.benchFile)};
export * as subject from "bp:subject";
export { offerDatabase } from ${JSON.stringify(OFFERED)};`;
      await build({
        ...options,
        stdin: { contents, resolveDir: files.root, sourcefile: "side.js", loader: "js" },
        plugins: [subjectPlugin(subject)],
        outfile,
      });
      return outfile;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Folders of measurements that were killed. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.NaN }));
    if (name.startsWith("measure-") && Date.now() - mtimeMs > SWEEP_AFTER_MS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
