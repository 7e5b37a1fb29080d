import type { LaneMark, LaneMessage, LaneSchedule, LaneSpan } from "../../lib/lanes.ts";
import type { Payment } from "./payment.ts";
import { laneNames } from "./wire.ts";

/** Room for messages that are still on their way, ms. */
const aheadMs = 250;

/** The last `shownMs` ms, and where the messages on their way will arrive. */
export function scheduleOf(payment: Payment, shownMs: number): LaneSchedule {
  const fromMs = Math.max(0, payment.nowMs - shownMs);
  return {
    lanes: laneNames,
    messages: messagesSince(payment, fromMs),
    marks: marksSince(payment, fromMs),
    spans: [...edges(fromMs, fromMs + shownMs + aheadMs), ...downSince(payment, fromMs)],
  };
}

/** For people who do not see the drawing. */
export function wordsOf(payment: Payment, shownMs: number): string {
  const { messages, marks } = scheduleOf(payment, shownMs);
  const lost = messages.filter(({ arrivedAt }) => arrivedAt === undefined).length;
  const events = marks.map(({ lane, label }) => `${lane}: ${label}`).join(", ") || "nothing of note";
  return `The last ${shownMs / 1000} s: ${messages.length} messages, ${lost} of them lost; ${events}.`;
}

// --- internal ---

function messagesSince({ wire: { sent } }: Payment, fromMs: number): LaneMessage[] {
  return sent
    .filter(({ sentAt }) => sentAt >= fromMs)
    .map(({ from, to, sentAt, dueAt, isLost, label, tone }) => ({
      from,
      to,
      sentAt,
      arrivedAt: isLost ? undefined : dueAt,
      label,
      tone: isLost ? "pressure" : tone,
    }));
}

function marksSince({ wire: { notes } }: Payment, fromMs: number): LaneMark[] {
  return notes
    .filter(({ atMs, mark }) => atMs >= fromMs && mark !== undefined)
    .map(({ lane, atMs, mark, tone }) => ({ lane, at: atMs, label: mark, tone }));
}

/** The same stretch of time, whatever happened in it. */
function edges(fromMs: number, toMs: number): LaneSpan[] {
  return [fromMs, toMs].map((at) => ({ lane: laneNames[0], from: at, to: at }));
}

function downSince({ workers: { downs }, nowMs }: Payment, fromMs: number): LaneSpan[] {
  return downs
    .filter(({ to }) => (to ?? nowMs) > fromMs)
    .map(({ from, to }) => ({
      lane: "Worker",
      from: Math.max(from, fromMs),
      to: to ?? nowMs,
      label: "dead",
      tone: "pressure" as const,
    }));
}
