import { usePluginData } from "@docusaurus/useGlobalData";

/**
 * Slugs of the systems whose chapter or interview is written; what is not written is not linked. From
 * site/plugins/course.ts.
 */
export interface Written {
  readonly chapters: readonly string[];
  readonly interviews: readonly string[];
  /** Minutes to read the chapter, by slug, counted from its words and figures. */
  readonly minutes: Readonly<Record<string, number>>;
}

export const useWritten = (): Written => usePluginData("backpressure-course") as Written;
