import type { Message } from "../../../../given/object-storage/replicated-log.ts";
import type { TraceEvent } from "../../../../sim/trace.ts";
import type { LaneMark, LaneMessage, LaneSchedule, LaneSpan, LaneTone } from "../../../lib/lanes.ts";
import { nodeNames } from "./cluster.ts";
import type { State } from "./model.ts";

/** The last `shownMs` ms: messages that have arrived or were lost, who was down, and who came to lead. */
export function scheduleOf(state: State, shownMs: number): LaneSchedule {
  const fromMs = Math.max(0, state.nowMs - shownMs);
  return {
    lanes: nodeNames,
    messages: messagesSince(state, fromMs),
    marks: marksSince(state, fromMs),
    spans: [...edges(fromMs, fromMs + shownMs), ...downSince(state, fromMs)],
  };
}

/** For people who do not see the drawing. */
export function wordsOf(state: State, shownMs: number): string {
  const { messages, marks } = scheduleOf(state, shownMs);
  const lost = messages.filter(({ arrivedAt }) => arrivedAt === undefined).length;
  const events = marks.map(({ lane, label }) => `${lane} ${label}`).join(", ") || "nothing of note";
  return `The last ${shownMs} ms: ${messages.length - lost} messages arrived, ${lost} were lost; ${events}.`;
}

// --- internal ---

function messagesSince(state: State, fromMs: number): LaneMessage[] {
  const { events } = state.cluster.trace!;
  const ends = new Map<number, TraceEvent>();
  const messages: LaneMessage[] = [];
  for (let i = events.length - 1; i >= 0 && events[i]!.at >= fromMs; i -= 1) {
    const event = events[i]!;
    if (event.kind === "deliver" || event.kind === "drop") ends.set(event.id, event);
    const end = event.kind === "send" ? ends.get(event.id) : undefined;
    if (event.kind !== "send" || end === undefined) continue;
    const arrived = end.kind === "deliver" && !wasDown(state, event.to, end.at);
    const message = event.payload as Message;
    messages.push({
      from: event.from,
      to: event.to,
      sentAt: event.at,
      arrivedAt: arrived ? end.at : undefined,
      label: labelOf(message),
      tone: arrived ? toneOf(message) : "pressure",
    });
  }
  return messages.reverse();
}

/** Words only for what decides something; there are too many heartbeats to name. */
function labelOf(message: Message): string | undefined {
  if (message.type === "request-vote") return "vote?";
  if (message.type === "vote") return message.granted ? "yes" : "no";
  return undefined;
}

function toneOf(message: Message): LaneTone {
  if (message.type === "append") return message.entries.length > 0 ? "flow" : "plain";
  return message.type === "vote" && message.granted ? "flow" : "plain";
}

function marksSince({ notes }: State, fromMs: number): LaneMark[] {
  return notes
    .filter(({ at, text }) => at >= fromMs && /^(leads|no longer)/.test(text))
    .map(({ node, at, text, tone }) => ({ lane: node, at, label: text, tone }));
}

/** The same stretch of time, whatever happened in it. */
function edges(fromMs: number, toMs: number): LaneSpan[] {
  const lane = nodeNames.at(-1)!;
  return [fromMs, toMs].map((at) => ({ lane, from: at, to: at }));
}

function downSince({ downs, nowMs }: State, fromMs: number): LaneSpan[] {
  return downs
    .filter(({ to }) => (to ?? nowMs) > fromMs)
    .map(({ node, from, to }) => ({
      lane: node,
      from: Math.max(from, fromMs),
      to: to ?? nowMs,
      label: "down",
      tone: "pressure" as const,
    }));
}

function wasDown({ downs }: State, node: string, at: number): boolean {
  return downs.some((down) => down.node === node && down.from <= at && at < (down.to ?? Number.POSITIVE_INFINITY));
}
