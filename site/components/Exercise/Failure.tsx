import Link from "@docusaurus/Link";
import { chapterPath } from "../../../course/manifest.ts";
import type { TestResult } from "../../../course/report.ts";
import { useWritten } from "../../lib/useWritten.ts";
import { MermaidFigure } from "../Diagram/MermaidFigure.tsx";
import styles from "./styles.module.css";

/** A failed behavior in the order of the terminal: what was done, expected, got, why it matters. */
export function Failure({ test }: { test: TestResult }) {
  const failure = test.failure;
  return (
    <div className={styles.failure}>
      <p className={styles.behavior}>{test.name}</p>
      {failure === undefined ? (
        <pre>{test.message}</pre>
      ) : (
        <>
          <dl>
            {failure.steps && failure.steps.length > 0 && (
              <>
                <dt>Done</dt>
                <dd>
                  <ol>
                    {failure.steps.map((step, index) => (
                      <li key={index}>
                        <code>{step}</code>
                      </li>
                    ))}
                  </ol>
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
          {failure.mermaid && <MermaidFigure source={failure.mermaid} alt={`The schedule that breaks: ${test.name}`} />}
          {!failure.mermaid && failure.drawing && <pre>{failure.drawing}</pre>}
          {failure.invariant && <InvariantLink {...failure.invariant} />}
        </>
      )}
    </div>
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

function InvariantLink({ system, id, text }: { system: string; id: string; text: string }) {
  if (!useWritten().chapters.includes(system)) return <p>Broken: {text}</p>;
  return (
    <p>
      Broken: <Link to={`${chapterPath(system)}#${id}`}>{text}</Link>
    </p>
  );
}
