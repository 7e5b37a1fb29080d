import Link from "@docusaurus/Link";
import rows from "@generated/backpressure-course/default/systems.json";
import { type Marks, progressOf } from "../../lib/progress.ts";
import { useCourse } from "../../lib/useCourse.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import styles from "./styles.module.css";

/**
 * What the table shows of a system besides the index; written by site/plugins/course.ts for the pages that have the
 * table.
 */
export interface SystemRow {
  readonly slug: string;
  readonly title: string;
  readonly question: string;
  /** Title of its part. */
  readonly part: string;
  /** To build all of its exercises. */
  readonly minutes: number;
}

/** The whole course in one table, from the manifest; systems that are not built yet stand in their place as planned. */
export function SystemsTable() {
  const { marks } = useGrader();
  const parts = [...new Set(rows.map((row) => row.part))];
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
        <tbody key={part}>
          <tr className={styles.part}>
            <th colSpan={6} scope="rowgroup">
              {part}
            </th>
          </tr>
          {rows.map(
            (row, index) => row.part === part && <Row key={row.slug} number={index + 1} row={row} marks={marks} />,
          )}
        </tbody>
      ))}
    </table>
  );
}

function Row({ number, row, marks }: { number: number; row: SystemRow; marks: Marks }) {
  const { chapters, chapterPath, minutes, system } = useCourse();
  const { exercises } = system(row.slug);
  const { state, passed, total } = progressOf(system(row.slug), marks);
  const readMinutes = minutes[row.slug];
  return (
    <tr data-state={state}>
      <td className={styles.number}>{number}</td>
      <th scope="row" className={styles.title}>
        {chapters.includes(row.slug) ? <Link to={chapterPath(row.slug)}>{row.title}</Link> : row.title}
      </th>
      <td className={styles.question}>{row.question}</td>
      <td className={styles.right}>{readMinutes === undefined ? "" : `${readMinutes} min`}</td>
      <td className={styles.right}>{total > 0 ? `${total} × ${Math.round(row.minutes / total)} min` : ""}</td>
      <td className={styles.state}>
        {total > 0 ? (
          <span title={`${passed} of ${total} exercises passed`} className={styles.marks}>
            {exercises.map((exercise) => {
              const mark = marks[`${row.slug}/${exercise}`];
              return (
                <i
                  key={exercise}
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
