import { useRef, useState } from "react";
import { LaneDiagram } from "../../components/LaneDiagram/index.tsx";
import { useWidth } from "../../lib/useWidth.ts";
import { Choice, LabFrame, Slider, Timeline, Transport, useLab } from "../kit/index.ts";
import { Clients } from "./Clients.tsx";
import { scheduleOf, wordsOf } from "./lanes.ts";
import { defaults, model, type Params, paramsOf, runMs, withHomes } from "./model.ts";
import { type PresetName, presets } from "./presets.ts";
import { Replicas } from "./Replicas.tsx";
import { Report } from "./Report.tsx";
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
    <LabFrame lab={lab} label="A cluster of replicas with one key and three clients">
      <div className={styles.controls}>
        <Choice label="Start with" value={preset} options={presetChoices} onChange={pick} />
        <Transport lab={lab} />
      </div>
      <p className={styles.about}>{about}</p>
      <Report state={state} />
      <Replicas state={state} onCrash={(node, forMs) => lab.act({ kind: "crash", node, forMs })} />
      <div ref={lanes} className={styles.lanes}>
        <LaneDiagram
          schedule={scheduleOf(state, shownMs)}
          alt={wordsOf(state, shownMs)}
          laneGap={width < 480 ? 34 : 38}
          initialWidth={width}
        />
      </div>
      <Timeline lab={lab} endMs={runMs} />
      <Clients
        state={state}
        onOrder={(client, order) => lab.act({ kind: "order", client, order })}
        onVia={(client, node) => lab.act({ kind: "via", client, node })}
      />
      <div className={styles.controls}>
        <Choice
          label="Partition"
          value={String(state.cutAfter)}
          options={cuts}
          onChange={(after) => lab.act({ kind: "cut", after: Number(after) })}
        />
        <Choice
          label="Clients"
          value={state.traffic ? "busy" : "told"}
          options={[
            ["told", "do as told"],
            ["busy", "ask by themselves"],
          ]}
          onChange={(value) => lab.act({ kind: "traffic", on: value === "busy" })}
        />
        <Choice
          label="Quorum"
          value={params.sloppy ? "sloppy" : "strict"}
          options={[
            ["strict", "strict"],
            ["sloppy", "sloppy"],
          ]}
          onChange={(value) => change({ sloppy: value === "sloppy" })}
        />
        <Choice
          label="Anti-entropy"
          value={params.antiEntropy ? "on" : "off"}
          options={[
            ["off", "off"],
            ["on", "on"],
          ]}
          onChange={(value) => change({ antiEntropy: value === "on" })}
        />
      </div>
      <div className={styles.sliders}>
        <Slider label="N, homes" value={params.n} min={1} max={5} onChange={(n) => change(withHomes(params, n))} />
        <Slider label="R, answers to a read" value={params.r} min={1} max={params.n} onChange={(r) => change({ r })} />
        <Slider label="W, answers to a write" value={params.w} min={1} max={params.n} onChange={(w) => change({ w })} />
        <Slider
          label="Slow messages"
          unit="%"
          value={params.slow}
          min={0}
          max={60}
          step={10}
          onChange={(slow) => change({ slow })}
        />
      </div>
    </LabFrame>
  );
}
