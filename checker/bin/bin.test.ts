import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../machine/installation.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bp-bin-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The script with a PATH that has Node and nothing else, so that no Chromium is found. */
function runTests(...filters: string[]) {
  mkdirSync(join(folder, "bin"));
  symlinkSync(process.execPath, join(folder, "bin", "node"));
  const env = { PATH: join(folder, "bin"), HOME: folder, NO_COLOR: "1" };
  return spawnSync(process.execPath, [join(root, "checker/bin/test.mjs"), ...filters], {
    cwd: root,
    encoding: "utf8",
    env,
  });
}

describe("npm test", () => {
  it("ends with the count alone on a line, and says how to get the browser tests", () => {
    const { status, stdout } = runTests("checker/text/text.test.ts");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(lines.at(-2)).toContain(
      "Browser tests were skipped: no Chromium on this machine. To get it: apt-get install -y chromium",
    );
    expect(status).toBe(0);
  }, 60_000);

  it("fails when it runs nothing", () => {
    const { status, stdout } = runTests("no-such-test-file");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^0 passed, \d+ failed$/);
    expect(status).toBe(1);
  }, 60_000);
});

describe("npm start", () => {
  it("refuses what it does not understand, with its usage", () => {
    for (const args of [
      ["--prot", "1"],
      ["--port", "http"],
      ["--port", "0"],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [join(root, "checker/bin/start.mjs"), ...args], {
        encoding: "utf8",
      });
      expect(status).toBe(2);
      expect(stderr).toContain("Usage: npm start -- [--port <n>] [--no-open] [--dev]");
    }
  });
});

describe.skipIf(process.platform === "win32")("a process that npm has started", () => {
  it("hears that npm is gone, and another one does not", async () => {
    const waits = (env: string) =>
      `const { whenNpmEnds } = await import(${JSON.stringify(join(root, "checker/machine/parent.mjs"))});
       whenNpmEnds(() => { console.log("ended", ${JSON.stringify(env)}); process.exit(0); });
       setTimeout(() => { console.log("stayed", ${JSON.stringify(env)}); process.exit(0); }, 4_000);`;
    const start = (env: string) =>
      `spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(waits(env))}],
        { stdio: ["ignore", "inherit", "ignore"], env: { PATH: process.env.PATH, ${env} } });`;
    // The parent of both ends as soon as both have begun; its own output stays open until they have ended.
    const parent = `const { spawn } = require("node:child_process");
      ${start('npm_lifecycle_event: "start"')} ${start("")} setTimeout(() => process.kill(process.pid, "SIGKILL"), 1_500);`;
    const { stdout } = spawnSync(process.execPath, ["-e", parent], { encoding: "utf8", timeout: 30_000 });
    expect(stdout.match(/(?:ended|stayed) .*/g)?.sort()).toEqual(['ended npm_lifecycle_event: "start"', "stayed "]);
  }, 40_000);
});
