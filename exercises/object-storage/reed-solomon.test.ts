import { expect, test } from "vitest";
import { TooFewShardsError } from "../../given/object-storage/errors.ts";
import { checksumsOf, join, ReedSolomon, split } from "./reed-solomon.ts";

const shard = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

test("computes the parity that JavaReedSolomon computes", () => {
  const data = [shard(0, 1), shard(4, 5), shard(2, 3), shard(6, 7), shard(8, 9)];
  const parity = new ReedSolomon(5, 5).encode(data);
  expect(parity).toEqual([shard(12, 13), shard(10, 11), shard(14, 15), shard(90, 91), shard(94, 95)]);
});

test("any four of 4 + 2 shards are enough, three are not", () => {
  const code = new ReedSolomon(4, 2);
  const data = split(new TextEncoder().encode("any k of n"), 4);
  const [, b, , d, p, q] = [...data, ...code.encode(data)];
  const whole = code.reconstruct([null, b!, null, d!, p!, q!]);
  expect(new TextDecoder().decode(join(whole.slice(0, 4), 10))).toBe("any k of n");
  expect(() => code.reconstruct([null, b!, null, d!, null, q!])).toThrow(TooFewShardsError);
});

test("the checksum says which shard lies", () => {
  const code = new ReedSolomon(2, 2);
  const data = [shard(1, 2, 3), shard(4, 5, 6)];
  const shards = [...data, ...code.encode(data)];
  const checksums = checksumsOf(shards);
  const damaged = [shards[0]!, shard(4, 5, 7), shards[2]!, shards[3]!];
  expect(code.verify(damaged)).toBe(false);
  expect(code.repair(damaged, checksums)).toEqual({ shards, replaced: [1] });
});
