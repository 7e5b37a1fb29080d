import type { Interview, Transcript as TranscriptData } from "../../../course/interview.ts";
import { type RaisedBy, raisedByLabels } from "../../../course/rubric.ts";
import { computeScorecard, type ScorecardSignal, transcriptScore } from "../../../course/scorecard.ts";
import { Table } from "../Table/index.tsx";
import { Inline } from "./Inline.tsx";
import styles from "./styles.module.css";
import { Transcript } from "./Transcript.tsx";

/** An interview that ended in a hire, then the card that an observer made of it, quotation by quotation. */
export function Hired({ interview, transcript }: { interview: Interview; transcript: TranscriptData }) {
  const card = computeScorecard(interview, transcriptScore(interview, transcript));
  const { outcome } = card;
  return (
    <section>
      <p className={styles.intro}>
        <Inline text={transcript.intro} />
      </p>
      <Transcript lines={transcript.lines} />
      <h2>The card, at {card.level} level</h2>
      {outcome.state === "scored" && (
        <p className={styles.total}>
          {outcome.total} <span>of 100: {outcome.band.title}</span>
        </p>
      )}
      <p>
        <Inline text={transcript.verdict} />
      </p>
      <Table className={`course-table ${styles.evidenceTable}`}>
        <thead>
          <tr>
            <th>Signal</th>
            <th>The words that show it</th>
          </tr>
        </thead>
        {card.rows.map((row) => (
          <tbody key={row.dimension}>
            <tr>
              <th colSpan={2} scope="rowgroup">
                {row.title}
                {row.probes.length > 0 && (
                  <small> {row.probes.map(({ raisedBy }) => raisedWords(raisedBy)).join("; ")}</small>
                )}
              </th>
            </tr>
            {row.signals.map((signal) => (
              <tr key={signal.id} data-state={signal.state}>
                <td>
                  <Inline text={signal.says} />
                </td>
                <td>{words(signal)}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </Table>
    </section>
  );
}

/** The labels speak to the candidate; here another one is read about. */
const raisedWords = (by: RaisedBy): string => (by === "unprompted" ? "unprompted" : raisedByLabels[by]);

function words({ quote, state }: ScorecardSignal) {
  if (quote !== null) return <Inline text={`“${quote}”`} />;
  return <em>{state === "unseen" ? "left no room for it" : "missed"}</em>;
}
