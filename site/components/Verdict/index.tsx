import { type AnyStatus, statusWords, type Tone, toneOf } from "../../../course/report.ts";
import styles from "./styles.module.css";

const shapes = { flow: "●", pressure: "◆", unknown: "◌", idle: "○" } as const;

/** A verdict as shape, word and color: never by color alone. */
export function Verdict({ status }: { status: AnyStatus }) {
  const tone = toneOf(status);
  return (
    <span className={styles.verdict} data-tone={tone}>
      <Shape tone={tone} /> {statusWords(status)}
    </span>
  );
}

/** The tone as a shape; a half disc while something goes on. */
export function Shape({ tone, busy = false }: { tone: Tone; busy?: boolean }) {
  return <span aria-hidden="true">{busy ? "◐" : shapes[tone]}</span>;
}
