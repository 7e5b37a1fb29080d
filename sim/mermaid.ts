import { asideText } from "./draw.ts";
import type { NodeId } from "./node.ts";
import type { MarkRow, Row, Schedule } from "./schedule.ts";

/**
 * The schedule as a Mermaid sequence diagram (https://mermaid.js.org/syntax/sequenceDiagram.html). Messages stand in
 * the order of their arrival, because that is what nodes see; one that was overtaken says when it was sent.
 */
export function drawMermaid(schedule: Schedule): string {
  const name = (id: NodeId) => `p${schedule.lanes.indexOf(id)}`;
  const lines = ["sequenceDiagram"];
  for (const lane of schedule.lanes) lines.push(`  participant ${name(lane)} as ${escapeText(lane)}`);
  for (const row of schedule.rows) {
    const line = drawRow(row, schedule, name);
    if (line !== undefined) lines.push(`  ${line}`);
  }
  if (schedule.aside > 0 && schedule.lanes.length > 0) {
    lines.push(`  ${over(schedule, [], name)}: ${asideText(schedule.aside)}`);
  }
  return `${lines.join("\n")}\n`;
}

function drawRow(row: Row, schedule: Schedule, name: (id: NodeId) => string): string | undefined {
  switch (row.kind) {
    case "send": {
      if (row.fate === "arrives") {
        return row.direct ? `${name(row.from)}${arrow(row.role)}${name(row.to)}: ${escapeText(row.label)}` : undefined;
      }
      const why = { lost: "lost", partition: "lost: partition", down: `${row.to} is down`, pending: "on its way" }[
        row.fate
      ];
      const line = row.fate === "pending" ? "-)" : row.role === "response" ? "--x" : "-x";
      return `${name(row.from)}${line}${name(row.to)}: ${escapeText(row.label)} (${escapeText(why)})`;
    }
    case "arrival": {
      const when = row.at - row.sentAt > leastDelay(schedule) || row.again;
      const again = row.again ? " again" : "";
      const [sent, arrives] = [timeText(schedule, row.sentAt), timeText(schedule, row.at)];
      const text = escapeText(row.label) + (when ? ` (sent at ${sent}, arrives${again} at ${arrives})` : "");
      return `${name(row.from)}${arrow(row.role)}${name(row.to)}: ${text}`;
    }
    default:
      return schedule.lanes.length === 0
        ? undefined
        : `${over(schedule, row.lanes, name)}: ${escapeText(markText(schedule, row))}`;
  }
}

/** What every message takes is not worth saying. */
function leastDelay(schedule: Schedule): number {
  let least = Number.POSITIVE_INFINITY;
  for (const row of schedule.rows) if (row.kind === "arrival") least = Math.min(least, row.at - row.sentAt);
  return least;
}

function arrow(role: string): string {
  return role === "response" ? "-->>" : "->>";
}

function markText(schedule: Schedule, row: MarkRow): string {
  return row.mark === "violation" ? `BROKEN ${row.text}` : `${timeText(schedule, row.at)}: ${row.text}`;
}

function timeText({ unit = "ms" }: Schedule, at: number): string {
  return unit === "ms" ? `${at} ms` : `step ${at}`;
}

/** A note spans the outermost lanes it concerns; Mermaid takes one lane or two. */
function over(schedule: Schedule, lanes: readonly NodeId[], name: (id: NodeId) => string): string {
  const among = schedule.lanes.filter((lane) => lanes.length === 0 || lanes.includes(lane));
  const [first, last] = [among[0] ?? schedule.lanes[0]!, among.at(-1) ?? schedule.lanes.at(-1)!];
  return first === last ? `Note over ${name(first)}` : `Note over ${name(first)},${name(last)}`;
}

/** Mermaid ends a statement at ";" and a line's end, starts an entity at "#", and takes "<" for HTML. */
function escapeText(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "#": "#35;",
    ";": "#59;",
    "<": "#lt;",
    ">": "#gt;",
    "%": "#37;",
  };
  return text.replaceAll(/[#;<>%]/g, (character) => entities[character]!).replaceAll(/\s*\n\s*/g, " ");
}
