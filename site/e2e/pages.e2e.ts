import { describe, expect, it } from "vitest";
import {
  axeFindings,
  beyondTheEdge,
  chapters,
  desktop,
  open,
  openEverything,
  phone,
  routes,
  scrollThrough,
  useBrowser,
} from "./harness.ts";

const newPage = useBrowser();

describe("the build", () => {
  it("has the pages that the course promises", () => {
    for (const route of ["/", "/docs", "/interview", "/docs/glossary", "/docs/how-you-are-graded", "/docs/numbers"])
      expect(routes).toContain(route);
    expect(chapters.length).toBeGreaterThan(0);
  });
});

describe.each(routes)("%s", (route) => {
  it("fits a phone, draws every diagram and logs no error", async () => {
    const { page, problems, close } = await newPage({ viewport: phone, hasTouch: true, isMobile: true });
    await open(page, route);
    // Figures stand in closed parts too: in contracts, in answers.
    await openEverything(page);
    await scrollThrough(page);
    const waiting = page.locator('[data-diagram="waiting"]');
    await expect.poll(() => waiting.count(), { timeout: 60_000, message: "diagrams that are not drawn" }).toBe(0);
    expect(await page.locator('[data-diagram="broken"]').allTextContents()).toEqual([]);
    for (const figure of await page.locator('[data-diagram="drawn"]').all())
      expect(await figure.locator("svg:visible").count(), await figure.getAttribute("aria-label").then(String)).toBe(1);
    expect(await page.getByText("Syntax error in text").count()).toBe(0);
    expect(await page.locator('main [role="alert"]').allTextContents()).toEqual([]);
    expect(await beyondTheEdge(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it.each(["light", "dark"] as const)("has no serious axe finding on a desktop, %s", async (colorScheme) => {
    const { page, problems, close } = await newPage({ viewport: desktop, colorScheme });
    await open(page, route);
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(colorScheme);
    // Labs are not there before they are near. Diagrams were looked at above, and drawing them all takes long.
    for (const lab of await page.locator("[data-lab]").all()) {
      await lab.scrollIntoViewIfNeeded();
      await lab.getByText("The lab runs in the browser").waitFor({ state: "hidden" });
      await lab.getByRole("button").first().waitFor();
    }
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});

it("a path that does not exist leads somewhere", async () => {
  const { page, close } = await newPage();
  await open(page, "/no-such-page");
  expect(await page.getByRole("link").count()).toBeGreaterThan(3);
  await close();
});
