/**
 * How Stryker runs one hidden suite: against the mutated solution in its sandbox, which is laid out like the
 * repository. BP_ID names the exercise; BP_ROOM is where solutions and suites lie, for the checker's own tests.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { catalog } from "../../course/manifest.ts";
import { solutionPath, suiteFolder } from "../subject/rooms.ts";
import { type Subject, usedIds } from "../subject/subject.ts";
import { subjectPlugin } from "../subject/vite.ts";
import { VERIFY_SEED } from "./seed.ts";

const sandbox = resolve(import.meta.dirname, "../..");
const root = join(sandbox, process.env.BP_ROOM ?? ".");
const id = process.env.BP_ID ?? "";
const entry = catalog.find((each) => each.id === id);
const path = solutionPath({ root }, id);
const subject: Subject = {
  root,
  id,
  path,
  text: readFileSync(path, "utf8"),
  uses: entry === undefined ? [] : usedIds(entry),
  allow: entry?.exercise.allow ?? [],
};

export default defineConfig({
  root: sandbox,
  plugins: [subjectPlugin(subject)],
  test: {
    include: [`${process.env.BP_ROOM ?? "."}/${suiteFolder(id)}/suite.ts`],
    provide: { run: { id, seed: VERIFY_SEED, recordPath: null, token: "", subjectPath: path } },
  },
});
