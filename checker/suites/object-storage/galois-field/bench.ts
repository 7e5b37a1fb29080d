import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/galois-field.ts");

const KIB = 1_024;
const bytes = (length: number, random: () => number): Uint8Array =>
  Uint8Array.from({ length }, () => Math.floor(random() * 256));

export default defineBench<Subject>([
  {
    kind: "ratio",
    name: "add a multiple of a slice",
    workload: "16 KiB of random bytes, a different factor each time",
    unit: "bytes/s",
    threshold: 0.3,
    setup({ multiplyAddSlice }, random) {
      const [source, target] = [bytes(16 * KIB, random), bytes(16 * KIB, random)];
      let factor = 0;
      return {
        opsPerRun: 8 * source.length,
        run() {
          for (let i = 0; i < 8; i++) {
            factor = (factor % 255) + 1;
            multiplyAddSlice(factor, source, target);
          }
          return target;
        },
      };
    },
  },
  {
    kind: "ratio",
    name: "multiply single bytes",
    workload: "4,096 pairs of random bytes",
    unit: "products/s",
    threshold: 0.25,
    setup({ multiply }, random) {
      const [a, b] = [bytes(4_096, random), bytes(4_096, random)];
      return {
        opsPerRun: a.length,
        run() {
          let sum = 0;
          for (let i = 0; i < a.length; i++) sum ^= multiply(a[i]!, b[i]!);
          return sum;
        },
      };
    },
  },
]);
