import { useState } from "react";
import type { Interview } from "../../../course/interview.ts";
import type { DimensionId, Score } from "../../../course/rubric.ts";
import type { Level } from "../../../course/types.ts";
import { Choice } from "../../labs/kit/controls.tsx";
import { Inline } from "./Inline.tsx";
import { ScoreChoice } from "./ScoreChoice.tsx";
import { titleOf } from "./Scoring.tsx";
import styles from "./styles.module.css";
import { Transcript } from "./Transcript.tsx";

const names = { mid: "Mid", senior: "Senior", staff: "Staff" } as const;

/** A plausible but bad interview: score it at a level, then see how far you were from that level's key. */
export function Calibration({ interview }: { interview: Interview }) {
  const { calibration } = interview;
  const [level, setLevel] = useState<Level>(calibration.level);
  const levels = (Object.keys(names) as Level[]).filter((each) => calibration.keys[each] !== undefined);
  return (
    <section>
      <p className={styles.intro}>
        <Inline text={calibration.intro} />
      </p>
      <Transcript lines={calibration.lines} />
      <h2>Your score, at {level} level</h2>
      {levels.length > 1 && (
        <Choice
          label="Level"
          value={level}
          options={levels.map((each) => [each, names[each]] as const)}
          onChange={setLevel}
        />
      )}
      <Key key={level} interview={interview} level={level} />
    </section>
  );
}

function Key({ interview, level }: { interview: Interview; level: Level }) {
  const { verdict, keys } = interview.calibration;
  const entries = keys[level] ?? [];
  const [scores, setScores] = useState<Partial<Record<DimensionId, Score>>>({});
  const [revealed, setRevealed] = useState(false);
  const complete = entries.every((entry) => scores[entry.dimension] !== undefined);
  const distance = entries.reduce((sum, entry) => sum + Math.abs((scores[entry.dimension] ?? 0) - entry.score), 0);
  return (
    <>
      {entries.map((entry) => (
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
          You were {distance} {distance === 1 ? "point" : "points"} off over {entries.length} dimensions.{" "}
          <Inline text={verdict} />
        </p>
      ) : (
        <button type="button" className="bp-button" data-primary disabled={!complete} onClick={() => setRevealed(true)}>
          {complete ? "Show the key" : "Score every dimension to see the key"}
        </button>
      )}
    </>
  );
}
