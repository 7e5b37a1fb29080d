import { useState } from "react";
import { live, type Replay, replay, type State } from "./model.ts";
import styles from "./styles.module.css";
import { lineOf } from "./words.ts";

const shown = 9;

/** The latest events, newest first; the reader's own are marked. */
export function Tape({ state }: { state: State }) {
  const entries = state.tape.slice(-shown).reverse();
  return (
    <section className={styles.tape}>
      <h4>Tape</h4>
      <ol>
        {entries.map(({ sequence, event, isYours }, at) => {
          const { text, tone, shape } = lineOf(event);
          return (
            <li key={`${state.eventCount - at}`} data-tone={tone}>
              <span className={styles.sequence}>{sequence}</span>
              <span>
                <i aria-hidden="true">{shape}</i> {text}
                {isYours && <b className={styles.you}> ◆ you</b>}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface Run {
  readonly replayed: Replay;
  /** The live book's hashes at that moment, and the command that was left out. */
  readonly against: Replay;
  readonly without?: number;
}

/** Runs the log into a fresh book and compares. */
export function Replayed({ state }: { state: State }) {
  const [result, setResult] = useState<Run | null>(null);
  const count = state.commands.length;
  const [without, setWithout] = useState(count);
  const run = (left?: number) =>
    setResult({
      replayed: replay(state.commands, state.params, left),
      against: live(state),
      ...(left === undefined ? {} : { without: left }),
    });
  return (
    <section className={styles.replay}>
      <h4>The log</h4>
      <p>
        <span>
          {count} commands, {state.eventCount} events, {state.book.restingOrders} orders rest.
        </span>{" "}
        <span>
          State <code>{state.book.stateHash()}</code>
        </span>
      </p>
      <div className={styles.buttons}>
        <button type="button" className="bp-button" onClick={() => run()}>
          Replay the log
        </button>
        <button type="button" className="bp-button" onClick={() => run(Math.min(without, count))}>
          Replay without command
        </button>
        <input
          type="number"
          aria-label="Command to leave out"
          min={1}
          max={count}
          value={without}
          onChange={(event) => setWithout(Math.max(1, Math.floor(event.target.valueAsNumber) || 1))}
        />
      </div>
      <p className={styles.compared} aria-live="polite">
        {result === null ? "Replay it into a fresh book, and compare the hash." : <Compared {...result} />}
      </p>
    </section>
  );
}

function Compared({ replayed, against, without }: Run) {
  const isSame = replayed.stateHash === against.stateHash;
  const sameEvents = replayed.eventHash === against.eventHash;
  return (
    <>
      <b data-same={isSame}>
        {isSame ? "● The same state" : "◆ Another state"}: {replayed.stateHash}
      </b>{" "}
      after {replayed.commands} commands{without !== undefined && `, without number ${without}`}
      {sameEvents ? "; every event was the same too." : "; the events were others."}
      {isSame && !sameEvents && " What was left out has been forgotten since: the state hides it, the log does not."}
    </>
  );
}
