/*
 * Data node. Many objects in few append-only volumes: one read for a range, no byte unchecked, space given back.
 *
 * Start with stage 1: Pack objects into a volume.
 * Chapter: docs/storage/object-storage.mdx
 * Grade it: npx bp check object-storage/data-node
 */

import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { ChecksumError } from "../../given/object-storage/errors.ts";
import {
  BLOCK_BYTES,
  blockChecksum,
  type Damage,
  dataAt,
  endOf,
  HEADER_BYTES,
  HEADER_BYTES_MAX,
  NEEDLE_ALIGNMENT,
  type Needle,
  type NeedleKind,
  NodeFailedError,
  OBJECT,
  readHeader,
  storedBytes,
  TOMBSTONE,
  viewOf,
  writeHeader,
  writeNeedle,
} from "../../given/object-storage/needle.ts";
import { NotStarted } from "../not-started.ts";

export interface DataNodeOptions {
  /** A volume that has reached this size takes no more: the next write begins another. Default: 1 GiB. */
  readonly volumeBytes?: number;
}

export interface Stored {
  /** 1 to 255 printable ASCII characters (0x20 to 0x7e): names are given by the store above, not by its users. */
  readonly key: string;
  /** Up to 2^32 - 1 bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Many objects in few large files: each a needle, appended to the newest volume; an index in memory says where it lies,
 * so that a read is one read of the disk. After Beaver et al., Finding a Needle in Haystack, OSDI 2010, with checksums
 * a block and a range read that needs no more.
 *
 * **Volumes** are the files `000001.volume`, `000002.volume`, ...: six digits, and more from 1,000,000 on. They hold
 * needles one behind the other as `given/object-storage/needle.ts` lays them out, and nothing else. The one with the
 * highest number takes the writes. Other files are yours, and everything must be found again when they are gone.
 *
 * - **One policy of durability**: a write that returned survives every crash. `putAll` shares one append and one sync
 *   among its objects; each of them is there whole or not at all, but not all of them together.
 * - **The newest write of a key counts**, by sequence, wherever it lies. A delete is a tombstone, a write like others.
 * - **What goes in and what comes out is the caller's**: both may be changed after the call.
 * - **Opening** finds everything that was acknowledged. What a crash left unfinished at the end of the newest volume is
 *   cut off. Damage is not: what comes before a needle with place 0 was durable, so it stays, and so does what follows
 *   it. Of the last `putAll` the volume alone cannot tell.
 * - **Damage** is an error where it is read and a line in `scrub`, never wrong bytes, and never spreads to other
 *   objects.
 * - **A failed write or sync ends the node**: what writes throws NodeFailedError from then on. Open it again to see
 *   what the disk holds.
 *
 * put: O(bytes), one append and one sync. read: O(length + 2 blocks), one read. Opening: O(needles) after a checkpoint,
 * else one small read a needle.
 */
export class DataNode {
  /** Opens the node, or creates it on an empty disk. @throws RangeError for an option out of range */
  constructor(disk: Disk, options: DataNodeOptions = {}) {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /** @throws RangeError for a key or a size that a needle cannot hold, NodeFailedError, or what the disk threw */
  put(key: string, bytes: Uint8Array): void {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /**
   * As many puts, with one append and one sync for all of them (at most 65,536). Nothing is written when one of them is
   * refused. @throws as put; RangeError for more of them
   */
  putAll(objects: readonly Stored[]): void {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /** The whole object, a copy. @throws ChecksumError */
  get(key: string): Uint8Array | undefined {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /**
   * At most `length` bytes from `offset`; fewer at the end of the object. Reads the blocks that hold them, in one read
   * of the disk, and believes none whose checksum does not agree.
   * @throws ChecksumError that names the object; RangeError unless `offset` is 0 to the size of the object and `length`
   * is 0 or more
   */
  read(key: string, offset: number, length: number): Uint8Array | undefined {
    throw new NotStarted("stage 2: Read a range, believe no byte unchecked");
  }

  /** Bytes of the object; undefined when there is none. */
  size(key: string): number | undefined {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /** Keys of all objects, sorted. */
  keys(): string[] {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /** True when there was such an object. Otherwise nothing is written. */
  delete(key: string): boolean {
    throw new NotStarted("stage 1: Pack objects into a volume");
  }

  /**
   * Reads every live object and every tombstone that is still needed, and tells what does not agree with its checksum,
   * by volume and offset. Changes nothing: a caller that has another copy puts it again.
   */
  scrub(): Damage[] {
    throw new NotStarted("stage 2: Read a range, believe no byte unchecked");
  }

  /**
   * Writes down where everything lies, so that the next opening does not have to walk the volumes. Happens by itself
   * when a volume is full or compacted. Never needed for being right.
   */
  checkpoint(): void {
    throw new NotStarted("stage 3: Come back after a crash");
  }

  /**
   * Compacts every volume of which at least this share of the bytes is not needed, and some is not. Returns the bytes
   * given back.
   */
  compact(deadShareMin = 0.25): number {
    throw new NotStarted("stage 4: Delete, and give the space back");
  }

  /**
   * Copies what is needed of a volume into a new file, one needle a step, then lets that file take the volume's place
   * at once. The node can be used between steps, for compactions of other volumes too; one compaction of a volume at a
   * time. One that is never ended changes nothing. Yields the bytes copied so far, returns the bytes given back. Blocks
   * keep their checksums, so damage stays what it is; a tombstone goes when no other volume holds an older object of
   * its key; a volume of which nothing is needed is deleted.
   * @throws RangeError when there is no such volume
   */
  *compaction(number: number): Generator<number, number> {
    throw new NotStarted("stage 4: Delete, and give the space back");
  }
}
