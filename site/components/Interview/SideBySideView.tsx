import type { SideBySide } from "../../../course/interview.ts";
import { Inline } from "./Inline.tsx";
import styles from "./styles.module.css";

/** One question, answered at all three levels, so that the difference is seen and not described. */
export function SideBySideView({ question, answers }: SideBySide) {
  return (
    <section>
      <p className={styles.line}>
        <Inline text={question} />
      </p>
      <div className={styles.levels}>
        {Object.entries(answers).map(([level, { answer, why }]) => (
          <article key={level} aria-label={level}>
            <h2>{level}</h2>
            <p>
              <Inline text={answer} />
            </p>
            <p className={styles.small}>
              <Inline text={why} />
            </p>
          </article>
        ))}
      </div>
    </section>
  );
}
