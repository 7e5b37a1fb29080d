/**
 * Mermaid as its authors built it, copied beside the site's scripts and loaded by the browser itself. Bundling and
 * minifying it once more would take a third of the time of a build, for a library that most pages never load.
 */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Compiler } from "webpack";

const ENTRY = "mermaid.esm.min";

/** Address of the module, below the site's base URL. `root` is the repository. */
export const mermaidEntry = (root: string): string => `${folderOf(root)}/${ENTRY}.js`;

/** Adds the module and the parts that it imports to what the bundler writes. */
export class MermaidFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  apply(compiler: Compiler): void {
    const { RawSource } = compiler.webpack.sources;
    compiler.hooks.thisCompilation.tap(MermaidFiles.name, (compilation) => {
      compilation.hooks.processAssets.tap(MermaidFiles.name, () => {
        for (const [file, text] of mermaidFiles(this.#root))
          compilation.emitAsset(file, new RawSource(text), { minimized: true });
      });
    });
  }
}

// --- internal ---

/** The version is part of the path, so that a browser may keep the files. */
function folderOf(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/mermaid/package.json"), "utf8"));
  return `assets/mermaid-${version}`;
}

/** Path to text. Named `.js`: not every host knows that `.mjs` is a script. */
function mermaidFiles(root: string): ReadonlyMap<string, string> {
  const dist = path.join(root, "node_modules/mermaid/dist");
  const parts = readdirSync(path.join(dist, "chunks", ENTRY)).filter((file) => file.endsWith(".mjs"));
  const files = [`${ENTRY}.mjs`, ...parts.map((file) => `chunks/${ENTRY}/${file}`)];
  return new Map(
    files.map((file) => [
      `${folderOf(root)}/${file.replace(/\.mjs$/, ".js")}`,
      readFileSync(path.join(dist, file), "utf8").replaceAll('.mjs"', '.js"'),
    ]),
  );
}
