import { Fragment, useState } from "react";
import { type ExerciseMatrix, gridOf, killerOf, type MatrixSummary, shareOf } from "./matrix.ts";
import styles from "./styles.module.css";

type Load = () => Promise<{ readonly default: readonly ExerciseMatrix[] }>;

interface Props {
  /** Numbers of every system, and how to load its grids; put here by the remark plugin. */
  readonly summaries?: readonly MatrixSummary[];
  readonly load?: Readonly<Record<string, Load>>;
}

/**
 * What the suites were tried on, system by system: the kill matrix and the mechanical mutations, as last written down.
 */
export function KillMatrix({ summaries = [], load = {} }: Props) {
  return summaries.map((summary) => <System key={summary.system} summary={summary} load={load[summary.system]} />);
}

/** The grids of a system are as large as this page: they come when it is opened. */
function System({ summary, load }: { summary: MatrixSummary; load: Load | undefined }) {
  const { title, exercises } = summary;
  const [grids, setGrids] = useState<readonly ExerciseMatrix[]>();
  const [problem, setProblem] = useState<string>();
  const opened = () => {
    if (grids === undefined)
      load?.().then(
        (module) => setGrids(module.default),
        (error: Error) => setProblem(error.message),
      );
  };
  const sum = (of: "behaviors" | "mutants") => exercises.reduce((total, exercise) => total + exercise[of], 0);
  return (
    <details
      className={styles.system}
      onToggle={(event) => event.currentTarget.open && opened()}
      data-matrix={summary.system}
    >
      <summary>
        <span className={styles.title}>{title}</span>
        <span className={styles.facts}>
          {`${exercises.length} exercises · ${sum("behaviors")} behaviors · ${sum("mutants")} mutants stopped`}
        </span>
      </summary>
      {problem !== undefined && <p role="alert">The grids did not come: {problem}</p>}
      {exercises.map(({ id, title: name, behaviors, mutants, score }) => {
        const grid = grids?.find((one) => one.id === id);
        return (
          <details key={id} className={styles.exercise}>
            <summary>
              <span className={styles.title}>{name}</span>
              <span className={styles.facts}>
                {`${behaviors} behaviors · ${mutants} mutants stopped · mutations: ${shareOf(score)}`}
              </span>
            </summary>
            {grid === undefined ? <p>Loading.</p> : <Exercise {...grid} />}
          </details>
        );
      })}
    </details>
  );
}

function Exercise(exercise: ExerciseMatrix) {
  return (
    <>
      {/* The same facts stand below in words. */}
      <pre className={styles.grid} aria-hidden="true">
        {gridOf(exercise).join("\n")}
      </pre>
      <dl className={styles.mutants}>
        {exercise.mutants.map((mutant) => (
          <Fragment key={mutant.name}>
            <dt>{mutant.summary}</dt>
            <dd>{killerOf(mutant)}</dd>
          </Fragment>
        ))}
        {exercise.alternatives.map(({ name, summary }) => (
          <Fragment key={name}>
            <dt>{summary}</dt>
            <dd>passes</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}
