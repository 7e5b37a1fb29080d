import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clone, cloneCourse } from "./clone.ts";

let clone: Clone;
beforeAll(() => {
  clone = cloneCourse();
});
afterAll(() => clone.remove());

const plainEnv = { PATH: process.env.PATH, HOME: process.env.HOME };

function bp(args: readonly string[], env: Record<string, string> = {}, input = "", cwd = clone.root) {
  return spawnSync(process.execPath, [clone.bin, ...args], {
    cwd,
    encoding: "utf8",
    input,
    env: { ...plainEnv, ...env },
  });
}

describe("the real bp", () => {
  it("says where one stands, from any folder", () => {
    const here = bp([]);
    expect(here).toMatchObject({ status: 0, stderr: "" });
    expect(here.stdout).toContain("exercises passed");
    expect(bp([], {}, "", join(clone.root, "exercises")).stdout).toBe(here.stdout);
  });

  it.each([
    [["list"], 0],
    [["help"], 0],
    [["--version"], 0],
    [["check", "--help"], 0],
    [["lsit"], 2],
    [["check", "nothing-like-it"], 2],
    [["check", "--frm"], 2],
    [["interview", "nothing-like-it"], 2],
  ])("%j exits %d", (args, code) => {
    expect(bp(args).status).toBe(code);
  });

  it("colors only when told to, in a pipe", () => {
    expect(bp(["list"]).stdout).not.toContain("\u001b");
    expect(bp(["list"], { FORCE_COLOR: "1" }).stdout).toContain("\u001b[");
    expect(bp(["list"], { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain("\u001b");
  });

  it("keeps quiet when the reader leaves", () => {
    const { stdout, stderr, status } = spawnSync("sh", ["-c", `"${process.execPath}" "${clone.bin}" list | head -1`], {
      encoding: "utf8",
      env: plainEnv,
    });
    expect({ lines: stdout.split("\n").length, stderr, status }).toEqual({ lines: 2, stderr: "", status: 0 });
  });

  it("ends at Ctrl-C with 130, and leaves no process behind", async () => {
    const id = "rate-limiter/token-bucket";
    const child = spawn(process.execPath, [clone.bin, "watch", id], {
      cwd: clone.root,
      env: plainEnv,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out = collect(child);
    await expect.poll(() => out.text, { timeout: 60_000 }).toContain("Waiting for a save");
    const grandchildren = process.platform === "linux" ? descendants(child.pid!) : [];
    child.kill("SIGINT");
    expect(await out.code).toBe(130);
    await expect.poll(() => grandchildren.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  }, 40_000);

  it("puts a broken progress file aside and goes on", () => {
    const folder = join(clone.root, ".backpressure");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "progress.json"), "{ half");
    const { status, stderr } = bp(["list"]);
    expect(status).toBe(0);
    expect(stderr).toContain(".backpressure/progress.json.broken");
    expect(readFileSync(join(folder, "progress.json.broken"), "utf8")).toBe("{ half");
    rmSync(folder, { recursive: true });
  });

  it("holds an interview from lines on standard input", () => {
    const lines = `q\n${"\n".repeat(80)}`;
    const { status, stdout, stderr } = bp(["interview", "rate-limiter", "--level", "mid", "--no-clock"], {}, lines);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Saved: .backpressure/interviews/rate-limiter-mid-");
  });
});

describe("before anything is installed", () => {
  it("bp says what to run, and exits 3", () => {
    const bare = join(clone.root, "bare");
    mkdirSync(join(bare, "checker"), { recursive: true });
    for (const room of ["bin", "machine"])
      spawnSync("cp", ["-r", join(clone.root, "checker", room), join(bare, "checker", room)]);
    const { status, stderr } = spawnSync(process.execPath, [join(bare, "checker/bin/bp.mjs"), "list"], {
      encoding: "utf8",
    });
    expect(status).toBe(3);
    expect(stderr).toContain("Nothing is installed yet. Run `npm start`");
    expect(existsSync(join(bare, "node_modules"))).toBe(false);
  });

  it("an old Node is told so in one sentence", async () => {
    const { nodeProblem } = await import("../machine/installation.mjs");
    expect(nodeProblem("18.20.4")).toContain("needs Node 20.19 or newer; this is Node 18.20.4");
    expect(nodeProblem("20.18.3")).not.toBeNull();
    expect([nodeProblem("20.19.0"), nodeProblem("22.0.0"), nodeProblem("24.1.0")]).toEqual([null, null, null]);
  });

  it("a lock file that has changed since is noticed, with and without a stamp", async () => {
    const { installState, writeStamp } = await import("../machine/installation.mjs");
    const at = join(clone.root, "state");
    const lock = (version: string) =>
      JSON.stringify({
        packages: { "": {}, "node_modules/a": { version }, "node_modules/b": { version: "1.0.0", optional: true } },
      });
    mkdirSync(join(at, "node_modules"), { recursive: true });
    writeFileSync(join(at, "package-lock.json"), lock("1.0.0"));
    expect(installState(at)).toBe("missing");
    writeFileSync(
      join(at, "node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }),
    );
    expect(installState(at)).toBe("current");
    expect(existsSync(join(at, "node_modules/.backpressure-lock"))).toBe(true);
    writeFileSync(join(at, "package-lock.json"), lock("1.0.1"));
    expect(installState(at)).toBe("outdated");
    writeStamp(at);
    expect(installState(at)).toBe("current");
  });
});

function collect(child: ChildProcess) {
  const out = { text: "", code: new Promise<number | null>((resolve) => child.once("exit", resolve)) };
  child.stdout?.on("data", (chunk) => {
    out.text += chunk;
  });
  return out;
}

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
