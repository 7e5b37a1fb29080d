import Link from "@docusaurus/Link";
import { printChapter } from "../../lib/print.ts";
import { useWritten } from "../../lib/useWritten.ts";
import styles from "./styles.module.css";

/** What to do after reading: rehearse, and keep the chapter. */
export function ChapterFoot({ system }: { system: string }) {
  const rehearsable = useWritten().interviews.includes(system);
  return (
    <p className={`${styles.foot} screen-only`}>
      {rehearsable && <Link to={`/interview/${system}`}>Rehearse the interview</Link>}
      <button type="button" className={styles.plain} onClick={() => void printChapter()}>
        Print or save as PDF
      </button>
    </p>
  );
}
