import { useRef } from "react";
import { type Label, type LaneSchedule, type LaneTone, layoutLanes } from "../../lib/lanes.ts";
import { useOverflow } from "../../lib/useOverflow.ts";
import { useWidth } from "../../lib/useWidth.ts";
import styles from "./styles.module.css";

interface Props {
  readonly schedule: LaneSchedule;
  /** The schedule in words. */
  readonly alt: string;
  /** A line at this time, in the schedule's unit; later events are faint. */
  readonly now?: number | undefined;
  readonly laneGap?: number;
  /** Width while the page has not been measured (server rendering). */
  readonly initialWidth?: number;
  /** Drawn at least this wide, px; a narrower frame scrolls. */
  readonly minWidth?: number;
}

/** Time to the right, one lane a node, messages as slanted lines. As wide as its frame, or wider where it must be. */
export function LaneDiagram({ schedule, alt, now, laneGap = 72, initialWidth = 560, minWidth = 0 }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.max(useWidth(frame, initialWidth), minWidth);
  const scrolls = useOverflow(frame);
  const nameWidth = width < 420 ? 62 : 84;
  const layout = layoutLanes(schedule, { width, laneGap, nameWidth });
  const cursor = now === undefined ? undefined : layout.x(now);
  const faint = (x: number) => (cursor !== undefined && x > cursor + 1 ? styles.faint : undefined);
  return (
    <div
      ref={frame}
      className={minWidth === 0 ? styles.frame : `scroll-frame ${styles.frame}`}
      {...(scrolls && { tabIndex: 0 })}
    >
      <svg
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={minWidth === 0 ? "100%" : layout.width}
        height={layout.height}
        role="img"
        aria-label={alt}
      >
        {layout.lanes.map((lane) => (
          <g key={lane.name}>
            <text className={styles.name} x={0} y={lane.y + 4}>
              {lane.name}
            </text>
            <path className={styles.lane} d={`M${nameWidth} ${lane.y}H${layout.width - 4}`} />
          </g>
        ))}
        {layout.spans.map((span, index) => (
          <g key={index} data-tone={span.tone} className={faint(span.x)}>
            <rect className={styles.span} x={span.x} y={span.y - 5} width={span.width} height={10} />
            <Caption label={span.label} />
          </g>
        ))}
        {layout.messages.map((line, index) => (
          <g key={index} data-tone={line.tone} className={faint(line.x1)}>
            <path className={styles.message} d={`M${line.x1} ${line.y1}L${line.x2} ${line.y2}`} data-lost={line.lost} />
            {line.lost ? (
              <path className={styles.cross} d={`M${line.x2 - 5} ${line.y2 - 5}l10 10m0 -10l-10 10`} />
            ) : (
              <path className={styles.head} d={arrowHead(line)} />
            )}
          </g>
        ))}
        {layout.messages.map((line, index) => (
          <g key={index} data-tone={line.tone} className={faint(line.x1)}>
            <Caption label={line.label} />
          </g>
        ))}
        {layout.marks.map((mark, index) => (
          <g key={index} data-tone={mark.tone} className={faint(mark.x)}>
            <Shape x={mark.x} y={mark.y} tone={mark.tone} />
            <Caption label={mark.label} strong />
          </g>
        ))}
        {cursor !== undefined && <path className={styles.cursor} d={`M${cursor} 4V${layout.height - 6}`} />}
      </svg>
    </div>
  );
}

/** Never by color alone: flow is a disc, pressure a diamond, unknown a dashed ring. */
function Shape({ x, y, tone }: { x: number; y: number; tone: LaneTone }) {
  if (tone === "pressure") return <path className={styles.mark} d={`M${x} ${y - 7}l7 7l-7 7l-7 -7z`} />;
  return <circle className={styles.mark} cx={x} cy={y} r={5.5} />;
}

function Caption({ label, strong = false }: { label: Label | undefined; strong?: boolean }) {
  if (label === undefined) return null;
  return (
    <text className={styles.label} x={label.x} y={label.y} data-strong={strong}>
      {label.text}
    </text>
  );
}

function arrowHead({ x1, y1, x2, y2 }: { x1: number; y1: number; x2: number; y2: number }): string {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const wing = (side: number) => `${x2 - 9 * ux - side * 3.6 * uy} ${y2 - 9 * uy + side * 3.6 * ux}`;
  return `M${x2} ${y2}L${wing(1)}L${wing(-1)}Z`;
}
