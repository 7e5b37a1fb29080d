import { useRef, useState } from "react";
import { LaneDiagram } from "../../components/LaneDiagram/index.tsx";
import { useWidth } from "../../lib/useWidth.ts";
import { Choice, Fold, LabFrame, Slider, Tabs, Told, Transport, useLab } from "../kit/index.ts";
import { Clients } from "./Clients.tsx";
import { scheduleOf, wordsOf } from "./lanes.ts";
import { defaults, model, type Params, paramsOf, runMs, withHomes } from "./model.ts";
import { type PresetName, presets } from "./presets.ts";
import { Replicas } from "./Replicas.tsx";
import { Report, Theory } from "./Report.tsx";
import styles from "./styles.module.css";

const cuts = [0, 1, 2, 3, 4].map((after) => [String(after), after === 0 ? "none" : `${after} ┆ ${5 - after}`] as const);
const presetChoices = Object.entries(presets).map(([name, { title }]) => [name as PresetName, title] as const);

/**
 * A cluster of the reference's nodes: what reads return while writes are under way, nodes are cut off, and afterwards.
 */
export default function KeyValueStoreLab() {
  const [preset, setPreset] = useState(defaults.preset);
  const { startMs, about } = presets[preset];
  const lab = useLab(model, { seed: 3, params: defaults, startMs, pace: 0.08 });
  const { state, params } = lab;
  const lanes = useRef<HTMLDivElement>(null);
  const width = useWidth(lanes, 640);

  /** How much of the past the lanes have room for. */
  const shownMs = width < 480 ? 70 : 120;

  const pick = (name: PresetName) => {
    setPreset(name);
    lab.setParams(paramsOf(name), presets[name].startMs);
  };
  /** New parameters at the same moment of the run. */
  const change = (changes: Partial<Params>) => lab.setParams(changes, lab.nowMs);

  return (
    <LabFrame
      lab={lab}
      label="A cluster of replicas with one key and three clients"
      logAt="below"
      side="15rem"
      scenario={
        <>
          <Choice label="Start with" inline value={preset} options={presetChoices} onChange={pick} />
          <Fold title="What to look for">
            <p className={styles.about}>{about}</p>
          </Fold>
        </>
      }
      transport={<Transport lab={lab} endMs={runMs} />}
      picture={
        <>
          <Clients
            state={state}
            onOrder={(client, order) => lab.act({ kind: "order", client, order })}
            onVia={(client, node) => lab.act({ kind: "via", client, node })}
          />
          <Tabs
            label="Picture"
            wide="stacked"
            tabs={[
              [
                "Replicas",
                <Replicas
                  key="replicas"
                  state={state}
                  onCrash={(node, forMs) => lab.act({ kind: "crash", node, forMs })}
                />,
              ],
              [
                "Messages",
                <div key="messages" ref={lanes}>
                  <LaneDiagram
                    schedule={scheduleOf(state, shownMs)}
                    alt={wordsOf(state, shownMs)}
                    laneGap={21}
                    initialWidth={width}
                  />
                </div>,
              ],
            ]}
          />
        </>
      }
      controls={
        <div className={styles.controls}>
          <Slider label="N, homes" value={params.n} min={1} max={5} onChange={(n) => change(withHomes(params, n))} />
          <Slider
            label="Delayed"
            unit="%"
            value={params.slow}
            min={0}
            max={60}
            step={10}
            onChange={(slow) => change({ slow })}
          />
          <Slider
            label="R, answers to a read"
            value={params.r}
            min={1}
            max={params.n}
            onChange={(r) => change({ r })}
          />
          <Slider
            label="W, answers to a write"
            value={params.w}
            min={1}
            max={params.n}
            onChange={(w) => change({ w })}
          />
          <div className={styles.whole}>
            <Told lines={5}>
              <Theory params={params} />
            </Told>
          </div>
          <Choice
            label="Quorum"
            inline
            value={params.sloppy ? "sloppy" : "strict"}
            options={[
              ["strict", "strict"],
              ["sloppy", "sloppy"],
            ]}
            onChange={(value) => change({ sloppy: value === "sloppy" })}
          />
          <Choice
            label="Anti-entropy"
            inline
            value={params.antiEntropy ? "on" : "off"}
            options={[
              ["off", "off"],
              ["on", "on"],
            ]}
            onChange={(value) => change({ antiEntropy: value === "on" })}
          />
          <div className={styles.whole}>
            <Choice
              label="Partition"
              value={String(state.cutAfter)}
              options={cuts}
              onChange={(after) => lab.act({ kind: "cut", after: Number(after) })}
            />
          </div>
          <div className={styles.whole}>
            <Choice
              label="Clients"
              value={state.traffic ? "busy" : "told"}
              options={[
                ["told", "do as told"],
                ["busy", "ask by themselves"],
              ]}
              onChange={(value) => lab.act({ kind: "traffic", on: value === "busy" })}
            />
          </div>
        </div>
      }
      log={<Report state={state} />}
    />
  );
}
