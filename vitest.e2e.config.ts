import { defineConfig } from "vitest/config";
import { findChromium } from "./checker/machine/programs.mjs";

/** Tests in a real browser, against a finished build: `npm test` runs them where there is a Chromium. */
process.env.CHROMIUM_PATH ??= findChromium() ?? "";

export default defineConfig({
  test: {
    include: ["site/e2e/**/*.e2e.ts"],
    globalSetup: ["checker/site-build/e2e-setup.mjs", "site/e2e/setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
