import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderProblem, installState, linkBin, writeStamp } from "./installation.mjs";
import { freePort } from "./port.mjs";
import { findChromium } from "./programs.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bp-machine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("freePort", () => {
  it("takes the next free port when one is taken, on either loopback address", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await freePort(port)).toBeGreaterThan(port);
    await new Promise((resolve) => server.close(resolve));
    expect(await freePort(port)).toBe(port);
  });
});

describe("findChromium", () => {
  it("takes an executable on the path, believes CHROMIUM_PATH first, and nothing that cannot run", () => {
    const file = join(folder, "chromium");
    writeFileSync(file, "");
    chmodSync(file, 0o644);
    expect(findChromium({ PATH: folder })).toBeNull();
    chmodSync(file, 0o755);
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(file);
    expect(findChromium({ PATH: folder, CHROMIUM_PATH: "/nowhere/chrome" })).toBeNull();
  });
});

describe("the packages", () => {
  const json = (path: string, value: unknown): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(value));
  };
  const stamp = ".backpressure-lock";

  it("are incomplete after an install that left out development packages, whatever a stamp says", () => {
    const packages = { "": {}, "node_modules/one": { version: "1.0.0", dev: true } };
    json("package.json", { devDependencies: { one: "1.0.0" } });
    json("package-lock.json", { packages });
    expect(installState(folder)).toBe("missing");
    json("node_modules/.package-lock.json", { packages: {} });
    writeStamp(folder);
    expect(existsSync(join(folder, "node_modules", stamp))).toBe(false);
    expect(installState(folder)).toBe("incomplete");

    json("node_modules/.package-lock.json", { packages });
    json("node_modules/one/package.json", {});
    expect(installState(folder)).toBe("current");
    rmSync(join(folder, "node_modules/one"), { recursive: true });
    expect(readFileSync(join(folder, "node_modules", stamp), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(installState(folder)).toBe("incomplete");
  });

  it("cannot be loaded from a folder whose path is no part of a URL, and the message says which", () => {
    for (const fine of ["/home/me/back pressure", "/tmp/[a]{b}(c)&$;+!@", "C:\\Users\\me"])
      expect(folderProblem(fine)).toBeNull();
    expect(folderProblem("/home/c#/course")).toMatch(/path has "#":\n {2}\/home\/c#\/course\nMove or rename/);
    expect(folderProblem("/a%20b/what?")).toContain('"%" and "?"');
  });
});

describe("linkBin", () => {
  it.skipIf(process.platform === "win32")(
    "makes `npx bp` work below exercises/, which has a package.json, and offline",
    () => {
      const bin = join(folder, "checker/bin/bp.mjs");
      mkdirSync(dirname(bin), { recursive: true });
      mkdirSync(join(folder, "node_modules"));
      mkdirSync(join(folder, "exercises"));
      writeFileSync(bin, '#!/usr/bin/env node\nconsole.log("bp", ...process.argv.slice(2));\n');
      writeFileSync(
        join(folder, "package.json"),
        '{ "name": "x", "private": true, "bin": { "bp": "checker/bin/bp.mjs" } }',
      );
      writeFileSync(join(folder, "exercises/package.json"), '{ "private": true }');
      linkBin(folder);
      linkBin(folder);
      expect(lstatSync(join(folder, "node_modules/.bin/bp")).isSymbolicLink()).toBe(true);
      for (const cwd of [folder, join(folder, "exercises")]) {
        const { stdout } = spawnSync("npx", ["--offline", "--no", "bp", "list"], { cwd, encoding: "utf8" });
        expect(stdout.trim().split("\n").at(-1)).toBe("bp list");
      }
    },
    120_000,
  );

  it("does not mind a folder that it cannot write", () => {
    expect(() => linkBin(join(folder, "nowhere"))).not.toThrow();
    expect(existsSync(join(folder, "nowhere", "node_modules", ".bin", "bp"))).toBe(false);
  });
});
