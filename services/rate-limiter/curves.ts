/** Admitted requests over time, beside the bound: what the parts let through, and a Redis with the same rules. Pure. */

export interface Curve {
  readonly name: string;
  /** When each request was admitted, since the start; ascending. */
  readonly admittedMs: readonly number[];
}

const ROWS = 6;

/** Rows of a table, the head first: the time, the bound, and what each had admitted by then. */
export function curveLines(curves: readonly Curve[], untilMs: number, boundAt: (ms: number) => number): string[] {
  const head = ["after", "bound", ...curves.map(({ name }) => name)];
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const ms = (untilMs * (index + 1)) / ROWS;
    const counts = curves.map(({ admittedMs }) => admittedMs.filter((each) => each <= ms).length);
    return [`${(ms / 1_000).toFixed(1)} s`, ...[boundAt(ms), ...counts].map((count) => count.toLocaleString("en"))];
  });
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row, index) => {
    const cells = row.map((cell, column) => cell.padStart(widths[column]!));
    return `${index === 0 ? "admitted" : "        "} ${cells.join("  ")}`;
  });
}
