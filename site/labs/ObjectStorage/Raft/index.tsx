import { useRef, useState } from "react";
import { LaneDiagram } from "../../../components/LaneDiagram/index.tsx";
import { useWidth } from "../../../lib/useWidth.ts";
import { Choice, Fold, LabFrame, Log, Tabs, Told, Transport, useLab } from "../../kit/index.ts";
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
    // biome-ignore lint/a11y/noStaticElementInteractions: one more key of the frame in it
    <div
      onKeyDown={(event) => {
        if (event.defaultPrevented || event.key !== "ArrowLeft") return;
        if ((event.target as HTMLElement).closest("input, select") !== null) return;
        event.preventDefault();
        back();
      }}
    >
      <LabFrame
        lab={lab}
        label="Five Raft nodes"
        scenario={
          <>
            <Choice label="Start with" inline value={preset} options={presetChoices} onChange={pick} />
            <Fold title="The story so far" openWhenWide>
              <p className={styles.about}>{about}</p>
            </Fold>
          </>
        }
        transport={
          <Transport lab={lab} endMs={runMs}>
            <button type="button" className="bp-button" onClick={back} disabled={lab.nowMs === 0}>
              Back
            </button>
            <button type="button" className="bp-button" onClick={toNextEvent}>
              Next event
            </button>
          </Transport>
        }
        question={
          <Guess
            question={question}
            options={options}
            guess={guess}
            onGuess={setGuess}
            outcome={outcome(state)}
            waiting="Now play, or step on, until it is decided."
            lines={[10, 8]}
          >
            {why}
          </Guess>
        }
        picture={
          <>
            <Tabs
              label="Picture"
              wide="stacked"
              tabs={[
                ["Nodes and their logs", <Nodes key="nodes" nodes={state.nodes} onAct={lab.act} />],
                [
                  "Messages",
                  <div key="messages" ref={lanes}>
                    <LaneDiagram
                      schedule={scheduleOf(state, shownMs)}
                      alt={wordsOf(state, shownMs)}
                      laneGap={30}
                      initialWidth={width}
                    />
                  </div>,
                ],
              ]}
            />
            <Told lines={2} narrowLines={3}>
              <Safety state={state} />
            </Told>
          </>
        }
        controls={
          <>
            <div className={styles.partition}>
              <button
                type="button"
                className="bp-button"
                onClick={() => lab.act({ kind: "heal" })}
                aria-disabled={state.cut.size === 0}
              >
                Heal
              </button>
              <span>
                {state.cut.size === 0 ? "No node is cut off." : `${[...state.cut].sort().join(", ")} cut off.`}
              </span>
            </div>
            <Fold title="How to read it">
              A box is an entry: its term, and what it is (– is a no-op). Filled: committed, as far as this node knows.
              Dashed: not committed.
            </Fold>
          </>
        }
        log={<Notes state={state} />}
      />
    </div>
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

function Notes({ state }: { state: State }) {
  return (
    <Log title="Events">
      {state.notes.toReversed().map(({ at, node, text, tone }, index) => (
        <li key={state.notes.length - index} className={styles.note} data-tone={tone}>
          <span>{(at / 1000).toFixed(2)} s</span> {text.startsWith("the ") ? "" : `${node}: `}
          {text}
        </li>
      ))}
    </Log>
  );
}
