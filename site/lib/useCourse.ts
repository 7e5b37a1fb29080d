import { usePluginData } from "@docusaurus/useGlobalData";
import type { Written } from "./useWritten.ts";

/** What every page knows of a system: enough for the menu and for links. */
export interface IndexedSystem {
  readonly slug: string;
  readonly title: string;
  /** Slug of its part. */
  readonly part: string;
  /** Slugs of its exercises. */
  readonly exercises: readonly string[];
}

export interface CourseIndex extends Written {
  readonly systems: readonly IndexedSystem[];
  /** @throws Error for a slug that the course lacks. */
  readonly system: (slug: string) => IndexedSystem;
  /** Path of the chapter below the site's base URL. */
  readonly chapterPath: (slug: string) => string;
}

/** The index of the course, in reading order; from site/plugins/course.ts. */
export function useCourse(): CourseIndex {
  const data = usePluginData("backpressure-course") as Written & Pick<CourseIndex, "systems">;
  const system = (slug: string) => {
    const found = data.systems.find((candidate) => candidate.slug === slug);
    if (found === undefined) throw new Error(`No system "${slug}" in course/manifest.ts`);
    return found;
  };
  return { ...data, system, chapterPath: (slug) => `/docs/${system(slug).part}/${slug}` };
}
