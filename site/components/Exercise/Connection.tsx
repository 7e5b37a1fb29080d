import { useGrader } from "../../lib/useGrader.tsx";
import styles from "./styles.module.css";

/** Whether anybody follows the file, and what to do where nobody does. */
export function Connection({ id }: { id: string }) {
  const { connection, graderEnded } = useGrader().state;
  if (graderEnded !== null)
    return (
      <p className={styles.note} role="status">
        The grader’s process ended ({graderEnded}). It is being started again by itself; then it goes on with what it
        was checking.
      </p>
    );
  switch (connection) {
    case "attached":
      return <p className={styles.note}>This panel follows your file: save it, and the verdict changes here.</p>;
    case "connecting":
      return <p className={styles.note}>Connecting to the grader.</p>;
    case "lost":
      return (
        <p className={styles.note} role="status">
          The server of <code>npm start</code> does not answer. What stands here is what it said last. The page goes on
          asking and is up to date again as soon as the server is back.
        </p>
      );
    case "detached":
      return (
        <p className={styles.note}>
          No grader is attached to this page. In your clone, <code>npm start</code> serves this chapter with one that
          follows your file. <code>npx bp hint {id}</code> gives the next hint.
        </p>
      );
  }
}
