/** What the browser tests share: pages that remember what went wrong in them. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, inject } from "vitest";

export const origin = inject("origin");
const leftOut = inject("leftOut");
/** The pages that this run tests: those of no system, and `/docs/<part>/<slug>` and `/interview/<slug>` of some. */
export const routes = inject("routes").filter((route) => !leftOut.includes(route.split("/").at(-1)!));
/** Pages of systems: `/docs/<part>/<system>`. */
export const chapters = routes.filter((route) => /^\/docs\/[^/]+\/[^/]+$/.test(route));

export const phone = { width: 375, height: 812 };
export const desktop = { width: 1280, height: 900 };

export interface Watched {
  readonly page: Page;
  /** Console errors, uncaught errors and requests that failed, in order. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Call once in a test file: gives pages of the shared browser. */
export function useBrowser(): (options?: BrowserContextOptions) => Promise<Watched> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.connect(inject("browser"));
  });
  afterAll(async () => {
    await browser.close();
  });
  return async (options = {}) => {
    // Still pages: what moves by itself is asked for where it is tested.
    const context = await browser.newContext({ viewport: desktop, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const problems: string[] = [];
    page.on("console", (message) => {
      // Of a resource that is missing the text says only that one is.
      const { url } = message.location();
      // Browsers ask every site for this one by themselves, and the pages name another.
      if (message.type() === "error" && !url.endsWith("/favicon.ico"))
        problems.push(`console: ${message.text()} (${url})`);
    });
    page.on("pageerror", (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
    page.on(
      "response",
      (response) => response.status() >= 400 && problems.push(`${response.status()}: ${response.url()}`),
    );
    return { page, problems, close: () => context.close() };
  };
}

export async function open(page: Page, route: string, at = origin): Promise<void> {
  await page.goto(at + route, { waitUntil: "load" });
  // Hydrated: Docusaurus sets this once React has taken over.
  await page.waitForFunction(() => document.documentElement.dataset.hasHydrated === "true");
}

/** Opens all that is closed until asked for: answers, contracts, sources. */
export async function openEverything(page: Page): Promise<void> {
  await page.locator("main details:not([open])").evaluateAll((all) => {
    for (const one of all) (one as HTMLDetailsElement).open = true;
  });
}

/** Brings everything near once, so that what loads or draws when it is seen has done so. */
export async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const step = window.innerHeight * 0.8;
    for (let y = 0; y < document.body.scrollHeight; y += step) {
      window.scrollTo({ top: y, behavior: "instant" });
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)));
    }
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Serious and critical findings, one line each with the first element that has it. Not inside drawn diagrams: each is
 * one image with a text alternative, and thousands of elements.
 */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run({ exclude: [["[data-diagram] svg"]] }, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, help, nodes }) =>
          `${id}: ${help} (${nodes.length}x) ${nodes[0]?.target.join(" ")} ${nodes[0]?.html.slice(0, 160)}`,
      );
  });
}

/**
 * Elements that reach beyond the right edge and are not inside something that scrolls by itself; empty when the page
 * fits.
 */
export async function beyondTheEdge(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
      if (element.getBoundingClientRect().right <= clientWidth + 1) return false;
      for (let up: Element | null = element; up; up = up.parentElement) {
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return false;
      }
      return true;
    });
    const names = wide
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class")}`);
    return [`${scrollWidth} px wide on ${clientWidth} px`, ...names];
  });
}
