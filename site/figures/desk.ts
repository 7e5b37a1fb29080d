/** Where the build gets its figures from: the cache, a browser, or, without one, only their sizes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Figure, openCache } from "./cache.ts";
import { createRenderer } from "./render.ts";

export type Size = readonly [width: number, height: number];

/** `<system>/<name>` to the natural size of the standing figure, px. Written by `npm run figures`. */
export type Sizes = Readonly<Record<string, Size>>;

export const SIZES_FILE = "site/figures/sizes.json";

export interface Desk {
  /** Null where nothing can draw it; rejects where its text does not parse. */
  figure(name: string, source: string): Promise<Figure | null>;
  /** What the figure takes up, where it is known. */
  size(name: string): Size | null;
  close(): Promise<void>;
}

/** `root` is the repository, `chromium` an executable or null. */
export function openDesk(root: string, chromium: string | null): Desk {
  const cache = openCache(root);
  const sizes = readSizes(root);
  const renderer = chromium === null ? null : createRenderer(root, chromium);
  const inWork = new Map<string, Promise<Figure | null>>();
  return {
    figure(name, source) {
      const known = cache.read(name, source);
      if (known !== null || renderer === null) return Promise.resolve(known);
      // The build of the server and that of the browser ask for the same.
      const key = `${name}\n${source}`;
      const job =
        inWork.get(key) ??
        renderer.draw(name, source).then((figure) => {
          cache.write(name, source, figure);
          inWork.delete(key);
          return figure;
        });
      inWork.set(key, job);
      return job;
    },
    size: (name) => sizes[name] ?? null,
    close: async () => renderer?.close(),
  };
}

export function readSizes(root: string): Sizes {
  return JSON.parse(readFileSync(join(root, SIZES_FILE), "utf8")) as Sizes;
}
