import Link from "@docusaurus/Link";
import CodeBlock from "@theme/CodeBlock";
import { useState } from "react";
import { useGrader } from "../../lib/useGrader.tsx";
import { CopyCommand } from "../CopyCommand/index.tsx";
import type { NextExercise } from "./index.tsx";
import styles from "./styles.module.css";

/** What is earned by a pass: the reference, and the way on. */
export function AfterPass({ id, next }: { id: string; next: NextExercise | undefined }) {
  return (
    <div className={styles.after}>
      <Reference id={id} />
      <p>
        Line by line: <CopyCommand command={`npx bp diff ${id}`} />
      </p>
      {next && (
        <p>
          Next: <Link to={next.to}>{next.title}</Link>
          {!id.startsWith(`${next.system}/`) && ` (${next.systemTitle})`}
        </p>
      )}
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
