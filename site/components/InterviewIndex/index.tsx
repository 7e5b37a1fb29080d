import Link from "@docusaurus/Link";
import Layout from "@theme/Layout";
import { interviewMinutes } from "../../../course/interview.ts";
import { bands, dimensions, rubricStatus } from "../../../course/rubric.ts";
import { useCourse } from "../../lib/useCourse.ts";
import type { SystemRow } from "../SystemsTable/index.tsx";
import { Table } from "../Table/index.tsx";
import styles from "./styles.module.css";

/** Which interviews exist, how one goes, and how it is scored. `systems`: those that have one. */
export default function InterviewIndex({ systems: written }: { systems: readonly SystemRow[] }) {
  const { systems: all } = useCourse();
  return (
    <Layout title="Interviews" description="Mock interviews with a clock, probes and a scorecard.">
      <main className={styles.page}>
        <h1>Interviews</h1>
        <p>
          {interviewMinutes} minutes, at mid, senior or staff level. The interviewer’s lines come when they are due.
          Model answers, boards and replies stay closed until you open them. At the end you score yourself on{" "}
          {dimensions.length} dimensions and keep the card.
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
        <p className={styles.rest}>
          {bands.map((band) => `${band.title} from ${band.from}`).join(" · ")}. {rubricStatus}
        </p>
      </main>
    </Layout>
  );
}
