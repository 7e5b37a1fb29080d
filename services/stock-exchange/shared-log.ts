import {
  decodeEntry,
  type Entry,
  type EntryLog,
  encodeEntry,
  MESSAGE_WORDS,
} from "../../solutions/stock-exchange/exchange-pipeline.ts";

const HEADER_WORDS = 32;

/**
 * The log in memory that all threads share: it survives the death of a thread and not that of the process, nor of the
 * machine. A real exchange writes it to disks of several machines before anybody acts on it; the exercise "sequencer"
 * does the part of one machine.
 *
 * One thread appends; any number read. An entry is written first and counted afterwards, as in the ring.
 */
export class SharedLog implements EntryLog {
  readonly #words: Int32Array;

  static allocate(entries: number): SharedArrayBuffer {
    return new SharedArrayBuffer((HEADER_WORDS + entries * MESSAGE_WORDS) * Int32Array.BYTES_PER_ELEMENT);
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  get length(): number {
    return Atomics.load(this.#words, 0);
  }

  append(entry: Entry): void {
    const at = this.#wordOf(entry.sequence);
    if (at >= this.#words.length) throw new RangeError(`entry ${entry.sequence}: the log is full`);
    encodeEntry(this.#words, at, entry);
    Atomics.store(this.#words, 0, entry.sequence);
  }

  read(sequence: number): Entry {
    if (!(sequence >= 1 && sequence <= this.length)) {
      throw new RangeError(`entry ${sequence}: the log has 1 to ${this.length}`);
    }
    return decodeEntry(this.#words, this.#wordOf(sequence));
  }

  #wordOf(sequence: number): number {
    return HEADER_WORDS + (sequence - 1) * MESSAGE_WORDS;
  }
}
