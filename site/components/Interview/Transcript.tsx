import type { TranscriptLine } from "../../../course/interview.ts";
import { Inline } from "./Inline.tsx";
import styles from "./styles.module.css";

/** Who said what, by minute. */
export function Transcript({ lines }: { lines: readonly TranscriptLine[] }) {
  return (
    <ol className={styles.transcript}>
      {lines.map((line, index) => (
        <li key={index} data-who={line.who}>
          <span className={styles.minute}>{line.minute}:00</span>
          <div>
            <b>{line.who}</b>
            <p>
              <Inline text={line.text} />
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
