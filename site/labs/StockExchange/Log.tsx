import { useState } from "react";
import { Log, Told } from "../kit/index.ts";
import { live, type Replay, replay, type State } from "./model.ts";
import styles from "./styles.module.css";
import { lineOf } from "./words.ts";

/** The latest events, newest first; the reader's own are marked. */
export function Tape({ state }: { state: State }) {
  return (
    <Log title="Tape" bare>
      {state.tape.toReversed().map(({ sequence, event, isYours }, at) => {
        const { text, tone, shape } = lineOf(event);
        return (
          <li key={`${state.eventCount - at}`} className={styles.entry} data-tone={tone}>
            <span className={styles.sequence}>{sequence}</span>
            <span>
              <i aria-hidden="true">{shape}</i> {text}
              {isYours && <b className={styles.you}> ◆ you</b>}
            </span>
          </li>
        );
      })}
    </Log>
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
          Without command
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
      <div className={styles.compared}>
        <Told lines={3} live>
          {result === null ? "Replay it into a fresh book, and compare the hash." : <Compared {...result} />}
        </Told>
      </div>
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
