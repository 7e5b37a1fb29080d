import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import styles from "./styles.module.css";
import { type Bins, binCount, binMs, boundaryPath, maxPerBin, runMs } from "./traffic.ts";

interface Props {
  readonly bins: Bins;
  readonly nowMs: number;
  readonly windowMs: number;
  readonly width: number;
  readonly onDraw: (bin: number, count: number) => void;
  readonly onClear: () => void;
}

const height = 56;

/**
 * The traffic as bars, one an interval. Drag over it with a pointer or a finger; or focus it and use the arrow keys:
 * left and right choose the interval, up and down change it. A vertical swipe still scrolls the page.
 */
export function Drawing({ bins, nowMs, windowMs, width, onDraw, onClear }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(Math.floor(nowMs / binMs) % binCount);
  const [focused, setFocused] = useState(false);
  const drawing = useRef(false);
  const barWidth = width / binCount;
  const y = (count: number) => height - (count / maxPerBin) * height;

  const drawAt = (event: PointerEvent) => {
    const box = frame.current!.getBoundingClientRect();
    const bin = clamp(Math.floor(((event.clientX - box.left) / box.width) * binCount), 0, binCount - 1);
    const share = 1 - (event.clientY - box.top) / box.height;
    setCursor(bin);
    onDraw(bin, clamp(Math.round(share * maxPerBin), 0, maxPerBin));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const count = bins[cursor] ?? 0;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => setCursor(Math.max(0, cursor - 1)),
      ArrowRight: () => setCursor(Math.min(binCount - 1, cursor + 1)),
      Home: () => setCursor(0),
      End: () => setCursor(binCount - 1),
      ArrowUp: () => onDraw(cursor, count + 1),
      ArrowDown: () => onDraw(cursor, count - 1),
      PageUp: () => onDraw(cursor, count + 5),
      PageDown: () => onDraw(cursor, count - 5),
      Delete: () => onDraw(cursor, 0),
      Backspace: () => onDraw(cursor, 0),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  };

  return (
    <div className={styles.drawing}>
      <p className={styles.head}>
        <strong>Requests</strong>
        <span className={styles.how}>
          {focused
            ? `${bins[cursor] ?? 0} from ${seconds(cursor * binMs)} to ${seconds((cursor + 1) * binMs)}`
            : "draw here, or use the arrow keys"}{" "}
          <button type="button" onClick={onClear}>
            Clear
          </button>
        </span>
      </p>
      <div
        ref={frame}
        className={styles.strip}
        tabIndex={0}
        role="slider"
        aria-label="Requests in an interval. Left and right choose it, up and down change it."
        aria-valuemin={0}
        aria-valuemax={maxPerBin}
        aria-valuenow={bins[cursor] ?? 0}
        aria-valuetext={
          `${bins[cursor] ?? 0} requests from ${seconds(cursor * binMs)} ` + `to ${seconds((cursor + 1) * binMs)}`
        }
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drawing.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          // A finger may be about to scroll: it draws when it moves sideways or is lifted.
          if (event.pointerType !== "touch") drawAt(event);
        }}
        onPointerMove={(event) => drawing.current && drawAt(event)}
        onPointerUp={(event) => {
          if (drawing.current && event.pointerType === "touch") drawAt(event);
          drawing.current = false;
        }}
        onPointerCancel={() => {
          drawing.current = false;
        }}
      >
        <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <rect className={styles.paper} width={width} height={height} />
          <path className={styles.windows} d={boundaryPath(windowMs, width, height)} />
          {focused && <rect className={styles.cursor} x={cursor * barWidth} y={0} width={barWidth} height={height} />}
          <path className={styles.bars} d={bars(bins, barWidth, y)} />
          <path className={styles.base} d={`M0 ${height - 0.75}H${width}`} />
          <path className={styles.now} d={`M${(nowMs / runMs) * width} 0V${height}`} />
        </svg>
      </div>
    </div>
  );
}

function bars(bins: Bins, barWidth: number, y: (count: number) => number): string {
  return bins
    .map((count, bin) => {
      if (count === 0) return "";
      const left = bin * barWidth + 0.5;
      return `M${left.toFixed(1)} ${height}V${y(count).toFixed(1)}h${Math.max(1, barWidth - 1).toFixed(1)}V${height}Z`;
    })
    .join("");
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));
