import { useState } from "react";
import type { ExerciseView } from "../../lib/grader/state.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import styles from "./styles.module.css";

/** Saving does the same; this is for the verdict that is wanted again. */
export function CheckNow({ id, view }: { id: string; view: ExerciseView }) {
  const { check } = useGrader();
  const [problem, setProblem] = useState<string>();
  const ask = () => {
    setProblem(undefined);
    check(id).catch((error: Error) => setProblem(error.message));
  };
  return (
    <>
      <button type="button" className="bp-button" data-primary onClick={ask} disabled={view.activity !== null}>
        {view.activity === null ? "Check now" : "Checking…"}
      </button>
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
