import { ChecksumError, TooFewShardsError } from "../../../../given/object-storage/errors.ts";
import { behavior, ensure, expect, forAll, stage, step, subject } from "../../../kit/index.ts";
import { anyKofN, checksumNames, sameShards, systematic } from "../coding-invariants.ts";
import {
  choices,
  coded,
  complains,
  damage,
  firstDifference,
  list,
  parityOf,
  randomBytes,
  randomShards,
  same,
  stripes,
  WIDE,
  without,
} from "./stripes.ts";

const { ReedSolomon, checksumsOf, join, split } =
  await subject<typeof import("../../../../solutions/object-storage/reed-solomon.ts")>();

function encodesLikeTheMatrix(k: number, m: number, length: number): void {
  const data = randomShards(k, length, k + m);
  const call = () => `new ReedSolomon(${k}, ${m}).encode(data), shards of ${length} bytes`;
  same(new ReedSolomon(k, m).encode(data), parityOf(data, m), "parity", call);
}

stage(1, "Encode and verify", () => {
  behavior("agrees with the published 5 + 5 stripe", sameShards, () => {
    const data = [
      [0, 1],
      [4, 5],
      [2, 3],
      [6, 7],
      [8, 9],
    ].map((bytes) => Uint8Array.from(bytes));
    step("new ReedSolomon(5, 5).encode([[0, 1], [4, 5], [2, 3], [6, 7], [8, 9]])");
    const parity = new ReedSolomon(5, 5).encode(data).map((shard) => [...shard]);
    expect(parity).toEqual([
      [12, 13],
      [10, 11],
      [14, 15],
      [90, 91],
      [94, 95],
    ]);
  });

  behavior("computes the bytes of the common matrix for every shape up to 9 + 9", sameShards, () => {
    for (let k = 1; k <= 9; k++) for (let m = 1; m <= 9; m++) encodesLikeTheMatrix(k, m, 5);
  });

  behavior("codes every byte of shards of any length", sameShards, () => {
    for (let length = 1; length <= 70; length++) encodesLikeTheMatrix(3, 2, length);
    for (const border of [128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536]) {
      for (const length of [border - 1, border, border + 1]) encodesLikeTheMatrix(3, 2, length);
    }
    for (const [k, m] of [
      [8, 4],
      [9, 5],
      [17, 3],
      [4, 2],
    ] as const) {
      for (const length of [2_047, 2_048, 4_099, 20_003]) encodesLikeTheMatrix(k, m, length);
    }
  });

  behavior("reads shards that lie at any offset of a larger buffer", sameShards, () => {
    const buffer = randomBytes(60_000, 7);
    for (const length of [13, 1_500, 5_001]) {
      const data = [3, 10_001, 20_002, 30_003, 40_000].map((from) => buffer.subarray(from, from + length));
      const what = () => `encode five shards of ${length} bytes that are views of one buffer`;
      same(new ReedSolomon(5, 4).encode(data), parityOf(data, 4), "parity", what);
    }
  });

  behavior("leaves the data alone, and gives new parity every time", systematic, () => {
    const code = new ReedSolomon(4, 3);
    for (const length of [9, 3_000]) {
      const [first, second] = [randomShards(4, length, 1), randomShards(4, length, 2)];
      const before = first.map((shard) => shard.slice());
      step(`encode four shards of ${length} bytes, then four others, with the same instance`);
      const parity = code.encode(first);
      const copy = parity.map((shard) => shard.slice());
      code.encode(second);
      same(first, before, "data", () => "encode(data)");
      same(parity, copy, "parity", () => "encode(data), then encode(others)");
    }
  });

  behavior("writes where it is told, over whatever was there, and nothing around it", sameShards, () => {
    const code = new ReedSolomon(5, 3);
    for (const length of [7, 2_050]) {
      const data = randomShards(5, length, 3);
      const buffers = [0, 1, 2].map(() => new Uint8Array(length + 6).fill(171));
      const into = buffers.map((buffer, i) => buffer.subarray(i + 1, i + 1 + length));
      step(`encode(data, into) with three views of ${length} bytes that hold 171`);
      const returned = code.encode(data, into);
      same(into, parityOf(data, 3), "parity", () => "encode(data, into)");
      returned.forEach((shard, i) => {
        ensure(shard === into[i], () => ({ expected: "the shards of `into` themselves", got: "others" }));
      });
      buffers.forEach((buffer, i) => {
        const around = [...buffer.subarray(0, i + 1), ...buffer.subarray(i + 1 + length)];
        expect(
          around.every((byte) => byte === 171),
          "bytes around the view stay",
        ).toBe(true);
      });
    }
  });

  behavior("notices one changed bit, wherever it is", anyKofN, () => {
    const code = new ReedSolomon(6, 3);
    for (const length of [1, 5, 2_049]) {
      const shards = coded(6, 3, length);
      step(`verify nine shards of ${length} bytes`);
      expect(code.verify(shards)).toBe(true);
      for (let i = 0; i < 9; i++) {
        for (const at of new Set([0, length >> 1, length - 1])) {
          const damaged = shards.map((shard) => shard.slice());
          damaged[i]![at]! ^= 64;
          const isRight = code.verify(damaged);
          const steps = [`flip a bit of byte ${at} of shard ${i}, of ${length} bytes; verify`];
          ensure(!isRight, () => ({ expected: "false", got: "true", steps }));
        }
      }
    }
  });
});

/** Loses `lost` of `shards` and asks for everything back. */
function givesBack(
  code: InstanceType<typeof ReedSolomon>,
  shards: readonly Uint8Array[],
  lost: readonly number[],
): void {
  const { dataShards: k, parityShards: m } = code;
  const what = () => `${k} + ${m}, shards of ${shards[0]!.length} bytes, lose ${list(lost)}; reconstruct`;
  same(code.reconstruct(without(shards, lost)), shards, "reconstructed", what);
}

function refuses(code: InstanceType<typeof ReedSolomon>, shards: readonly Uint8Array[], lost: readonly number[]): void {
  const needed = code.dataShards;
  const present = shards.length - lost.length;
  for (const method of ["reconstruct", "reconstructData"] as const) {
    const steps = [`${needed} + ${code.parityShards}, lose ${list(lost)}; ${method}`];
    let got: unknown = "shards";
    try {
      code[method](without(shards, lost));
    } catch (error) {
      got = error;
    }
    ensure(got instanceof TooFewShardsError && got.present === present && got.needed === needed, () => ({
      expected: `TooFewShardsError with present ${present} and needed ${needed}`,
      got: String(got),
      steps,
    }));
  }
}

stage(2, "Reconstruct from any k", () => {
  behavior("gives everything back after each of the 495 losses of four of 8 + 4", anyKofN, () => {
    const [code, shards] = [new ReedSolomon(8, 4), coded(8, 4, 3)];
    for (const lost of choices(12, 4)) givesBack(code, shards, lost);
  });

  behavior("gives everything back after every smaller loss, data and parity alike", anyKofN, () => {
    for (const [k, m] of [
      [1, 1],
      [1, 3],
      [2, 4],
      [4, 2],
      [5, 3],
      [3, 3],
    ] as const) {
      const [code, shards] = [new ReedSolomon(k, m), coded(k, m, 4)];
      for (let count = 0; count <= m; count++) {
        for (const lost of choices(k + m, count)) givesBack(code, shards, lost);
      }
    }
  });

  behavior("gives everything back for any shape, length and loss", anyKofN, () => {
    forAll(stripes, ({ k, m, length, lost }) => givesBack(new ReedSolomon(k, m), coded(k, m, length), lost), {
      runs: 150,
    });
  });

  behavior("reconstructs long shards as it does short ones", anyKofN, () => {
    for (const length of [511, 2_049, 16_385]) {
      const shards = coded(8, 4, length);
      for (const lost of [[0, 1, 2, 3], [4, 7, 9, 11], [8, 10], [3], [0, 8]]) {
        givesBack(new ReedSolomon(8, 4), shards, lost);
      }
    }
  });

  behavior("refuses every loss of more than the parity", anyKofN, () => {
    const [code, shards] = [new ReedSolomon(8, 4), coded(8, 4, 2)];
    for (const lost of choices(12, 5)) refuses(code, shards, lost);
    const all = Array.from({ length: 12 }, (_, i) => i);
    refuses(code, shards, all);
    refuses(code, shards, all.slice(1));
    refuses(new ReedSolomon(1, 2), coded(1, 2, 2), [0, 1, 2]);
  });

  behavior("returns what is left as it is, and changes nothing that was passed in", systematic, () => {
    const code = new ReedSolomon(5, 3);
    for (const length of [6, 3_001]) {
      const shards = coded(5, 3, length);
      const left = without(shards, [1, 6]);
      const [places, bytes] = [left.slice(), shards.map((shard) => shard.slice())];
      step(`lose 1 and 6 of 5 + 3, shards of ${length} bytes; reconstruct`);
      const whole = code.reconstruct(left);
      left.forEach((shard, i) => {
        ensure(shard === places[i], () => ({ expected: `place ${i} of the list to stay`, got: "another" }));
        ensure(shard === null || whole[i] === shard, () => ({ expected: `shard ${i} itself`, got: "another array" }));
      });
      same(shards, bytes, "given", () => "reconstruct");
    }
  });

  behavior("reads the data alone, from whatever k shards there are", systematic, () => {
    const [code, shards] = [new ReedSolomon(6, 3), coded(6, 3, 40)];
    for (let count = 0; count <= 3; count++) {
      for (const lost of choices(9, count)) {
        const data = code.reconstructData(without(shards, lost));
        same(data, shards.slice(0, 6), "data", () => `6 + 3, lose ${list(lost)}; reconstructData`);
        data.forEach((shard, i) => {
          ensure(lost.includes(i) || shard === shards[i], () => ({
            expected: `data shard ${i} as it was passed in: a systematic read computes nothing`,
            got: "another array",
            steps: [`lose ${list(lost)}; reconstructData`],
          }));
        });
      }
    }
  });
});

stage(3, "Any shape, any length", () => {
  behavior("encodes the widest shapes", sameShards, () => {
    for (const [k, m] of WIDE) {
      encodesLikeTheMatrix(k, m, 3);
      if (k + m < 60) encodesLikeTheMatrix(k, m, 700);
    }
  });

  behavior("loses half of the widest shapes and gives it back", anyKofN, () => {
    for (const [k, m] of WIDE) {
      const [code, shards] = [new ReedSolomon(k, m), coded(k, m, 3)];
      const all = Array.from({ length: k + m }, (_, i) => i);
      givesBack(code, shards, all.slice(0, m));
      givesBack(code, shards, all.slice(k));
      const spread = all.filter((i) => Math.floor((i * m) / (k + m)) !== Math.floor(((i + 1) * m) / (k + m)));
      givesBack(code, shards, spread);
      refuses(code, shards, all.slice(0, m + 1));
    }
  });

  behavior("refuses shapes for which the field has no points", anyKofN, () => {
    for (const [k, m, word] of [
      [0, 4, "dataShards"],
      [-1, 4, "dataShards"],
      [2.5, 4, "dataShards"],
      [Number.NaN, 4, "dataShards"],
      [256, 1, "dataShards"],
      [4, 0, "parityShards"],
      [4, 1.5, "parityShards"],
      [128, 129, "parityShards"],
      [255, 2, "parityShards"],
    ] as const) {
      complains(`new ReedSolomon(${k}, ${m})`, RangeError, word, () => new ReedSolomon(k, m));
    }
    const { dataShards, parityShards, totalShards } = new ReedSolomon(8, 4);
    expect({ dataShards, parityShards, totalShards }).toEqual({ dataShards: 8, parityShards: 4, totalShards: 12 });
  });

  behavior("names the argument that is wrong", anyKofN, () => {
    const code = new ReedSolomon(3, 2);
    const shards = coded(3, 2, 8);
    const data = shards.slice(0, 3);
    const [short, empty] = [new Uint8Array(7), new Uint8Array(0)];
    const isWrong = (value: unknown): Uint8Array => value as Uint8Array;
    complains("encode(two shards)", RangeError, "data", () => code.encode(data.slice(1)));
    complains("encode(four shards)", RangeError, "data", () => code.encode(shards.slice(1)));
    complains("encode, data[2] short", RangeError, "data", () => code.encode([data[0]!, data[1]!, short]));
    complains("encode, empty shards", RangeError, "data", () => code.encode([empty, empty, empty]));
    complains("encode, data[1] an array", TypeError, "data", () => code.encode([data[0]!, isWrong([1]), data[2]!]));
    complains("encode, data[1] null", TypeError, "data", () => code.encode([data[0]!, isWrong(null), data[2]!]));
    complains("encode, one place in into", RangeError, "into", () => code.encode(data, [new Uint8Array(8)]));
    complains("encode, into[1] short", RangeError, "into", () => code.encode(data, [new Uint8Array(8), short]));
    complains("encode, into short", RangeError, "into", () => code.encode(data, [short, new Uint8Array(7)]));
    complains("verify(data)", RangeError, "shards", () => code.verify(data));
    complains("verify, shards[4] null", TypeError, "shards", () => code.verify([...shards.slice(0, 4), isWrong(null)]));
    complains("reconstruct(four places)", RangeError, "shards", () => code.reconstruct([...data, null]));
    complains("reconstruct, a short one", RangeError, "shards", () => code.reconstruct([...data, short, null]));
    complains("reconstruct, an empty one", RangeError, "shards", () => code.reconstruct([...data, empty, null]));
    complains("reconstruct, a hole", TypeError, "shards", () => code.reconstruct([...data, isWrong(undefined), null]));
    complains("reconstructData(six places)", RangeError, "shards", () => code.reconstructData([...shards, null]));
  });

  behavior("cuts any bytes into shards and joins them again", systematic, () => {
    for (const k of [1, 2, 3, 8, 17, 255]) {
      for (const length of [1, 2, 7, 8, 9, 16, 100, 255, 256, 1_000]) {
        const bytes = randomBytes(length, k);
        step(`split ${length} bytes into ${k}`);
        const data = split(bytes, k);
        expect(data.length).toBe(k);
        const size = Math.ceil(length / k);
        const laid = new Uint8Array(k * size);
        laid.set(bytes);
        data.forEach((shard, i) => {
          const at = firstDifference(shard, laid.subarray(i * size, (i + 1) * size));
          ensure(at === -1, () => ({
            expected: `byte ${at} of shard ${i} to be ${laid[i * size + at]}`,
            got: `${shard[at]}`,
          }));
          shard.fill(0);
        });
        same([join(split(bytes, k), length)], [bytes], "joined", () => `join(split(${length} bytes, ${k}), ${length})`);
        same([bytes], [randomBytes(length, k)], "original", () => "change the shards: they must be copies");
      }
    }
    expect([...join([Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6)], 0)]).toEqual([]);
  });

  behavior("refuses to cut nothing, and to join more than there is", systematic, () => {
    const two = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
    complains("split(no bytes, 4)", RangeError, "bytes", () => split(new Uint8Array(0), 4));
    complains("split(8 bytes, 0)", RangeError, "dataShards", () => split(new Uint8Array(8), 0));
    complains("split(8 bytes, 256)", RangeError, "dataShards", () => split(new Uint8Array(8), 256));
    complains("join(4 bytes, 5)", RangeError, "length", () => join(two, 5));
    complains("join(4 bytes, -1)", RangeError, "length", () => join(two, -1));
    complains("join(4 bytes, 1.5)", RangeError, "length", () => join(two, 1.5));
  });
});

stage(4, "Find the shard that lies", () => {
  behavior("names every damaged shard and replaces it", checksumNames, () => {
    const [code, shards] = [new ReedSolomon(5, 3), coded(5, 3, 9)];
    const checksums = checksumsOf(shards);
    for (let count = 0; count <= 3; count++) {
      for (const damaged of choices(8, count)) {
        const given = damage(shards, damaged);
        const before = given.map((shard) => shard.slice());
        const what = () => `5 + 3, flip a bit in ${list(damaged)}; repair`;
        const repaired = code.repair(given, checksums);
        same(repaired.shards, shards, "repaired", what);
        ensure(list(repaired.replaced) === list(damaged), () => ({
          expected: `replaced ${list(damaged)}`,
          got: list(repaired.replaced),
          steps: [what()],
        }));
        same(given, before, "given", () => `${what()}: what is passed in is not written to`);
      }
    }
  });

  behavior("treats the lost and the damaged alike", checksumNames, () => {
    const [code, shards] = [new ReedSolomon(6, 4), coded(6, 4, 2_100)];
    const checksums = checksumsOf(shards);
    for (const [lost, damaged] of [
      [
        [0, 9],
        [3, 7],
      ],
      [[1, 2, 3], [4]],
      [[8], [0, 1, 2]],
    ] as const) {
      step(`6 + 4, lose ${list(lost)} and flip a bit in ${list(damaged)}; repair`);
      const given = damage(shards, damaged).map((shard, i) => ((lost as readonly number[]).includes(i) ? null : shard));
      const repaired = code.repair(given, checksums);
      same(repaired.shards, shards, "repaired", () => "repair");
      expect(repaired.replaced).toEqual([...lost, ...damaged].sort((a, b) => a - b));
    }
  });

  behavior("notices two shards that changed places", checksumNames, () => {
    const [code, shards] = [new ReedSolomon(4, 2), coded(4, 2, 16)];
    const swapped = shards.slice();
    [swapped[1], swapped[5]] = [shards[5]!, shards[1]!];
    step("4 + 2, put shard 1 in place 5 and shard 5 in place 1; repair");
    const repaired = code.repair(swapped, checksumsOf(shards));
    expect(repaired.replaced).toEqual([1, 5]);
    same(repaired.shards, shards, "repaired", () => "repair");
  });

  behavior("refuses when less than k are left that can be believed", checksumNames, () => {
    const [code, shards] = [new ReedSolomon(4, 2), coded(4, 2, 16)];
    const checksums = checksumsOf(shards);
    step("4 + 2, flip a bit in 0, 2 and 5; repair");
    expect(() => code.repair(damage(shards, [0, 2, 5]), checksums)).toThrow(TooFewShardsError);
    const given: (Uint8Array | null)[] = damage(shards, [0]);
    given[3] = given[4] = null;
    step("4 + 2, lose 3 and 4, flip a bit in 0; repair");
    let got: unknown;
    try {
      code.repair(given, checksums);
    } catch (error) {
      got = error;
    }
    expect(got).toBeInstanceOf(TooFewShardsError);
    expect((got as TooFewShardsError).present).toBe(3);
  });

  behavior("returns nothing that no checksum vouches for", checksumNames, () => {
    const [code, shards] = [new ReedSolomon(4, 2), coded(4, 2, 16)];
    for (const i of [0, 3, 4, 5]) {
      const checksums = checksumsOf(shards);
      checksums[i]! ^= 1;
      checksums[i]! >>>= 0;
      for (const given of [shards, without(shards, [i])]) {
        step(
          `4 + 2, the checksum of shard ${i} is wrong, the shard is ${given[i] === null ? "lost" : "right"}; repair`,
        );
        expect(() => code.repair(given, checksums)).toThrow(ChecksumError);
      }
    }
    complains("repair with five checksums", RangeError, "checksums", () => code.repair(shards, [1, 2, 3, 4, 5]));
  });
});
