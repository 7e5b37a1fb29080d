/** What a sibling holds, as the text that the learner's store keeps: `<written at>,<expires at>,=<value>` or `…,x`. */
export interface Cell {
  /** By the clock of the node that took the write, and later than all that the write replaces. */
  readonly writtenAtMs: number;
  readonly expiresAtMs: number | null;
  /** Null: the key was deleted. */
  readonly value: string | null;
}

export function encodeCell({ writtenAtMs, expiresAtMs, value }: Cell): string {
  return `${writtenAtMs},${expiresAtMs ?? ""},${value === null ? "x" : `=${value}`}`;
}

export function decodeCell(text: string): Cell {
  const first = text.indexOf(",");
  const second = text.indexOf(",", first + 1);
  const expires = text.slice(first + 1, second);
  return {
    writtenAtMs: Number(text.slice(0, first)),
    expiresAtMs: expires === "" ? null : Number(expires),
    value: text[second + 1] === "x" ? null : text.slice(second + 2),
  };
}

/** Whether a client sees it. */
export function isAlive({ value, expiresAtMs }: Cell, nowMs: number): boolean {
  return value !== null && (expiresAtMs === null || expiresAtMs > nowMs);
}

/**
 * The one sibling that GET shows: the latest written, and of those of one millisecond the greater. It only chooses what
 * is shown; the others stay until a write replaces them.
 */
export function newest(cells: readonly Cell[]): Cell | null {
  return cells.reduce<Cell | null>((best, cell) => (best === null || isNewer(cell, best) ? cell : best), null);
}

function isNewer(a: Cell, b: Cell): boolean {
  if (a.writtenAtMs !== b.writtenAtMs) return a.writtenAtMs > b.writtenAtMs;
  return (a.value ?? "") > (b.value ?? "");
}
