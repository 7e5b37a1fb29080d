/**
 * A value where it lies: `length` bytes of `bytes` from `start`, to be copied before they are given away. `length` is
 * -1 for a tombstone.
 */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
}

/** A place in a sequence of versions with ascending keys. */
export interface Cursor extends Slice {
  /** Undefined at the end. */
  readonly key: string | undefined;
  next(): void;
}

/** Index of the first key that is not less than `key`. O(log n). */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
