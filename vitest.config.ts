import { defineConfig } from "vitest/config";

/** The course's own tests. Hidden suites are not here: `npx bp verify` runs them against every known right and wrong solution. */
export default defineConfig({
  test: {
    include: ["{sim,course,checker,services,site}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "checker/**/fixtures/**"],
    pool: "forks",
    maxWorkers: 2,
    // A busy machine must not turn a right test into a failed one; what bounds time itself says so in its own test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
