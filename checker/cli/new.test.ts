import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clone, cloneCourse } from "./clone.ts";

const id = "parking-garage/gate";
let clone: Clone;
beforeAll(() => {
  clone = cloneCourse();
});
afterAll(() => clone.remove());

const bp = (...args: string[]) =>
  spawnSync(process.execPath, [clone.bin, ...args], { cwd: clone.root, encoding: "utf8" });

describe("bp new", () => {
  it("asks for the part of a system that is new, and for a name that can be one", () => {
    expect(bp("new", id)).toMatchObject({ status: 2 });
    expect(bp("new", id).stderr.replaceAll("\n", " ")).toContain("--part infrastructure | storage");
    expect(bp("new", "Parking Garage/Gate")).toMatchObject({ status: 2 });
    expect(bp("new", "../x/y")).toMatchObject({ status: 2 });
    expect(existsSync(join(clone.root, "solutions/parking-garage"))).toBe(false);
  }, 120_000);

  it("writes an exercise that works: the reference passes, the stub does not, a mutant fails in its test", () => {
    const made = bp("new", id, "--part", "storage", "--title", "The gate");
    expect(made).toMatchObject({ status: 0, stderr: "" });
    for (const path of [`solutions/${id}.ts`, `checker/suites/${id}/mutants.md`, "docs/storage/parking-garage.mdx"])
      expect(made.stdout).toContain(`    ${path}\n`);
    expect(made.stdout.split("\n").every((line) => line.length <= 80)).toBe(true);

    expect(bp("check", id, "--from", "solutions", "--no-bench")).toMatchObject({ status: 0 });
    const stub = bp("check", id, "--no-bench");
    expect(stub.status).toBe(1);
    expect(stub.stdout).toContain("not started");
    expect(bp("hint", id).stdout).toContain("Hint 1 of 3");

    expect(bp("mutant", id).stdout).toContain("takes-a-part");
    expect(bp("mutant", id, "takes-a-part").stderr.replaceAll(/\s+/g, " ")).toContain(
      `\`npx bp mutant ${id} takes-a-part --reveal\``,
    );
    expect(bp("mutant", id, "takes-a-part", "--reveal", "--out", "wrong")).toMatchObject({ status: 0, stderr: "" });
    const failed = bp("check", id, "--from", "wrong");
    expect(failed.status).toBe(1);
    expect(failed.stdout).toContain("✗ a refused amount changes nothing");

    const interview = spawnSync(
      process.execPath,
      [clone.bin, "interview", "parking-garage", "--no-clock", "--level", "mid"],
      {
        cwd: clone.root,
        encoding: "utf8",
        input: "q\n",
      },
    );
    expect(interview.stdout).toContain("Saved: .backpressure/interviews/parking-garage-mid-");
  }, 300_000);

  it("touches nothing that exists", () => {
    expect(bp("new", id)).toMatchObject({ status: 2, stderr: `${id} exists already.\n` });
    const chapter = readFileSync(join(clone.root, "docs/storage/parking-garage.mdx"), "utf8");
    const second = bp("new", "parking-garage/ticket");
    expect(second.status).toBe(0);
    expect(second.stdout).toContain("There already, not touched:\n  docs/storage/parking-garage.mdx\n");
    expect(readFileSync(join(clone.root, "docs/storage/parking-garage.mdx"), "utf8")).toBe(chapter);
    expect(bp("list").stdout).toMatch(/parking-garage\/ticket/);
  }, 60_000);
});
