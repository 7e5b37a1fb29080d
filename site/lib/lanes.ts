/**
 * The lane diagram: time to the right, one lane a node, messages as slanted lines, faults and decisions as marks. This
 * file turns a schedule into coordinates; `components/LaneDiagram` draws them.
 */

/** Flow: admitted, acknowledged. Pressure: refused, lost, broken. Unknown: nobody can tell. Plain: neither. */
export type LaneTone = "plain" | "flow" | "pressure" | "unknown";

export interface LaneMessage {
  readonly from: string;
  readonly to: string;
  readonly sentAt: number;
  /** Absent when the message never arrived. */
  readonly arrivedAt?: number | undefined;
  readonly label?: string | undefined;
  readonly tone?: LaneTone | undefined;
}

export interface LaneMark {
  readonly lane: string;
  readonly at: number;
  readonly label?: string | undefined;
  readonly tone?: LaneTone | undefined;
}

/** A stretch of a lane: the node is down, holds a lease, is in a window. */
export interface LaneSpan {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  readonly label?: string | undefined;
  readonly tone?: LaneTone | undefined;
}

export interface LaneSchedule {
  /** From top to bottom. */
  readonly lanes: readonly string[];
  readonly messages: readonly LaneMessage[];
  readonly marks: readonly LaneMark[];
  readonly spans?: readonly LaneSpan[];
}

export interface LaneLayout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly { readonly name: string; readonly y: number }[];
  readonly messages: readonly LaneLine[];
  readonly marks: readonly LanePoint[];
  readonly spans: readonly LaneBar[];
  /** Where a time stands, for a cursor. */
  readonly x: (at: number) => number;
}

interface Placed {
  readonly tone: LaneTone;
  readonly label: Label | undefined;
}
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}
export interface LaneLine extends Placed {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly lost: boolean;
}
export interface LanePoint extends Placed {
  readonly x: number;
  readonly y: number;
}
export interface LaneBar extends Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface LaneSize {
  readonly width: number;
  readonly laneGap?: number;
  /** Room for the lanes' names at the left. */
  readonly nameWidth?: number;
  /** Mean width of a character of a label. */
  readonly charWidth?: number;
}

const markRadius = 6;
const labelHeight = 15;

export function layoutLanes(schedule: LaneSchedule, size: LaneSize): LaneLayout {
  const { width, laneGap = 72, nameWidth = 84, charWidth = 6.9 } = size;
  const top = 26;
  const yOf = new Map(schedule.lanes.map((name, index) => [name, top + index * laneGap]));
  const y = (lane: string): number => {
    const found = yOf.get(lane);
    if (found === undefined) throw new Error(`lane "${lane}" is not one of: ${schedule.lanes.join(", ")}`);
    return found;
  };
  const x = timeScale(schedule, nameWidth, width - 16);
  const taken: Box[] = schedule.lanes.map((name) => boxAt(0, y(name) - labelHeight / 2, nameWidth - 8));

  const marks = schedule.marks.map((mark) => ({ ...mark, x: x(mark.at), y: y(mark.lane), tone: mark.tone ?? "plain" }));
  for (const mark of marks) taken.push(boxAt(mark.x - markRadius - 1, mark.y - labelHeight / 2, 2 * markRadius + 2));
  const lines = schedule.messages.map((message) => lineOf(message, x, y));

  const place = (text: string | undefined, candidates: (w: number) => readonly (readonly [number, number])[]) =>
    text === undefined
      ? undefined
      : placeLabel(text, candidates(text.length * charWidth), text.length * charWidth, width, taken, lines);

  // Marks first: what was decided matters more than which message said so.
  const placedMarks = marks.map((mark) => ({
    x: mark.x,
    y: mark.y,
    tone: mark.tone,
    label: place(mark.label, (w) => markCandidates(mark, w, mark.y < top + 1)),
  }));
  return {
    width,
    height: top + (schedule.lanes.length - 1) * laneGap + 30,
    lanes: schedule.lanes.map((name) => ({ name, y: y(name) })),
    marks: placedMarks,
    messages: lines.map((line, index) => ({
      ...line,
      label: place(schedule.messages[index]?.label, (w) => lineCandidates(line, w)),
    })),
    spans: (schedule.spans ?? []).map((span) => ({
      x: x(span.from),
      y: y(span.lane),
      width: Math.max(2, x(span.to) - x(span.from)),
      tone: span.tone ?? "plain",
      label: place(span.label, () => [[x(span.from), y(span.lane) + 20]]),
    })),
    x,
  };
}

// --- internal ---

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Segment = Pick<LaneLine, "x1" | "y1" | "x2" | "y2">;

function timeScale(schedule: LaneSchedule, left: number, right: number): (at: number) => number {
  const times = [
    ...schedule.messages.flatMap((message) => [message.sentAt, message.arrivedAt ?? message.sentAt]),
    ...schedule.marks.map((mark) => mark.at),
    ...(schedule.spans ?? []).flatMap((span) => [span.from, span.to]),
  ];
  const first = times.length === 0 ? 0 : Math.min(...times);
  const last = times.length === 0 ? 1 : Math.max(...times);
  const perMs = (right - left - 24) / Math.max(last - first, 1e-9);
  return (at) => left + 12 + (at - first) * perMs;
}

/** A lost message ends halfway between the lanes, where nobody sees it. */
function lineOf(message: LaneMessage, x: (at: number) => number, y: (lane: string) => number): Omit<LaneLine, "label"> {
  const lost = message.arrivedAt === undefined;
  const [x1, y1, yTo] = [x(message.sentAt), y(message.from), y(message.to)];
  const x2 = lost ? x1 + 22 : x(message.arrivedAt);
  const y2 = lost ? y1 + (yTo - y1) * 0.5 : yTo;
  return { x1, y1, x2, y2, lost, tone: message.tone ?? (lost ? "pressure" : "plain") };
}

/** Baseline positions beside a line, best first: to the right of its middle, then left, then toward its ends. */
function lineCandidates(line: Segment, width: number): readonly (readonly [number, number])[] {
  return [0.5, 0.35, 0.65, 0.22, 0.78].flatMap((part) => {
    const [px, py] = [line.x1 + (line.x2 - line.x1) * part, line.y1 + (line.y2 - line.y1) * part + 4];
    return [
      [px + 7, py],
      [px - 7 - width, py],
      [px - width / 2, py - 12],
      [px - width / 2, py + 14],
    ] as const;
  });
}

function markCandidates(
  mark: { x: number; y: number },
  width: number,
  atTop: boolean,
): readonly (readonly [number, number])[] {
  const [above, below] = [mark.y - 12, mark.y + 21];
  const rows = atTop ? [above, below] : [below, above];
  return rows.flatMap((py) => [
    [mark.x - width / 2, py],
    [mark.x - 4, py],
    [mark.x - width + 4, py],
    [mark.x + 10, py],
    [mark.x - width - 10, py],
  ]);
}

/** The first candidate that meets no label and crosses no line; else the one that is in the way least. */
function placeLabel(
  text: string,
  candidates: readonly (readonly [number, number])[],
  labelWidth: number,
  width: number,
  taken: Box[],
  lines: readonly Segment[],
): Label {
  let best: { box: Box; x: number; y: number } | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [rawX, y] of candidates) {
    const x = Math.min(Math.max(rawX, 2), width - labelWidth - 2);
    const box = boxAt(x, y - labelHeight + 3, labelWidth);
    const labels = taken.filter((other) => overlap(box, other)).length;
    const crossings = lines.filter((line) => crosses(box, line)).length;
    const cost = labels * 10 + crossings;
    if (cost < bestCost) {
      best = { box, x, y };
      bestCost = cost;
    }
    if (cost === 0) break;
  }
  taken.push(best!.box);
  return { text, x: best!.x, y: best!.y };
}

const boxAt = (left: number, top: number, width: number): Box => ({
  left,
  right: left + width,
  top,
  bottom: top + labelHeight,
});

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Sampled, which is exact enough for a label's worth of pixels. */
function crosses(box: Box, line: Segment): boolean {
  const samples = 24;
  for (let i = 0; i <= samples; i += 1) {
    const x = line.x1 + ((line.x2 - line.x1) * i) / samples;
    const y = line.y1 + ((line.y2 - line.y1) * i) / samples;
    if (x > box.left - 2 && x < box.right + 2 && y > box.top && y < box.bottom) return true;
  }
  return false;
}
