import { defineConfig } from "vitest/config";
import { unitsAsked, unitTests } from "./checker/verify/unit-tests.ts";

/**
 * The course's own tests, in two projects: `engine`, and `units` with what belongs to one system. BP_UNITS names the
 * systems whose tests run, with commas; absent: all. Hidden suites are not here: `npx bp verify` runs them against
 * every known right and wrong solution.
 */
const common = {
  pool: "forks",
  // A busy machine must not turn a right test into a failed one; what bounds time itself says so in its own test.
  testTimeout: 30_000,
  hookTimeout: 60_000,
} as const;
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
          include: ["{sim,course,checker,services,site}/**/*.test.ts"],
          exclude: [...never, ...unitTests()],
        },
      },
      { test: { ...common, name: "units", include: unitTests(unitsAsked()), exclude: never } },
    ],
  },
});
