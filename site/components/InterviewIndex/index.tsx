import Link from "@docusaurus/Link";
import Layout from "@theme/Layout";
import { interviewMinutes, lead } from "../../../course/interview.ts";
import {
  bands,
  dimensions,
  leastSeen,
  raisedByLabels,
  rubricStatus,
  type Worth,
  worth,
} from "../../../course/rubric.ts";
import { useCourse } from "../../lib/useCourse.ts";
import type { SystemRow } from "../SystemsTable/index.tsx";
import { Table } from "../Table/index.tsx";
import styles from "./styles.module.css";

const levels = ["mid", "senior", "staff"] as const;

const worthRows: readonly (readonly [label: string, of: (worth: Worth) => number])[] = [
  [raisedByLabels.unprompted, () => 1],
  [raisedByLabels["open-probe"], ({ open }) => open],
  [`${raisedByLabels["pointed-hint"]}, within the budget`, ({ hint }) => hint],
  [`${raisedByLabels["pointed-hint"]}, beyond it`, ({ hintBeyondBudget }) => hintBeyondBudget],
  [raisedByLabels.giveaway, ({ giveaway }) => giveaway],
];

/** Which interviews exist, how one goes, and how it is scored. `systems`: those that have one. */
export default function InterviewIndex({ systems: written }: { systems: readonly SystemRow[] }) {
  const { systems: all } = useCourse();
  return (
    <Layout title="Interviews" description="Mock interviews with a clock, probes and a scorecard.">
      <main className={styles.page}>
        <h1>Interviews</h1>
        <p>
          {interviewMinutes} minutes, at mid, senior or staff level. The interviewer’s lines come when they are due.
          After the simplest design they follow the one that you chose, and from minute {lead.from} to {lead.to} you
          lead. Model answers, boards and replies stay closed until you open them. At the end you quote yourself, signal
          by signal, on {dimensions.length} dimensions, and keep the card.
        </p>
        <ul className={styles.list}>
          {written.map((system) => (
            <li key={system.slug}>
              <Link to={`/interview/${system.slug}`}>{system.title}</Link>
              <span>{system.question}</span>
            </li>
          ))}
        </ul>
        <p className={styles.rest}>
          {all.length - written.length} of {all.length} systems have no interview yet. In the terminal:{" "}
          <code>npx bp interview {written[0]?.slug ?? "rate-limiter"}</code>.
        </p>
        <h2>How it is scored</h2>
        <div className="scroll-frame">
          <Table className="course-table">
            <thead>
              <tr>
                <th>Dimension</th>
                <th>Weight</th>
                <th>Mid</th>
                <th>Senior</th>
                <th>Staff</th>
              </tr>
            </thead>
            <tbody>
              {dimensions.map((dimension) => (
                <tr key={dimension.id}>
                  <th scope="row">{dimension.title}</th>
                  <td className={styles.weight}>{dimension.weight}</td>
                  <td>{dimension.expects.mid}</td>
                  <td>{dimension.expects.senior}</td>
                  <td>{dimension.expects.staff}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
        <p>
          Each sheet turns these expectations into signals. A signal counts when it is proved by the candidate’s own
          words, a line of the notes or of a transcript; without a quotation there is no credit. A signal whose moment
          never came leaves the sum, and a card of which less than {leastSeen} of 100 could be seen has no band. All
          signals of a dimension are worth three of four points; the fourth is for something above the level.
        </p>
        <h3>How much an answer is worth that had to be asked for</h3>
        <div className="scroll-frame">
          <Table className="course-table">
            <thead>
              <tr>
                <th>The topic was raised</th>
                {levels.map((level) => (
                  <th key={level}>{level}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {worthRows.map(([label, of]) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {levels.map((level) => (
                    <td key={level} className={styles.weight}>
                      {of(worth[level])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
        <p>
          The discount is relative to what a level may be asked: a mid-level candidate is asked everything, so an open
          question costs nothing there. Each sheet has a budget of hints. A candidate who shows every signal of the
          level within it is hired, no matter which topics were asked for; tests hold this for every sheet.
        </p>
        <p className={styles.rest}>
          {bands.map((band) => `${band.title} from ${band.from}`).join(" · ")}. {rubricStatus}
        </p>
      </main>
    </Layout>
  );
}
