import type { ReactNode } from "react";
import { useState } from "react";
import { catalog } from "../../../course/manifest.ts";
import type { ExerciseResult, StageResult, TestResult } from "../../../course/report.ts";
import { formatDuration } from "../../lib/format.ts";
import { PanelContext } from "../../lib/panel.ts";
import { useAnchor } from "../../lib/useAnchor.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import { CopyCommand } from "../CopyCommand/index.tsx";
import { Verdict } from "../Verdict/index.tsx";
import { Benchmarks } from "./Benchmarks.tsx";
import { Failure } from "./Failure.tsx";
import styles from "./styles.module.css";

interface Props {
  /** `<system>/<exercise>` */
  readonly id: string;
  /** What to build, in the chapter's words; the manifest's summary where absent. */
  readonly children?: ReactNode;
}

/**
 * "Now build it": what, where, with which command; and where a grader is attached, how the learner's own file stands.
 */
export function Exercise({ id, children }: Props) {
  const { state, check } = useGrader();
  const entry = catalog.find((candidate) => candidate.id === id);
  if (entry === undefined) throw new Error(`<Exercise id="${id}">: no such exercise in course/manifest.ts`);
  const { exercise } = entry;
  const anchor = useAnchor(`exercise-${exercise.slug}`);
  const result = state.exercises[id];
  const checking = state.checking.includes(id);
  return (
    <section className={styles.panel} id={anchor} aria-label={`Exercise: ${exercise.title}`}>
      <header className={styles.head}>
        <h3>{exercise.title}</h3>
        <span className={styles.facts}>
          {exercise.level} · {exercise.minutes} min
        </span>
        {result && <Verdict status={result.status} />}
      </header>
      <PanelContext.Provider value={true}>
        <div className={styles.brief}>{children ?? <p>{exercise.summary}</p>}</div>
      </PanelContext.Provider>
      <p className={styles.file}>
        Your file: <code>exercises/{id}.ts</code>
      </p>
      <ol className={styles.stages}>
        {exercise.stages.map((title, index) => (
          <Stage key={title} title={title} result={result?.stages[index]} />
        ))}
      </ol>
      {result?.message && <p className={styles.message}>{result.message}</p>}
      {result && result.benchmarks.length > 0 && <Benchmarks results={result.benchmarks} />}
      <div className={styles.actions}>
        <CopyCommand command={`npx bp check ${id}`} />
        {state.connection === "attached" && (
          <>
            <button type="button" className="bp-button" data-primary onClick={() => check(id)} disabled={checking}>
              {checking ? "Checking…" : "Check now"}
            </button>
            <Hint id={id} />
          </>
        )}
      </div>
      <Connection connection={state.connection} id={id} result={result} />
    </section>
  );
}

function Stage({ title, result }: { title: string; result: StageResult | undefined }) {
  const broken = result?.tests.filter((test) => test.message !== null && test.status !== "passed") ?? [];
  return (
    <li data-status={result?.status ?? "not-run"}>
      <span className={styles.stageTitle}>{title}</span>
      {result && result.status !== "not-run" && <Verdict status={result.status} />}
      {result && result.tests.length > 0 && (
        <span className={styles.count}>
          {result.tests.filter((test) => test.status === "passed").length} of {result.tests.length}
        </span>
      )}
      {broken.slice(0, 1).map((test: TestResult) => (
        <Failure key={test.name} test={test} />
      ))}
      {broken.length > 1 && <p className={styles.more}>{broken.length - 1} more in this stage; the first one first.</p>}
    </li>
  );
}

function Hint({ id }: { id: string }) {
  const { hint } = useGrader();
  const [text, setText] = useState<string | null>();
  return (
    <>
      <button type="button" className="bp-button" onClick={async () => setText(await hint(id))}>
        Next hint
      </button>
      {text !== undefined && (
        <p className={styles.hint} role="status">
          {text ?? "No hint came back. The ladder may be at its end."}
        </p>
      )}
    </>
  );
}

function Connection(props: { connection: string; id: string; result: ExerciseResult | undefined }) {
  const { connection, id, result } = props;
  if (connection === "attached" || connection === "connecting") {
    const seconds = result?.durationMs === undefined ? "" : ` Last check: ${formatDuration(result.durationMs)}.`;
    const seed = result?.seed === undefined ? "" : ` Seed ${result.seed}.`;
    return (
      <p className={styles.note}>
        This panel follows your file: save it, and the verdict changes here.{seconds + seed}
      </p>
    );
  }
  if (connection === "lost") {
    return (
      <p className={styles.note}>
        The grader does not answer. What stands here is what it said last. Start it again with <code>npm start</code>.
      </p>
    );
  }
  return (
    <p className={styles.note}>
      No grader is attached to this page. In your clone, <code>npm start</code> serves this chapter with one that
      follows your file. <code>npx bp hint {id}</code> gives the next hint.
    </p>
  );
}
