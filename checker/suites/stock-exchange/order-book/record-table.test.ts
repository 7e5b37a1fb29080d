import { expect, test } from "vitest";

import { MAX_ID } from "../../../../given/stock-exchange/orders.ts";
import { NONE, RecordTable } from "../../../../given/stock-exchange/record-table.ts";
import { createRandom } from "../../../../sim/prng.ts";

function seededRandom(seed: number): () => number {
  const random = createRandom(seed);
  return () => random.float();
}

/** Adds and removes at random, and compares with a `Map` of ids to the number that the record's first field holds. */
function compareWithMap(ids: readonly number[], steps: number, seed: number, expectedRecords = 16): RecordTable {
  const random = seededRandom(seed);
  const table = new RecordTable(2, expectedRecords, 5);
  table.fields.fill(-7, 0, 5);
  const expected = new Map<number, number>();
  for (let step = 0; step < steps; step++) {
    const id = ids[Math.floor(random() * ids.length)]!;
    const slot = table.find(id);
    if (expected.has(id)) {
      if (table.fields[slot] !== expected.get(id) || table.idOf(slot) !== id)
        throw new Error(`record of ${id} is not its own`);
      table.remove(slot);
      expected.delete(id);
    } else {
      if (slot !== NONE) throw new Error(`${id} was found and is not there`);
      const added = table.add(id); // may replace the fields
      table.fields[added] = step;
      expected.set(id, step);
    }
  }
  expect(table.size).toBe(expected.size);
  for (const [id, value] of expected) expect(table.fields[table.find(id)]).toBe(value);
  expect(table.fields.slice(0, 5)).toEqual(new Int32Array(5).fill(-7));
  return table;
}

test("records keep their ids and fields while others come and go", () => {
  compareWithMap(
    Array.from({ length: 5_000 }, (_, id) => id),
    60_000,
    1,
  );
  compareWithMap(
    Array.from({ length: 5_000 }, (_, i) => MAX_ID - i * 4_096),
    60_000,
    2,
  );
});

/**
 * Ids whose hash is the same in all 32 bits, so that they stand in one line however large the table is: what a client could send who
 * has read the code.
 */
function collidingIds(count: number): number[] {
  const ids: number[] = [];
  for (let high = 0; ids.length < count; high++) {
    const low = Math.imul(high, 0x85ebca6b);
    if (low >>> 28 === 0) ids.push(high * 2 ** 32 + low * 16);
  }
  return ids;
}

test("ids that all belong in one place stay apart, also beyond the distance that a mark can tell", () => {
  compareWithMap(collidingIds(900), 6_000, 3);
  const neighbors = collidingIds(600).flatMap((id) => [id, id + 1, id + 15]);
  compareWithMap([...neighbors, ...Array.from({ length: 2_000 }, (_, id) => 2 ** 52 + id)], 20_000, 4);
});

/** Ids whose homes are the last four places of a table of at most 256 entries, so that their line goes on at its beginning. */
function idsAtTheEnd(groups: number): number[] {
  const ids: number[] = [];
  for (let high = 0; ids.length < groups * 4; high++) {
    if (Math.imul(high, 0x9e3779b1) >>> 24 === 255) ids.push(...[0, 1, 2, 3].map((low) => high * 16 + low));
  }
  return ids;
}

const atTheEnd = idsAtTheEnd(40);

test.each([
  ["few ids", (random: () => number) => anyIds(random, 64)],
  ["ids from anywhere", (random: () => number) => anyIds(random, MAX_ID)],
  ["ids that belong at the end", (random: () => number) => pick(random, atTheEnd, 24)],
  ["ids at the end and others", (random: () => number) => [...pick(random, atTheEnd, 10), ...anyIds(random, 60)]],
])("small tables keep their records apart, also where a line wraps round: %s", (_, draw) => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seededRandom(seed);
    const ids = [...new Set(draw(random))];
    try {
      compareWithMap(ids, 100, seed, [1, 16, 17, 30, 60, 160][seed % 6]);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`);
    }
  }
});

function anyIds(random: () => number, below: number): number[] {
  return Array.from({ length: 28 }, () => Math.floor(random() * below));
}

function pick(random: () => number, ids: readonly number[], count: number): number[] {
  return Array.from({ length: count }, () => ids[Math.floor(random() * ids.length)]!);
}
