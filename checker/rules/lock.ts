/**
 * Every lock file must name the binaries of every platform. npm leaves out those that the registry at hand does not
 * have, and `npm ci` then refuses the lock. `npm run lock` writes them in: name, version, system and processor are all
 * in the name of the package. They have no checksum until npm fills it in on a registry that has them.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFiles, root } from "./files.ts";

export interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

type Packages = Readonly<Record<string, LockedPackage>>;

/** Optional packages that the lock depends on and does not list: the entry that each should have, by path. */
export function missingPlatforms(packages: Packages): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isListed(packages, path, name)) continue;
      missing[`node_modules/${name}`] = {
        version,
        ...(dev === true ? { dev } : {}),
        optional: true,
        ...platformOf(name),
      };
    }
  }
  return missing;
}

/** `@swc/core-linux-arm64-musl` -> linux, arm64, musl. @throws Error when the name does not say. */
export function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const match = /-(android|darwin|linux|win32)-(arm64|arm|x64|ia32|ppc64|s390x)(?:-(gnu|gnueabihf|musl|msvc))?$/.exec(
    name,
  );
  if (match === null) throw new Error(`${name} is optional and missing from its lock file; its name tells no platform`);
  const [, os, cpu, abi] = match;
  const libc = os !== "linux" || abi === undefined ? {} : { libc: [abi === "musl" ? "musl" : "glibc"] };
  return { os: [os!], cpu: [cpu!], ...libc };
}

/** As Node resolves: beside the package, then in every folder above. */
function isListed(packages: Packages, from: string, name: string): boolean {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    if (packages[`${base === "" ? "" : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === "") return false;
  }
}

/** The lock files of the course, of `services/` and of `peers/`: relative to the root. */
export const lockFiles = (): string[] =>
  repositoryFiles().filter((path) => path.split("/").at(-1) === "package-lock.json");

function completeLock(file: string): number {
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingPlatforms(lock.packages);
  const entries = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  return Object.keys(missing).length;
}

if (process.argv[1]?.endsWith("lock.ts")) {
  for (const file of lockFiles()) {
    console.log(`${completeLock(join(root, file))} platform packages written into ${file}.`);
  }
}
