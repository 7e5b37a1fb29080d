/**
 * Alternative: adds an entry to the index with every write, as Haystack does, without waiting for it: the needle is
 * durable already, and an entry that a crash takes is found by walking. A compaction collects the new volume in memory
 * and writes it at once: one append for the price of holding a volume.
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
 * **Volumes** are the files `000001.volume`, `000002.volume`, ...: needles one behind the other as
 * `given/object-storage/needle.ts` lays them out, and nothing else. Other files are yours, and everything must be found
 * again when they are gone.
 *
 * - **One policy of durability**: a write that returned survives every crash. `putAll` shares one append and one sync
 *   among its objects; each of them is there whole or not at all, but not all of them together.
 * - **The newest write of a key counts**, by sequence, wherever it lies. A delete is a tombstone, a write like others.
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
  readonly #disk: Disk;
  readonly #volumeBytes: number;
  readonly #volumes = new Map<number, Volume>();
  #active: Volume;
  /** Of every key that has any needle: the one with the highest sequence, a tombstone too. */
  readonly #newest = new Map<string, Needle>();
  /** Object needles of a key, dead ones too. While there is one, a tombstone has something to hide. */
  readonly #copies = new Map<string, number>();
  /** Of the next write. */
  #sequence = 1;
  #failure: unknown;

  /** Opens the node, or creates it on an empty disk. @throws RangeError for an option out of range */
  constructor(disk: Disk, options: DataNodeOptions = {}) {
    this.#volumeBytes = requireInteger("volumeBytes", options.volumeBytes ?? 2 ** 30, 1, Number.MAX_SAFE_INTEGER);
    this.#disk = disk;
    const files = disk.list();
    const numbers = files.flatMap((file) => (VOLUME.test(file) ? [Number.parseInt(file, 10)] : []));
    for (const file of files) if (file.endsWith(".new")) disk.delete(file);
    numbers.sort((a, b) => a - b);
    for (const number of numbers) this.#open(number, number === numbers.at(-1));
    this.#active = this.#volumes.get(numbers.at(-1) ?? 0) ?? this.#create(1);
  }

  /** @throws RangeError for a key or a size that a needle cannot hold, NodeFailedError, or what the disk threw */
  put(key: string, bytes: Uint8Array): void {
    this.putAll([{ key, bytes }]);
  }

  /**
   * As many puts, with one append and one sync for all of them (at most 65,536). Nothing is written when one of them is
   * refused.
   */
  putAll(objects: readonly Stored[]): void {
    requireInteger("objects", objects.length, 0, 2 ** 16);
    for (const { key, bytes } of objects) {
      if (!KEY.test(key))
        throw new RangeError(`key is ${JSON.stringify(key)}, expected 1 to 255 printable ASCII characters`);
      requireInteger("bytes", bytes.length, 0, 2 ** 32 - 1);
    }
    this.#append(objects.map(({ key, bytes }) => ({ key, bytes, kind: OBJECT })));
  }

  /** The whole object, a copy. @throws ChecksumError */
  get(key: string): Uint8Array | undefined {
    return this.read(key, 0, Number.MAX_SAFE_INTEGER);
  }

  /**
   * At most `length` bytes from `offset`; fewer at the end of the object. Reads the blocks that hold them, in one read
   * of the disk, and believes none whose checksum does not agree.
   * @stage 2
   * @throws ChecksumError that names the object; RangeError unless `offset` is 0 to the size of the object and `length`
   * is 0 or more
   */
  read(key: string, offset: number, length: number): Uint8Array | undefined {
    const needle = this.#newest.get(key);
    if (needle === undefined || needle.kind === TOMBSTONE) return undefined;
    requireInteger("offset", offset, 0, needle.size);
    requireInteger("length", length, 0, Number.MAX_SAFE_INTEGER);
    const end = Math.min(needle.size, offset + length);
    const bytes = new Uint8Array(end - offset);
    if (bytes.length === 0) return bytes;
    const first = Math.floor(offset / BLOCK_BYTES);
    for (const block of this.#blocks(needle, first, Math.floor((end - 1) / BLOCK_BYTES))) {
      const start = block.number * BLOCK_BYTES;
      const data = block.data.subarray(Math.max(0, offset - start), end - start);
      bytes.set(data, Math.max(0, start - offset));
    }
    return bytes;
  }

  /** Bytes of the object; undefined when there is none. */
  size(key: string): number | undefined {
    const needle = this.#newest.get(key);
    return needle?.kind === OBJECT ? needle.size : undefined;
  }

  /** Keys of all objects, sorted. */
  keys(): string[] {
    return [...this.#newest.values()].flatMap(({ kind, key }) => (kind === OBJECT ? [key] : [])).sort();
  }

  /** True when there was such an object. Otherwise nothing is written. */
  delete(key: string): boolean {
    if (this.#newest.get(key)?.kind !== OBJECT) return false;
    this.#append([{ key, bytes: new Uint8Array(0), kind: TOMBSTONE }]);
    return true;
  }

  /**
   * Reads every live object and every tombstone that is still needed, and tells what does not agree with its checksum,
   * by volume and offset. Changes nothing: whoever has another copy puts it again.
   * @stage 2
   */
  scrub(): Damage[] {
    const found: Damage[] = [];
    for (const volume of this.#volumes.values()) {
      for (const offset of volume.gaps) found.push({ key: null, volume: volume.number, offset, part: "gap" });
      for (const needle of volume.needles.filter((each) => this.#isNeeded(each))) {
        const { key, offset } = needle;
        if (this.#readHeader(volume.number, offset)?.sequence !== needle.sequence)
          found.push({ key, volume: volume.number, offset, part: "header" });
        if (!this.#isWhole(needle)) found.push({ key, volume: volume.number, offset, part: "data" });
      }
    }
    return found.sort((a, b) => a.volume - b.volume || a.offset - b.offset);
  }

  /**
   * Writes down where everything lies, so that the next opening does not have to walk the volumes. Happens by itself
   * when a volume is full or compacted. Never needed for being right.
   * @stage 3
   */
  checkpoint(): void {}

  /**
   * Compacts every volume of which at least this share of the bytes is not needed, and some is not. Returns the bytes
   * given back.
   * @stage 4
   */
  compact(deadShareMin = 0.25): number {
    let freed = 0;
    for (const { number, end, needles } of [...this.#volumes.values()]) {
      const live = needles
        .filter((each) => this.#isNeeded(each))
        .reduce((sum, each) => sum + endOf(each) - each.offset, 0);
      if (live === end || end - live < deadShareMin * end) continue;
      const steps = this.compaction(number);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      freed += step.value;
    }
    return freed;
  }

  /**
   * Copies what is needed of a volume into a new file, one needle a step, then lets that file take the volume's place
   * at once. The node can be used between steps; one compaction of a volume at a time. Yields the bytes copied so far,
   * returns the bytes given back. Blocks keep their checksums, so damage stays what it is; a tombstone goes when no
   * other volume holds an older object of its key; a volume of which nothing is needed is deleted.
   * @stage 4
   * @throws RangeError when there is no such volume
   */
  *compaction(number: number): Generator<number, number> {
    this.#requireSound();
    const volume = this.#volumes.get(number);
    if (volume === undefined) throw new RangeError(`volume is ${number}, expected one of ${[...this.#volumes.keys()]}`);
    if (volume === this.#active) this.#roll();
    const file = `${volumeName(number)}.new`;
    if (this.#disk.exists(file)) this.#disk.delete(file);
    const next = emptyVolume(number);
    const moved = new Map<Needle, Needle>();
    const images: Uint8Array[] = [];
    for (const needle of volume.needles) {
      if (!this.#isNeeded(needle)) continue;
      const copy = { ...needle, offset: next.end, place: 0 };
      const image = new Uint8Array(endOf(copy) - copy.offset);
      const head = writeHeader(image, 0, copy);
      image.set(this.#disk.read(volumeName(number), dataAt(needle), storedBytes(needle.size)), head);
      images.push(image);
      add(next, copy);
      moved.set(needle, copy);
      yield next.end;
    }
    this.#requireSound();
    const whole = new Uint8Array(next.end);
    let at = 0;
    for (const image of images) {
      whole.set(image, at);
      at += image.length;
    }
    if (at > 0) this.#disk.append(file, whole);
    this.#switch(volume, next, file);
    for (const needle of volume.needles) this.#forget(needle, moved.get(needle));
    return volume.end - next.end;
  }

  #append(writes: readonly (Stored & { kind: NeedleKind })[]): void {
    this.#requireSound();
    if (writes.length === 0) return;
    if (this.#active.end >= this.#volumeBytes) this.#roll();
    const { number, end } = this.#active;
    let offset = end;
    const needles = writes.map(({ key, bytes, kind }, place): Needle => {
      const needle = { volume: number, offset, sequence: this.#sequence + place, size: bytes.length, place, key, kind };
      offset = endOf(needle);
      return needle;
    });
    const image = new Uint8Array(offset - end);
    for (const [i, needle] of needles.entries()) writeNeedle(image, needle.offset - end, needle, writes[i]!.bytes);
    this.#attempt(() => {
      this.#disk.append(volumeName(number), image);
      this.#disk.sync(volumeName(number));
    });
    this.#sequence += needles.length;
    for (const needle of needles) this.#remember(this.#active, needle);
    this.#addToIndex(number, needles);
  }

  #roll(): void {
    this.#writeIndex(this.#active);
    this.#active = this.#create(this.#active.number + 1);
  }

  /** A volume whose name is durable before anything is. */
  #create(number: number): Volume {
    const volume = emptyVolume(number);
    this.#attempt(() => {
      this.#disk.append(volumeName(number), new Uint8Array(0));
      this.#disk.syncDirectory();
    });
    this.#volumes.set(number, volume);
    return volume;
  }

  /**
   * From here on, and after every crash, the volume is `file`. An index of the old one must be gone for good before:
   * its offsets would lie.
   */
  #switch(volume: Volume, next: Volume, file: string): void {
    const name = volumeName(volume.number);
    const index = indexName(volume.number);
    const isEmpty = next.needles.length === 0;
    if (!isEmpty) this.#disk.sync(file);
    if (this.#disk.exists(index)) this.#disk.delete(index);
    this.#disk.syncDirectory();
    this.#attempt(() => {
      if (isEmpty) this.#disk.delete(name);
      else this.#disk.rename(file, name);
      this.#disk.syncDirectory();
    });
    if (isEmpty) this.#volumes.delete(volume.number);
    else this.#volumes.set(volume.number, next);
    if (!isEmpty) this.#writeIndex(next);
  }

  #remember(volume: Volume, needle: Needle): void {
    add(volume, needle);
    count(this.#copies, needle, 1);
    if ((this.#newest.get(needle.key)?.sequence ?? 0) < needle.sequence) this.#newest.set(needle.key, needle);
    this.#sequence = Math.max(this.#sequence, needle.sequence + 1);
  }

  /**
   * The needle has gone from the disk, and `copy` is in its place if it was needed. A newer one may have been written
   * since.
   */
  #forget(needle: Needle, copy: Needle | undefined): void {
    const { key } = needle;
    if (copy === undefined) count(this.#copies, needle, -1);
    if (this.#newest.get(key) !== needle) return;
    if (copy === undefined) this.#newest.delete(key);
    else this.#newest.set(key, copy);
  }

  /** Of a tombstone: is there an object of its key that would come back without it, in a volume that stays as it is? */
  #isNeeded(needle: Needle): boolean {
    if (this.#newest.get(needle.key) !== needle) return false;
    if (needle.kind === OBJECT) return true;
    const here = this.#volumes.get(needle.volume)!.copies.get(needle.key) ?? 0;
    return (this.#copies.get(needle.key) ?? 0) > here;
  }

  #open(number: number, isLast: boolean): void {
    const size = this.#disk.size(volumeName(number));
    const found = this.#readIndex(number, size);
    const covered = found.length === 0 ? 0 : endOf(found.at(-1)!);
    for (let at = covered; at < size; ) {
      const needle = this.#readHeader(number, at);
      const isWhole = needle !== undefined && endOf(needle) <= size;
      if (isWhole) found.push(needle);
      at = isWhole ? endOf(needle) : this.#nextHeader(number, at + NEEDLE_ALIGNMENT, size);
    }
    const end = isLast ? this.#cutTail(number, found, covered, size) : size;
    const volume = emptyVolume(number);
    for (const needle of found.filter(({ offset }) => offset < end)) {
      if (needle.offset > volume.end) volume.gaps.push(volume.end);
      this.#remember(volume, needle);
    }
    if (volume.end < end) volume.gaps.push(volume.end);
    volume.end = end;
    this.#volumes.set(number, volume);
    if (covered < end || isLast) this.#writeIndex(volume);
  }

  /**
   * Cuts off what a crash may have left unfinished: from the first thing that is not as it should be in the last batch,
   * to the end. Returns the new size. What is left is durable then, also when a process died and what it wrote was
   * nowhere but in the system's cache.
   */
  #cutTail(number: number, found: readonly Needle[], covered: number, size: number): number {
    const batch = found.findLast(({ offset, place }) => offset >= covered && place === 0);
    let end = batch?.offset ?? covered;
    for (const needle of found) if (needle.offset === end && this.#isWhole(needle)) end = endOf(needle);
    if (end < size) this.#disk.truncate(volumeName(number), end);
    this.#disk.sync(volumeName(number));
    this.#disk.syncDirectory();
    return end;
  }

  #readHeader(number: number, offset: number): Needle | undefined {
    return readHeader(this.#disk.read(volumeName(number), offset, HEADER_BYTES_MAX), number, offset);
  }

  /** Where the lengths cannot be trusted, every place where a needle may begin is tried. */
  #nextHeader(number: number, from: number, size: number): number {
    for (let start = from; start < size; start += SCAN_BYTES) {
      const bytes = this.#disk.read(volumeName(number), start, SCAN_BYTES + HEADER_BYTES_MAX);
      for (let at = 0; at < Math.min(SCAN_BYTES, bytes.length); at += NEEDLE_ALIGNMENT) {
        if (readHeader(bytes.subarray(at), number, start + at) !== undefined) return start + at;
      }
    }
    return size;
  }

  /** Blocks `first` to `last` in one read, each checked before it is given out. */
  *#blocks(needle: Needle, first: number, last: number): Generator<{ number: number; data: Uint8Array }> {
    const file = volumeName(needle.volume);
    const start = dataAt(needle) + first * (BLOCK_BYTES + 4);
    const size = Math.min(needle.size, (last + 1) * BLOCK_BYTES) - first * BLOCK_BYTES;
    const stored = this.#disk.read(file, start, storedBytes(size));
    for (let number = first, at = 0; number <= last; number++, at += 4 + BLOCK_BYTES) {
      const data = stored.subarray(at + 4, at + 4 + BLOCK_BYTES);
      const expected = at + 4 <= stored.length ? viewOf(stored).getUint32(at, true) : 0;
      const got = blockChecksum(needle.sequence, number, data);
      if (got !== expected || stored.length < storedBytes(size))
        throw new ChecksumError(`block ${number} of object "${needle.key}" at ${file}:${start + at}`, expected, got);
      yield { number, data };
    }
  }

  #isWhole(needle: Needle): boolean {
    try {
      for (const _ of this.#blocks(needle, 0, Math.ceil(needle.size / BLOCK_BYTES) - 1));
      return true;
    } catch (error) {
      if (error instanceof ChecksumError) return false;
      throw error;
    }
  }

  /**
   * The heads of a volume's needles, one behind the other. Every needle is durable by now, and an index of which a part
   * survives is a shorter one.
   */
  #writeIndex({ number, needles }: Volume): void {
    if (this.#disk.exists(indexName(number))) this.#disk.delete(indexName(number));
    this.#addToIndex(number, needles);
  }

  #addToIndex(number: number, needles: readonly Needle[]): void {
    const bytes = new Uint8Array(needles.reduce((sum, { key }) => sum + HEADER_BYTES + key.length, 0));
    let at = 0;
    for (const needle of needles) at = writeHeader(bytes, at, needle);
    this.#disk.append(indexName(number), bytes);
  }

  /** Entries up to the first that is not sound, or that lies behind a gap. */
  #readIndex(number: number, size: number): Needle[] {
    if (!this.#disk.exists(indexName(number))) return [];
    const bytes = this.#disk.read(indexName(number));
    const found: Needle[] = [];
    for (let at = 0, offset = 0; ; ) {
      const needle = readHeader(bytes.subarray(at), number, offset);
      if (needle === undefined || endOf(needle) > size) return found;
      found.push(needle);
      offset = endOf(needle);
      at += HEADER_BYTES + needle.key.length;
    }
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #requireSound(): void {
    if (this.#failure !== undefined) throw new NodeFailedError(this.#failure);
  }
}

interface Volume {
  readonly number: number;
  /** Where the next needle goes. */
  end: number;
  /** All of them, dead ones too, in order. */
  readonly needles: Needle[];
  /** Where a stretch begins in which no needle could be read. */
  readonly gaps: number[];
  /** Object needles of a key, here. */
  readonly copies: Map<string, number>;
}

const KEY = /^[\x20-\x7e]{1,255}$/;
const VOLUME = /^\d{6,}\.volume$/;
/** A multiple of NEEDLE_ALIGNMENT, large enough that a scan is not made of small reads. */
const SCAN_BYTES = 65_536;

const volumeName = (number: number): string => `${String(number).padStart(6, "0")}.volume`;
const indexName = (number: number): string => `${String(number).padStart(6, "0")}.index`;

function emptyVolume(number: number): Volume {
  return { number, end: 0, needles: [], gaps: [], copies: new Map() };
}

function add(volume: Volume, needle: Needle): void {
  volume.needles.push(needle);
  volume.end = endOf(needle);
  count(volume.copies, needle, 1);
}

function count(copies: Map<string, number>, { key, kind }: Needle, by: number): void {
  if (kind !== OBJECT) return;
  const left = (copies.get(key) ?? 0) + by;
  if (left === 0) copies.delete(key);
  else copies.set(key, left);
}
