import { useState } from "react";
import type { Interview } from "../../../course/interview.ts";
import type { DimensionId, Score } from "../../../course/rubric.ts";
import { Inline } from "./Inline.tsx";
import { ScoreChoice, titleOf } from "./Scoring.tsx";
import styles from "./styles.module.css";

/** A plausible but bad interview: score it first, then see how far you were from the key. */
export function Calibration({ interview }: { interview: Interview }) {
  const { calibration } = interview;
  const [scores, setScores] = useState<Partial<Record<DimensionId, Score>>>({});
  const [revealed, setRevealed] = useState(false);
  const complete = calibration.key.every((entry) => scores[entry.dimension] !== undefined);
  const distance = calibration.key.reduce(
    (sum, entry) => sum + Math.abs((scores[entry.dimension] ?? 0) - entry.score),
    0,
  );
  return (
    <section>
      <p className={styles.intro}>
        <Inline text={calibration.intro} />
      </p>
      <ol className={styles.transcript}>
        {calibration.lines.map((line, index) => (
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
      <h2>Your score, at {calibration.level} level</h2>
      {calibration.key.map((entry) => (
        <fieldset key={entry.dimension} className={styles.dimension}>
          <legend>{titleOf(entry.dimension)}</legend>
          <ScoreChoice
            name={entry.dimension}
            value={scores[entry.dimension]}
            onChange={(value) => setScores({ ...scores, [entry.dimension]: value })}
          />
          {revealed && (
            <div className={styles.keyed}>
              <p>
                Key: <b>{entry.score}</b>. “<Inline text={entry.quote} />”
              </p>
              <p>
                <Inline text={entry.why} />
              </p>
            </div>
          )}
        </fieldset>
      ))}
      {revealed ? (
        <p className={styles.result}>
          You were {distance} {distance === 1 ? "point" : "points"} off over {calibration.key.length} dimensions.{" "}
          <Inline text={calibration.verdict} />
        </p>
      ) : (
        <button type="button" className="bp-button" data-primary disabled={!complete} onClick={() => setRevealed(true)}>
          {complete ? "Show the key" : "Score every dimension to see the key"}
        </button>
      )}
    </section>
  );
}
