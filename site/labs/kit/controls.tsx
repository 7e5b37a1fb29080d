import { type ReactNode, useId, useState } from "react";
import styles from "./styles.module.css";
import type { LabControls } from "./useLab.ts";

type AnyLab = Pick<
  LabControls<unknown, unknown, never>,
  "playing" | "speed" | "seed" | "nowMs" | "toggle" | "step" | "reset" | "setSpeed" | "setSeed" | "frame" | "seek"
>;

/**
 * Around a lab: visibility, and keys while the focus is inside (space: play or pause, right arrow: step, R: reset). A
 * click anywhere in it, also on the picture, brings the focus inside.
 */
export function LabFrame({ lab, label, children }: { lab: AnyLab; label: string; children: ReactNode }) {
  return (
    <section
      ref={lab.frame}
      className={styles.frame}
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        const action = keyAction(event.key, event.target as HTMLElement);
        if (action === undefined) return;
        event.preventDefault();
        lab[action]();
      }}
    >
      {children}
    </section>
  );
}

/** Keys that a focused control uses itself stay with it. */
function keyAction(key: string, target: HTMLElement): "toggle" | "step" | "reset" | undefined {
  const control = target.closest("input, select, textarea");
  // A slider has arrow keys of its own and no use for space.
  if (control?.matches('[type="range"]') && key === " ") return "toggle";
  if (control !== null) return undefined;
  if (key === " ") return target.closest("button, summary, a") === null ? "toggle" : undefined;
  if (key === "ArrowRight") return "step";
  if (key === "r" || key === "R") return "reset";
  return undefined;
}

/** Play or pause, one step, from the start; speed; and the seed that the grader replays too. */
export function Transport({ lab, seed = true, children }: { lab: AnyLab; seed?: boolean; children?: ReactNode }) {
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
      <label className={styles.inline}>
        Speed
        <select value={lab.speed} onChange={(event) => lab.setSpeed(Number(event.target.value))}>
          {[0.1, 0.25, 0.5, 1, 2, 4].map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      {seed && <SeedField lab={lab} />}
      {children}
    </div>
  );
}

function SeedField({ lab }: { lab: AnyLab }) {
  const [text, setText] = useState(String(lab.seed));
  const valid = /^\d{1,9}$/.test(text);
  return (
    <label className={styles.inline}>
      Seed
      <input
        className={styles.seed}
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
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choice}>
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
