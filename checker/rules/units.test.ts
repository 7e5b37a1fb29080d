/** The manifest is the course: what it lists is there whole, and nothing is there that it does not list. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalog, findPart, isBuilt, systems } from "../../course/manifest.ts";
import { usedIds } from "../subject/subject.ts";
import { shapeProblems } from "../verify/shape.ts";
import { isSpecimen, repositoryFiles, root } from "./files.ts";

const missing = (paths: readonly string[]): string[] => paths.filter((path) => !existsSync(join(root, path)));

describe.each(catalog.map((entry) => [entry.id, entry] as const))("%s", (id, entry) => {
  test("has its solution, stub, suite, benchmarks, hints, mutants, alternatives and example tests", () => {
    expect(missing([`exercises/${id}.ts`])).toEqual([]);
    expect(shapeProblems(entry, root)).toEqual([]);
  });
});

describe.each(systems.filter(isBuilt).map((system) => [system.slug, system] as const))("%s", (slug) => {
  test("has its chapter, estimates and interview", () => {
    const chapter = `docs/${findPart(slug)!.slug}/${slug}.mdx`;
    expect(missing([chapter, `course/estimates/${slug}.ts`, `course/interviews/${slug}.ts`])).toEqual([]);
  });

  test("has at least five diagrams", () => {
    const diagrams = repositoryFiles("diagrams").filter((path) => path.startsWith(`diagrams/${slug}/`));
    expect(diagrams.length).toBeGreaterThanOrEqual(5);
  });
});

test("slugs are unique and kebab-case", () => {
  const slugs = [...systems.map(({ slug }) => slug), ...catalog.map(({ id }) => id)];
  expect(slugs.filter((slug) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)?$/.test(slug))).toEqual([]);
  expect(new Set(slugs).size).toBe(slugs.length);
});

test("an exercise builds only on exercises that come before it", () => {
  const problems = catalog.flatMap((entry, index) =>
    usedIds(entry)
      .filter((id) => !catalog.slice(0, index).some((before) => before.id === id))
      .map((id) => `${entry.id} uses ${id}`),
  );
  expect(problems).toEqual([]);
});

test("every solution, suite, estimate and interview belongs to something in the manifest", () => {
  const ids = new Set(catalog.map((entry) => entry.id));
  const slugs = new Set(systems.map((system) => system.slug));
  const stray = repositoryFiles().filter((path) => {
    const solution = /^(?:solutions|exercises)\/([^/]+\/[^/]+?)(?:\.test)?\.ts$/.exec(path)?.[1];
    if (solution !== undefined) return !ids.has(solution);
    const suite = /^checker\/suites\/([^/]+\/[^/]+)\//.exec(path)?.[1];
    if (suite !== undefined) return !ids.has(suite);
    const system = /^course\/(?:estimates|interviews)\/([^/]+?)(?:\.test)?\.ts$/.exec(path)?.[1];
    // A page of its own may have arithmetic too: docs/numbers.mdx.
    const isPage = system !== undefined && existsSync(join(root, "docs", `${system}.mdx`));
    return system !== undefined && !slugs.has(system) && !isPage && !isSpecimen(path);
  });
  expect(stray).toEqual([]);
});
