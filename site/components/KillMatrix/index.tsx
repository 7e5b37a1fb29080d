import { Fragment } from "react";
import { catalog } from "../../../course/manifest.ts";
import {
  type ExerciseMatrix,
  gridOf,
  killerOf,
  type MatrixDocument,
  type MutationDocument,
  shareOf,
} from "./matrix.ts";
import styles from "./styles.module.css";

interface Props {
  /** The suites' verified.json, and stryker.json, put here by the plugins. */
  readonly matrix?: { readonly default: MatrixDocument };
  readonly mutations?: { readonly default: MutationDocument };
}

/**
 * What the suites were tried on, exercise by exercise: the kill matrix and the mechanical mutations, as last written
 * down.
 */
export function KillMatrix({ matrix, mutations }: Props) {
  if (matrix === undefined) return <p role="alert">Missing: what `bp verify` has recorded</p>;
  const byId = new Map(matrix.default.exercises.map((exercise) => [exercise.id, exercise]));
  const scores = new Map(mutations?.default.exercises.map((score) => [score.id, score]));
  return catalog.map(({ id, system, exercise }) => {
    const known = byId.get(id);
    if (known === undefined) return null;
    return (
      <details key={id} className={styles.exercise}>
        <summary>
          <span className={styles.title}>{exercise.title}</span>
          <span className={styles.facts}>
            {[
              system.title,
              `${known.behaviors.length} behaviors`,
              `${known.mutants.length} mutants stopped`,
              `mutations: ${shareOf(scores.get(id))}`,
            ].join(" · ")}
          </span>
        </summary>
        <Exercise {...known} />
      </details>
    );
  });
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
