#!/usr/bin/env node
/** `npx bp`: checks what it stands on, then loads the command line (TypeScript) through tsx. */

import { folderProblem, INSTALL, installState, linkBin, nodeProblem, root } from "../machine/installation.mjs";

/** The grader itself could not run: not a verdict on anybody's code. */
const EXIT_GRADER_FAILED = 3;

const problem = nodeProblem() ?? folderProblem() ?? installProblem();
if (problem === null) await start();
else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = EXIT_GRADER_FAILED;
}

function installProblem() {
  const state = installState();
  const command = `npm ${INSTALL.join(" ")}`;
  if (state === "missing")
    return (
      "Nothing is installed yet. Run `npm start` (installs, then opens the course) or " +
      `\`${command}\` (installs only).`
    );
  if (state === "incomplete")
    return [
      "Some packages are absent: NODE_ENV=production or omit=dev keeps npm from installing what the course needs.",
      `Run \`npm start\` or \`${command}\`.`,
    ].join("\n");
  // After a pull the packages may lag behind; refusing would also refuse `bp doctor`, so say it and go on.
  if (state === "outdated")
    process.stderr.write("package-lock.json has changed since the last install. Run `npm start` to catch up.\n");
  return null;
}

async function start() {
  linkBin();
  const { register } = await import("tsx/esm/api");
  register({ tsconfig: false });
  const { run } = await import("../cli/main.ts");
  await run(process.argv.slice(2), root);
}
