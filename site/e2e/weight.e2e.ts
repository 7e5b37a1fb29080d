import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { chapters, open, scrollThrough, useBrowser } from "./harness.ts";

const newPage = useBrowser();

/** In every build of Mermaid, and in nothing else that a page loads. */
const mermaid = /mermaidAPI|cytoscape|dagre|khroma/;

describe("scripts", () => {
  it("of every page stay within the budget", async () => {
    const tool = join(import.meta.dirname, "../tools/page-weight.mjs");
    const run = promisify(execFile)(process.execPath, [tool, inject("build")]);
    const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => ({
      stdout: error.stdout + error.stderr,
    }));
    expect(stdout).toMatch(/budget 250 kB a page; 0 over/);
    for (const chapter of chapters) expect(stdout).toContain(chapter);
  });

  it.each(["/docs/glossary", ...chapters])("of %s leave Mermaid out, however far it is read", async (route) => {
    expect(await mermaidScripts(route)).toEqual([]);
  });
});

/** Scripts of Mermaid that the page fetches when it opens and is scrolled to its end. */
async function mermaidScripts(route: string): Promise<string[]> {
  const { page, close } = await newPage();
  const scripts: Promise<string | null>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    scripts.push(response.text().then((code) => (mermaid.test(code) ? response.url() : null)));
  });
  await open(page, route);
  await scrollThrough(page);
  await page.waitForLoadState("networkidle");
  const found = (await Promise.all(scripts)).filter((url) => url !== null);
  await close();
  return found;
}
