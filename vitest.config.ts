import { defineConfig } from "vitest/config";
import { serviceTests, unitsAsked, unitTests } from "./checker/verify/unit-tests.ts";

/**
 * The course's own tests, in three projects: `engine`, `units` with what belongs to one system, and `services`, whose
 * tests start processes and run one after another, when the others have ended. BP_UNITS names the systems and services
 * whose tests run, with commas; absent: all. BP_SERVICES=none leaves the services out. Hidden suites are not here:
 * `npx bp verify` runs them against every known right and wrong solution.
 */
const common = {
  pool: "forks",
  // A busy machine must not turn a right test into a failed one; what bounds time itself says so in its own test.
  testTimeout: 30_000,
  hookTimeout: 60_000,
} as const;
const services = process.env.BP_SERVICES === "none" ? [] : serviceTests(unitsAsked());
const never = ["**/node_modules/**", "checker/**/fixtures/**"];

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: true,
    projects: [
      {
        test: {
          ...common,
          name: "engine",
          include: ["{sim,course,checker,site}/**/*.test.ts"],
          exclude: [...never, ...unitTests()],
        },
      },
      { test: { ...common, name: "units", include: unitTests(unitsAsked()), exclude: never } },
      {
        test: {
          ...common,
          name: "services",
          include: ["services/{kit,postgres}/**/*.test.ts", ...services],
          exclude: never,
          // Each test starts processes, which takes ten times as long on a machine that is busy.
          testTimeout: 300_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
