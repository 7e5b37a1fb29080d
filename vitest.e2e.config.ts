import { defineConfig } from "vitest/config";
import { findChromium } from "./checker/machine/programs.mjs";
import { unitsAsked, unitsLeftOut } from "./checker/verify/unit-tests.ts";

/**
 * Tests in a real browser, against a finished build: `npm test` runs them where there is a Chromium. BP_UNITS names the
 * systems whose pages, interviews and labs are tested, with commas; absent: all. BP_WHOLE=1 (`npm test -- --all`) adds
 * the test that builds a course of generated systems, which takes minutes.
 */
process.env.CHROMIUM_PATH ??= findChromium() ?? "";

const leftOut = unitsLeftOut(unitsAsked());
const slow = process.env.BP_WHOLE === "1" ? [] : ["site/e2e/whole-course.e2e.ts"];

export default defineConfig({
  test: {
    include: ["site/e2e/**/*.e2e.ts"],
    exclude: ["**/node_modules/**", ...slow, ...leftOut.map((slug) => `site/e2e/${slug}.e2e.ts`)],
    provide: { leftOut },
    globalSetup: ["checker/site-build/e2e-setup.mjs", "site/e2e/setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
