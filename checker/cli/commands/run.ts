import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../learner/errors.ts";
import { standings } from "../../learner/standing.ts";
import { closest } from "../../text/closest.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";
import { installedServices } from "../services.ts";

export const run = defineCommand({
  name: "run",
  usage: "<system>",
  summary: "The parts at work: your files that passed, the references for the rest, for real clients.",
  positionals: { least: 1, most: Number.POSITIVE_INFINITY },
  options: {
    load: { type: "string", value: "<n>", help: "drive it by a real client for so many requests (or <n>s), and check" },
    kill: { type: "string", value: "<part>@<n>", help: "end a part with SIGKILL after n requests (or <n>s)" },
    from: { type: "string", value: "solutions", help: "run the references, whatever has passed" },
    port: { type: "string", value: "<n>", help: "first loopback port; the next free ones are taken" },
    json: { type: "boolean", help: "one document at the end" },
  },
  handsOn: true,
  details:
    "The first run installs the packages of services/. Each service has options of its own: `npx bp run <system> " +
    "--help` lists them. It listens on loopback only; Ctrl-C ends it and leaves nothing behind.",
  async run(context, { positionals: [typed = "", ...words] }) {
    const system = selectService(context.root, typed);
    if (!installedServices(context.root)) return EXIT.graderFailed;
    return serve(context, system, words);
  },
});

/** A folder of `services/` with a `service.ts`. */
export function servicesAt(root: string): string[] {
  const folder = join(root, "services");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "service.ts")))
    .sort();
}

function selectService(root: string, typed: string): string {
  const names = servicesAt(root);
  const system = typed.replace(/^services\//, "").replace(/\/+$/, "");
  if (names.includes(system)) return system;
  const near = closest(system.split("/")[0]!, names);
  const list = (each: readonly string[]): string => each.map((name) => `\`${name}\``).join(" or ");
  const advice = near.length > 0 ? `Did you mean ${list(near)}?` : `There is ${list(names)}.`;
  throw new UsageError(`Nothing runs as "${typed}". ${advice}`);
}

async function serve(context: Context, system: string, words: readonly string[]): Promise<number> {
  const { root, signal, env } = context;
  const main = join(root, "services", "kit", "main.ts");
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), main, system, ...words], {
    cwd: root,
    // The channel carries nothing; it closes when this process dies, however it dies.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...env, BP_STANDINGS: JSON.stringify(standingsOf(context)) },
  });
  // On Ctrl-C the terminal has told the child already; a second signal does no harm.
  signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  if (signal.aborted) child.kill("SIGTERM");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  // Killed, it could not clean up after itself.
  // Its parts may write there until they notice.
  rmSync(join(root, ".backpressure", "run", String(child.pid)), { recursive: true, force: true, maxRetries: 5 });
  return signal.aborted ? EXIT.interrupted : (code ?? EXIT.graderFailed);
}

/** What has passed, by exercise, with the hash of the file that did. What was never begun is left out. */
function standingsOf(context: Context): Record<string, { readonly state: string; readonly file?: string }> {
  const begun = standings(context).filter(({ state }) => state !== "not-started" && state !== "missing");
  return Object.fromEntries(
    begun.map(({ entry: { id }, progress: { last }, state }) => {
      if (state !== "passed") return [id, { state }];
      if (last?.measured === false) return [id, { state: "not-measured" }];
      return [id, last?.file === undefined ? { state } : { state, file: last.file }];
    }),
  );
}
