import { createRequire } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const loader = createRequire(import.meta.url)("./page-sources.cjs") as {
  (this: object, source: string): string;
  sourcesOf(root: string, source: string): string[];
};
const sourcesOf = (text: string) => loader.sourcesOf(root, text).map((file) => path.relative(root, file));

describe("a page depends", () => {
  it("on the manifest and the systems, whose titles stand in its head", () => {
    expect(sourcesOf("# A page")).toEqual(
      expect.arrayContaining(["course/manifest.ts", "course/systems/rate-limiter.ts"]),
    );
  });

  it.each([
    ['<Exercise id="rate-limiter/token-bucket"/>', "docs/infrastructure/message-queue.mdx"],
    ['<Term id="goodput">goodput</Term>', "course/glossary/a-to-k.ts"],
    ['<Topics of="leases"/>', "course/topics.ts"],
    ['<Invariant id="bound" topics="leases">', "course/topics.ts"],
    ["<KillMatrix/>", "checker/suites/rate-limiter/token-bucket/verified.json"],
  ])("with %s on %s, and without it not", (text, file) => {
    expect(sourcesOf(`Some text.\n\n${text}\n`)).toContain(file);
    expect(sourcesOf("Some text.\n")).not.toContain(file);
  });
});

it("tells the bundler which files exist and which may come, and leaves the text as it is", () => {
  const [known, missing]: [string[], string[]] = [[], []];
  const context = {
    getOptions: () => ({ root }),
    addDependency: (file: string) => known.push(path.relative(root, file)),
    addMissingDependency: (file: string) => missing.push(path.relative(root, file)),
  };
  const text = '<Exercise id="rate-limiter/token-bucket"/>';
  expect(loader.call(context, text)).toBe(text);
  expect(known).toContain("docs/infrastructure/rate-limiter.mdx");
  // Which part a system belongs to is not read: a chapter is waited for in each.
  expect(missing).toContain("docs/infrastructure/key-value-store.mdx");
});
