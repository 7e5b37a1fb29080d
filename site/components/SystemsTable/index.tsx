import Link from "@docusaurus/Link";
import { chapterPath, isBuilt, parts } from "../../../course/manifest.ts";
import type { System } from "../../../course/types.ts";
import { type Marks, progressOf } from "../../lib/progress.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import { useWritten } from "../../lib/useWritten.ts";
import styles from "./styles.module.css";

/** The whole course in one table, from the manifest; systems that are not built yet stand in their place as planned. */
export function SystemsTable() {
  const { marks } = useGrader();
  let number = 0;
  return (
    <table className={`course-table ${styles.table}`}>
      <thead>
        <tr>
          <th>
            <span className={styles.hidden}>Number</span>
          </th>
          <th>System</th>
          <th>The question it answers</th>
          <th className={styles.right}>Read</th>
          <th className={styles.right}>Build</th>
          <th>You</th>
        </tr>
      </thead>
      {parts.map((part) => (
        <tbody key={part.slug}>
          <tr className={styles.part}>
            <th colSpan={6} scope="rowgroup">
              {part.title}
            </th>
          </tr>
          {part.systems.map((system) => {
            number += 1;
            return <Row key={system.slug} number={number} system={system} marks={marks} />;
          })}
        </tbody>
      ))}
    </table>
  );
}

function Row({ number, system, marks }: { number: number; system: System; marks: Marks }) {
  const { state, passed, total } = progressOf(system, marks);
  const minutes = system.exercises.reduce((sum, exercise) => sum + exercise.minutes, 0);
  const built = isBuilt(system);
  const { chapters, minutes: readMinutes } = useWritten();
  const written = chapters.includes(system.slug);
  return (
    <tr data-state={state}>
      <td className={styles.number}>{number}</td>
      <th scope="row" className={styles.title}>
        {written ? <Link to={chapterPath(system.slug)}>{system.title}</Link> : system.title}
      </th>
      <td className={styles.question}>{system.question}</td>
      <td className={styles.right}>{written && `${readMinutes[system.slug]} min`}</td>
      <td className={styles.right}>{built ? `${total} × ${Math.round(minutes / total)} min` : ""}</td>
      <td className={styles.state}>
        {built ? (
          <span title={`${passed} of ${total} exercises passed`} className={styles.marks}>
            {system.exercises.map((exercise) => {
              const mark = marks[`${system.slug}/${exercise.slug}`];
              return (
                <i
                  key={exercise.slug}
                  data-status={
                    mark === "passed" ? "passed" : mark === undefined || mark === "not-started" ? "open" : "other"
                  }
                />
              );
            })}
            <span className={styles.count}>
              {passed}/{total}
            </span>
          </span>
        ) : (
          "planned"
        )}
      </td>
    </tr>
  );
}
