/** Where rows go that do not fit in memory: files, in production. */
export interface RunStore<Row> {
  /** Takes `rows` one after another, keeps none of them in memory, and returns when all are written. */
  write(rows: Iterable<Row>): Run<Row>;
}

/** Rows that were written together. */
export interface Run<Row> {
  /** In the order in which they were written, read one at a time as they are asked for. */
  read(): Iterable<Row>;
  /** Gives the space back. Must be called once for every run. */
  delete(): void;
}
