/** `notYetConverted` may only shrink: what follows every rule must be taken out of it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { elementsOf } from "../../course/chapter.ts";
import { notYetConverted } from "../../course/converted.ts";
import type { Interview } from "../../course/interview.ts";
import { interviewProblems } from "../../course/interview-form.ts";
import { findSystem, isBuilt } from "../../course/manifest.ts";
import { altProblems } from "./alts.ts";
import { estimateProblems } from "./estimates.ts";
import { formProblems } from "./form.ts";
import { allEstimates, chapters, filesIn, root } from "./repository.ts";
import { pageProblems } from "./words.ts";

it("names systems that are built, each once", () => {
  const built = notYetConverted.map(findSystem).filter((system) => system !== undefined && isBuilt(system));
  expect(built).toHaveLength(notYetConverted.length);
  expect(new Set(notYetConverted).size).toBe(notYetConverted.length);
});

it.each(notYetConverted.map((slug) => [slug]))("%s does not follow every rule yet", async (slug) => {
  const mdx = readFileSync(join(root, chapters.find((chapter) => chapter.slug === slug)!.file), "utf8");
  const sources = elementsOf(mdx).filter(({ name }) => name === "Source");
  const ids = new Set(sources.map(({ attributes }) => attributes.id ?? ""));
  const own = (await allEstimates()).filter(({ system }) => system === slug);
  const figures = filesIn(`diagrams/${slug}`, ".mmd").map((name) =>
    readFileSync(join(root, `diagrams/${slug}/${name}.mmd`), "utf8"),
  );
  const module = await import(pathToFileURL(join(root, `course/interviews/${slug}.ts`)).href);
  const interview = Object.values(module as Record<string, Interview>).find(({ system }) => system === slug)!;
  const problems = [
    ...formProblems(mdx),
    ...pageProblems(mdx),
    ...own.flatMap((estimates) => estimateProblems(estimates, ids)),
    ...figures.flatMap((text) => altProblems(text, /^%% alt: (.*)$/m.exec(text)?.[1] ?? "")),
    ...interviewProblems(interview),
  ];
  expect(problems.length, "it follows every rule: take it out of course/converted.ts").toBeGreaterThan(0);
});
