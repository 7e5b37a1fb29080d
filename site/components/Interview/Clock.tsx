import type { ReactNode } from "react";
import { interviewMinutes, type Phase, type Sheet } from "../../../course/interview.ts";
import { clockText } from "../../lib/rehearsal.ts";
import styles from "./styles.module.css";

interface Props {
  readonly sheet: Sheet;
  readonly elapsedMs: number;
  readonly phase: Phase;
  /** Buttons. */
  readonly children: ReactNode;
}

/** The time, the phase and its goal, and the whole interview as one lane. */
export function Clock({ sheet, elapsedMs, phase, children }: Props) {
  const share = (minute: number) => `${(minute / interviewMinutes) * 100}%`;
  return (
    <section className={styles.clock} aria-label="Clock">
      <p className={styles.time} role="timer">
        {clockText(elapsedMs)}
        <span> of {interviewMinutes}:00</span>
      </p>
      <p className={styles.phase}>
        <b>{phase.title}</b> until {phase.endMinute}:00. {phase.goal}
      </p>
      <div className={styles.buttons}>{children}</div>
      <div className={styles.lane} aria-hidden="true">
        {sheet.phases.map((each) => (
          <span
            key={each.title}
            className={styles.segment}
            data-now={each === phase}
            style={{ left: share(each.startMinute), width: share(each.endMinute - each.startMinute) }}
          >
            {each.title}
          </span>
        ))}
        <i style={{ width: share(elapsedMs / 60_000) }} />
      </div>
    </section>
  );
}
