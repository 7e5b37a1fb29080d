/** Which exercises a run verifies, and how deeply, when there is no time for all. */

import { execFileSync } from "node:child_process";
import type { CatalogEntry } from "../../course/manifest.ts";
import { createRandom } from "../../sim/prng.ts";
import type { Rooms } from "../subject/rooms.ts";
import { foundationsOf } from "./fingerprint.ts";
import { isStale, verifiedOf } from "./verified.ts";

/** `matrix`: every mutant against every test. `named`: only against the test that it names. */
export type Depth = "matrix" | "named";

export interface Chosen {
  readonly entry: CatalogEntry;
  readonly depth: Depth;
  /** It is not what its record was made from. */
  readonly isChanged: boolean;
}

/**
 * Exercises drawn from those that have not changed: a tenth, at least three; three times as many when what all stand on
 * has changed.
 */
const SAMPLE_SHARE = 0.1;
const SAMPLE_LEAST = 3;
const WIDENED = 3;

/**
 * What differs from its record, and a sample of the rest that depends on `draw` alone; each mutant of these against the
 * test that it names. Every mutant against every test is `--matrix`, for whoever has the time. In the catalog's order.
 */
export function chooseSample(entries: readonly CatalogEntry[], rooms: Rooms, draw: string): Chosen[] {
  const stale = new Set(entries.filter((entry) => isStale(entry, rooms)));
  const rest = entries.filter((entry) => !stale.has(entry));
  const foundations = JSON.stringify(foundationsOf(rooms));
  const isWidened = rest.some(({ id }) => JSON.stringify(verifiedOf(id, rooms)?.foundations) !== foundations);
  const size = Math.max(SAMPLE_LEAST, Math.ceil(rest.length * SAMPLE_SHARE)) * (isWidened ? WIDENED : 1);
  const drawn = new Set(createRandom(0).fork(draw).shuffle(rest).slice(0, size));
  return entries
    .filter((entry) => stale.has(entry) || drawn.has(entry))
    .map((entry): Chosen => ({ entry, depth: "named", isChanged: stale.has(entry) }));
}

/**
 * Every n-th, so that long and short ones are spread: `2/3` is the second of three shares. Null when `text` is not such
 * a share.
 */
export function shardOf<Item>(items: readonly Item[], text: string): Item[] | null {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || index > count) return null;
  return items.filter((_, at) => at % count === index - 1);
}

/** The commit's id, so that another commit draws another sample; outside of git the same one always. */
export function commitOf({ root }: Rooms): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
