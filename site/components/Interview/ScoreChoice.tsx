import { type Score, scoreLabels } from "../../../course/rubric.ts";
import styles from "./styles.module.css";

/** 0 to 4, each with its words. */
export function ScoreChoice(props: { name: string; value: Score | undefined; onChange: (score: Score) => void }) {
  return (
    <div className={styles.scores} role="radiogroup" aria-label={`Score: ${props.name}`}>
      {([0, 1, 2, 3, 4] as const).map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={`score-${props.name}`}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <span>
            <b>{value}</b> {scoreLabels[value]}
          </span>
        </label>
      ))}
    </div>
  );
}
