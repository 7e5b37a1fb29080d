/**
 * For authors: one hidden suite, run by plain Vitest against one file.
 *   BP_ID=rate-limiter/token-bucket npx vitest run --config checker/suites.config.ts
 *   BP_ID=… BP_FILE=checker/suites/rate-limiter/token-bucket.mutants/mints-on-clock-step-back.ts  …the same, against that file
 */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { catalog } from "../course/manifest.ts";
import { subjectPlugin } from "./judge/subject-plugin.ts";

const root = resolve(import.meta.dirname, "..");
const id = process.env.BP_ID ?? "";
const [system = ""] = id.split("/");
const uses = catalog.find((entry) => entry.id === id)?.exercise.uses ?? [];
const subjectPath = resolve(root, process.env.BP_FILE ?? `solutions/${id}.ts`);

export default defineConfig({
  root,
  plugins: [subjectPlugin({ root, subjectPath, system, uses })],
  test: {
    include: [`checker/suites/${id}.suite.ts`],
    provide: { run: { id, seed: Number(process.env.BP_SEED ?? 42), recordPath: null, token: "", subjectPath } },
    pool: "forks",
    maxWorkers: 1,
  },
});
