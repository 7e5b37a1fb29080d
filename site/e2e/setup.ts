/**
 * Before all browser tests: a build, a server for it, and one browser that every test file connects to.
 *
 * The build is made here when there is none, or when a source is newer. BP_BUILD names a finished one that is taken as it is.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { routesOf, serveBuild } from "./serve.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the build. */
    build: string;
    /** Where it is served, without a slash at the end. */
    origin: string;
    /** Every page of it, as a path. */
    routes: string[];
    /** Where the browser listens. */
    browser: string;
  }
}

const root = resolve(import.meta.dirname, "../..");
const sources = [
  "course",
  "diagrams",
  "docs",
  "sim",
  "site",
  "solutions",
  "docusaurus.config.ts",
  "package-lock.json",
  "sidebars.ts",
];
/** Not part of the site. */
const ignored = /\/(e2e|node_modules)\/|\.test\.ts$/;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath)
    throw new Error("No Chromium: apt-get install -y chromium, or set CHROMIUM_PATH to an executable.");
  const build = freshBuild();
  const server = await serveBuild(build);
  const args = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"];
  const browser = await chromium.launchServer({ executablePath, args });
  project.provide("build", build);
  project.provide("origin", server.origin);
  project.provide("routes", routesOf(build));
  project.provide("browser", browser.wsEndpoint());
  return async () => {
    await browser.close();
    await server.close();
  };
}

function freshBuild(): string {
  const given = process.env.BP_BUILD;
  if (given) return resolve(given);
  const build = join(root, "build");
  const index = join(build, "index.html");
  const builtAt = existsSync(index) ? statSync(index).mtimeMs : 0;
  const newest = sources.map((source) => newestIn(join(root, source))).reduce((a, b) => (b.at > a.at ? b : a));
  if (newest.at <= builtAt) return build;
  console.log(
    builtAt === 0 ? "No build yet: building the site." : `${newest.path} is newer than the build: building the site.`,
  );
  const docusaurus = join(root, "node_modules/@docusaurus/core/bin/docusaurus.mjs");
  execFileSync(process.execPath, [docusaurus, "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  return build;
}

function newestIn(path: string): { readonly path: string; readonly at: number } {
  let newest = { path, at: statSync(path).isFile() ? statSync(path).mtimeMs : 0 };
  if (newest.at > 0) return newest;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || ignored.test(file)) continue;
    const at = statSync(file).mtimeMs;
    if (at > newest.at) newest = { path: file, at };
  }
  return newest;
}
