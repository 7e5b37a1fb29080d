import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/** The learner's own tests: `npx bp ui`. */
export default defineConfig({
  root: resolve(import.meta.dirname, "../.."),
  test: { include: ["exercises/**/*.test.ts"], passWithNoTests: true },
});
