import styles from "./styles.module.css";

interface Props {
  /** `<system>/<exercise>` */
  readonly of: string;
  readonly name: string;
}

/** The grader's name for a mistake, one click away: which exercise knows it, and the command that shows it. */
export function Mutant({ of, name }: Props) {
  return (
    <details className={styles.mutant} data-mutant={`${of} ${name}`}>
      <summary>the grader knows it</summary>
      <code>
        npx bp mutant {of} {name}
      </code>
    </details>
  );
}
