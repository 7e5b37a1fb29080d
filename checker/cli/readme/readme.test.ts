import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Clone, cloneCourse } from "../clone.ts";
import { COMMAND_NAMES } from "../commands/index.ts";
import { blocksOf, commandsIn, PAGES, replaceBlocks, SERVICE_RUNS } from "./blocks.ts";
import { FAILS_IN, ID, rightBucket, wrongBucket } from "./learner.ts";

const root = join(import.meta.dirname, "../../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

describe("README.md", () => {
  it("names only commands and scripts that exist", () => {
    const { bp, npm } = commandsIn(readme);
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(bp.length).toBeGreaterThan(8);
    expect(bp.filter((name) => ![...COMMAND_NAMES, "help"].includes(name))).toEqual([]);
    expect(npm.length).toBeGreaterThan(2);
    expect(npm.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("names every command that a learner has", () => {
    const forAuthors = ["stubs"];
    const named = commandsIn(readme).bp;
    expect(
      COMMAND_NAMES.filter((name) => name !== "status" && !forAuthors.includes(name) && !named.includes(name)),
    ).toEqual([]);
  });

  it("shows files and pictures that exist", () => {
    const linked = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = ""]) => path);
    expect(linked.length).toBeGreaterThan(1);
    expect(linked.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("has output in every block, of the verdicts that the story needs", () => {
    const blocks = blocksOf(readme);
    expect([...blocks.keys()]).toEqual(["stub", "wrong", "hint", "mended", "right", "run-rate-limiter", "new"]);
    for (const [name, content] of blocks) expect(content, name).toContain("```");
    expect(blocks.get("stub")).toContain("· not started");
    expect(blocks.get("wrong")).toContain(`✗ ${FAILS_IN}`);
    expect(blocks.get("wrong")).toContain("✗ failed");
    expect(blocks.get("right")).toContain("✓ passed");
    expect(blocks.get("run-rate-limiter")).toContain("kill     gateway-1 ended with SIGKILL");
    expect(blocks.get("run-rate-limiter")).toContain("holds    no key passed its bound in any interval");
    expect(blocks.get("run-rate-limiter")).not.toContain("BROKEN");
  });

  it("has no line of output that is wider than a terminal", () => {
    const lines = [...blocksOf(readme).values()].join("").split("\n");
    expect(lines.filter((line) => [...line].length > 82)).toEqual([]);
  });
});

test("a chapter shows the same run of its service as README.md, or one of its own", () => {
  for (const page of PAGES.slice(1)) {
    const blocks = blocksOf(readFileSync(join(root, page), "utf8"));
    expect([...blocks.keys()].filter((name) => !SERVICE_RUNS.some(({ block }) => block === name))).toEqual([]);
    for (const [name, content] of blocks) {
      const { words } = SERVICE_RUNS.find(({ block }) => block === name)!;
      expect(content).toContain(`$ npx bp ${words.join(" ")}\n`);
      expect(content).toMatch(/\nholds {4}/);
      expect(content).not.toContain("BROKEN");
    }
  }
});

describe("the story of the README is still true", () => {
  let clone: Clone;
  beforeAll(() => {
    clone = cloneCourse();
  });
  afterAll(() => clone.remove());

  it.each([
    ["the wrong bucket fails where it says", wrongBucket, 1],
    ["the mended bucket passes", rightBucket, 0],
  ])(
    "%s",
    (_, text, code) => {
      writeFileSync(join(clone.root, "exercises", `${ID}.ts`), text());
      const { status, stdout } = spawnSync(process.execPath, [clone.bin, "check", ID, "--no-bench"], {
        cwd: clone.root,
        encoding: "utf8",
      });
      expect(status, stdout).toBe(code);
      if (code === 1) expect(stdout).toContain(`✗ ${FAILS_IN}`);
    },
    90_000,
  );
});

describe("blocks", () => {
  it("are replaced by name, and only whole", () => {
    const page = "a\n<!-- run: x -->\nold\n<!-- end: x -->\nb\n";
    expect(replaceBlocks(page, new Map([["x", "new\n"]]))).toBe("a\n<!-- run: x -->\nnew\n<!-- end: x -->\nb\n");
    expect(() => replaceBlocks(page, new Map())).toThrow('"x" that nothing fills');
    expect(replaceBlocks(page, new Map([["other", ""]]), true)).toBe(page);
    const chapter = "a\n{/* run: x */}\nold\n{/* end: x */}\nb\n";
    expect(replaceBlocks(chapter, new Map([["x", "new\n"]]))).toBe("a\n{/* run: x */}\nnew\n{/* end: x */}\nb\n");
  });
});
