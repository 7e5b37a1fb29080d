/** What a reader meets on any page: the head of a chapter, contracts, wide tables, words of the glossary, fonts. */

import { describe, expect, it } from "vitest";
import { chapters, desktop, open, openEverything, phone, routes, useBrowser } from "./harness.ts";
import { shiftMax, shiftsOf, watchShifts, worstWindow } from "./shifts.ts";

const newPage = useBrowser();

describe("the head of a chapter", () => {
  it("takes nine exercises with long titles, and breaks no word at any width", async () => {
    const { page, close } = await newPage();
    await open(page, chapters[0]!);
    const lane = page.getByRole("list", { name: "Exercises of this chapter" });
    await lane.evaluate(fillWith, longTitles);
    for (let width = 320; width <= 1440; width += 40) {
      await page.setViewportSize({ width, height: 900 });
      expect(await lane.evaluate(troubleOf), `${width} px`).toEqual([]);
    }
    await close();
  });
});

const longTitles = [
  "Authentication of notifications by signature",
  "Reed-Solomon reconstruction under interleaved failures",
  "Deduplication with counterparty acknowledgements",
  "Transactional outbox and its counterpart",
  "Geographically partitioned approximate counters",
  "Backpressure through bounded intermediaries",
  "Recommendations from incrementally maintained aggregates",
  "Reconciliation of internationally settled transfers",
  "Compare-and-swap, linearizability and reconfiguration",
];

/** Runs in the page: one item for each title, with a state below every second, as a learner would have it. */
function fillWith(lane: Element, titles: readonly string[]): void {
  const [model] = lane.children;
  lane.replaceChildren(
    ...titles.map((title, i) => {
      const item = model!.cloneNode(true) as Element;
      item.querySelector("a")!.textContent = title;
      if (i % 2 === 0) item.append(Object.assign(document.createElement("span"), { textContent: "not conforming" }));
      return item;
    }),
  );
}

/** Runs in the page: words on two lines, and text beyond the item that holds it. */
function troubleOf(lane: Element): string[] {
  return [...lane.querySelectorAll("li")].flatMap((item) => {
    const box = item.getBoundingClientRect();
    const link = item.querySelector("a")!;
    const text = link.firstChild as Text;
    return [...text.data.matchAll(/[^\s-]+/g)].flatMap(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      const beyond = range.getBoundingClientRect().right > box.right + 0.5;
      return [...(lines.size > 1 ? [`broken: ${word}`] : []), ...(beyond ? [`beyond its item: ${word}`] : [])];
    });
  });
}

describe.each(chapters)("%s on a phone", (chapter) => {
  it("wraps its contracts, and says of each wide table that it scrolls", async () => {
    const { page, close } = await newPage({ viewport: phone });
    await open(page, chapter);
    await openEverything(page);
    const contracts = page.locator("main pre.language-ts");
    expect(await contracts.count()).toBeGreaterThan(0);
    expect(await contracts.evaluateAll((all) => all.filter((pre) => pre.scrollWidth > pre.clientWidth).length)).toBe(0);

    const frames = page.locator("main .table-frame");
    const wide = await frames.evaluateAll((all) =>
      all.flatMap((frame, i) => (frame.scrollWidth > frame.clientWidth ? [i] : [])),
    );
    expect(wide.length).toBeGreaterThan(0);
    for (const i of wide) {
      const frame = frames.nth(i);
      expect(await frame.getAttribute("role")).toBe("region");
      expect(await frame.getAttribute("aria-label")).toMatch(/.+: a table that scrolls/);
      expect(await frame.evaluate((element) => getComputedStyle(element).backgroundImage)).toContain("gradient");
      await frame.focus();
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => frame.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
    }
    await close();
  });
});

describe("a word of the glossary", () => {
  it("opens at the first tap, closes at a tap elsewhere, and leads to its entry at the second", async () => {
    const { page, problems, close } = await newPage({ viewport: phone, hasTouch: true, isMobile: true });
    await open(page, chapters[0]!);
    const word = page.locator('main a[href*="/docs/glossary#"]').first();
    await word.scrollIntoViewIfNeeded();
    const tip = page.getByRole("tooltip").and(page.locator(`[id="${await word.getAttribute("aria-describedby")}"]`));
    await word.tap();
    await tip.waitFor();
    expect(new URL(page.url()).pathname).toBe(chapters[0]);
    const box = (await tip.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(phone.width);

    await page.locator("main h1, main h2").first().tap();
    await tip.waitFor({ state: "hidden" });

    await word.tap();
    await tip.waitFor();
    await word.tap();
    await page.waitForURL(/\/docs\/glossary#/);
    expect(problems).toEqual([]);
    await close();
  });
});

describe.each([
  ["a desktop", desktop],
  ["a phone", phone],
])("fonts that come late, on %s", (_, viewport) => {
  it.each(["/", "/docs", "/interview", chapters[0]!])("move nothing on %s", async (route) => {
    expect(routes).toContain(route);
    const { page, close } = await newPage({ viewport });
    await page.addInitScript(watchShifts);
    await page.route("**/*.woff2", async (request) => {
      await new Promise((done) => setTimeout(done, 1_500));
      await request.continue();
    });
    await open(page, route);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(500);
    const shifts = await shiftsOf(page);
    expect(worstWindow(shifts), JSON.stringify(shifts.slice(0, 8))).toBeLessThan(shiftMax);
    await close();
  });
});
