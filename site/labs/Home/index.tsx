import { useRef } from "react";
import { useWidth } from "../../lib/useWidth.ts";
import { Choice, LabKeys, Timeline, Transport, useLab } from "../kit/index.ts";
import { limit, model, type Pattern, type State, shownMs, type Track, windowMs } from "./model.ts";
import styles from "./styles.module.css";

const trackHeight = 62;

/** Three reference limiters on one stream of requests: the first thing that a visitor sees move. */
export default function HomeLab() {
  const lab = useLab(model, { seed: 1, params: { pattern: "boundary" as Pattern }, startMs: 4600, pace: 0.6 });
  const { state } = lab;
  return (
    <LabKeys lab={lab} label="Three rate limiters on the same requests">
      <Picture state={state} />
      <div className={styles.controls}>
        <Choice
          label="Traffic"
          value={state.pattern}
          options={[
            ["boundary", "at the boundary"],
            ["steady", "steady, 1.5 × limit"],
            ["quiet", "only yours"],
          ]}
          onChange={(pattern) => lab.act({ kind: "pattern", pattern })}
        />
        <Transport lab={lab} seed={false}>
          <button type="button" className="bp-button" onClick={() => lab.act({ kind: "send", count: 25 })}>
            Send 25 now
          </button>
        </Transport>
      </div>
      <Timeline lab={lab} endMs={10_000} />
    </LabKeys>
  );
}

function Picture({ state }: { state: State }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 560);
  const x = (at: number) => ((at - (state.nowMs - shownMs)) / shownMs) * width;
  const height = 48 + state.tracks.length * trackHeight;
  return (
    <div ref={frame}>
      <svg viewBox={`0 0 ${width} ${height}`} className={styles.picture} role="img" aria-label={words(state)}>
        <path
          className={styles.window}
          d={boundaries(state.nowMs)
            .map((at) => `M${x(at)} 0V${height}`)
            .join("")}
        />
        <text className={styles.name} x={0} y={12}>
          Requests
        </text>
        <path className={styles.arrived} d={ticks(state.arrived, x, 30, 11)} />
        <path className={styles.lane} d={`M0 30H${width}`} />
        {state.tracks.map((track, index) => (
          <Lane key={track.name} track={track} x={x} y={30 + (index + 1) * trackHeight} width={width} />
        ))}
      </svg>
    </div>
  );
}

function Lane(props: { track: Track; x: (at: number) => number; y: number; width: number }) {
  const { track, x, y, width } = props;
  const over = track.mostInWindow > limit;
  return (
    <g>
      <text className={styles.name} x={0} y={y - 26}>
        {track.name}
      </text>
      <text className={styles.most} x={width} y={y - 26} textAnchor="end" data-over={over}>
        {over ? "◆" : "●"} most in any second: {track.mostInWindow}
        {over && width > 420 ? `, limit ${limit}` : ""}
      </text>
      <path className={styles.admitted} d={ticks(track.admitted, x, y, 15)} />
      <path className={styles.refused} d={crosses(track.refused, x, y + 8)} />
      <path className={styles.lane} d={`M0 ${y}H${width}`} />
    </g>
  );
}

const ticks = (times: readonly number[], x: (at: number) => number, y: number, length: number) =>
  times.map((at) => `M${x(at).toFixed(1)} ${y}v-${length}`).join("");

const crosses = (times: readonly number[], x: (at: number) => number, y: number) =>
  times.map((at) => `M${(x(at) - 2.5).toFixed(1)} ${y - 2.5}l5 5m0 -5l-5 5`).join("");

function boundaries(nowMs: number): number[] {
  const first = Math.max(0, Math.ceil((nowMs - shownMs) / windowMs));
  const last = Math.floor(nowMs / windowMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * windowMs);
}

function words(state: State): string {
  const tracks = state.tracks.map((track) => `${track.name}: at most ${track.mostInWindow} in any second`);
  return (
    `Requests of the last ${shownMs / 1000} seconds and what each limiter did with them, limit ${limit} ` +
    `a second. ${tracks.join("; ")}.`
  );
}
