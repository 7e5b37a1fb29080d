/** How nodes put messages on the wire: four bytes of length, big-endian, then JSON. */

import { ByteQueue } from "../resp/byte-queue.ts";

/** Whoever has not shown the run's secret may send no more than this. */
export const STRANGER_BYTES = 256;
/** The largest message is a whole log, in which every byte may be escaped twice. */
export const FRAME_BYTES = 128 * 1_024 * 1_024;

/** The other side does not speak as a node does. */
export class FrameError extends Error {}

export function encodeFrame(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  return bytes;
}

export class FrameReader {
  /** Of the frames to come. Raise it once the sender is known. */
  limit = STRANGER_BYTES;
  readonly #queue = new ByteQueue();

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  /** Undefined: the next one is not whole yet. @throws FrameError */
  next(): unknown {
    if (this.#queue.length < 4) return undefined;
    const length = this.#queue.uint32();
    if (length === 0 || length > this.limit) throw new FrameError(`a frame of ${length} bytes`);
    if (this.#queue.length < 4 + length) return undefined;
    this.#queue.drop(4);
    const text = this.#queue.take(length, "utf8");
    try {
      return JSON.parse(text);
    } catch {
      throw new FrameError("a frame that is no JSON");
    }
  }
}
