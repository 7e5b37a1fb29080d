import type { Counterexample, WindowOperation } from "./explain.ts";

type AnyCounterexample = Counterexample<unknown, unknown, unknown>;

/** What a picture of the window needs: a lane per client, columns instead of times, so that gaps take no room. */
export interface Drawing {
  /** Columns go from 0 to `columns - 1`: one for each call or return in the window, in order. */
  columns: number;
  lanes: { client: number | string; bars: Bar[] }[];
}

export interface Bar {
  operation: number;
  text: string;
  from: number;
  /** Null for a bar that is open to the right. */
  to: number | null;
  role: WindowOperation["role"];
}

export function drawing(counterexample: AnyCounterexample): Drawing {
  const { window } = counterexample;
  const events = window.flatMap((operation) => [
    { operation, time: operation.call, end: false },
    ...(operation.return === null ? [] : [{ operation, time: operation.return, end: true }]),
  ]);
  events.sort((a, b) => a.time - b.time || Number(a.end) - Number(b.end));
  const column = (operation: WindowOperation, end: boolean): number =>
    events.findIndex((event) => event.operation === operation && event.end === end);
  const lanes = new Map<number | string, Bar[]>();
  for (const operation of window) {
    const { text, role, client } = operation;
    const to = operation.return === null ? null : column(operation, true);
    const bar: Bar = { operation: operation.operation, text, from: column(operation, false), to, role };
    lanes.set(client, [...(lanes.get(client) ?? []), bar]);
  }
  return { columns: events.length, lanes: [...lanes].map(([client, bars]) => ({ client, bars })) };
}

/**
 * The explanation for a terminal. Long values are shortened in the middle, except in the line that shows the culprit.
 */
export function renderCounterexample(counterexample: AnyCounterexample, part: string | null = null): string {
  const { model, operations, window, setAside, settled, explained, startText } = counterexample;
  const culprit = window.find((operation) => operation.role === "culprit")!;
  const where = part === null ? "" : `, part "${part}"`;
  const others = operations - window.length - settled.length;
  const lines = [
    `Not linearizable (${model}${where}). Of ${count(operations, "operation")}, ${window.length} ` +
      `${window.length === 1 ? "is" : "are"} enough to show it.`,
    "",
    explained === null
      ? `The contradiction is complete with this answer. Client ${culprit.client}:`
      : explained === 0
        ? `The first answer is already impossible. Client ${culprit.client}:`
        : `Up to the ${explained === 1 ? "first answer" : `first ${explained} answers`} all can be explained. ` +
          `The next one cannot. Client ${culprit.client}:`,
    `    ${culprit.text}    called at ${culprit.call}, returned at ${culprit.return}`,
    "",
    settled.length === 0
      ? `The object starts as ${short(startText)}.`
      : `Whatever order explains them, it leads to a point where ${count(settled.length, "operation")} took ` +
        `effect and the object is\n    ${short(startText)}\nFrom there:`,
    "",
    ...timeline(counterexample),
    "",
    ...reasons(counterexample, culprit),
  ];
  if (others > 0) {
    lines.push(
      setAside.length === 0
        ? `The other ${count(others, "operation")} came later and play no part.`
        : `The other ${count(others, "operation")} cannot help, even if each may take effect at any moment or ` +
            "not at all.",
    );
  }
  return lines.join("\n").trimEnd();
}

function timeline(counterexample: AnyCounterexample): string[] {
  const { columns, lanes } = drawing(counterexample);
  const rows = lanes.flatMap(({ client, bars }) =>
    bars.map((bar) => ({ ...bar, client: `client ${client}`, text: short(bar.text) })),
  );
  rows.sort((a, b) => a.from - b.from);
  const clientWidth = Math.max(...rows.map((row) => row.client.length));
  const textWidth = Math.max(...rows.map((row) => row.text.length));
  const scale = columns <= 12 ? 3 : columns <= 24 ? 2 : 1;
  return rows.map((row) => {
    const line = "─".repeat(Math.max(0, ((row.to ?? columns) - row.from) * scale - 1));
    const bar = `${" ".repeat(row.from * scale)}├${line}${row.to === null ? "┄ or never" : "┤"}`;
    const note = row.role === "culprit" ? "  ✗ no place" : "";
    return `    ${row.client.padEnd(clientWidth)}  ${row.text.padEnd(textWidth)}  ${bar}${note}`;
  });
}

function reasons(counterexample: AnyCounterexample, culprit: WindowOperation): string[] {
  const { heldStates, attempts, attemptsAlone } = counterexample;
  const lines: string[] = [];
  if (heldStates && heldStates.length > 0) {
    const states = heldStates.map((state) => short(state));
    const were = heldStates.length === 1 ? "can only have been" : "can only have been one of";
    lines.push(`While client ${culprit.client} waited for this answer, the object ${were}`);
    lines.push(
      ...(states.join().length <= 60 ? [`    ${states.join("  |  ")}`] : states.map((state) => `    ${state}`)),
      "",
    );
  }
  const tried = attempts.filter((attempt) => attempt.order.length > 0);
  if (tried.length === 0) return lines;
  lines.push(`The orders ${attemptsAlone ? "of these alone " : ""}that get furthest:`);
  for (const { order, state, stuck } of tried) {
    const shown = order.length > MAX_ORDER ? ["…", ...order.slice(-MAX_ORDER)] : order;
    lines.push(`    ${shown.map((text) => short(text, MAX_STEP_TEXT)).join(", ")}`);
    lines.push(`        => ${short(state)}, and ${short(stuck, MAX_STEP_TEXT)} has no place`);
  }
  return [...lines, ""];
}

/**
 * Characters of a text in the timeline, of one step of an order, and steps of an order: together they keep lines near
 * 100 columns.
 */
const MAX_TEXT = 44;
const MAX_STEP_TEXT = 28;
const MAX_ORDER = 4;

function short(text: string, length = MAX_TEXT): string {
  const half = (length - 1) >> 1;
  return text.length <= length ? text : `${text.slice(0, half)}…${text.slice(-half)}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
