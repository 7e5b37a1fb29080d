import { isBuilt, systems } from "../../course/manifest.ts";

/** Folder of a system's lab: `rate-limiter` -> `RateLimiter`. */
export const labFolder = (slug: string): string =>
  slug.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Patterns of the tests that belong to one system; of all built systems by default. */
export function unitTests(slugs: readonly string[] = systems.filter(isBuilt).map(({ slug }) => slug)): string[] {
  return slugs
    .filter((slug) => slug !== "")
    .flatMap((slug) => [
      `checker/suites/${slug}/**/*.test.ts`,
      `services/${slug}/**/*.test.ts`,
      `site/labs/${labFolder(slug)}/**/*.test.ts`,
      `course/estimates/${slug}.test.ts`,
    ]);
}
