import Link from "@docusaurus/Link";
import { useCourse } from "../../lib/useCourse.ts";
import styles from "./styles.module.css";

export default function Footer() {
  const { systems } = useCourse();
  return (
    <footer className={`footer ${styles.footer}`}>
      <div className={styles.inner}>
        <p>
          Backpressure: {systems.length} systems, each with a chapter, exercises, a grader and an interview. MIT
          license. Everything runs on your own machine; this page sends nothing anywhere.
        </p>
        <nav aria-label="Footer">
          <Link to="/docs/">Syllabus</Link>
          <Link to="/docs/glossary">Glossary</Link>
          <Link to="/docs/how-you-are-graded">How you are graded</Link>
          <Link to="/interview">Interviews</Link>
        </nav>
      </div>
    </footer>
  );
}
