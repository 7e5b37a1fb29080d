import { useEffect, useRef, useState } from "react";
import type { HintLadder } from "../../../course/report.ts";
import { useGrader } from "../../lib/useGrader.tsx";
import styles from "./styles.module.css";

/** The ladder: rungs that were opened stay readable; the next one opens on purpose, one at a time. */
export function Hints({ id }: { id: string }) {
  const { hint } = useGrader();
  const [ladder, setLadder] = useState<HintLadder>();
  const [problem, setProblem] = useState<string>();
  const [newest, setNewest] = useState(0);
  const asking = useRef(false);

  useEffect(() => {
    let current = true;
    hint(id).then(
      (known) => current && setLadder(known),
      // The panel says that nobody answers; a ladder that cannot be read is not offered.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [hint, id]);

  if (ladder === undefined || ladder.total === 0) return null;
  const next = ladder.opened.length + 1;
  const open = async () => {
    // The second half of a double click comes before the page has been drawn again.
    if (asking.current) return;
    asking.current = true;
    setProblem(undefined);
    try {
      setLadder(await hint(id, next));
      setNewest(next);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      asking.current = false;
    }
  };
  return (
    <>
      {next <= ladder.total && (
        <button type="button" className="bp-button" onClick={open}>
          Open hint {next} of {ladder.total}
        </button>
      )}
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {ladder.opened.length > 0 && (
        <div className={styles.hints} aria-live="polite">
          {ladder.opened.map((rung) => (
            <details key={rung.number} open={rung.number === newest}>
              <summary>
                Hint {rung.number} of {ladder.total}: {rung.title}
              </summary>
              <p>{rung.text}</p>
            </details>
          ))}
        </div>
      )}
    </>
  );
}
