import Link from "@docusaurus/Link";
import type { FailingSchedule, Invariant, TestResult } from "../../../course/report.ts";
import { lanesOf, scheduleWidth } from "../../lib/schedule.ts";
import { useCourse } from "../../lib/useCourse.ts";
import { CopyCommand } from "../CopyCommand/index.tsx";
import { LaneDiagram } from "../LaneDiagram/index.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly test: TestResult;
  readonly open: boolean;
  /** What replays the first failure of the check. */
  readonly command: string;
}

/**
 * A failed behavior in the order of the terminal: what was done, expected, got, why it matters. Closed unless it is the
 * first.
 */
export function Failure({ test, open, command }: Props) {
  const { failure } = test;
  return (
    <details className={styles.failure} open={open} data-failure={test.name}>
      <summary>{test.name}</summary>
      {failure === undefined ? (
        <pre>{test.message}</pre>
      ) : (
        <>
          <dl>
            {failure.steps.length > 0 && (
              <>
                <dt>Done</dt>
                <dd>
                  <Steps steps={failure.steps} short={failure.schedule !== undefined} />
                </dd>
              </>
            )}
            <Row name="Expected" value={failure.expected} />
            <Row name="Got" value={failure.got} />
            <Row name="Smallest" value={failure.counterexample} />
            {failure.note && (
              <>
                <dt>Why</dt>
                <dd>{failure.note}</dd>
              </>
            )}
          </dl>
          {failure.schedule && <Schedule schedule={failure.schedule} name={test.name} />}
          {failure.drawing && (
            <details className={styles.drawing} open={failure.schedule === undefined}>
              <summary>The schedule as text</summary>
              <pre>{failure.drawing}</pre>
            </details>
          )}
          <InvariantLink {...failure.invariant} />
        </>
      )}
      {open && failure !== undefined && (
        <p className={styles.replay}>
          Step by step: <CopyCommand command={command} />
        </p>
      )}
    </details>
  );
}

/** Where a drawing shows the same, the list is there for those who want it. */
function Steps({ steps, short }: { steps: readonly string[]; short: boolean }) {
  const list = (
    <ol>
      {steps.map((step, index) => (
        <li key={index}>
          <code>{step}</code>
        </li>
      ))}
    </ol>
  );
  if (!short) return list;
  return (
    <details>
      <summary>{steps.length} steps, drawn below</summary>
      {list}
    </details>
  );
}

function Schedule({ schedule, name }: { schedule: FailingSchedule; name: string }) {
  return (
    <figure className={styles.schedule}>
      <LaneDiagram
        schedule={lanesOf(schedule)}
        alt={`The schedule that breaks “${name}”. The steps above say the same in words.`}
        minWidth={scheduleWidth(schedule)}
      />
      {schedule.aside > 0 && (
        <figcaption>{schedule.aside} more messages, lost or late without consequence, are not drawn.</figcaption>
      )}
    </figure>
  );
}

function Row({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </>
  );
}

function InvariantLink({ system, id, text }: Invariant) {
  const { chapters, chapterPath } = useCourse();
  if (!chapters.includes(system)) return <p>Broken: {text}</p>;
  return (
    <p>
      Broken: <Link to={`${chapterPath(system)}#${id}`}>{text}</Link>
    </p>
  );
}
