/**
 * The process that `npx bp run <system>` starts: reads the command line, starts the service, serves or drives it, says
 * what held, and leaves nothing behind. `main.ts <system> [options]`; BP_STANDINGS is a JSON of `Standings`.
 */

import { Console } from "node:console";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Service } from "./define.ts";
import { chooseFiles, layOut, removeFolder, root, runFolder, type Standings } from "./files.ts";
import { helpOf, readCommandLine, UsageError } from "./options.ts";
import { Run } from "./run.ts";

const EXIT = { usage: 2, couldNotRun: 3, interrupted: 130 } as const;

process.exitCode = await main(process.argv.slice(2));
// What a service left open must not keep its process.
setTimeout(() => process.exit(), 500).unref();

async function main([system = "", ...words]: readonly string[]): Promise<number> {
  const stop = stopSignal();
  let folder: string | null = null;
  try {
    const service = await loadService(system);
    const line = readCommandLine(service, words);
    if (line === "help") {
      process.stdout.write(helpOf(service));
      return 0;
    }
    // What a learner's file logs in this process goes where the parts' output goes: stdout may be one document.
    if (line.isJson) globalThis.console = new Console(process.stderr);
    folder = runFolder(process.pid);
    const standings = JSON.parse(process.env.BP_STANDINGS ?? "{}") as Standings;
    const choices = chooseFiles(service.exercises, standings, line.isReference);
    layOut(folder, choices);
    return await new Run({ service, line, choices, folder, signal: stop }).whole();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError) {
      console.error(`${message}\n\`npx bp run ${system} --help\` lists the options.`);
      return EXIT.usage;
    }
    if (stop.aborted) return EXIT.interrupted;
    console.error(`It could not run: ${message}`);
    return EXIT.couldNotRun;
  } finally {
    if (folder !== null) removeFolder(folder);
    if (process.connected) process.disconnect();
  }
}

async function loadService(system: string): Promise<Service> {
  const path = join(root, "services", system, "service.ts");
  // `kit/echo` is the service of the frame's own test.
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)?$/.test(system) || !existsSync(path))
    throw new UsageError(`There is no service "${system}".`);
  const module = (await import(pathToFileURL(path).href)) as { default: Service };
  return module.default;
}

/** Aborted by Ctrl-C, SIGTERM, a closed terminal, the death of whoever started this, and a reader who left. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, abort);
  if (process.connected) process.on("disconnect", abort);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", abort);
  return stop.signal;
}
