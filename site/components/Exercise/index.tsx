import type { ReactNode } from "react";
import { useId } from "react";
import { catalog } from "../../../course/manifest.ts";
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

interface Props {
  /** `<system>/<exercise>` */
  readonly id: string;
  /** What to build, in the chapter's words; the manifest's summary where absent. */
  readonly children?: ReactNode;
}

/**
 * "Now build it": what, where, with which command. Where a grader is attached, first of all what goes on and what to do
 * next, then how the learner's own file stands; what a newer save has made old is grey.
 */
export function Exercise({ id, children }: Props) {
  const { state } = useGrader();
  const title = useId();
  const entry = catalog.find((candidate) => candidate.id === id);
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
      {attached && standing?.passedOnce && <AfterPass id={id} />}
      <Connection id={id} />
    </section>
  );
}
