import { type AnyStatus, statusWords, toneOf } from "../../../course/report.ts";
import styles from "./styles.module.css";

const shapes = { flow: "●", pressure: "◆", unknown: "◌", idle: "○" } as const;

/** A verdict as shape, word and color: never by color alone. */
export function Verdict({ status }: { status: AnyStatus }) {
  const tone = toneOf(status);
  return (
    <span className={styles.verdict} data-tone={tone}>
      <span aria-hidden="true">{shapes[tone]}</span> {statusWords(status)}
    </span>
  );
}
