/**
 * Installs what is missing. `node checker/bin/install.mjs`, and the first step of `npm start` and `npm test`. With
 * `--services`, the packages of `bp run` and its tests as well.
 */

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { takes } from "../machine/durations.mjs";
import {
  folderProblem,
  INSTALL,
  INSTALL_TAKES,
  installState,
  linkBin,
  nodeProblem,
  root,
  services,
  writeStamp,
} from "../machine/installation.mjs";

/** Returns true when everything is in place; on false the reason has been printed. */
export function install() {
  const problem = nodeProblem() ?? folderProblem();
  if (problem !== null) {
    process.stderr.write(`${problem}\n`);
    return false;
  }
  const state = installState();
  if (state !== "current") {
    const why = {
      missing: "Nothing is installed yet",
      incomplete: "Some packages are absent",
      outdated: "package-lock.json has changed",
    }[state];
    console.log(`${why}: running npm ${INSTALL.join(" ")} (${INSTALL_TAKES}).`);
    const started = Date.now();
    if (!npmCi(root)) {
      process.stderr.write(
        "npm ci did not finish; its own message is above. Check the connection and free disk space, then run " +
          "it again.\n",
      );
      return false;
    }
    writeStamp();
    console.log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  }
  linkBin();
  return true;
}

/**
 * The packages that `bp run` needs, once. Returns true when they are in place; on false the reason, and what to run
 * later, have been printed. Says what it does on stderr: stdout may be one document.
 */
export function installServices(at = services) {
  if (installState(at) === "current") return true;
  process.stderr.write(`Installing the packages of services/ (once, ${takes("services")}): npm ci --prefix services\n`);
  if (npmCi(at, ["ignore", 2, "inherit"])) {
    writeStamp(at);
    return true;
  }
  process.stderr.write(
    "They were not installed; npm's own message is above. Without a network, everything but `npx bp run` works. " +
      "Later, run: npm ci --prefix services\n",
  );
  return false;
}

function npmCi(cwd, stdio = "inherit") {
  // Started through `npm start`, npm says where it lives; that avoids searching the path and Windows' .cmd rules.
  const cli = process.env.npm_execpath;
  const args = [...INSTALL, "--no-fund", "--no-audit", "--loglevel=error"];
  const options = { cwd, stdio };
  const { status } = cli?.endsWith(".js")
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  return status === 0;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // npm runs `prepare` at the end of its own install: what it has just installed is current, by definition.
  if (process.argv.includes("--after-npm")) {
    writeStamp();
    linkBin();
  } else if (!install() || (process.argv.includes("--services") && !installServices())) process.exitCode = 3;
}
