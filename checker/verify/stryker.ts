/** One Stryker run: every mutation of a solution against its hidden suite. */

import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import type { StrykerResult } from "./mutation.ts";

export interface StrykerRun {
  readonly root: string;
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Where solutions and suites lie, relative to `root`. */
  readonly room?: string;
  /** Mutations at once. */
  readonly concurrency?: number;
}

/**
 * Stryker copies what is not ignored into a sandbox; only what a suite can reach is copied. Without tsconfig.json:
 * Stryker would rewrite it through an interface that TypeScript 7 does not have.
 */
const COPIED = ["checker", "course", "sim", "given", "solutions", "exercises"].map((room) => `!${room}/**`);
const IGNORED = ["**", ...COPIED, "!package.json", "**/.backpressure/**", "**/node_modules/**"];

/** One run at a time: the working directory and the environment of this process say which. */
export async function mutate({ root, id, room = ".", concurrency = 2 }: StrykerRun): Promise<readonly StrykerResult[]> {
  const before = { cwd: process.cwd(), id: process.env.BP_ID, room: process.env.BP_ROOM };
  process.chdir(root);
  process.env.BP_ID = id;
  process.env.BP_ROOM = room;
  try {
    return await new Stryker({
      mutate: [join(room, "solutions", `${id}.ts`)],
      testRunner: "vitest",
      plugins: ["@stryker-mutator/vitest-runner"],
      // `related` looks for static imports of the mutated file; a suite imports its subject through the judge's alias.
      vitest: { configFile: "checker/verify/stryker.vitest.config.ts", related: false },
      ignorePatterns: IGNORED,
      coverageAnalysis: "perTest",
      reporters: [],
      concurrency,
      timeoutMS: 3_000,
      timeoutFactor: 2,
      tempDirName: ".stryker-tmp",
      cleanTempDir: "always",
      allowConsoleColors: false,
      logLevel: "error",
      fileLogLevel: "off",
      allowEmpty: true,
    } as ConstructorParameters<typeof Stryker>[0]).runMutationTest();
  } finally {
    process.chdir(before.cwd);
    restore("BP_ID", before.id);
    restore("BP_ROOM", before.room);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
