import type { Params, summary, Track } from "./model.ts";
import { rateSteps } from "./rate.ts";
import styles from "./styles.module.css";
import { boundaryPath } from "./traffic.ts";

interface Props {
  readonly track: Track;
  readonly params: Params;
  readonly summary: ReturnType<typeof summary>;
  readonly nowMs: number;
  readonly width: number;
  readonly x: (atMs: number) => number;
}

/** Heights within a lane, from the top: bracket, rate, ticks of what went through, crosses of what did not. */
const bracketHeight = 7;
const rateHeight = 30;
const baseline = bracketHeight + rateHeight;
const height = baseline + 18;

/**
 * One limiter: its rate in every window against the limit, the worst of them marked, and what it did with each request.
 */
export function Lane({ track, params, summary, nowMs, width, x }: Props) {
  const { worst, over } = summary;
  const top = Math.max(2 * params.limit, worst?.count ?? 0);
  const y = (count: number) => baseline - (count / top) * rateHeight;
  const steps = rateSteps(track.admitted, params.windowMs, nowMs);
  const line = steps.map(({ atMs, count }, index) =>
    index === 0 ? `M0 ${y(count)}` : `H${x(atMs).toFixed(1)}V${y(count).toFixed(1)}`,
  );
  const curve = `${line.join("")}H${x(nowMs).toFixed(1)}`;
  const most = worst?.count ?? 0;
  // More than the limit is a fact. It is a breach only where the limiter had promised less.
  const broken = most > track.promise;
  const outcome = broken ? ", and broke it" : over ? `: it may pass ${params.limit}` : "";
  return (
    <div className={styles.lane} data-track={track.name} data-over={over} data-broken={broken}>
      <p className={styles.head}>
        <strong>{track.name}</strong>
        <span className={styles.most} data-over={over}>
          <span aria-hidden="true">{broken ? "◆" : over ? "○" : "●"}</span> {most} in its worst window
        </span>
      </p>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words(track, params, summary)}>
        <path className={styles.windows} d={boundaryPath(params.windowMs, width, baseline)} />
        <path className={styles.area} d={`${curve}V${baseline}H0Z`} />
        {over && (
          <path
            className={styles.excess}
            d={aboveLimit(steps, params.limit, nowMs, x, y)}
            data-part="above the limit"
          />
        )}
        <path className={styles.limit} d={`M0 ${y(params.limit)}H${width}`} />
        <path className={styles.rate} d={curve} />
        <path className={styles.base} d={`M0 ${baseline}H${width}`} />
        {worst && (
          <path
            className={styles.worst}
            data-over={over}
            d={`M${Math.max(1, x(worst.fromMs))} ${bracketHeight - 1}V2H${x(worst.toMs)}V${bracketHeight - 1}`}
          />
        )}
        <path className={styles.admitted} d={track.admitted.map((at) => `M${px(x(at))} ${baseline + 2}v6`).join("")} />
        <path
          className={styles.refused}
          d={track.refused.map((at) => `M${px(x(at) - 2.5)} ${baseline + 11}l5 5m0-5l-5 5`).join("")}
        />
      </svg>
      <p className={styles.facts}>
        {`Promises at most ${track.promise}${outcome}. `}
        {track.admitted.length} let through, {track.refused.length} refused
        {track.waiting.length > 0 ? `, ${track.waiting.length} waiting` : ""}
        {track.longestWaitMs > 0 ? `, up to ${(track.longestWaitMs / 1000).toFixed(1)} s late` : ""}.
      </p>
    </div>
  );
}

const px = (value: number) => value.toFixed(1);

/** The part of the curve that lies above the limit, closed along the limit line. */
function aboveLimit(
  steps: ReturnType<typeof rateSteps>,
  limit: number,
  nowMs: number,
  x: (atMs: number) => number,
  y: (count: number) => number,
): string {
  return steps
    .map(({ atMs, count }, index) => {
      if (count <= limit) return "";
      const until = steps[index + 1]?.atMs ?? nowMs;
      return `M${px(x(atMs))} ${px(y(limit))}V${px(y(count))}H${px(x(until))}V${px(y(limit))}Z`;
    })
    .join("");
}

function words(track: Track, params: Params, { worst, over }: Props["summary"]): string {
  const rate = worst
    ? `At most ${worst.count} in any ${params.windowMs / 1000} seconds, between ${seconds(worst.fromMs)} ` +
      `and ${seconds(worst.toMs)}: ${over ? "above" : "within"} the limit of ${params.limit}, ` +
      `${worst.count > track.promise ? "more than" : "within"} its promise of ${track.promise}.`
    : "Nothing let through yet.";
  return `${track.name}. ${rate} ${track.admitted.length} let through, ${track.refused.length} refused.`;
}

const seconds = (ms: number) => `${(Math.max(0, ms) / 1000).toFixed(2)} s`;
