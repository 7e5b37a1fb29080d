/**
 * How Stryker runs one hidden suite: against the mutated solution in its sandbox, which is laid out like the repository.
 * BP_ID names the exercise; BP_ROOM is where solutions and suites lie, for the checker's own tests.
 */
import { join, resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { subjectPlugin } from "../judge/subject-plugin.ts";
import { VERIFY_SEED } from "./seed.ts";

const sandbox = resolve(import.meta.dirname, "../..");
const room = join(sandbox, process.env.BP_ROOM ?? ".");
const id = process.env.BP_ID ?? "";
const [system = ""] = id.split("/");
const subjectPath = join(room, "solutions", `${id}.ts`);

export default defineConfig({
  root: sandbox,
  plugins: [subjectPlugin({ root: room, subjectPath, system })],
  test: {
    include: [`${process.env.BP_ROOM ?? "."}/checker/suites/${id}.suite.ts`],
    provide: { run: { id, seed: VERIFY_SEED, recordPath: null, token: "", subjectPath } },
  },
});
