/**
 * What a process that runs a learner's code may reach. Conformance refuses what it can see in the text; what it cannot
 * see, the runtime refuses: Node's permission model (https://nodejs.org/docs/latest-v20.x/api/permissions.html) and
 * V8's switch against code from strings.
 */

import { realpathSync } from "node:fs";
import { join, sep } from "node:path";

export interface Reach {
  /** Repository root; of it only the packages can be read. */
  readonly root: string;
  /** A folder of this process's own: read and write. */
  readonly scratch: string;
  /** May start threads, which are confined like the process that starts them. */
  readonly threads?: boolean;
}

/** Its name since Node 22.13; Node 20 has it under the other. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";

/** Flags for `fork`. No child processes, no addons, no files but those below. */
export function confinement({ root, scratch, threads = false }: Reach): string[] {
  const modules = join(realpathSync(root), "node_modules");
  // Packages may be a link to another folder; permissions go by the path that is asked for, and Node asks for both.
  const packages = [...new Set([modules, realpathSync(modules)])];
  const own = below(realpathSync(scratch));
  return [
    PERMISSION,
    ...packages.map((folder) => `--allow-fs-read=${below(folder)}`),
    `--allow-fs-read=${own}`,
    `--allow-fs-write=${own}`,
    ...(threads ? ["--allow-worker"] : []),
    "--disallow-code-generation-from-strings",
    "--no-warnings",
  ];
}

/** Not the folder itself beside it: both together abort Node 20. */
const below = (folder: string): string => `${folder}${sep}*`;

/** True for what Node throws when code reaches for more than it may. */
export function isRefusedAccess(text: string): boolean {
  return /ERR_ACCESS_DENIED|Access to this API has been restricted|Code generation from strings disallowed/.test(text);
}
