/**
 * Starts the judge's host (host.ts) and ends it: plain JavaScript, so that the guard stands before anything is loaded.
 *
 * Vite strips the types of host.ts. It has to be loaded anyway, and a loader in this process (tsx) makes importing
 * Vitest three times as slow.
 */

import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, scratch] = process.argv.slice(2);

/** The host leads its own process group: the worker, and whatever the worker started, go with it. */
function endEverything() {
  rmSync(scratch, { recursive: true, force: true });
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
}

process.on("disconnect", endEverything);
if (!process.connected) endEverything();

// The judge does not wait until this process is up; what it says meanwhile is kept.
const early = [];
const keep = (message) => early.push(message);
process.on("message", keep);

const requireFromVitest = createRequire(createRequire(import.meta.url).resolve("vitest/package.json"));
const { runnerImport } = await import(pathToFileURL(requireFromVitest.resolve("vite")).href);
const { module } = await runnerImport(join(import.meta.dirname, "host.ts"), {
  configFile: false,
  envDir: false,
  logLevel: "silent",
  root,
  cacheDir: scratch,
});
const obey = await module.host({ root, scratch });

process.off("message", keep);
process.on("message", obey);
for (const message of early) obey(message);
