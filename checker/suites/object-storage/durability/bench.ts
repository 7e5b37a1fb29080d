import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/durability.ts");

const scheme = (dataShards: number, parityShards: number) => ({ dataShards, parityShards });

export default defineBench<Subject>([
  {
    kind: "ratio",
    name: "compare schemes",
    workload: "annualLoss of every scheme from 1 + 0 to 20 + 4 at six days of repair",
    unit: "schemes/s",
    threshold: 0.2,
    setup({ annualLoss }) {
      const schemes = Array.from({ length: 100 }, (_, i) => scheme(1 + (i % 20), Math.floor(i / 20)));
      const disks = { annualFailureRate: 0.0081, repairDays: 6 };
      return {
        opsPerRun: schemes.length,
        run() {
          let sum = 0;
          for (const each of schemes) sum += annualLoss(each, disks);
          return sum;
        },
      };
    },
  },
  {
    kind: "ratio",
    name: "follow disks through the years",
    workload: "8 + 4 on disks that fail once in two years and are replaced in ten days, 500 years a run",
    unit: "years/s",
    threshold: 0.15,
    setup({ simulateYears }, random) {
      const disks = { annualFailureRate: 0.5, repairDays: 10 };
      return { opsPerRun: 500, run: () => simulateYears(scheme(8, 4), disks, 500, random) };
    },
  },
]);
