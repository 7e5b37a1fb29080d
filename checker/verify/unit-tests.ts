import { isBuilt, systems } from "../../course/manifest.ts";

/** Folder of a system's lab: `rate-limiter` -> `RateLimiter`. */
export const labFolder = (slug: string): string =>
  slug.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const built = (): string[] => systems.filter(isBuilt).map(({ slug }) => slug);

/** Names a system's service among the units: it has a fingerprint of its own, and is tested apart. */
export const serviceUnit = (slug: string): string => `services/${slug}`;

/** Patterns of the tests of services among `units`; of all built systems by default. */
export function serviceTests(units: readonly string[] = built().map(serviceUnit)): string[] {
  return units.filter((unit) => unit.startsWith("services/")).map((unit) => `${unit}/**/*.test.ts`);
}

/** Patterns of the other tests that belong to one system; of all built systems by default. */
export function unitTests(units: readonly string[] = built()): string[] {
  return units
    .filter((unit) => unit !== "" && !unit.startsWith("services/"))
    .flatMap((slug) => [
      `checker/suites/${slug}/**/*.test.ts`,
      `site/labs/${labFolder(slug)}/**/*.test.ts`,
      `course/estimates/${slug}.test.ts`,
    ]);
}
