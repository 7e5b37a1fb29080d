/** The failing schedule of a simulated run as a lane diagram. */

import type { FailingSchedule, ScheduleRow } from "../../course/report.ts";
import type { LaneMark, LaneMessage, LaneSchedule, LaneSpan, LaneTone } from "./lanes.ts";

/**
 * Rows stand one step apart, whatever the time between them: in a simulated run milliseconds of silence follow ten
 * events within one, and drawn to scale neither could be read. Times are in the labels of what happens.
 */
export function lanesOf(schedule: FailingSchedule): LaneSchedule {
  const messages: LaneMessage[] = [];
  const marks: LaneMark[] = [];
  const spans: LaneSpan[] = [];
  const sentAt = new Map<number, number>();
  const downSince = new Map<string, { readonly at: number; readonly label: string }>();
  const all = schedule.lanes;

  for (const [step, row] of schedule.rows.entries()) {
    if (row.kind === "send") {
      sentAt.set(row.number, step);
      const { from, to, label } = row;
      if (row.fate === "arrives") {
        if (row.direct) messages.push({ from, to, sentAt: step, arrivedAt: step + 0.7, label, tone: "plain" });
      } else messages.push({ from, to, sentAt: step, label: `${label} ${FATES[row.fate]}`, tone: lossTone(row) });
    } else if (row.kind === "arrival") {
      const { from, to, label, again } = row;
      const arrival = { from, to, sentAt: sentAt.get(row.number) ?? step, arrivedAt: step + 0.3 };
      messages.push({ ...arrival, label: again ? `${label} again` : label, tone: "plain" });
    } else {
      const lanes = row.lanes.length === 0 ? all : all.filter((lane) => row.lanes.includes(lane));
      for (const lane of lanes) if (ends(row)) close(lane, step);
      if (begins(row)) for (const lane of lanes) downSince.set(lane, { at: step, label: row.text });
      // One mark carries the words; a break concerns all lanes and is said once, on the last.
      const lane = (row.mark === "violation" ? lanes.at(-1) : lanes[0]) ?? all[0];
      if (lane !== undefined) marks.push({ lane, at: step, label: markLabel(row), tone: toneOfMark(row) });
    }
  }
  for (const lane of [...downSince.keys()]) close(lane, schedule.rows.length);
  return { lanes: all, messages, marks, spans };

  function close(lane: string, step: number): void {
    const since = downSince.get(lane);
    if (since === undefined) return;
    downSince.delete(lane);
    spans.push({ lane, from: since.at, to: step, tone: "pressure" });
  }
}

/** Pixels that keep the labels of neighboring rows apart. */
export const scheduleWidth = ({ rows }: FailingSchedule): number => 120 + rows.length * 58;

// --- internal ---

type SendRow = ScheduleRow & { readonly kind: "send" };
type MarkRow = ScheduleRow & { readonly kind: "mark" };

const FATES = { lost: "(lost)", partition: "(cut off)", down: "(is down)", pending: "(late)" } as const;

const lossTone = ({ fate }: SendRow): LaneTone => (fate === "pending" ? "unknown" : "pressure");

const begins = ({ mark }: MarkRow): boolean => mark === "crash" || mark === "pause" || mark === "cut";
const ends = ({ mark }: MarkRow): boolean => mark === "restart" || mark === "resume" || mark === "heal";

function toneOfMark({ mark }: MarkRow): LaneTone {
  if (mark === "violation" || mark === "crash" || mark === "cut" || mark === "pause") return "pressure";
  if (mark === "unknown") return "unknown";
  return mark === "restart" || mark === "heal" || mark === "resume" ? "flow" : "plain";
}

const markLabel = ({ at, mark, text }: MarkRow): string => (mark === "violation" ? text : `${at} ms: ${text}`);
