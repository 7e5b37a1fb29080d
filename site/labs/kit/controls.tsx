import { type ReactNode, useId, useState } from "react";
import type { AnyLab } from "./keys.tsx";
import styles from "./styles.module.css";

interface TransportProps {
  readonly lab: AnyLab;
  /** End of the run: draws the time line, in the same row where there is room. */
  readonly endMs?: number;
  readonly seed?: boolean;
  /** More buttons of this lab. */
  readonly children?: ReactNode;
}

/**
 * Play or pause, one step, from the start; where in the run we are; speed; and the seed that the grader replays too.
 */
export function Transport({ lab, endMs, seed = true, children }: TransportProps) {
  return (
    <div className={styles.transport}>
      <button type="button" className="bp-button" data-primary onClick={lab.toggle} aria-pressed={lab.playing}>
        {lab.playing ? "Pause" : "Play"}
      </button>
      <button type="button" className="bp-button" onClick={lab.step}>
        Step
      </button>
      <button type="button" className="bp-button" onClick={lab.reset}>
        Reset
      </button>
      {children}
      {endMs !== undefined && <Timeline lab={lab} endMs={endMs} />}
      <select
        className={styles.speed}
        aria-label="Speed"
        value={lab.speed}
        onChange={(event) => lab.setSpeed(Number(event.target.value))}
      >
        {[0.1, 0.25, 0.5, 1, 2, 4].map((speed) => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
      {seed && <SeedField lab={lab} />}
    </div>
  );
}

function SeedField({ lab }: { lab: AnyLab }) {
  const [text, setText] = useState(String(lab.seed));
  const valid = /^\d{1,9}$/.test(text);
  return (
    <label className={styles.seed}>
      Seed
      <input
        inputMode="numeric"
        value={text}
        aria-invalid={!valid}
        onChange={(event) => {
          setText(event.target.value);
          if (/^\d{1,9}$/.test(event.target.value)) lab.setSeed(Number(event.target.value));
        }}
      />
    </label>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly unit?: string;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step = 1, unit = "", onChange }: SliderProps) {
  const id = useId();
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>
        {value}
        {unit && ` ${unit}`}
      </output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  /** The label stands before the options, not above them. */
  readonly inline?: boolean;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, options, inline, onChange }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choice} data-inline={inline}>
      <legend>{label}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Where in the run we are; dragging it back runs the same seed again up to there. */
export function Timeline({ lab, endMs }: { lab: AnyLab; endMs: number }) {
  return (
    <label className={styles.timeline}>
      <span>{(lab.nowMs / 1000).toFixed(2)} s</span>
      <input
        type="range"
        aria-label="Time in the run"
        min={0}
        max={Math.max(endMs, lab.nowMs)}
        step={10}
        value={lab.nowMs}
        onChange={(event) => lab.seek(Number(event.target.value))}
      />
    </label>
  );
}
