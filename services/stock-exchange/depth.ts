import { type BookEvent, emitEvent } from "../../given/stock-exchange/book-events.ts";
import { DepthPublisher, type DepthSnapshot } from "../../solutions/stock-exchange/market-data.ts";

/** What market data makes of the reports: the depth, an update for every command that changed it. */
export class Depth {
  readonly #publisher = new DepthPublisher();
  #sequence = 0;

  /** The reports of one command come together; the next command's first report ends it. */
  add(sequence: number, event: BookEvent): void {
    // No time: the updates are counted and not sent.
    if (sequence !== this.#sequence) this.#publisher.commit(0);
    this.#sequence = sequence;
    emitEvent(this.#publisher, event);
  }

  /** After the last report. */
  snapshot(): DepthSnapshot {
    this.#publisher.commit(0);
    return this.#publisher.snapshot();
  }
}
