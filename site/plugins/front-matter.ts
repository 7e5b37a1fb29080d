import type { ParseFrontMatter } from "@docusaurus/types";
import type { System } from "../../course/types.ts";
import { chapterOf } from "./course-data.ts";

/** What the front matter of a chapter holds besides what its author wrote. */
export interface ChapterFrontMatter {
  readonly chapter?: { readonly system: System; readonly part: string };
}

/** Gives a chapter its own system: the head of its page needs that, and no other system's. */
export const parseFrontMatter: ParseFrontMatter = async (params) => {
  const parsed = await params.defaultParseFrontMatter(params);
  const chapter = chapterOf(params.filePath);
  return chapter === undefined ? parsed : { ...parsed, frontMatter: { ...parsed.frontMatter, chapter } };
};
