import Link from "@docusaurus/Link";
import { catalog, chapterPath, findSystem } from "../../../course/manifest.ts";
import { type Topic, topics } from "../../../course/topics.ts";
import type { Mention } from "../../lib/topics.ts";
import { useAnchor } from "../../lib/useAnchor.ts";
import { useWritten } from "../../lib/useWritten.ts";
import { Inline } from "../Interview/Inline.tsx";
import styles from "./styles.module.css";

/**
 * Every topic with the deep dives, exercises and invariants that name it. `mentions` is put here by the remark plugin.
 */
export function TopicIndex({ mentions }: { mentions?: { readonly default: readonly Mention[] } }) {
  return (
    <>
      {topics.map((topic) => (
        <Entry key={topic.id} topic={topic} mentions={mentions?.default ?? []} />
      ))}
    </>
  );
}

function Entry({ topic, mentions }: { topic: Topic; mentions: readonly Mention[] }) {
  const { chapters } = useWritten();
  const of = (kind: Mention["kind"]) => mentions.filter((each) => each.kind === kind && each.topics.includes(topic.id));
  const exercises = catalog.filter(({ exercise, system }) => {
    return chapters.includes(system.slug) && (exercise.topics as readonly string[]).includes(topic.id);
  });
  const [dives, invariants] = [of("deep-dive"), of("invariant")];
  const coming = (topic.coming ?? []).filter((slug) => !chapters.includes(slug)).map((slug) => findSystem(slug)!.title);
  return (
    <section className={styles.topic} id={useAnchor(topic.id)} data-topic={topic.id} aria-label={topic.title}>
      <h2>
        <a href={`#${topic.id}`}>{topic.title}</a>
      </h2>
      <p className={styles.definition}>{topic.definition}</p>
      {dives.length > 0 && (
        <dl>
          <dt>Deep dives</dt>
          {dives.map((dive) => (
            <dd key={`${dive.system} ${dive.anchor}`}>
              <Link to={`${chapterPath(dive.system)}#${dive.anchor}`}>
                <Inline text={dive.text} />
              </Link>
              <small>{findSystem(dive.system)?.title}</small>
            </dd>
          ))}
        </dl>
      )}
      {exercises.length > 0 && (
        <dl>
          <dt>Exercises</dt>
          {exercises.map(({ id, system, exercise }) => (
            <dd key={id}>
              <Link to={`${chapterPath(system.slug)}#exercise-${exercise.slug}`}>{exercise.title}</Link>
              <small>
                {system.title}, {exercise.level}, {exercise.minutes} min
              </small>
            </dd>
          ))}
        </dl>
      )}
      {invariants.length > 0 && (
        <dl>
          <dt>Invariants</dt>
          {invariants.map((invariant) => (
            <dd key={`${invariant.system} ${invariant.anchor}`}>
              <Inline text={invariant.text} />
              <small>
                <Link to={`${chapterPath(invariant.system)}#${invariant.anchor}`}>
                  {findSystem(invariant.system)?.title}
                </Link>
              </small>
            </dd>
          ))}
        </dl>
      )}
      {coming.length > 0 && <p className={styles.coming}>To come with: {coming.join(", ")}.</p>}
    </section>
  );
}
