import { useEffect, useState } from "react";
import type { Exercise } from "../../../course/types.ts";
import { type ExerciseView, isOld } from "../../lib/grader/state.ts";
import { checkedWords, headWords, nowWords } from "../../lib/grader/words.ts";
import { markOf, toneOfMark } from "../../lib/progress.ts";
import { Shape } from "../Verdict/index.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly id: string;
  readonly exercise: Exercise;
  readonly view: ExerciseView;
}

/** What goes on, in two words and in a sentence, and what to do next; then when the verdict came. */
export function Now({ id, exercise, view }: Props) {
  const { standing, activity } = view;
  // A verdict may be of another day than the page: said after the page has taken over, which knows the day.
  const [now, setNow] = useState<Date>();
  useEffect(() => setNow(new Date()), [standing]);
  if (standing === undefined && activity === null) return null;
  const tone = toneOfMark(markOf(view));
  const when = standing === undefined || now === undefined ? "" : checkedWords(standing, now);
  return (
    <div className={styles.now} data-tone={tone} data-activity={activity?.kind ?? "none"}>
      <p role="status">
        <b data-state>
          <Shape tone={tone} busy={activity !== null} /> {headWords(view, exercise)}
        </b>
        <span>{nowWords(id, exercise, view)}</span>
      </p>
      {when !== "" && (
        <p className={styles.when}>
          {isOld(view) && "The verdict below is older than the file. "}
          {when}
        </p>
      )}
    </div>
  );
}
