/*
 * Stripes over racks. Cut, code, spread over racks; read any range with nodes lost and disks that lie.
 *
 * Start with stage 1: Cut, code, read back.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/stripe-store
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import type { Place, Task } from "../../given/object-storage/calls.ts";
import { viewOf } from "../../given/object-storage/needle.ts";
import { NotStarted } from "../not-started.ts";

export interface StripeOptions {
  /** k and m. */
  readonly dataFragments: number;
  readonly parityFragments: number;
  /** A stripe is k units of data and m of parity; a unit is the least that is read. */
  readonly unitBytes: number;
  /**
   * The placement service's answer, all nodes that may keep fragments of this piece: place i is for fragment i, and
   * behind the first k + m come those that may replace one, preferred ones first.
   */
  readonly places: (id: string) => readonly Place[];
  /** A text that was never returned before, anywhere: up to 200 printable ASCII characters. */
  readonly newId: () => string;
}

/** Bytes that were made durable, and where. Made of what JSON is made of; keep it: the store does not. */
export interface Piece {
  readonly id: string;
  readonly size: number;
  /** CRC32C of the bytes. */
  readonly checksum: number;
  /** Who keeps fragment i; none for no bytes. */
  readonly nodes: readonly string[];
}

/**
 * Pieces of bytes, cut into stripes, coded, and spread over racks. The middle of an object store: above it a caller
 * remembers the pieces, below it nodes keep fragments. It has no state; any number of them work on the same nodes, and
 * each may stop forever between two steps.
 *
 *     stripe 0: bytes 0 to k * u - 1              stripe 1                    u = unitBytes
 *     fragment 0: bytes 0 to u - 1               | bytes k * u to k * u + u - 1   | ...
 *     ...
 *     fragment k - 1: bytes (k - 1) * u to k * u - 1 | ...
 *     fragments k to k + m - 1: parity of the stripe | ... (the end of the last stripe is filled up
 *     with zeros)
 *
 * - **A write** is done when k + m fragments are durable, no two of them in a rack: then any m racks, or nodes, or
 *   fragments may be lost. **Fragment i goes to place i**, so that a reader who computes places finds it. One whose
 *   node does not answer, or whose rack has another fragment already, goes to the first place that was not asked yet
 *   and is in a rack that has none; the others stay where they are. With too few racks nothing is promised.
 * - **A read** asks only for the units that hold the range, each fragment in one call, all of them at once. Units that
 *   are lost or wrong are computed from others of their stripe, as long as there are k, and only such stripes are read
 *   in full.
 * - **No byte is believed** that its own checksum does not vouch for, no matter where it was damaged: a checksum for
 *   every unit, bound to piece, fragment and stripe, so that the right bytes of a wrong place do not count either. What
 *   the checksums cost is 4 bytes a unit.
 *
 * Fragments of what was never finished may stay behind: to find them is another program's task. The names of fragments
 * and what lies in them are yours.
 */
export class StripeStore {
  /** @throws RangeError for counts that are no code, or a unit of less than 1 byte */
  constructor(options: StripeOptions) {
    throw new NotStarted("stage 1: Cut, code, read back");
  }

  /**
   * Undefined when there were not enough racks: nothing is promised then, though some fragments may have been written.
   */
  *write(bytes: Uint8Array): Task<Piece | undefined> {
    throw new NotStarted("stage 1: Cut, code, read back");
  }

  /**
   * Bytes `offset` to `end - 1` of a piece; undefined when some stripe has less than k sound units that answer.
   * @throws RangeError unless 0 <= offset <= end <= size
   */
  *read(piece: Piece, offset: number, end: number): Task<Uint8Array | undefined> {
    throw new NotStarted("stage 1: Cut, code, read back");
  }

  /**
   * Asks once for the fragments to be deleted. Whether it succeeds is of no importance: fragments that are left behind
   * have no name.
   */
  *erase({ id, nodes }: Piece): Task<void> {
    throw new NotStarted("stage 1: Cut, code, read back");
  }
}
