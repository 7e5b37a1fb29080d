import { useEffect, useId, useState } from "react";
import { type Interview, playedSheet, type Signal } from "../../../course/interview.ts";
import { bands, type DimensionId, dimensions, leastSeen, rubricStatus } from "../../../course/rubric.ts";
import {
  computeScorecard,
  type Scorecard,
  type SelfScore,
  type SignalEntry,
  scorecardToJson,
  scorecardToMarkdown,
} from "../../../course/scorecard.ts";
import { clockText, type Note } from "../../lib/rehearsal.ts";
import { download, readStored, writeStored } from "../../lib/storage.ts";
import { Inline } from "./Inline.tsx";
import { Closed } from "./Stream.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly interview: Interview;
  readonly score: SelfScore;
  readonly notes: readonly Note[];
  readonly onChange: (score: SelfScore) => void;
  readonly onBack: () => void;
  readonly onRestart: () => void;
}

interface HistoryEntry {
  readonly date: string;
  readonly level: string;
  readonly total: number;
  readonly band: string;
}

/** Every signal with the words that show it, by dimension; then the card, to keep. */
export function Scoring({ interview, score, notes, onChange, onBack, onRestart }: Props) {
  const sheet = playedSheet(interview.sheets[score.level], score.design);
  const quotes = useId();
  const card = computeScorecard(interview, score);
  return (
    <section>
      <div className={styles.after}>
        <h2>What the interviewer wanted to know</h2>
        <p>
          <Inline text={sheet.after} />
        </p>
      </div>
      <Result card={card} interview={interview} />
      <p className={styles.intro}>
        A signal counts with your own words, and without them it does not. What never had its moment leaves the sum.
      </p>
      {notes.length > 0 && (
        <>
          <datalist id={quotes}>
            {notes.map((note) => (
              <option key={`${note.minute} ${note.text}`} value={note.text} />
            ))}
          </datalist>
          <details className={styles.notes} open>
            <summary>Your notes</summary>
            <ul>
              {notes.map((note) => (
                <li key={`${note.minute} ${note.text}`}>
                  <span className={styles.minute}>{clockText(note.minute * 60_000)}</span> {note.text}
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
      {dimensions.map((dimension) => (
        <fieldset key={dimension.id} className={styles.dimension}>
          <legend>
            {dimension.title} <span>{dimension.weight} of 100</span>
          </legend>
          <p>
            At your level: <Inline text={dimension.expects[score.level]} />
          </p>
          {sheet.signals[dimension.id].map((signal) => (
            <SignalField
              key={signal.id}
              signal={signal}
              entry={score.signals[signal.id]}
              quotes={quotes}
              onChange={(entry) => onChange({ ...score, signals: { ...score.signals, [signal.id]: entry } })}
            />
          ))}
          <label className={styles.evidence}>
            Above the level, in your words (empty: nothing)
            <input
              list={quotes}
              value={score.above[dimension.id] ?? ""}
              onChange={(event) =>
                onChange({ ...score, above: { ...score.above, [dimension.id]: event.target.value } })
              }
            />
          </label>
        </fieldset>
      ))}
      <fieldset className={styles.dimension}>
        <legend>Red flags that occurred</legend>
        {sheet.redFlags.map((flag) => (
          <label key={flag.id} className={styles.flag}>
            <input
              type="checkbox"
              checked={score.redFlags.includes(flag.id)}
              onChange={(event) =>
                onChange({
                  ...score,
                  redFlags: event.target.checked
                    ? [...score.redFlags, flag.id]
                    : score.redFlags.filter((id) => id !== flag.id),
                })
              }
            />
            <span>
              <Inline text={flag.behavior} />
            </span>
          </label>
        ))}
      </fieldset>
      <h2>Follow-ups</h2>
      {sheet.followUps.map((followUp) => (
        <div key={followUp.question} className={styles.followUp}>
          <Closed title={followUp.question} text={followUp.modelAnswer} />
          <a href={followUp.source.url}>{followUp.source.title}</a>
        </div>
      ))}
      <p className={styles.buttons}>
        <button type="button" className="bp-button" onClick={onBack}>
          Back to the interview
        </button>
        <button type="button" className="bp-button" onClick={onRestart}>
          Start over
        </button>
      </p>
      <p className={styles.small}>{rubricStatus}</p>
    </section>
  );
}

const states = [
  ["shown", "shown"],
  ["missed", "missed"],
  ["unseen", "had no moment"],
] as const;

function SignalField(props: {
  signal: Signal;
  entry: SignalEntry | undefined;
  /** Id of the list of notes. */
  quotes: string;
  onChange: (entry: SignalEntry) => void;
}) {
  const { signal, entry, quotes, onChange } = props;
  const quote = entry?.state === "shown" ? entry.quote : "";
  return (
    <fieldset className={styles.signal} data-state={entry?.state ?? "open"}>
      <legend>
        <Inline text={signal.says} />
      </legend>
      <div className={styles.scores}>
        {states.map(([state, label]) => (
          <label key={state}>
            <input
              type="radio"
              name={`signal-${signal.id}`}
              checked={entry?.state === state}
              onChange={() => onChange(state === "shown" ? { state, quote } : { state })}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {entry?.state === "shown" && (
        <label className={styles.evidence}>
          Your words
          <input
            list={quotes}
            value={quote}
            aria-invalid={quote.trim() === ""}
            onChange={(event) => onChange({ state: "shown", quote: event.target.value })}
          />
          {quote.trim() === "" && <small>No credit without them.</small>}
        </label>
      )}
    </fieldset>
  );
}

function Result({ card, interview }: { card: Scorecard; interview: Interview }) {
  const key = `backpressure:interviews:${interview.system}`;
  const [history, setHistory] = useState<readonly HistoryEntry[]>([]);
  useEffect(() => setHistory(readStored<HistoryEntry[]>(key, [])), [key]);
  const { outcome } = card;
  const date = new Date().toISOString().slice(0, 10);
  const file = `${interview.system}-${card.level}-${date}`;
  const keep = () => {
    if (outcome.state !== "scored") return;
    const next = [...history, { date, level: card.level, total: outcome.total, band: outcome.band.title }];
    setHistory(next);
    writeStored(key, next);
  };
  return (
    <div className={styles.result} aria-live="polite">
      {outcome.state === "scored" ? (
        <>
          <p className={styles.total}>
            {outcome.total} <span>of 100: {outcome.band.title}</span>
          </p>
          {outcome.heldBackBy.length > 0 && (
            <p>
              Held at “lean no”: staff needs two thirds of the signals in{" "}
              {outcome.heldBackBy.map(titleOf).join(" and ")}.
            </p>
          )}
        </>
      ) : (
        <p>
          {outcome.state === "incomplete"
            ? `${dimensions.length - outcome.missing.length} of ${dimensions.length} dimensions judged. ` +
              "A card with gaps has no total: what is unknown is not a hire."
            : `${outcome.seen} of 100 could be seen, and a band needs ${leastSeen}.`}
        </p>
      )}
      <div className={styles.scale} aria-hidden="true">
        {bands.map((band, index) => (
          <span key={band.id} style={{ flexGrow: (bands[index + 1]?.from ?? 100) - band.from }}>
            {band.title}
          </span>
        ))}
        {outcome.state === "scored" && <i style={{ left: `${outcome.total}%` }} />}
      </div>
      <p>
        Hints used: {card.hintsUsed} of {card.hintBudget} that a hire at this level may need.
      </p>
      <p className={styles.buttons}>
        <button type="button" className="bp-button" data-primary onClick={keep} disabled={outcome.state !== "scored"}>
          Keep in this browser
        </button>
        <button
          type="button"
          className="bp-button"
          onClick={() => download(`${file}.md`, scorecardToMarkdown(card, date), "text/markdown")}
        >
          Markdown
        </button>
        <button
          type="button"
          className="bp-button"
          onClick={() => download(`${file}.json`, scorecardToJson(card, date), "application/json")}
        >
          JSON
        </button>
      </p>
      {history.length > 0 && (
        <ol className={styles.history}>
          {history.map((entry, index) => (
            <li key={index}>
              {entry.date}, {entry.level}: {entry.total}, {entry.band}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

export const titleOf = (id: DimensionId): string => dimensions.find((dimension) => dimension.id === id)!.title;
