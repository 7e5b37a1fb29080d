import { expect, test } from "vitest";
import { MAX_ID, NONE, RecordTable } from "../../../solutions/stock-exchange/contract.ts";
import { seededRandom } from "../../peers/kit.ts";

/** Adds and removes at random, and compares with a `Map` of ids to the number that the record's first field holds. */
function compareWithMap(ids: readonly number[], steps: number, seed: number): RecordTable {
  const random = seededRandom(seed);
  const table = new RecordTable(2, 16, 5);
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
  const neighbours = collidingIds(600).flatMap((id) => [id, id + 1, id + 15]);
  compareWithMap([...neighbours, ...Array.from({ length: 2_000 }, (_, id) => 2 ** 52 + id)], 20_000, 4);
});
