/** Which tests and pages belong to one system. Read by the configurations of Vitest, so it imports data only. */

import { isBuilt, systems } from "../../course/manifest.ts";

const built = systems.filter(isBuilt).map(({ slug }) => slug);

/** The systems and services that BP_UNITS names, with commas; null, as without it: all that are built. */
export function unitsAsked(asked: string | null = process.env.BP_UNITS ?? null): readonly string[] {
  return asked === null ? [...built, ...built.map(serviceUnit)] : asked.split(",").filter((slug) => slug !== "");
}

/** Folder of a system's lab: `rate-limiter` -> `RateLimiter`. */
export const labFolder = (slug: string): string =>
  slug.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Names a system's service among the units: it has a fingerprint of its own, and is tested apart. */
export const serviceUnit = (slug: string): string => `services/${slug}`;
const isService = (unit: string): boolean => unit.startsWith("services/");

/** Patterns of the tests of services among `units`; of all built systems by default. */
export function serviceTests(units: readonly string[] = built.map(serviceUnit)): string[] {
  return units.filter(isService).map((unit) => `${unit}/**/*.test.ts`);
}

/** Patterns of the other tests that belong to one system; of all built systems by default. */
export function unitTests(units: readonly string[] = built): string[] {
  return units
    .filter((unit) => !isService(unit))
    .flatMap((slug) => [
      `checker/suites/${slug}/**/*.test.ts`,
      `site/labs/${labFolder(slug)}/**/*.test.ts`,
      `course/estimates/${slug}.test.ts`,
    ]);
}

/** Systems whose pages, interviews and labs a run in a browser leaves out. */
export function unitsLeftOut(asked: readonly string[]): string[] {
  return built.filter((slug) => !asked.includes(slug));
}
