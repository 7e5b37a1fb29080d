/** `npm start`: installs what is missing, then serves the course with the grader attached, on this machine only. */

import { spawn } from "node:child_process";
import { get } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { takes } from "../machine/durations.mjs";
import { root } from "../machine/installation.mjs";
import { whenNpmEnds } from "../machine/parent.mjs";
import { freePort, PORT } from "../machine/port.mjs";
import { buildSite, newerThanBuild } from "../site-build/build.mjs";
import { showProgress } from "../site-build/progress.mjs";
import { install } from "./install.mjs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

const FIRST_PAGE_MS_MAX = 300_000;

if (install()) await main();
else process.exitCode = 3;

async function main() {
  const options = readOptions();
  if (options === null) return;
  const port = await freePort(options.port);
  if (port !== options.port) console.log(`Port ${options.port} is taken; using ${port}.`);
  if (options.dev) await serveSources(port, options.open);
  else await serveBuild(port, options.open);
}

/** The built site, made first when a source is newer. */
async function serveBuild(port, open) {
  const newer = newerThanBuild();
  if (newer !== null) {
    console.log(`Building the site${newer === "" ? "" : " anew"} (${takes("site")}).`);
    const progress = showProgress();
    const code = await buildSite((child) => {
      onEnd(() => child.kill("SIGTERM"));
      child.on("message", progress.next);
    });
    progress.end();
    if (code !== 0) {
      process.stderr.write("The site was not built; the reason is above. `npx bp doctor` looks for what is missing.\n");
      process.exitCode = 3;
      return;
    }
  }
  // Loaded here and not above: before the first install there is no tsx.
  const { register } = await import("tsx/esm/api");
  register({ tsconfig: false });
  const { createSiteServer } = await import("../server/serve.ts");
  const { remoteService } = await import("../server/remote.ts");
  const service = remoteService(root);
  const server = createSiteServer({ build: join(root, "build"), service });
  server.on("error", (error) => {
    process.stderr.write(`Cannot serve on port ${port}: ${error.message}. Try npm start -- --port <n>.\n`);
    process.exit(3);
  });
  server.listen(port, "localhost", () => {
    const url = `http://localhost:${port}/`;
    console.log(`\nThe course is at ${url}  (Ctrl-C ends it)\n`);
    if (open) openBrowser(url);
  });
  onEnd(() => {
    server.close();
    server.closeAllConnections();
    service.close().finally(() => process.exit(130));
  });
}

/** Asked to end, by a signal or by the end of the npm that started this. */
function onEnd(end) {
  for (const signal of SIGNALS) process.once(signal, end);
  whenNpmEnds(end);
}

/**
 * For those who write chapters: the Docusaurus dev server, which shows a change as it is saved. Its search finds
 * nothing.
 */
async function serveSources(port, open) {
  console.log(`Starting the dev server (${takes("dev-server")}).`);
  const docusaurus = join(root, "node_modules", "@docusaurus", "core", "bin", "docusaurus.mjs");
  const args = [docusaurus, "start", "--host", "localhost", "--port", String(port)];
  if (!open) args.push("--no-open");
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, BP_GRADER: "1" } });
  let over = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      over = true;
      // On Ctrl-C the terminal has told the child already; a second signal does no harm.
      child.kill(signal === "SIGINT" ? "SIGINT" : "SIGTERM");
    });
  }
  whenNpmEnds(() => {
    over = true;
    child.kill("SIGTERM");
  });
  child.on("exit", (code) => {
    const wanted = over;
    over = true;
    process.exitCode = wanted ? 130 : (code ?? 1);
  });
  const url = `http://localhost:${port}/`;
  if (await answers(url, () => over)) console.log(`\nThe course is at ${url}  (Ctrl-C ends it)\n`);
}

/** Best effort: a machine without a desktop has the address on the screen. */
function openBrowser(url) {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url];
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { port: { type: "string" }, "no-open": { type: "boolean" }, dev: { type: "boolean" } },
    });
    const port = Number(values.port ?? PORT);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`--port takes a number, not "${values.port}"`);
    const quiet = values["no-open"] === true || !process.stdout.isTTY || Boolean(process.env.CI);
    return { port, open: !quiet, dev: values.dev === true };
  } catch (error) {
    process.stderr.write(`${error.message}\nUsage: npm start -- [--port <n>] [--no-open] [--dev]\n`);
    process.exitCode = 2;
    return null;
  }
}

/** True as soon as the page is served; false when the server ended or took too long. */
async function answers(url, isOver) {
  const started = Date.now();
  while (!isOver() && Date.now() - started < FIRST_PAGE_MS_MAX) {
    if (await respondsOk(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

function respondsOk(url) {
  return new Promise((resolve) => {
    const request = get(url, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
    request.setTimeout(5_000, () => request.destroy());
  });
}
