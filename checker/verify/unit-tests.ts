/** Which tests and pages belong to one system. Read by the configurations of Vitest, so it imports data only. */

import { isBuilt, systems } from "../../course/manifest.ts";

const built = systems.filter(isBuilt).map(({ slug }) => slug);

/** The systems that BP_UNITS names, with commas; absent: all that are built. */
export function unitsAsked(asked = process.env.BP_UNITS): readonly string[] {
  return asked === undefined ? built : asked.split(",").filter((slug) => slug !== "");
}

/** Folder of a system's lab: `rate-limiter` -> `RateLimiter`. */
export const labFolder = (slug: string): string =>
  slug.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Patterns of the tests that belong to one system; of all built systems by default. */
export function unitTests(slugs: readonly string[] = built): string[] {
  return slugs.flatMap((slug) => [
    `checker/suites/${slug}/**/*.test.ts`,
    `services/${slug}/**/*.test.ts`,
    `site/labs/${labFolder(slug)}/**/*.test.ts`,
    `course/estimates/${slug}.test.ts`,
  ]);
}

/** Systems whose pages, interviews and labs a run in a browser leaves out. */
export function unitsLeftOut(asked: readonly string[]): string[] {
  return built.filter((slug) => !asked.includes(slug));
}
