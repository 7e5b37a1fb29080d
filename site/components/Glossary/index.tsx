import Link from "@docusaurus/Link";
import { findTerm, type GlossaryEntry, glossary } from "../../../course/glossary.ts";
import { useAnchor } from "../../lib/useAnchor.ts";
import { useCourse } from "../../lib/useCourse.ts";
import styles from "./styles.module.css";

/** Every entry of course/glossary.ts, each an anchor. */
export function Glossary() {
  return (
    <dl className={styles.glossary}>
      {glossary.map((entry) => (
        <Entry key={entry.id} entry={entry} />
      ))}
    </dl>
  );
}

function Entry({ entry }: { entry: GlossaryEntry }) {
  return (
    <div id={useAnchor(entry.id)}>
      <dt>
        <a href={`#${entry.id}`}>{entry.term}</a>
      </dt>
      <dd>
        {entry.definition}
        <Related see={entry.see ?? []} systems={entry.systems ?? []} />
      </dd>
    </div>
  );
}

function Related({ see, systems }: { see: readonly string[]; systems: readonly string[] }) {
  const course = useCourse();
  const chapters = systems.filter((slug) => course.chapters.includes(slug)).map(course.system);
  if (see.length + chapters.length === 0) return null;
  return (
    <p className={styles.related}>
      {see.map((id) => (
        <a key={id} href={`#${id}`}>
          {findTerm(id)?.term}
        </a>
      ))}
      {chapters.map((system) => (
        <Link key={system.slug} to={course.chapterPath(system.slug)}>
          chapter: {system.title}
        </Link>
      ))}
    </p>
  );
}
