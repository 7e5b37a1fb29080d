import type { Slice } from "./cursor.ts";

/**
 * Copies small values into parts of a common buffer: an array with a buffer of its own costs an engine several times as
 * much. The price is that a value that is kept keeps 16 KiB alive, and that its `buffer` holds other values too, as
 * that of a small Node.js Buffer does.
 */
export class Copier {
  #slab = new ArrayBuffer(0);
  #used = 0;

  copy({ bytes, start, length }: Slice): Uint8Array {
    if (length > SLAB_BYTES / 4) return bytes.slice(start, start + length);
    if (this.#used + length > this.#slab.byteLength) [this.#slab, this.#used] = [new ArrayBuffer(SLAB_BYTES), 0];
    const copy = new Uint8Array(this.#slab, this.#used, length);
    this.#used += length;
    copy.set(bytes.subarray(start, start + length));
    return copy;
  }
}

const SLAB_BYTES = 16_384;
