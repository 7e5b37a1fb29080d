import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { chapters, open, useBrowser } from "./harness.ts";

const newPage = useBrowser();

const figure = "[data-figure]";
/** In every build of Mermaid, and in nothing else that a page loads. */
const mermaid = /mermaidAPI|cytoscape|dagre|khroma/;

describe("scripts", () => {
  it("of every page stay within the budget before Mermaid", async () => {
    const tool = join(import.meta.dirname, "../tools/page-weight.mjs");
    const env = { ...process.env, CHROMIUM: process.env.CHROMIUM_PATH };
    const run = promisify(execFile)(process.execPath, [tool, inject("build")], { env });
    const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => ({
      stdout: error.stdout + error.stderr,
    }));
    expect(stdout).toMatch(/budget 350 kB a page; 0 over/);
    for (const chapter of chapters) expect(stdout).toContain(chapter);
  });

  it.each(["/docs/glossary", "/docs/how-you-are-graded"])(
    "of %s, which has no figure, leave Mermaid out",
    async (route) => {
      expect(await mermaidScripts(route)).toEqual([]);
    },
  );

  it("of a chapter take Mermaid in only when a figure comes near", async () => {
    const [chapter] = chapters;
    expect(await mermaidScripts(chapter!, "#sources")).toEqual([]);
    expect((await mermaidScripts(chapter!, figure)).length).toBeGreaterThan(0);
  });
});

/**
 * Scripts of Mermaid that the page fetches when it opens, or opens at an anchor, or is scrolled to its first figure.
 */
async function mermaidScripts(route: string, selector?: string): Promise<string[]> {
  const { page, close } = await newPage();
  const scripts: Promise<string | null>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    scripts.push(response.text().then((code) => (mermaid.test(code) ? response.url() : null)));
  });
  await open(page, selector?.startsWith("#") ? route + selector : route);
  if (selector === figure) {
    await page.locator(figure).first().scrollIntoViewIfNeeded();
    await page.locator('[data-diagram="drawn"]').first().waitFor();
  }
  await page.waitForLoadState("networkidle");
  const found = (await Promise.all(scripts)).filter((url) => url !== null);
  await close();
  return found;
}
