import type { StageResult, StageStatus, TestResult } from "../../../course/report.ts";
import type { Exercise } from "../../../course/types.ts";
import type { ExerciseView, LiveTest } from "../../lib/grader/state.ts";
import { failuresOf } from "../../lib/grader/words.ts";
import { Verdict } from "../Verdict/index.tsx";
import { Failure } from "./Failure.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly id: string;
  readonly exercise: Exercise;
  readonly view: ExerciseView;
}

/** One row a stage. While a check runs a row counts what has come of it; below it stands what the last verdict said. */
export function Stages({ id, exercise, view }: Props) {
  const { standing, activity } = view;
  const stages = standing?.exercise.stages ?? [];
  const live = activity?.kind === "checking" ? activity.tests : null;
  const firstOpen = stages.findIndex((stage) => failuresOf(stage.tests).length > 0);
  const message = standing?.exercise.message ?? null;
  // Each stage says it better than the sentence that sums them up.
  const said = message === null || firstOpen !== -1 || standing?.exercise.status === "not-started";
  return (
    <>
      {!said && <p className={styles.message}>{message}</p>}
      <ol className={styles.stages}>
        {exercise.stages.map((title, index) => (
          <li key={title} data-status={stages[index]?.status ?? "not-run"}>
            <span className={styles.stageTitle}>{title}</span>
            {live === null ? (
              <Outcome stage={stages[index]} />
            ) : (
              <Progress tests={live.filter(({ stage }) => stage === index + 1)} />
            )}
            <Failures
              tests={failuresOf(stages[index]?.tests ?? [])}
              first={index === firstOpen}
              command={`npx bp replay ${id} --seed ${standing?.exercise.seed}`}
            />
          </li>
        ))}
      </ol>
    </>
  );
}

function Outcome({ stage }: { stage: StageResult | undefined }) {
  if (stage === undefined || stage.status === "not-run") return null;
  const held = stage.tests.filter((test) => test.status === "passed").length;
  return (
    <>
      <Verdict status={stage.status} />
      {stage.tests.length > 0 && (
        <span className={styles.count}>
          {held} of {stage.tests.length}
        </span>
      )}
    </>
  );
}

/** How many there are is known at the end only. */
function Progress({ tests }: { tests: readonly LiveTest[] }) {
  if (tests.length === 0) return null;
  const failed = tests.filter(({ test }) => test.status !== "passed").length;
  const status: StageStatus = failed > 0 ? "failed" : "not-run";
  return (
    <span className={styles.count}>
      {failed > 0 && <Verdict status={status} />} {tests.length} run{failed > 0 && `, ${failed} not held`}
    </span>
  );
}

function Failures({ tests, first, command }: { tests: readonly TestResult[]; first: boolean; command: string }) {
  return tests.map((test, index) => (
    <Failure key={test.name} test={test} open={first && index === 0} command={command} />
  ));
}
