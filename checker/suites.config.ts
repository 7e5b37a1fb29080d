/**
 * For authors: one hidden suite, run by plain Vitest against one file.
 *   BP_ID=rate-limiter/token-bucket npx vitest run --config checker/suites.config.ts
 *   BP_ID=… BP_FILE=mine.ts  …the same, against that file; `npx bp mutant <id> <name>` writes one
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { catalog } from "../course/manifest.ts";
import { repository, solutionPath, suiteFolder } from "./subject/rooms.ts";
import { subjectOf } from "./subject/subject.ts";
import { threadScriptFor } from "./subject/thread.ts";
import { subjectPlugin } from "./subject/vite.ts";

const { root } = repository;
const id = process.env.BP_ID ?? "";
const entry = catalog.find((each) => each.id === id);
if (entry === undefined) throw new Error(`BP_ID is "${id}"; it names an exercise of course/manifest.ts`);
const path = process.env.BP_FILE === undefined ? solutionPath({ root }, id) : resolve(root, process.env.BP_FILE);
const subject = subjectOf(entry, { root }, path, readFileSync(path, "utf8"));

const threadScript = await threadScriptFor({ root }, subject);
const threads = threadScript === null ? {} : { threadScript };

export default defineConfig({
  root,
  plugins: [subjectPlugin(subject)],
  test: {
    include: [`${suiteFolder(id)}/suite.ts`],
    provide: {
      run: { id, seed: Number(process.env.BP_SEED ?? 42), recordPath: null, token: "", subjectPath: path, ...threads },
    },
    pool: "forks",
    maxWorkers: 1,
  },
});
