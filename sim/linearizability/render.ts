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

/** The explanation for a terminal, at most about 100 columns wide for windows of up to a dozen operations. */
export function renderCounterexample(counterexample: AnyCounterexample, part: string | null = null): string {
  const { model, operations, window, setAside, settled, explained, startText } = counterexample;
  const culprit = window.find((operation) => operation.role === "culprit")!;
  const where = part === null ? "" : `, part "${part}"`;
  const others = operations - window.length - settled.length;
  const lines = [
    `Not linearizable (${model}${where}): ${count(operations, "operation")}, of which ${window.length} ${window.length === 1 ? "is" : "are"} enough to show it.`,
    "",
    `${explained === 0 ? "No operation returned before" : `The ${count(explained, "operation")} that returned earlier can be explained;`} the answer of client ${culprit.client} cannot${explained === 0 ? ", and it is impossible" : ""}:`,
    `    ${culprit.text}    called at ${culprit.call}, returned at ${culprit.return}`,
    "",
    settled.length === 0
      ? `The object starts as ${startText}.`
      : `Every explanation of what came before leads to a point where ${count(settled.length, "operation")} took effect and the object is ${startText}. From there:`,
    "",
    ...timeline(counterexample),
    "",
    ...reasons(counterexample, culprit),
  ];
  if (others > 0) {
    lines.push(
      "",
      setAside.length === 0
        ? `The other ${count(others, "operation")} came later and play no part.`
        : `The other ${count(others, "operation")} cannot help, even if each may take effect at any moment or not at all.`,
    );
  }
  return lines.join("\n");
}

function timeline(counterexample: AnyCounterexample): string[] {
  const { columns, lanes } = drawing(counterexample);
  const rows = lanes.flatMap(({ client, bars }) => bars.map((bar) => ({ client: `client ${client}`, ...bar })));
  rows.sort((a, b) => a.from - b.from);
  const clientWidth = Math.max(...rows.map((row) => row.client.length));
  const textWidth = Math.max(...rows.map((row) => row.text.length));
  const scale = columns <= 20 ? 3 : columns <= 40 ? 2 : 1;
  return rows.map((row) => {
    const end = row.to ?? columns;
    const bar = `├${"─".repeat(Math.max(0, (end - row.from) * scale - 1))}${row.to === null ? "┄ may never happen" : "┤"}`;
    const note = row.role === "culprit" ? "  ✗ no place" : "";
    return `    ${row.client.padEnd(clientWidth)}  ${row.text.padEnd(textWidth)}  ${" ".repeat(row.from * scale)}${bar}${note}`;
  });
}

function reasons(counterexample: AnyCounterexample, culprit: WindowOperation): string[] {
  const { heldStates, attempts } = counterexample;
  const lines: string[] = [];
  if (heldStates && heldStates.length > 0) {
    const only = heldStates.length === 1 ? heldStates[0] : `one of ${heldStates.join(" | ")}`;
    lines.push(`While ${culprit.text} was running, the object can only have been ${only}.`);
  }
  if (attempts.length > 0) lines.push("Orders that get furthest:");
  for (const attempt of attempts) {
    const path = attempt.order.length === 0 ? "(start)" : attempt.order.join(", ");
    lines.push(`    ${path}  =>  ${attempt.state}; now ${attempt.stuck} has no place`);
  }
  return lines;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
