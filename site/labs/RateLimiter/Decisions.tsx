import { Hidden, Log } from "../kit/index.ts";
import type { Decision, State } from "./model.ts";
import styles from "./styles.module.css";

const shown = 40;

const marks: Readonly<Record<Decision["answers"][number], string>> = { through: "●", queued: "○", refused: "✕" };

/** The latest requests, and what each of the five limiters said to them, in the order of the lanes. */
export function Decisions({ state }: { state: State }) {
  const latest = state.decisions.slice(-shown).reverse();
  return (
    <Log title="Each request, in the five lanes">
      {latest.length === 0 && <li>No request yet.</li>}
      {latest.map(({ atMs, answers }, index) => (
        <li key={state.decisions.length - index} className={styles.decision}>
          <span>{(atMs / 1000).toFixed(2)} s</span>
          {answers.map((answer, lane) => (
            <i key={state.tracks[lane]!.name} data-answer={answer} title={`${state.tracks[lane]!.name}: ${answer}`}>
              <span aria-hidden="true">{marks[answer]}</span>
              <Hidden>{` ${state.tracks[lane]!.name}: ${answer}.`}</Hidden>
            </i>
          ))}
        </li>
      ))}
    </Log>
  );
}
