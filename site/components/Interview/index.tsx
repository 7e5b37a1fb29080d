import Link from "@docusaurus/Link";
import useIsBrowser from "@docusaurus/useIsBrowser";
import Layout from "@theme/Layout";
import { useEffect, useState } from "react";
import { type Interview, interviewMinutes, playedSheet } from "../../../course/interview.ts";
import type { Level } from "../../../course/types.ts";
import { Choice } from "../../labs/kit/controls.tsx";
import {
  chooseDesign,
  elapsedMs,
  finish,
  fresh,
  jump,
  moments,
  nextMinute,
  note,
  pause,
  phaseAt,
  type Rehearsal,
  rehearsalVersion,
  start,
} from "../../lib/rehearsal.ts";
import { readStored, writeStored } from "../../lib/storage.ts";
import { useCourse } from "../../lib/useCourse.ts";
import { Calibration } from "./Calibration.tsx";
import { Clock } from "./Clock.tsx";
import { Hired } from "./Hired.tsx";
import { Inline } from "./Inline.tsx";
import { Scoring } from "./Scoring.tsx";
import { SideBySideView } from "./SideBySideView.tsx";
import { Stream } from "./Stream.tsx";
import styles from "./styles.module.css";

const levels = [
  ["mid", "Mid"],
  ["senior", "Senior"],
  ["staff", "Staff"],
] as const;

const views = [
  ["rehearse", "Rehearse"],
  ["calibrate", "Score a transcript"],
  ["read", "Read a hire"],
  ["compare", "Three levels"],
] as const;

type View = (typeof views)[number][0];

function isThere({ hired, sideBySide }: Interview, view: View): boolean {
  return (view !== "read" || hired !== undefined) && (view !== "compare" || sideBySide !== undefined);
}

/**
 * One interview: a clock, the other person's lines as they fall due, your move; everything else hidden until asked for.
 */
export default function InterviewPage({ interview }: { interview: Interview }) {
  const course = useCourse();
  const [level, setLevel] = useState<Level>("senior");
  const [view, setView] = useState<View>("rehearse");
  return (
    <Layout
      title={interview.title}
      description={`Mock interview: ${interview.title}, at three levels, with a clock and a scorecard.`}
    >
      <main className={styles.page}>
        <header className={styles.head}>
          <h1>{interview.title}</h1>
          <p>
            {interviewMinutes} minutes. Speak aloud, draw on paper, and open nothing that you have not been asked.{" "}
            {course.chapters.includes(interview.system) && (
              <>
                <Link to={course.chapterPath(interview.system)}>The chapter</Link> is for before and after.
              </>
            )}
          </p>
          <div className={styles.choices}>
            <Choice
              label="What to do"
              value={view}
              options={views.filter(([id]) => isThere(interview, id))}
              onChange={setView}
            />
            {view === "rehearse" && <Choice label="Level" value={level} options={levels} onChange={setLevel} />}
          </div>
        </header>
        {view === "rehearse" && <RehearsalView key={level} interview={interview} level={level} />}
        {view === "calibrate" && <Calibration interview={interview} />}
        {view === "read" && interview.hired && <Hired interview={interview} transcript={interview.hired} />}
        {view === "compare" && interview.sideBySide && <SideBySideView {...interview.sideBySide} />}
      </main>
    </Layout>
  );
}

function RehearsalView({ interview, level }: { interview: Interview; level: Level }) {
  const [rehearsal, update] = useRehearsal(interview.system, level);
  const { design } = rehearsal.score;
  const sheet = playedSheet(interview.sheets[level], design);
  const all = moments(sheet);
  const now = useNow(rehearsal.stage === "running");
  const elapsed = elapsedMs(rehearsal, now);
  const minute = elapsed / 60_000;
  const over = minute >= interviewMinutes;

  if (rehearsal.stage === "ready") {
    return (
      <section className={styles.opening}>
        <p className={styles.line}>
          <Inline text={sheet.opening} />
        </p>
        <button type="button" className="bp-button" data-primary onClick={() => update(start(rehearsal, Date.now()))}>
          Start the clock
        </button>
      </section>
    );
  }
  if (rehearsal.stage === "scoring") {
    return (
      <Scoring
        interview={interview}
        score={rehearsal.score}
        notes={rehearsal.notes}
        onChange={(score) => update({ ...rehearsal, score })}
        onBack={() => update({ ...rehearsal, stage: "paused" })}
        onRestart={() => update(fresh(level))}
      />
    );
  }
  return (
    <>
      <Clock sheet={sheet} elapsedMs={elapsed} phase={phaseAt(sheet, minute)}>
        {rehearsal.stage === "running" && !over ? (
          <button type="button" className="bp-button" onClick={() => update(pause(rehearsal, Date.now()))}>
            Pause
          </button>
        ) : (
          !over && (
            <button
              type="button"
              className="bp-button"
              data-primary
              onClick={() => update(start(rehearsal, Date.now()))}
            >
              Go on
            </button>
          )
        )}
        <button
          type="button"
          className="bp-button"
          disabled={over}
          onClick={() => update(jump(rehearsal, nextMinute(all, minute), Date.now()))}
        >
          Skip to the next line
        </button>
        <button
          type="button"
          className="bp-button"
          data-primary={over || undefined}
          onClick={() => update(finish(rehearsal, Date.now()))}
        >
          {over ? "Time is up: score yourself" : "Stop and score"}
        </button>
      </Clock>
      <NoteField onNote={(text) => update(note(rehearsal, minute, text))} count={rehearsal.notes.length} />
      <Stream
        sheet={sheet}
        design={design}
        onDesign={(chosen) => update(chooseDesign(rehearsal, chosen))}
        moments={all}
        minute={minute}
        raisedBy={rehearsal.score.raisedBy}
        onRaised={(probe, by) =>
          update({
            ...rehearsal,
            score: { ...rehearsal.score, raisedBy: { ...rehearsal.score.raisedBy, [probe]: by } },
          })
        }
      />
    </>
  );
}

/** A sentence of the candidate's own, kept as evidence for the card. */
function NoteField({ onNote, count }: { onNote: (text: string) => void; count: number }) {
  const [text, setText] = useState("");
  return (
    <form
      className={styles.noteField}
      onSubmit={(event) => {
        event.preventDefault();
        onNote(text);
        setText("");
      }}
    >
      <label>
        Note a sentence that you said; the card counts only what is quoted
        <input value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit" className="bp-button" disabled={text.trim() === ""}>
        Note it
      </button>
      <span aria-live="polite">{count === 0 ? "" : count === 1 ? "1 note" : `${count} notes`}</span>
    </form>
  );
}

/** Kept in the browser, so that a reload in minute 30 is no drama. */
function useRehearsal(system: string, level: Level): readonly [Rehearsal, (next: Rehearsal) => void] {
  const key = `backpressure:rehearsal:v${rehearsalVersion}:${system}:${level}`;
  const isBrowser = useIsBrowser();
  const [rehearsal, setRehearsal] = useState(() => (isBrowser ? readStored(key, fresh(level)) : fresh(level)));
  useEffect(() => setRehearsal(readStored(key, fresh(level))), [key, level]);
  return [
    rehearsal,
    (next) => {
      setRehearsal(next);
      writeStored(key, next);
    },
  ];
}

function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
