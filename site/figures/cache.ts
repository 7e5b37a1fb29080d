/** Drawn figures, by what they were drawn from: below node_modules/.cache, so that nothing of it is committed. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Drawing } from "./page.ts";

export interface Figure {
  readonly standing: Drawing;
  /** Only where it pays. */
  readonly wide: Drawing | null;
}

export interface FigureCache {
  read(name: string, source: string): Figure | null;
  write(name: string, source: string, figure: Figure): void;
}

/** `root` is the repository. */
export function openCache(root: string): FigureCache {
  const folder = join(root, "node_modules", ".cache", "backpressure", "figures");
  const renderer = hashOfRenderer(root);
  const pathOf = (name: string, source: string) =>
    join(folder, `${hash(`${renderer}\n${name}\n${source}`).slice(0, 32)}.json`);
  return {
    read(name, source) {
      try {
        return JSON.parse(readFileSync(pathOf(name, source), "utf8")) as Figure;
      } catch {
        return null;
      }
    },
    write(name, source, figure) {
      mkdirSync(folder, { recursive: true });
      const path = pathOf(name, source);
      // Two builds at once see a whole file or none.
      writeFileSync(`${path}.${process.pid}`, JSON.stringify(figure));
      renameSync(`${path}.${process.pid}`, path);
    },
  };
}

// --- internal ---

/** A change of how figures are drawn draws them all again. */
function hashOfRenderer(root: string): string {
  const here = join(root, "site", "figures");
  const files = readdirSync(here).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const { version } = JSON.parse(readFileSync(join(root, "node_modules", "mermaid", "package.json"), "utf8")) as {
    version: string;
  };
  return hash([version, ...files.sort().map((file) => readFileSync(join(here, file), "utf8"))].join("\n"));
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
