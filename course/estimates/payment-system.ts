import { defineEstimates } from "../estimate.ts";

export const paymentSystemEstimates = defineEstimates("payment-system", [
  {
    id: "example",
    title: "Requests at peak",
    decides: "Whether one machine is enough.",
    inputs: [
      { id: "requestsPerDay", label: "Requests a day", value: 86_400_000, unit: "requests", source: "assumed" },
      { id: "peak", label: "Peak over mean", value: 3, unit: "", source: "assumed" },
    ],
    steps: [
      {
        id: "requestsPerSecond",
        label: "Requests a second at peak",
        unit: "requests/s",
        formula: "{requestsPerDay} / 86400 x {peak}",
        compute: ({ requestsPerDay = 0, peak = 0 }) => (requestsPerDay / 86_400) * peak,
      },
    ],
    breakEven: {
      input: "peak",
      sides: ["requestsPerSecond", 10_000],
      below: "one machine is enough",
      above: "there must be several",
    },
  },
]);
