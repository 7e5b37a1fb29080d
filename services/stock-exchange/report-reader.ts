import type { BookEvent } from "../../given/stock-exchange/book-events.ts";
import { decodeReport, ReportFollower } from "../../solutions/stock-exchange/exchange-pipeline.ts";
import type { RingConsumer } from "../../solutions/stock-exchange/ring-buffer.ts";

export interface ReportReaderOptions {
  readonly input: RingConsumer;
  /** Of the state that all threads share; see stages.ts. */
  readonly words: Int32Array;
  /** Where to say which report was delivered last, and where to count those that came twice. */
  readonly place: number;
  readonly repeated: number;
  /** Number of the last report that is known without the ring. */
  readonly delivered?: number;
  readonly onReport: (sequence: number, event: BookEvent) => void;
}

/** Takes reports, once and in order, and says how far it is. */
export class ReportReader {
  readonly #options: ReportReaderOptions;
  readonly #follower: ReportFollower;

  constructor(options: ReportReaderOptions) {
    this.#options = options;
    const { onReport, delivered } = options;
    this.#follower = new ReportFollower(({ sequence, event }) => onReport(sequence, event), delivered);
  }

  /** Number of the last report that was delivered. */
  get delivered(): number {
    return this.#follower.delivered;
  }

  /** Up to `budget` reports. @returns how many it took. @throws Error when one is lost. */
  read(budget: number): number {
    const { input, words, place, repeated } = this.#options;
    let taken = 0;
    for (; taken < budget; taken++) {
      const first = input.peek();
      if (first === -1) break;
      if (!this.#follower.receive(decodeReport(input.words, first))) Atomics.add(words, repeated, 1);
      if (this.#follower.missing !== null) throw new Error(`report ${this.#follower.missing} is lost`);
      input.release();
    }
    if (taken > 0) Atomics.store(words, place, this.#follower.delivered);
    return taken;
  }
}
