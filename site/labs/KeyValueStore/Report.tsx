import { Told } from "../kit/index.ts";
import { explain, report, theory } from "./explain.ts";
import type { Params, State } from "./model.ts";
import styles from "./styles.module.css";

/** What the three numbers promise. */
export function Theory({ params }: { params: Params }) {
  const { sum, means } = theory(params);
  return (
    <p className={styles.theory}>
      <strong>{sum}</strong> {means}
    </p>
  );
}

/** What happened, and why the last surprising read returned what it did. */
export function Report({ state }: { state: State }) {
  const { reads, stale, back, unanswered, writes, acknowledged, latest } = report(state);
  const isBad = latest !== undefined && latest.verdict.kind !== "current";
  return (
    <>
      <p className={styles.counts}>
        <span>
          {plural(reads, "read")}, {plural(writes, "write")} ({acknowledged} acknowledged)
        </span>
        <span data-bad={stale > 0} data-count="stale">
          <i aria-hidden="true">{stale > 0 ? "◆" : "●"}</i> {stale} stale
        </span>
        <span data-bad={back > 0} data-count="back">
          <i aria-hidden="true">{back > 0 ? "◆" : "●"}</i> {back} went back
        </span>
        {unanswered > 0 && (
          <span className={styles.unknown}>
            <i aria-hidden="true">◌</i> {plural(unanswered, "read")} without an answer
          </span>
        )}
      </p>
      <div className={styles.why} data-bad={isBad}>
        <Told lines={3} narrowLines={5}>
          {latest === undefined ? (
            "Every read so far returned all that had been acknowledged before it began."
          ) : (
            <>
              <b>{HEADS[latest.verdict.kind]}</b> {explain(latest, state)}
            </>
          )}
        </Told>
      </div>
    </>
  );
}

const HEADS: Readonly<Record<string, string>> = { stale: "◆ Stale.", back: "◆ Back in time." };

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
