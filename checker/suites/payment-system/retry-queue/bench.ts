import { defineBench } from "../../../kit/bench.ts";

export default defineBench<typeof import("../../../../solutions/payment-system/retry-queue.ts")>([
  {
    kind: "ratio",
    name: "calls in a row",
    workload: "1,000 amounts from 0 to 9, drawn before the clock starts, on a counter that takes half of them",
    unit: "calls/s",
    threshold: 0.3,
    setup({ RetryQueue }, random) {
      const amounts = Array.from({ length: 1_000 }, () => Math.floor(random() * 10));
      return {
        opsPerRun: amounts.length,
        run() {
          const counter = new RetryQueue(2_250);
          for (const amount of amounts) counter.add(amount);
          return counter.used();
        },
      };
    },
  },
]);
