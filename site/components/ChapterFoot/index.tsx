import Link from "@docusaurus/Link";
import type { System } from "../../../course/types.ts";
import { printChapter } from "../../lib/print.ts";
import { useWritten } from "../../lib/useWritten.ts";
import styles from "./styles.module.css";

/** What to do after reading: rehearse, and keep the chapter. */
export function ChapterFoot({ system }: { system: System }) {
  const rehearsable = useWritten().interviews.includes(system.slug);
  return (
    <p className={`${styles.foot} screen-only`}>
      {rehearsable && <Link to={`/interview/${system.slug}`}>Rehearse the interview</Link>}
      <button type="button" className={styles.plain} onClick={() => void printChapter()}>
        Print or save as PDF
      </button>
    </p>
  );
}
