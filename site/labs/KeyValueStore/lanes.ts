import type { Trace, TraceEvent } from "../../../sim/trace.ts";
import type { LaneMark, LaneMessage, LaneSchedule, LaneSpan, LaneTone } from "../../lib/lanes.ts";
import { clientNames, nodeNames } from "./cluster.ts";
import type { Verdict } from "./judge.ts";
import { reads, type State } from "./model.ts";
import { type Content, contentOf, list } from "./words.ts";

/**
 * The last `shownMs` ms: messages that arrived or were lost, what clients were told, and who was down. Comparisons of
 * hash trees are left out: they are many, and nearly all find nothing. So are messages that have not ended yet.
 */
export function scheduleOf(state: State, shownMs: number): LaneSchedule {
  const { nowMs } = state;
  const fromMs = Math.max(0, nowMs - shownMs);
  return {
    lanes: [...clientNames, ...nodeNames],
    messages: messagesSince(state.cluster.trace!, fromMs),
    marks: marksSince(state, fromMs),
    spans: [...edges(fromMs, fromMs + shownMs), ...downSince(state, fromMs)],
  };
}

/** A message that is still under way, or was lost, for the picture of the replicas. */
export interface Flight {
  readonly from: string;
  readonly to: string;
  readonly content: Content;
  readonly fate: "under way" | "arrived" | "lost";
}

/** Messages between nodes that are under way now, or ended within the last `recentMs`. */
export function flights({ cluster, nowMs }: State, recentMs = 10): readonly Flight[] {
  const ended = new Map<number, TraceEvent>();
  const found: Flight[] = [];
  for (const event of backwards(cluster.trace!, nowMs - 150)) {
    if (event.kind === "deliver" || event.kind === "drop") ended.set(event.id, event);
    if (event.kind !== "send" || event.role !== "message") continue;
    const content = contentOf(event.payload);
    const end = ended.get(event.id);
    if (content.type === "tree" || (end !== undefined && end.at < nowMs - recentMs)) continue;
    const fate = end === undefined ? "under way" : end.kind === "drop" ? "lost" : "arrived";
    found.push({ from: event.from, to: event.to, content, fate });
  }
  return found;
}

/** Which of the verdicts are bad news, and the words on the mark. */
export function markOf(verdict: Verdict, values: readonly string[]): { label: string; tone: LaneTone } {
  const got = values.join(" + ") || "nothing";
  if (verdict.kind === "stale") return { label: `stale: ${got}`, tone: "pressure" };
  if (verdict.kind === "back") return { label: `back: ${got}`, tone: "pressure" };
  if (verdict.kind === "unanswered") return { label: "no answer", tone: "unknown" };
  return { label: got, tone: "flow" };
}

// --- internal ---

function messagesSince(trace: Trace, fromMs: number): LaneMessage[] {
  const ends = new Map<number, TraceEvent>();
  const messages: LaneMessage[] = [];
  for (const event of backwards(trace, fromMs)) {
    if (event.kind === "deliver" || event.kind === "drop") ends.set(event.id, event);
    if (event.kind !== "send") continue;
    const end = ends.get(event.id);
    const content = contentOf(event.payload);
    if (end === undefined || content.type === "tree") continue;
    messages.push({
      from: event.from,
      to: event.to,
      sentAt: event.at,
      arrivedAt: end.kind === "deliver" ? end.at : undefined,
      label: event.role === "request" && content.type === "put" ? `write ${content.values?.[0]}` : undefined,
      tone: end.kind === "drop" ? "pressure" : toneOf(content),
    });
  }
  return messages.reverse();
}

/** What carries values that somebody lacks: writes, repairs, hints. Questions and answers are plain. */
function toneOf({ type }: Content): LaneTone {
  return ["put", "write", "repair", "handoff", "leaf"].includes(type) ? "flow" : "plain";
}

function marksSince(state: State, fromMs: number): LaneMark[] {
  const ofReads = reads(state).map(({ operation, verdict }) => ({
    lane: operation.client,
    at: operation.endedAt!,
    ...markOf(verdict, operation.values),
  }));
  const ofWrites = state.operations.flatMap(({ kind, status, client, endedAt, values }): LaneMark[] => {
    if (kind !== "write" || status === "open") return [];
    const done = status === "done";
    const label = done ? `${values[0]} done` : `${values[0]}: no answer`;
    return [{ lane: client, at: endedAt!, label, tone: done ? "flow" : "unknown" }];
  });
  return [...ofReads, ...ofWrites].filter(({ at }) => at >= fromMs);
}

/** The same stretch of time, whatever happened in it. */
function edges(fromMs: number, toMs: number): LaneSpan[] {
  const lane = nodeNames.at(-1)!;
  return [fromMs, toMs].map((at) => ({ lane, from: at, to: at }));
}

function downSince({ cluster, nowMs }: State, fromMs: number): LaneSpan[] {
  const spans: LaneSpan[] = [];
  const upAgain = new Map<string, number>();
  for (const event of backwards(cluster.trace!, fromMs - 1000)) {
    if (event.kind === "start") upAgain.set(event.node, event.at);
    if (event.kind !== "crash") continue;
    const to = upAgain.get(event.node) ?? nowMs;
    if (to > fromMs)
      spans.push({ lane: event.node, from: Math.max(event.at, fromMs), to, label: "down", tone: "pressure" });
  }
  return spans;
}

function* backwards({ events }: Trace, untilMs: number): Generator<TraceEvent> {
  for (let i = events.length - 1; i >= 0 && events[i]!.at >= untilMs; i -= 1) yield events[i]!;
}

/** For people who do not see the drawing. */
export function wordsOf(state: State, shownMs: number): string {
  const { messages, marks } = scheduleOf(state, shownMs);
  const lost = messages.filter(({ arrivedAt }) => arrivedAt === undefined).length;
  const told = marks.map(({ lane, label }) => `${lane}: ${label}`);
  return (
    `The last ${shownMs} ms. ${messages.length - lost} messages arrived, ${lost} were lost. Clients were ` +
    `told: ${list(told)}.`
  );
}
