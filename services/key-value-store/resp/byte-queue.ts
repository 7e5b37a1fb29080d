const FIRST_BYTES = 4_096;

/** Bytes in the order in which they came. A byte is copied O(1) times, in however small pieces it comes. */
export class ByteQueue {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (this.#end + chunk.length > this.#bytes.length) {
      const target = needed > this.#bytes.length / 2 ? Buffer.alloc(2 * needed) : this.#bytes;
      this.#bytes.copy(target, 0, this.#start, this.#end);
      [this.#bytes, this.#end, this.#start] = [target, this.length, 0];
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Where `byte` is, counted from the front, looked for from `from` on; -1 when it is not there. */
  indexOf(byte: number, from = 0): number {
    const at = this.#bytes.subarray(this.#start, this.#end).indexOf(byte, from);
    return at;
  }

  at(index: number): number {
    return this.#bytes[this.#start + index]!;
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#start);
  }

  /** Takes `count` bytes off the front, as text. */
  take(count: number, encoding: "latin1" | "utf8" = "latin1"): string {
    const text = this.#bytes.toString(encoding, this.#start, this.#start + count);
    this.drop(count);
    return text;
  }

  drop(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = this.#end = 0;
    if (this.#bytes.length > 16 * FIRST_BYTES) this.#bytes = Buffer.alloc(FIRST_BYTES);
  }
}
