import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/reed-solomon.ts");

const KIB = 1_024;

const shards = (count: number, length: number, random: () => number): Uint8Array[] =>
  Array.from({ length: count }, () => Uint8Array.from({ length }, () => Math.floor(random() * 256)));

/**
 * The reference makes four products with one look-up. A plain table of 256 products for each factor reaches an eighth
 * of its throughput and is sound; a call to the field for each byte and factor reaches a thirtieth and is not. The
 * bounds lie between the two.
 */
export default defineBench<Subject>([
  {
    kind: "ratio",
    name: "encode 8 + 4",
    workload: "eight shards of 64 KiB of random bytes, parity into arrays that are there",
    unit: "bytes/s",
    threshold: 0.065,
    setup({ ReedSolomon }, random) {
      const code = new ReedSolomon(8, 4);
      const data = shards(8, 64 * KIB, random);
      const parity = shards(4, 64 * KIB, random);
      return { opsPerRun: 8 * 64 * KIB, run: () => code.encode(data, parity) };
    },
  },
  {
    kind: "ratio",
    name: "reconstruct four lost of 8 + 4",
    workload: "shards of 64 KiB, three data shards and one of parity lost, a different loss each time",
    unit: "bytes/s",
    threshold: 0.065,
    setup({ ReedSolomon }, random) {
      const code = new ReedSolomon(8, 4);
      const data = shards(8, 64 * KIB, random);
      const whole = [...data, ...code.encode(data)];
      let turn = 0;
      return {
        opsPerRun: 8 * 64 * KIB,
        run() {
          turn++;
          const lost = [turn % 8, (turn + 3) % 8, (turn + 5) % 8, 8 + (turn % 4)];
          return code.reconstruct(whole.map((shard, i) => (lost.includes(i) ? null : shard)));
        },
      };
    },
  },
]);
