import { describe, expect, it } from "vitest";
import {
  axeFindings,
  beyondTheEdge,
  chapters,
  desktop,
  open,
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
    await scrollThrough(page);
    const waiting = page.locator('[data-diagram="waiting"]:visible');
    await expect.poll(() => waiting.count(), { timeout: 60_000, message: "diagrams that are not drawn" }).toBe(0);
    expect(await page.locator('[data-diagram="broken"]').allTextContents()).toEqual([]);
    const drawn = await page.locator('[data-diagram="drawn"]').all();
    for (const figure of drawn) expect(await figure.locator("svg").first().isVisible()).toBe(true);
    expect(await page.getByText("Syntax error in text").count()).toBe(0);
    expect(await page.locator('main [role="alert"]').allTextContents()).toEqual([]);
    expect(await beyondTheEdge(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it("has no serious axe finding on a desktop, in light and dark", async () => {
    const { page, problems, close } = await newPage({ viewport: desktop, colorScheme: "light" });
    await open(page, route);
    await scrollThrough(page);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForFunction((theme) => document.documentElement.dataset.theme === theme, colorScheme);
      await page.waitForTimeout(300);
      expect(await axeFindings(page), colorScheme).toEqual([]);
    }
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
