import type { SimDisk } from "./disk.ts";
import type { Choose } from "./exhaust.ts";
import type { Faults } from "./faults.ts";
import type { Random } from "./prng.ts";

/** Weighs what a crash does to a disk by the knobs, where `exhaust` would try everything. */
export function crashChoices(faults: Faults, random: Random): Choose {
  return (ways, label) => {
    if (label === "tear") return random.chance(faults.tornWrites) ? random.integer(1, ways - 1) : 0;
    // For "writes" and "names" the last way keeps everything; for "write" 1 is kept.
    return random.chance(faults.lostWrites) ? random.integer(0, ways - 2) : ways - 1;
  };
}

/** Flips one bit in one file; returns what it did, or undefined on an empty disk. */
export function flipRandomBit(disk: SimDisk, random: Random): string | undefined {
  const files = disk.list().filter((file) => disk.size(file) > 0);
  if (files.length === 0) return undefined;
  const file = random.pick(files);
  const bit = random.integer(0, disk.size(file) * 8 - 1);
  disk.flipBit(file, bit);
  return `${file}: bit ${bit} flipped`;
}
