import Link from "@docusaurus/Link";
import CodeBlock from "@theme/CodeBlock";
import { useState } from "react";
import { catalog, chapterPath } from "../../../course/manifest.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import { useWritten } from "../../lib/useWritten.ts";
import { CopyCommand } from "../CopyCommand/index.tsx";
import styles from "./styles.module.css";

/** What is earned by a pass: the reference, and the way on. */
export function AfterPass({ id }: { id: string }) {
  return (
    <div className={styles.after}>
      <Reference id={id} />
      <p>
        Line by line: <CopyCommand command={`npx bp diff ${id}`} />
      </p>
      <Next id={id} />
    </div>
  );
}

function Reference({ id }: { id: string }) {
  const { reference } = useGrader();
  const [code, setCode] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const load = (open: boolean) => {
    if (open && code === undefined) reference(id).then(setCode, (error: Error) => setProblem(error.message));
  };
  return (
    <details onToggle={(event) => load(event.currentTarget.open)}>
      <summary>The reference: solutions/{id}.ts</summary>
      {problem !== undefined && <p role="alert">{problem}</p>}
      {code !== undefined && <CodeBlock language="ts">{code}</CodeBlock>}
    </details>
  );
}

function Next({ id }: { id: string }) {
  const written = useWritten().chapters;
  const here = catalog.findIndex((entry) => entry.id === id);
  const next = catalog.slice(here + 1).find((entry) => written.includes(entry.system.slug));
  if (next === undefined) return null;
  const own = next.system === catalog[here]?.system;
  const anchor = `#exercise-${next.exercise.slug}`;
  return (
    <p>
      Next: <Link to={own ? anchor : chapterPath(next.system.slug) + anchor}>{next.exercise.title}</Link>
      {!own && ` (${next.system.title})`}
    </p>
  );
}
