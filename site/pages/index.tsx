import BrowserOnly from "@docusaurus/BrowserOnly";
import Link from "@docusaurus/Link";
import Layout from "@theme/Layout";
import { lazy, Suspense, useMemo } from "react";
import { CopyCommand } from "../components/CopyCommand/index.tsx";
import { LaneDiagram } from "../components/LaneDiagram/index.tsx";
import { SystemsTable } from "../components/SystemsTable/index.tsx";
import { findRace, limit } from "../labs/Home/race.ts";
import { useCourse } from "../lib/useCourse.ts";
import styles from "./index.module.css";

const HomeLab = lazy(() => import("../labs/Home/index.tsx"));

const DESCRIPTION =
  "A system-design course with a grader: chapters, exercises, hidden suites that break what you built, and " +
  "interviews.";

/**
 * A running lab and a failing schedule first; then what the course makes you able to do, what it covers, how to start.
 */
export default function Home() {
  const { systems, chapters } = useCourse();
  return (
    <Layout description={DESCRIPTION}>
      <main className={styles.page}>
        <h1 className={styles.title}>
          The system-design course that <em>pushes back</em>
        </h1>
        <div className={styles.figures}>
          <LiveFigure />
          <RaceFigure />
        </div>
        <Outcomes />
        <section className={styles.section}>
          <h2>
            {systems.length} systems, {chapters.length} written so far
          </h2>
          <SystemsTable />
        </section>
        <Commands />
      </main>
    </Layout>
  );
}

function LiveFigure() {
  return (
    <figure className={styles.figure}>
      <div className={styles.lab}>
        <BrowserOnly fallback={<p className={styles.waiting}>Three rate limiters run here, in your browser.</p>}>
          {() => (
            <Suspense fallback={null}>
              <HomeLab />
            </Suspense>
          )}
        </BrowserOnly>
      </div>
      <figcaption>
        Three limiters told “ten a second”. This is the course’s reference code, running now on the same requests. Send
        the wrong burst at the wrong time, and one of them lets twice the limit through.{" "}
        <Link to="/docs/infrastructure/rate-limiter">Why, and what to do about it</Link>
      </figcaption>
    </figure>
  );
}

function RaceFigure() {
  const race = useMemo(() => findRace(), []);
  return (
    <figure className={styles.figure}>
      <p className={styles.verdict}>
        <span aria-hidden="true">◆</span> failed: admits at most {limit}, in {race.broken} of {race.tried} schedules.
        This is seed {race.seed}.
      </p>
      <LaneDiagram
        schedule={race.schedule}
        laneGap={104}
        alt={`Two servers read the same counter, both see 0 used, both admit: ${race.message}.`}
      />
      <figcaption>
        Read the counter, compare, write it back: it passes every test that asks one thing at a time. The simulator
        tried seeds until two servers were between read and write at once. This is what the grader shows when your code
        breaks.
      </figcaption>
    </figure>
  );
}

function Outcomes() {
  return (
    <section className={styles.section}>
      <h2>What you will be able to do</h2>
      <div className={styles.outcomes}>
        <p>
          <b>Say why a design is right</b>, as one sentence that must always hold, and name the schedule in which the
          obvious alternative breaks it.
        </p>
        <p>
          <b>Compute what decides</b>: the memory per key, the messages per second, the day on which one node is no
          longer enough. And leave out the arithmetic that decides nothing.
        </p>
        <p>
          <b>Build the hard part</b>: not a box labeled “rate limiter”, but the forty lines inside it, correct when the
          clock steps back and fast on a hundred thousand keys.
        </p>
        <p>
          <b>Hold the interview</b> at the level you want: with a clock, probes that do not give the answer away, and a
          scorecard that asks who raised the topic first.
        </p>
      </div>
    </section>
  );
}

function Commands() {
  return (
    <section className={styles.section}>
      <h2>Two commands</h2>
      <dl className={styles.commands}>
        <dt>
          <CopyCommand command="npm start" />
        </dt>
        <dd>
          Installs what is missing and serves this course from your machine, with the grader attached: each exercise
          then follows your own file.
        </dd>
        <dt>
          <CopyCommand command="npm test" />
        </dt>
        <dd>
          Installs what is missing and runs every test of the course itself. You need Node 20.19 or later, and git.
        </dd>
      </dl>
      <p className={styles.next}>
        Then: <Link to="/docs/how-you-are-graded">how you are graded</Link>.
      </p>
    </section>
  );
}
