/**
 * Before all browser tests: a server for the build, which vitest.e2e.config.ts has brought up to date, and one browser
 * that every test file connects to. BP_BUILD names another finished build.
 */

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
    /** Systems that this run does not test. */
    leftOut: string[];
    /** Where the browser listens. */
    browser: string;
  }
}

const root = resolve(import.meta.dirname, "../..");

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath)
    throw new Error("No Chromium: apt-get install -y chromium, or set CHROMIUM_PATH to an executable.");
  const build = resolve(process.env.BP_BUILD || join(root, "build"));
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
