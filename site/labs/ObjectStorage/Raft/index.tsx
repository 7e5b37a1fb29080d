import { useRef, useState } from "react";
import { LaneDiagram } from "../../../components/LaneDiagram/index.tsx";
import { useWidth } from "../../../lib/useWidth.ts";
import { Choice, LabFrame, Timeline, Transport, useLab } from "../../kit/index.ts";
import { Guess } from "../Guess.tsx";
import { scheduleOf, wordsOf } from "./lanes.ts";
import { broken, model, runMs, type State } from "./model.ts";
import { Nodes } from "./Nodes.tsx";
import { type PresetName, presets } from "./presets.ts";
import styles from "./styles.module.css";

const presetChoices = Object.entries(presets).map(([name, { title }]) => [name as PresetName, title] as const);

/** Steps after which "to the next event" stops looking. */
const farthestSteps = 80;

/** Five nodes of the reference's Raft: cut them off, crash them, propose to them, and step forward and back. */
export default function RaftLab() {
  const [preset, setPreset] = useState<PresetName>("cutOff");
  const [guess, setGuess] = useState<string>();
  const { startMs, about, question, options, outcome, why } = presets[preset];
  const lab = useLab(model, { seed: 1, params: { preset }, startMs, pace: 0.1, autoPlay: false });
  const { state } = lab;
  const lanes = useRef<HTMLDivElement>(null);
  const width = useWidth(lanes, 640);
  const shownMs = width < 480 ? 90 : 160;

  const pick = (name: PresetName) => {
    setPreset(name);
    setGuess(undefined);
    lab.setParams({ preset: name }, presets[name].startMs);
  };
  const back = () => lab.seek(lab.nowMs - model.stepMs);
  /** The model changes its state in place, so the notes can be watched from here. */
  const toNextEvent = () => {
    const seen = state.notes.length;
    for (let i = 0; i < farthestSteps && state.notes.length === seen; i++) lab.step();
  };

  return (
    <LabFrame lab={lab} label="Five Raft nodes">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: one more key of the frame around it */}
      <div
        onKeyDown={(event) => {
          if (event.key !== "ArrowLeft" || (event.target as HTMLElement).closest("input, select") !== null) return;
          event.preventDefault();
          back();
        }}
      >
        <div className={styles.controls}>
          <Choice label="Start with" value={preset} options={presetChoices} onChange={pick} />
        </div>
        <p className={styles.about}>{about}</p>
        <Guess
          question={question}
          options={options}
          guess={guess}
          onGuess={setGuess}
          outcome={outcome(state)}
          waiting="Now play, or step on, until it is decided."
        >
          {why}
        </Guess>
        <div className={styles.controls}>
          <Transport lab={lab}>
            <button type="button" className="bp-button" onClick={back} disabled={lab.nowMs === 0}>
              Back
            </button>
            <button type="button" className="bp-button" onClick={toNextEvent}>
              Next event
            </button>
            <button
              type="button"
              className="bp-button"
              onClick={() => lab.act({ kind: "heal" })}
              aria-disabled={state.cut.size === 0}
            >
              Heal
            </button>
          </Transport>
        </div>
        <Timeline lab={lab} endMs={runMs} />
        <Nodes nodes={state.nodes} onAct={lab.act} />
        <p className={styles.legend}>
          A box is an entry: its term, and what it is (– is a no-op). Filled: committed, as far as this node knows.
          Dashed: not committed.
        </p>
        <Safety state={state} />
        <div ref={lanes} className={styles.lanes}>
          <LaneDiagram
            schedule={scheduleOf(state, shownMs)}
            alt={wordsOf(state, shownMs)}
            laneGap={width < 480 ? 34 : 38}
            initialWidth={width}
          />
        </div>
        <Notes state={state} />
      </div>
    </LabFrame>
  );
}

function Safety({ state }: { state: State }) {
  const problems = broken(state);
  const terms = [...state.leaders].map(([term, names]) => `term ${term}: ${[...names].join(" and ")}`).join(", ");
  return (
    <p className={styles.safety} data-safe={problems.length === 0}>
      <i aria-hidden="true">{problems.length === 0 ? "●" : "◆"}</i>{" "}
      {problems.length === 0
        ? `At most one leader a term (${terms || "none yet"}); no two nodes applied different entries at one index.`
        : `Broken: ${problems.join(", ")}.`}
    </p>
  );
}

/** The latest first. */
function Notes({ state }: { state: State }) {
  const latest = state.notes.slice(-6).reverse();
  return (
    <ol className={styles.notes} aria-label="What has happened, latest first">
      {latest.map(({ at, node, text, tone }, index) => (
        <li key={`${state.notes.length - index}`} data-tone={tone}>
          <span>{(at / 1000).toFixed(2)} s</span> {text.startsWith("the ") ? "" : `${node}: `}
          {text}
        </li>
      ))}
    </ol>
  );
}
