import Heading from "@theme/Heading";
import type { System } from "../../../course/types.ts";
import { markWords, toneOfMark } from "../../lib/progress.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import { useWritten } from "../../lib/useWritten.ts";
import styles from "./styles.module.css";

interface Props {
  readonly system: System;
  /** Title of the part that holds it. */
  readonly part: string;
  /** Absent where the chapter writes its own first heading. */
  readonly title?: string | undefined;
}

/**
 * Title, the chapter's question, and its exercises as marks on one lane, each with the state of the reader's own file.
 */
export function ChapterHead({ system, part, title }: Props) {
  const { marks } = useGrader();
  const readMinutes = useWritten().minutes[system.slug];
  const minutes = system.exercises.reduce((sum, exercise) => sum + exercise.minutes, 0);
  return (
    <header className={styles.head}>
      <p className={styles.facts}>
        {part}
        {readMinutes !== undefined && <> · {readMinutes} min to read</>}
        {minutes > 0 && <> · {hours(minutes)} to build</>}
      </p>
      {title !== undefined && <Heading as="h1">{title}</Heading>}
      <p className={styles.question}>{system.question}</p>
      {system.exercises.length > 0 && (
        <ol className={styles.lane} aria-label="Exercises of this chapter">
          {system.exercises.map((exercise) => {
            const mark = marks[`${system.slug}/${exercise.slug}`] ?? "not-started";
            return (
              <li key={exercise.slug} data-tone={toneOfMark(mark)}>
                <a href={`#exercise-${exercise.slug}`}>{exercise.title}</a>
                {mark !== "not-started" && <span className={styles.status}>{markWords(mark)}</span>}
              </li>
            );
          })}
        </ol>
      )}
    </header>
  );
}

function hours(minutes: number): string {
  const rounded = Math.round(minutes / 30) / 2;
  return rounded === 1 ? "1 hour" : `${rounded} hours`;
}
