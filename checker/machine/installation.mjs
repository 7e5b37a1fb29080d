/**
 * What the four entry points (`bp`, `npm start`, `npm test`, the installer) must know before any dependency can be
 * loaded. Plain Node, built-ins only: this file runs on a machine where nothing is installed yet.
 */

import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { takes } from "./durations.mjs";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** Lowest Node that runs the course: `engines` in package.json. */
export const NODE_MINIMUM = [20, 19];

/** The course is made of what npm calls development packages: without this a production environment leaves them out. */
export const INSTALL = ["ci", "--include=dev"];

/** Usual time of a first install on a laptop with a warm connection; printed so that nobody thinks it hangs. */
export const INSTALL_TAKES = `${takes("install")} the first time`;

/** Null when this Node is new enough, otherwise what to do. */
export function nodeProblem(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return null;
  return [
    `Backpressure needs Node ${NODE_MINIMUM.join(".")} or newer; this is Node ${version}.`,
    "Install a newer one (https://nodejs.org, or `nvm install 22`) and run the command again.",
  ].join("\n");
}

/**
 * Null when tools can work in this folder, otherwise what to do. Modules are found by URL, and Vite and esbuild cut or
 * decode these characters of a path on the way: a check would fail with the name of a file that nobody has.
 */
export function folderProblem(at = root) {
  const found = [...new Set(at.match(/[#%?]/g) ?? [])];
  if (found.length === 0) return null;
  return [
    `The tools of the course cannot work in a folder whose path has ${found.map((each) => `"${each}"`).join(" and ")}:`,
    `  ${at}`,
    "Move or rename the folder, and run the command again.",
  ].join("\n");
}

/** Packages of `bp run` and its tests: large, and apart, since a reader of the site needs none of them. */
export const services = resolve(root, "services");

const stampPath = (at) => join(at, "node_modules", ".backpressure-lock");
const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

/**
 * `missing`: there is no node_modules. `incomplete`: packages that package.json names are not in it, as after
 * `NODE_ENV=production npm ci`. `outdated`: package-lock.json has changed since. `current`: go on.
 * The stamp answers in milliseconds; without one (someone installed with `npm ci --ignore-scripts`) the two lock files
 * are compared.
 */
export function installState(at = root) {
  if (!existsSync(join(at, "node_modules", ".package-lock.json"))) return "missing";
  if (absentPackage(at) !== null) return "incomplete";
  const lock = join(at, "package-lock.json");
  if (!existsSync(lock)) return "current";
  let stamp = null;
  try {
    stamp = readFileSync(stampPath(at), "utf8").trim();
  } catch {
    // No stamp yet: compare the locks below.
  }
  if (stamp === digest(lock)) return "current";
  if (!installedMatches(at)) return "outdated";
  writeStamp(at);
  return "current";
}

/** The first package of package.json that is not installed, or null. */
function absentPackage(at) {
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
    const names = Object.keys({ ...dependencies, ...devDependencies });
    return names.find((name) => !existsSync(join(at, "node_modules", name, "package.json"))) ?? null;
  } catch {
    // Without a package.json npm itself says what is wrong.
    return null;
  }
}

/** Every package that the lock names is installed in that version; packages for other platforms may be absent. */
function installedMatches(at) {
  try {
    const wanted = JSON.parse(readFileSync(join(at, "package-lock.json"), "utf8")).packages;
    const have = JSON.parse(readFileSync(join(at, "node_modules", ".package-lock.json"), "utf8")).packages;
    return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
      if (path === "") return true;
      if (have[path] === undefined) return Boolean(optional || devOptional || peer);
      return have[path].version === version;
    });
  } catch {
    return false;
  }
}

/**
 * Remembers that node_modules is what package-lock.json asks for; does nothing where packages are absent. Failing to
 * write it costs milliseconds, nothing else.
 */
export function writeStamp(at = root) {
  if (absentPackage(at) !== null) return;
  try {
    writeFileSync(stampPath(at), `${digest(join(at, "package-lock.json"))}\n`);
  } catch {
    // A read-only node_modules still works.
  }
}

/**
 * Puts `bp` into node_modules/.bin. At the root npx finds the package's own `bin` without it; below `exercises/`, which
 * has a package.json, npx looks only at the .bin folders on the way up, and would otherwise offer to download a
 * stranger's package of that name.
 */
export function linkBin(at = root) {
  const folder = join(at, "node_modules", ".bin");
  const link = join(folder, "bp");
  try {
    if (existsSync(link)) return;
    mkdirSync(folder, { recursive: true });
    if (process.platform === "win32") {
      writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\checker\\bin\\bp.mjs" %*\r\n');
      writeFileSync(link, '#!/bin/sh\nexec node "$(dirname "$0")/../../checker/bin/bp.mjs" "$@"\n');
      return;
    }
    chmodSync(join(at, "checker", "bin", "bp.mjs"), 0o755);
    symlinkSync("../../checker/bin/bp.mjs", link);
  } catch {
    // Only a convenience: `npx bp` works from the root without it.
  }
}
