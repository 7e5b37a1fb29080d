import { cut } from "./describe.ts";
import type { NodeId } from "./node.ts";
import type { ArrivalRow, MarkRow, Row, Schedule, SendRow } from "./schedule.ts";

/** The course's working colors by meaning; never the only sign. */
export type Tone = "flow" | "pressure" | "unknown" | "dim";

export interface DrawOptions {
  /** Columns. Default: 80. */
  readonly width?: number;
  /** Wraps a piece of a line in a color. Default: plain text. */
  readonly color?: (tone: Tone, text: string) => string;
}

/** Width of the time at the left, with its gap. */
const TIME_WIDTH = 8;
/** Text at the right gets at least this much. */
const TEXT_WIDTH_MIN = 26;

/**
 * Draws a schedule as lanes: time runs down, one lane a process, messages across, words at the right. A message that
 * arrives later than the next row has two rows, joined by its number.
 */
export function drawLanes(schedule: Schedule, options: DrawOptions = {}): string {
  return new LaneDrawing(schedule, options).draw();
}

class LaneDrawing {
  readonly #schedule: Schedule;
  readonly #width: number;
  readonly #laneWidth: number;
  readonly #color: (tone: Tone, text: string) => string;
  /** What a lane shows where nothing happens. */
  readonly #rails: string[];

  constructor(schedule: Schedule, { width = 80, color = (_, text) => text }: DrawOptions) {
    const count = Math.max(1, schedule.lanes.length);
    this.#schedule = schedule;
    this.#width = width;
    this.#color = color;
    this.#laneWidth = Math.max(4, Math.min(9, Math.floor((width - TIME_WIDTH - TEXT_WIDTH_MIN) / count)));
    this.#rails = schedule.lanes.map(() => "│");
  }

  draw(): string {
    const names = this.#schedule.lanes.map((lane) => cut(lane, this.#laneWidth - 1).padEnd(this.#laneWidth)).join("");
    const { unit = "ms" } = this.#schedule;
    const lines = [`${unit.padStart(TIME_WIDTH - 2)}  ${names}`.trimEnd()];
    for (const row of this.#schedule.rows) lines.push(...this.#drawRow(row));
    const { aside } = this.#schedule;
    if (aside > 0) lines.push(`${" ".repeat(TIME_WIDTH)}(${asideText(aside)})`);
    return `${lines.join("\n")}\n`;
  }

  #drawRow(row: Row): string[] {
    switch (row.kind) {
      case "send":
        return this.#compose(
          row.at,
          this.#drawSend(row),
          this.#sendText(row),
          row.fate === "arrives" ? "flow" : "pressure",
        );
      case "arrival": {
        const again = row.again ? " again" : "";
        return this.#compose(row.at, this.#drawArrival(row), `#${row.number} ${row.label} arrives${again}`, "flow");
      }
      default:
        return this.#drawMark(row);
    }
  }

  #sendText(row: SendRow): string {
    const number = row.fate === "arrives" && !row.direct ? `#${row.number} ` : "";
    const fates = {
      arrives: "",
      lost: " (lost)",
      partition: " (lost: partition)",
      down: ` (${row.to} is down)`,
      pending: " (on its way)",
    };
    return number + row.label + fates[row.fate];
  }

  #drawSend(row: SendRow): string[] {
    const cells = this.#emptyCells();
    const [from, to] = [this.#column(row.from), this.#column(row.to)];
    const step = to >= from ? 1 : -1;
    if (from === to) {
      cells[from] = "●";
      if (from + 1 < cells.length) cells[from + 1] = "↺";
      return cells;
    }
    const dashed = row.fate === "pending" || (row.fate === "arrives" && !row.direct);
    const stroke = dashed ? "╌" : "─";
    for (let at = from + step; at !== to; at += step) cells[at] = cells[at] === "│" && stroke === "─" ? "┼" : stroke;
    cells[from] = "●";
    cells[to - step] = row.fate === "arrives" ? head(step, row.direct) : row.fate === "pending" ? "╌" : "×";
    return cells;
  }

  #drawArrival(row: ArrivalRow): string[] {
    const cells = this.#emptyCells();
    const to = this.#column(row.to);
    const step = to >= this.#column(row.from) ? 1 : -1;
    for (const back of [3, 2]) if (cells[to - step * back] !== undefined) cells[to - step * back] = "╌";
    if (cells[to - step] !== undefined) cells[to - step] = head(step, true);
    return cells;
  }

  #drawMark(row: MarkRow): string[] {
    const lanes = row.lanes.length > 0 ? row.lanes : this.#schedule.lanes;
    const rail = RAILS[row.mark];
    const cells = this.#emptyCells();
    for (const lane of lanes) {
      const index = this.#schedule.lanes.indexOf(lane);
      if (index < 0) continue;
      cells[this.#column(lane)] = MARKS[row.mark];
      if (rail !== undefined) this.#rails[index] = rail;
    }
    if (row.mark === "heal" && row.lanes.length === 0) this.#rails.fill("│");
    const tone = row.mark === "unknown" ? "unknown" : PRESSURE.has(row.mark) ? "pressure" : "dim";
    const text = row.mark === "violation" ? `BROKEN ${row.text}` : row.text;
    return this.#compose(row.at, cells, text, tone);
  }

  /** Puts time, lanes and text side by side; long text goes on in further lines. */
  #compose(at: number, cells: readonly string[], text: string, tone: Tone): string[] {
    const lanesWidth = this.#schedule.lanes.length * this.#laneWidth;
    const [first = "", ...rest] = wrap(text, this.#width - TIME_WIDTH - lanesWidth);
    const time = this.#color("dim", `${String(at).padStart(TIME_WIDTH - 2)}  `);
    const lines = [`${time}${cells.join("")}${this.#color(tone, first)}`.trimEnd()];
    const below = this.#emptyCells().join("");
    for (const line of rest) lines.push(`${" ".repeat(TIME_WIDTH)}${below}${this.#color(tone, line)}`.trimEnd());
    return lines;
  }

  #emptyCells(): string[] {
    const cells = new Array<string>(this.#schedule.lanes.length * this.#laneWidth).fill(" ");
    for (const [i, rail] of this.#rails.entries()) cells[i * this.#laneWidth] = rail;
    return cells;
  }

  #column(lane: NodeId): number {
    return this.#schedule.lanes.indexOf(lane) * this.#laneWidth;
  }
}

/** Says what is not drawn. */
export function asideText(count: number): string {
  const messages = count === 1 ? "1 more message" : `${count} more messages`;
  return `${messages}, lost or late without consequence, ${count === 1 ? "is" : "are"} not drawn`;
}

const MARKS: Readonly<Record<MarkRow["mark"], string>> = {
  crash: "X",
  restart: "O",
  pause: "=",
  resume: "O",
  cut: "#",
  heal: "~",
  clock: "@",
  note: "*",
  unknown: "?",
  violation: "!",
};

/** How a lane goes on after a mark: a node that is down has no line, one that pauses a broken one. */
const RAILS: Readonly<Partial<Record<MarkRow["mark"], string>>> = { crash: " ", restart: "│", pause: "┆", resume: "│" };

const PRESSURE: ReadonlySet<MarkRow["mark"]> = new Set(["crash", "pause", "cut", "clock", "violation"] as const);

function head(step: number, solid: boolean): string {
  if (solid) return step > 0 ? "►" : "◄";
  return step > 0 ? "▷" : "◁";
}

/** Breaks at spaces where it can. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text.replaceAll(/\s+/g, " ").trim();
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > width / 3 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
