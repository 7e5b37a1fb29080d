import { closeSync, openSync, readSync } from "node:fs";
import type { RecordedFact, RecordedLine } from "../kit/recorder.ts";

/** Reads the flight recorder while it is written. Lines without the token, or out of sequence, are not facts. */
export class RecordReader {
  readonly #descriptor: number;
  readonly #token: string;
  readonly #buffer = Buffer.allocUnsafe(65_536);
  #rest = Buffer.alloc(0);
  #next = 0;
  /** What did not come from the kit: the first such line, or null. */
  forged: string | null = null;

  /** `path` must exist. */
  constructor(path: string, token: string) {
    this.#descriptor = openSync(path, "r");
    this.#token = token;
  }

  /** Facts written since the last call. */
  read(): RecordedFact[] {
    const facts: RecordedFact[] = [];
    for (;;) {
      const length = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, null);
      if (length === 0) return facts;
      this.#rest = Buffer.concat([this.#rest, this.#buffer.subarray(0, length)]);
      let end = this.#rest.indexOf(10);
      while (end !== -1) {
        const fact = this.#parse(this.#rest.subarray(0, end).toString("utf8"));
        if (fact !== null) facts.push(fact);
        this.#rest = this.#rest.subarray(end + 1);
        end = this.#rest.indexOf(10);
      }
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #parse(line: string): RecordedFact | null {
    let fact: Partial<RecordedLine> | null = null;
    try {
      fact = JSON.parse(line) as Partial<RecordedLine> | null;
    } catch {
      // Falls through: a line that is not JSON was not written by the kit.
    }
    if (fact === null || typeof fact !== "object" || fact.token !== this.#token || fact.sequence !== this.#next) {
      this.forged ??= line.slice(0, 120);
      return null;
    }
    this.#next++;
    return fact as RecordedFact;
  }
}
