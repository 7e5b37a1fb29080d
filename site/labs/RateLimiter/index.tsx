import { useRef } from "react";
import { useWidth } from "../../lib/useWidth.ts";
import { Choice, Fold, LabFrame, Slider, Transport, useLab } from "../kit/index.ts";
import { Decisions } from "./Decisions.tsx";
import { Drawing } from "./Drawing.tsx";
import { Lane } from "./Lane.tsx";
import { binsOf, defaults, model, type Params, picked, summary } from "./model.ts";
import styles from "./styles.module.css";
import { binMs, type Pattern, runMs, stepsBackAtMs, withBin } from "./traffic.ts";

/** Just after the second attack: the fixed window has let twice its limit through, the log has not. */
const startMs = 4200;

/** The five limiters of the chapter on the same requests, which the reader picks or draws. */
export default function RateLimiterLab() {
  const lab = useLab(model, { seed: 1, params: defaults, startMs, pace: 0.5 });
  const { state, params } = lab;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 640);
  const x = (atMs: number) => (atMs / runMs) * width;

  /** New parameters at the same moment of the run. */
  const change = (changes: Partial<Params>) => lab.setParams(changes, lab.nowMs);
  const draw = (bin: number, count: number) => {
    const before = picked("drawn", params).drawn!;
    // What is drawn in the future is decided at once: the run follows the pen.
    lab.setParams({ pattern: "drawn", drawn: withBin(before, bin, count) }, Math.max(lab.nowMs, (bin + 1) * binMs));
  };

  return (
    <LabFrame
      lab={lab}
      label="Five limiters on the same traffic"
      side="14rem"
      scenario={
        <Choice<Pattern>
          label="Traffic"
          inline
          value={params.pattern}
          options={[
            ["boundary", "Boundary attack"],
            ["steady", "Steady"],
            ["burst", "Bursts"],
            ["clock", "Clock steps back"],
            ["drawn", "Your own"],
          ]}
          onChange={(pattern) => change(picked(pattern, params))}
        />
      }
      transport={<Transport lab={lab} endMs={runMs} />}
      picture={
        <div ref={frame} className={styles.picture}>
          <Drawing
            bins={binsOf(params)}
            nowMs={state.nowMs}
            windowMs={params.windowMs}
            width={width}
            onDraw={draw}
            onClear={() => change({ pattern: "drawn", drawn: binsOf(params).map(() => 0) })}
          />
          {state.tracks.map((track) => (
            <Lane
              key={track.name}
              track={track}
              params={params}
              summary={summary(track, params)}
              nowMs={state.nowMs}
              width={width}
              x={x}
            />
          ))}
        </div>
      }
      controls={
        <>
          <div className={styles.sliders}>
            <Slider
              label="Limit, requests a window"
              value={params.limit}
              min={1}
              max={20}
              onChange={(limit) => change({ limit })}
            />
            <Slider
              label="Window"
              unit="s"
              value={params.windowMs / 1000}
              min={0.5}
              max={2}
              step={0.5}
              onChange={(seconds) => change({ windowMs: seconds * 1000 })}
            />
            <Slider
              label="Capacity of the bucket and the queue"
              value={params.capacity}
              min={1}
              max={40}
              onChange={(capacity) => change({ capacity })}
            />
          </div>
          <p className={styles.clock} data-steps-back={params.clockBackMs > 0}>
            <span aria-hidden="true">◇</span>{" "}
            {params.clockBackMs > 0
              ? `At ${stepsBackAtMs / 1000} s the clock steps back by ${params.clockBackMs / 1000} s. ` +
                "Until it has caught up, no limiter gains anything."
              : "The clock that the limiters read only goes forward."}
          </p>
          <Fold title="How to read it" openWhenWide>
            <Legend windowMs={params.windowMs} />
          </Fold>
        </>
      }
      log={<Decisions state={state} />}
    />
  );
}

function Legend({ windowMs }: { windowMs: number }) {
  return (
    <ul className={styles.legend}>
      <li>
        <svg viewBox="0 0 24 14" aria-hidden="true">
          <path className={styles.area} d="M1 13V6H9V3H16V8H23V13Z" />
          <path className={styles.rate} d="M1 6H9V3H16V8H23" />
        </svg>
        admitted in the last {windowMs / 1000} s
      </li>
      <li>
        <svg viewBox="0 0 24 14" aria-hidden="true">
          <path className={styles.limit} d="M0 7H24" />
        </svg>
        the limit
      </li>
      <li>
        <svg viewBox="0 0 24 14" aria-hidden="true">
          <path className={styles.worst} data-over="true" d="M2 11V4H22V11" />
        </svg>
        the worst window
      </li>
      <li>
        <svg viewBox="0 0 24 14" aria-hidden="true">
          <path className={styles.admitted} d="M6 2V12M12 2V12M18 2V12" />
        </svg>
        let through
      </li>
      <li>
        <svg viewBox="0 0 24 14" aria-hidden="true">
          <path className={styles.refused} d="M3 4l6 6m0-6l-6 6M14 4l6 6m0-6l-6 6" />
        </svg>
        refused
      </li>
    </ul>
  );
}
