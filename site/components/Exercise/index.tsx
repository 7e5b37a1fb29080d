import type { ReactNode } from "react";
import { useId } from "react";
import type { Exercise as ExerciseData } from "../../../course/types.ts";
import { isOld, viewOf } from "../../lib/grader/state.ts";
import { PanelContext } from "../../lib/panel.ts";
import { useAnchor } from "../../lib/useAnchor.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import { CopyCommand } from "../CopyCommand/index.tsx";
import { AfterPass } from "./AfterPass.tsx";
import { Benchmarks } from "./Benchmarks.tsx";
import { CheckNow } from "./CheckNow.tsx";
import { Connection } from "./Connection.tsx";
import { Hints } from "./Hints.tsx";
import { Now } from "./Now.tsx";
import { Stages } from "./Stages.tsx";
import styles from "./styles.module.css";

/** What course/manifest.ts says of an exercise, put here by the remark plugin. */
export interface ExerciseEntry {
  readonly exercise: ExerciseData;
  /** Absent after the last. */
  readonly next?: NextExercise;
}

export interface NextExercise {
  readonly title: string;
  readonly system: string;
  readonly systemTitle: string;
  /** Below the site's base URL. */
  readonly to: string;
}

interface Props {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly entry?: ExerciseEntry;
  /** What to build, in the chapter's words; the manifest's summary where absent. */
  readonly children?: ReactNode;
}

/**
 * "Now build it": what, where, with which command. Where a grader is attached, first of all what goes on and what to do
 * next, then how the learner's own file stands; what a newer save has made old is grey.
 */
export function Exercise({ id, entry, children }: Props) {
  const { state } = useGrader();
  const title = useId();
  if (entry === undefined) throw new Error(`<Exercise id="${id}">: no such exercise in course/manifest.ts`);
  const { exercise } = entry;
  const anchor = useAnchor(`exercise-${exercise.slug}`);
  const view = viewOf(state, id);
  const { standing } = view;
  const attached = state.connection === "attached" && state.graderEnded === null;
  return (
    <section className={styles.panel} id={anchor} aria-labelledby={title} data-exercise={id}>
      <header className={styles.head}>
        <h3 id={title}>{exercise.title}</h3>
        <span className={styles.facts}>
          {exercise.level} · {exercise.minutes} min
        </span>
      </header>
      {state.connection !== "detached" && <Now id={id} exercise={exercise} view={view} />}
      <div className={styles.actions}>
        <CopyCommand command={`npx bp check ${id}`} />
        {attached && <CheckNow id={id} view={view} />}
        {attached && <Hints id={id} />}
      </div>
      <PanelContext.Provider value={true}>
        <div className={styles.brief}>{children ?? <p>{exercise.summary}</p>}</div>
      </PanelContext.Provider>
      <p className={styles.file}>
        Your file: <code>exercises/{id}.ts</code>
      </p>
      <div data-old={isOld(view)} className={styles.verdict}>
        <Stages id={id} exercise={exercise} view={view} />
        {standing && standing.exercise.benchmarks.length > 0 && <Benchmarks results={standing.exercise.benchmarks} />}
      </div>
      {attached && standing?.passedOnce && <AfterPass id={id} next={entry.next} />}
      <Connection id={id} />
    </section>
  );
}
