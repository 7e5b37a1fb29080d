import { useEffect, useState } from "react";
import type { Interview } from "../../../course/interview.ts";
import { bands, type DimensionId, dimensions, rubricStatus, type Score, scoreLabels } from "../../../course/rubric.ts";
import {
  computeScorecard,
  type Scorecard,
  type SelfScore,
  scorecardToJson,
  scorecardToMarkdown,
} from "../../../course/scorecard.ts";
import { download, readStored, writeStored } from "../../lib/storage.ts";
import { Inline } from "./Inline.tsx";
import { Closed } from "./Stream.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly interview: Interview;
  readonly score: SelfScore;
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

/** Eight dimensions against what the level expects, with the words that prove it; then the card, to keep. */
export function Scoring({ interview, score, onChange, onBack, onRestart }: Props) {
  const sheet = interview.sheets[score.level];
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
      {dimensions.map((dimension) => (
        <fieldset key={dimension.id} className={styles.dimension}>
          <legend>
            {dimension.title} <span>{dimension.weight} of 100</span>
          </legend>
          <p>
            At your level: <Inline text={dimension.expects[score.level]} />
          </p>
          <ul>
            {sheet.signals[dimension.id].map((signal) => (
              <li key={signal}>
                <Inline text={signal} />
              </li>
            ))}
          </ul>
          <ScoreChoice
            name={dimension.id}
            value={score.scores[dimension.id]}
            onChange={(value) => onChange({ ...score, scores: { ...score.scores, [dimension.id]: value } })}
          />
          <label className={styles.evidence}>
            Your own words that prove it
            <textarea
              rows={2}
              value={score.evidence[dimension.id] ?? ""}
              onChange={(event) =>
                onChange({ ...score, evidence: { ...score.evidence, [dimension.id]: event.target.value } })
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
            <p>Held at “lean no”: staff needs at least 3 in {outcome.heldBackBy.map(titleOf).join(" and ")}.</p>
          )}
        </>
      ) : (
        <p>
          {dimensions.length - outcome.missing.length} of {dimensions.length} scored. A card with gaps has no total:
          what is unknown is not a hire.
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

export function ScoreChoice(props: { name: string; value: Score | undefined; onChange: (score: Score) => void }) {
  return (
    <div className={styles.scores} role="radiogroup" aria-label={`Score: ${props.name}`}>
      {([0, 1, 2, 3, 4] as const).map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={`score-${props.name}`}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <span>
            <b>{value}</b> {scoreLabels[value]}
          </span>
        </label>
      ))}
    </div>
  );
}

export const titleOf = (id: DimensionId): string => dimensions.find((dimension) => dimension.id === id)!.title;
