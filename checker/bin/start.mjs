/** `npm start`: installs what is missing, then serves the course with the grader attached, on this machine only. */

import { spawn } from "node:child_process";
import { get } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { install } from "./install.mjs";
import { root } from "./machine.mjs";
import { freePort, PORT } from "./port.mjs";

/** Usual time until the first page; a warm cache halves it. */
const START_TAKES = "usually 10 to 30 seconds";
const FIRST_PAGE_MS_MAX = 300_000;

if (install()) await serve();
else process.exitCode = 3;

async function serve() {
  const options = readOptions();
  if (options === null) return;
  const port = await freePort(options.port);
  if (port !== options.port) console.log(`Port ${options.port} is taken; using ${port}.`);
  console.log(`Starting the course (${START_TAKES}).`);
  const docusaurus = join(root, "node_modules", "@docusaurus", "core", "bin", "docusaurus.mjs");
  const args = [docusaurus, "start", "--host", "localhost", "--port", String(port)];
  if (!options.open) args.push("--no-open");
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, BP_GRADER: "1" },
  });
  let over = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      over = true;
      // On Ctrl-C the terminal has told the child already; a second signal does no harm.
      child.kill(signal === "SIGINT" ? "SIGINT" : "SIGTERM");
    });
  }
  child.on("exit", (code) => {
    const wanted = over;
    over = true;
    process.exitCode = wanted ? 130 : (code ?? 1);
  });
  const url = `http://localhost:${port}/`;
  if (await answers(url, () => over)) console.log(`\nThe course is at ${url}  (Ctrl-C ends it)\n`);
}

function readOptions() {
  try {
    const { values } = parseArgs({ options: { port: { type: "string" }, "no-open": { type: "boolean" } } });
    const port = Number(values.port ?? PORT);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`--port takes a number, not "${values.port}"`);
    const quiet = values["no-open"] === true || !process.stdout.isTTY || Boolean(process.env.CI);
    return { port, open: !quiet };
  } catch (error) {
    process.stderr.write(`${error.message}\nUsage: npm start -- [--port <n>] [--no-open]\n`);
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
