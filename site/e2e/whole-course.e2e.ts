/**
 * The site with all systems written: generated units stand for those that are planned. Builds it three times, which
 * takes minutes.
 */

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chapterPath, systems } from "../../course/manifest.ts";
import { generateCourse } from "./generated-course.ts";
import { root } from "./npm-start.ts";

const buildMsMax = 900_000;

let folder = "";
let generated: readonly string[] = [];
let coldMs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backpressure-whole-"));
  generated = generateCourse(root, folder);
  coldMs = await build();
}, buildMsMax);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("weighs at most 250 kB of script on home, syllabus, topics and any chapter", async () => {
  expect(generated.length).toBeGreaterThan(0);
  const chapters = systems.map(({ slug }) => `/${chapterPath(slug)}`);
  const pages = ["/", "/docs", "/docs/topics", "/interview", ...chapters];
  const tool = join(root, "site/tools/page-weight.mjs");
  const run = promisify(execFile)(process.execPath, [tool, join(folder, "build"), ...pages]);
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => ({
    stdout: error.stdout + error.stderr,
  }));
  expect(stdout).toMatch(/budget 250 kB a page; 0 over/);
  for (const page of pages) expect(stdout).toMatch(new RegExp(`kB {2}${page}(\\s|$)`, "m"));
}, 300_000);

describe("a build with a warm cache", () => {
  it(
    "shows what changed in files that a page quotes without importing them, and keeps the scripts of other pages",
    async () => {
      const before = scripts();
      change("course/systems/rate-limiter.ts", "Fixed window counter", "Fixed window, renamed");
      change(
        "course/estimates/rate-limiter/algorithms.ts",
        'value: 10_000_000, unit: "keys"',
        'value: 30_000_000, unit: "keys"',
      );
      change("course/topics.ts", 'title: "Admission control"', 'title: "Admission, renamed"');
      const page = () => readFileSync(join(folder, "build/docs/infrastructure/rate-limiter.html"), "utf8");
      expect(page()).toContain("10 million keys");
      expect(page()).not.toContain("renamed");
      const warmMs = await build();
      expect(page()).toContain("30 million keys");
      expect(page()).toContain("Fixed window, renamed");
      expect(page()).toContain("Admission, renamed");
      expect(warmMs).toBeLessThan(coldMs);

      change("docs/infrastructure/rate-limiter.mdx", /^## (.*)$/m, (_, title) => `## ${title}, anew`);
      const middle = scripts();
      await build();
      const after = scripts();
      expect(middle).not.toEqual(before);
      // The chapter itself, and what names every script: the page's own and those that all pages load.
      expect(middle.filter((script) => !after.includes(script)).length).toBeLessThan(6);
    },
    buildMsMax,
  );
});

const scripts = (): string[] => readdirSync(join(folder, "build/assets/js")).filter((file) => file.endsWith(".js"));

function change(file: string, find: string | RegExp, put: string | ((...groups: string[]) => string)): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const changed = text.replace(find, put as string);
  if (changed === text) throw new Error(`${file} has no ${find}`);
  writeFileSync(path, changed);
}

/** Milliseconds that it took. */
function build(): Promise<number> {
  const started = performance.now();
  const docusaurus = join(folder, "node_modules/@docusaurus/core/bin/docusaurus.mjs");
  const child = spawn(process.execPath, [docusaurus, "build"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_ENV: "production", BP_GRADER: "" },
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve(performance.now() - started) : reject(new Error(`docusaurus build: ${code}\n${errors}`)),
    );
  });
}
