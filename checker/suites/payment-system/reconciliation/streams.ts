/** Rows that come one at a time, and a place to put them, both of which count. */

import type { Run, RunStore } from "../../../../given/payment-system/run-store.ts";

export interface Source<Row> extends Iterable<Row> {
  /** Rows that were taken. */
  readonly taken: number;
  /** The last row that was taken. */
  readonly last: Row | undefined;
  /** True once its reader has said that it takes no more before the end. */
  readonly isClosed: boolean;
}

export function source<Row>(rows: Iterable<Row>, onTaken: () => void = () => {}): Source<Row> {
  const state = { taken: 0, last: undefined as Row | undefined, isClosed: false };
  return {
    get taken() {
      return state.taken;
    },
    get last() {
      return state.last;
    },
    get isClosed() {
      return state.isClosed;
    },
    [Symbol.iterator](): Iterator<Row> {
      const inner = rows[Symbol.iterator]();
      return {
        next() {
          const result = inner.next();
          if (result.done !== true) {
            state.taken++;
            state.last = result.value;
            onTaken();
          }
          return result;
        },
        return(value?: unknown) {
          state.isClosed = true;
          inner.return?.();
          return { done: true, value: value as Row };
        },
      };
    },
  };
}

/**
 * A store in memory that knows how many rows are neither in it nor with the caller: `held`, and the most there ever
 * were.
 */
export class CountingStore<Row> implements RunStore<Row> {
  held = 0;
  heldMost = 0;
  rowsWritten = 0;
  /** Runs that were not deleted. */
  readonly runs = new Set<object>();
  deletedTwice = 0;
  /** `write` throws at the row of this number. */
  failsAt = Number.POSITIVE_INFINITY;

  /** A row was taken from the input or from a run. */
  readonly taken = (): void => {
    this.held++;
    if (this.held > this.heldMost) this.heldMost = this.held;
  };

  /** A row was given to the store or to the caller. */
  readonly given = (): void => {
    this.held--;
  };

  write(rows: Iterable<Row>): Run<Row> {
    const written: Row[] = [];
    for (const row of rows) {
      this.given();
      if (++this.rowsWritten >= this.failsAt) throw new Error("the disk is full");
      written.push(row);
    }
    const run: Run<Row> = {
      read: () => {
        if (!this.runs.has(run)) throw new Error("a run is read that was deleted");
        return source(written, this.taken);
      },
      delete: () => {
        if (!this.runs.delete(run)) this.deletedTwice++;
      },
    };
    this.runs.add(run);
    return run;
  }
}
