import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import type { Place, Task } from "../../given/object-storage/calls.ts";
import { viewOf } from "../../given/object-storage/needle.ts";
import { ReedSolomon } from "./reed-solomon.ts";

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
  readonly #options: StripeOptions;
  readonly #code: ReedSolomon;

  /** @throws RangeError for counts that are no code, or a unit of less than 1 byte */
  constructor(options: StripeOptions) {
    requireInteger("unitBytes", options.unitBytes, 1, 2 ** 24);
    this.#options = options;
    this.#code = new ReedSolomon(options.dataFragments, options.parityFragments);
  }

  /**
   * Undefined when there were not enough racks: nothing is promised then, though some fragments may have been written.
   */
  *write(bytes: Uint8Array): Task<Piece | undefined> {
    const id = this.#options.newId();
    const fragments = bytes.length === 0 ? [] : this.#encode(id, bytes);
    const nodes: string[] = [];
    const racks = new Set<string>();
    const places = this.#options.places(id);
    const untried = new Set(places);
    let chosen = chooseOwn(places.slice(0, fragments.length));
    for (
      let missing = [...fragments.keys()];
      missing.length > 0;
      missing = missing.filter((i) => nodes[i] === undefined)
    ) {
      if (!replace(missing, chosen, untried, racks)) return undefined;
      for (const place of chosen.values()) untried.delete(place);
      const replies = yield missing.map((index) => {
        return { to: chosen.get(index)!.node, op: "write", name: fragmentName(id, index), bytes: fragments[index]! };
      });
      for (const [i, index] of missing.entries()) {
        if (replies[i]!.status !== "ok") continue;
        nodes[index] = chosen.get(index)!.node;
        racks.add(chosen.get(index)!.rack);
      }
      chosen = new Map();
    }
    return { id, size: bytes.length, checksum: crc32c(bytes), nodes };
  }

  /**
   * Bytes `offset` to `end - 1` of a piece; undefined when some stripe has less than k sound units that answer.
   * @throws RangeError unless 0 <= offset <= end <= size
   */
  *read(piece: Piece, offset: number, end: number): Task<Uint8Array | undefined> {
    requireInteger("end", end, 0, piece.size);
    requireInteger("offset", offset, 0, end);
    if (offset === end) return new Uint8Array(0);
    const { dataFragments: k, parityFragments: m, unitBytes } = this.#options;
    const stripeBytes = k * unitBytes;
    const stripes = range(Math.floor(offset / stripeBytes), Math.floor((end - 1) / stripeBytes));
    const sound: Sound = new Map(stripes.map((stripe) => [stripe, []]));
    const isWanted = (stripe: number, index: number): boolean => {
      const start = stripe * stripeBytes + index * unitBytes;
      return start < end && start + unitBytes > offset;
    };
    yield* this.#gather(
      piece,
      range(0, k - 1).map((index) => ({ index, stripes: stripes.filter((stripe) => isWanted(stripe, index)) })),
      sound,
    );
    const broken = stripes.filter((stripe) =>
      range(0, k - 1).some((index) => isWanted(stripe, index) && sound.get(stripe)![index] === undefined),
    );
    if (broken.length > 0) {
      const others = range(0, k + m - 1).map((index) => {
        return { index, stripes: broken.filter((stripe) => index >= k || !isWanted(stripe, index)) };
      });
      yield* this.#gather(piece, others, sound);
    }
    for (const stripe of broken) {
      const units = range(0, k + m - 1).map((index) => sound.get(stripe)![index] ?? null);
      if (units.filter((unit) => unit !== null).length < k) return undefined;
      sound.set(stripe, this.#code.reconstructData(units));
    }
    const bytes = new Uint8Array(end - offset);
    for (const stripe of stripes) {
      for (const index of range(0, k - 1).filter((each) => isWanted(stripe, each))) {
        const start = stripe * stripeBytes + index * unitBytes;
        const unit = sound.get(stripe)![index]!.subarray(Math.max(0, offset - start), end - start);
        bytes.set(unit, Math.max(0, start - offset));
      }
    }
    return bytes;
  }

  /**
   * Asks once for the fragments to be deleted. Whether it succeeds is of no importance: fragments that are left behind
   * have no name.
   */
  *erase({ id, nodes }: Piece): Task<void> {
    if (nodes.length > 0) yield nodes.map((to, index) => ({ to, op: "erase", name: fragmentName(id, index) }));
  }

  /**
   * Reads units, each fragment from its first stripe to its last in one call, and keeps those whose checksum agrees.
   */
  *#gather(piece: Piece, wanted: readonly Wanted[], sound: Sound): Task<void> {
    const asked = wanted.filter(({ stripes }) => stripes.length > 0);
    if (asked.length === 0) return;
    const stored = this.#options.unitBytes + CHECKSUM_BYTES;
    const replies = yield asked.map(({ index, stripes }) => {
      const length = (stripes.at(-1)! - stripes[0]! + 1) * stored;
      const name = fragmentName(piece.id, index);
      return { to: piece.nodes[index]!, op: "read", name, offset: stripes[0]! * stored, length };
    });
    for (const [i, { index, stripes }] of asked.entries()) {
      const bytes = replies[i]!.status === "ok" ? replies[i]!.bytes! : new Uint8Array(0);
      for (const stripe of stripes) {
        const at = (stripe - stripes[0]!) * stored;
        const unit = bytes.subarray(at + CHECKSUM_BYTES, at + stored);
        if (at + stored > bytes.length) continue;
        if (viewOf(bytes).getUint32(at, true) === unitChecksum(piece.id, index, stripe, unit))
          sound.get(stripe)![index] = unit;
      }
    }
  }

  /** Fragment i: its unit of every stripe, each behind its checksum. The end of the last stripe is zeros. */
  #encode(id: string, bytes: Uint8Array): Uint8Array[] {
    const { dataFragments: k, parityFragments: m, unitBytes } = this.#options;
    const stripes = Math.ceil(bytes.length / (k * unitBytes));
    const stored = unitBytes + CHECKSUM_BYTES;
    const fragments = range(0, k + m - 1).map(() => new Uint8Array(stripes * stored));
    for (let stripe = 0; stripe < stripes; stripe++) {
      const data = range(0, k - 1).map((index) => {
        const start = (stripe * k + index) * unitBytes;
        const unit = new Uint8Array(unitBytes);
        unit.set(bytes.subarray(start, start + unitBytes));
        return unit;
      });
      for (const [index, unit] of [...data, ...this.#code.encode(data)].entries()) {
        const at = stripe * stored;
        viewOf(fragments[index]!).setUint32(at, unitChecksum(id, index, stripe, unit), true);
        fragments[index]!.set(unit, at + CHECKSUM_BYTES);
      }
    }
    return fragments;
  }
}

/** For each fragment the place of its own index, unless one before it is in the same rack. */
function chooseOwn(places: readonly Place[]): Map<number, Place> {
  const racks = places.map(({ rack }) => rack);
  return new Map([...places.entries()].filter(([i, { rack }]) => racks.indexOf(rack) === i));
}

/** Chooses a place for each fragment that has none yet, in a rack of its own; false when there are too few. */
function replace(
  missing: readonly number[],
  chosen: Map<number, Place>,
  untried: Iterable<Place>,
  racks: ReadonlySet<string>,
): boolean {
  const busy = new Set([...racks, ...[...chosen.values()].map(({ rack }) => rack)]);
  const free = [...untried].filter(({ rack }) => {
    if (busy.has(rack)) return false;
    busy.add(rack);
    return true;
  });
  const without = missing.filter((index) => !chosen.has(index));
  if (free.length < without.length) return false;
  for (const [i, index] of without.entries()) chosen.set(index, free[i]!);
  return true;
}

interface Wanted {
  readonly index: number;
  readonly stripes: readonly number[];
}

/** By stripe and fragment: units that may be believed. */
type Sound = Map<number, Uint8Array[]>;

const CHECKSUM_BYTES = 4;

const fragmentName = (id: string, index: number): string => `${id}.${index}`;
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Bound to its place, so that a unit of another object, fragment or stripe is not taken for this one. */
function unitChecksum(id: string, index: number, stripe: number, unit: Uint8Array): number {
  return crc32c(unit, crc32c(ascii(`${id}.${index}.${stripe}`)));
}
