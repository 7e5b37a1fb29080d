import { type Chapter, isDeepDive } from "../../course/chapter.ts";

/** Where a chapter speaks of a topic, as `<TopicIndex/>` lists it. */
export interface Mention {
  readonly kind: "deep-dive" | "invariant";
  readonly system: string;
  readonly topics: readonly string[];
  /** Anchor on the chapter's page. */
  readonly anchor: string;
  /** Title of the deep dive, or the invariant's sentence without markup. */
  readonly text: string;
}

/** Every deep dive and boxed invariant that names topics, in reading order. */
export function mentionsOf(chapters: ReadonlyMap<string, Chapter>): Mention[] {
  return [...chapters].flatMap(([system, { sections, invariants }]) => [
    ...sections
      .filter((section) => isDeepDive(section) && section.topics.length > 0)
      .map(({ title, anchor, topics }): Mention => {
        return {
          kind: "deep-dive",
          system,
          topics,
          anchor,
          text: capitalized(plain(title.slice(title.indexOf(":") + 2))),
        };
      }),
    ...invariants
      .filter(({ boxed, topics }) => boxed && topics.length > 0)
      .map(({ id, text, topics }): Mention => ({ kind: "invariant", system, topics, anchor: id, text: plain(text) })),
  ]);
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Without emphasis and elements; code spans keep their backticks, which `Inline` turns into code. */
function plain(markdown: string): string {
  return markdown
    .replace(/<\/?[A-Z][^>]*>/g, "")
    .replace(/\*+([^*]+)\*+/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}
