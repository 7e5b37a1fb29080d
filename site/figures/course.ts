/** All figures of the course, drawn or taken from the cache: for `npm run figures` and for the tests. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "./cache.ts";
import { openDesk, type Sizes } from "./desk.ts";

/** `<system>/<name>` to text, in alphabetical order. `root` is the repository. */
export function figureSources(root: string): ReadonlyMap<string, string> {
  const folder = join(root, "diagrams");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".mmd"));
  const names = files.map((file) => file.replaceAll("\\", "/").replace(/\.mmd$/, "")).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, `${name}.mmd`), "utf8")]));
}

/** Rejects with the name of a figure whose text does not parse. */
export async function drawCourse(root: string, chromium: string): Promise<ReadonlyMap<string, Figure>> {
  const desk = openDesk(root, chromium);
  try {
    const drawn = new Map<string, Figure>();
    for (const [name, source] of figureSources(root)) {
      const figure = await desk.figure(name, source).catch((error: Error) => {
        throw new Error(`diagrams/${name}.mmd: ${error.message}`);
      });
      drawn.set(name, figure!);
    }
    return drawn;
  } finally {
    await desk.close();
  }
}

export const sizesOf = (figures: ReadonlyMap<string, Figure>): Sizes =>
  Object.fromEntries([...figures].map(([name, { standing }]) => [name, [standing.width, standing.height] as const]));

/** One figure a line, so that a change of one is a change of one line. */
export const sizesText = (sizes: Sizes): string =>
  `{\n${Object.entries(sizes)
    .map(([name, size]) => `  ${JSON.stringify(name)}: [${size.join(", ")}]`)
    .join(",\n")}\n}\n`;

/** What the drawings cover, as `diagrams/<name>.mmd: …`, one a line. */
export const findingsOf = (figures: ReadonlyMap<string, Figure>): readonly string[] =>
  [...figures].flatMap(([name, { standing }]) => standing.findings.map((one) => `diagrams/${name}.mmd: ${one}`));
