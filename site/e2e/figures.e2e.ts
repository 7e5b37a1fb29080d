import { beforeAll, describe, expect, it } from "vitest";
import type { Figure } from "../figures/cache.ts";
import { drawCourse, findingsOf, sizesOf } from "../figures/course.ts";
import { readSizes } from "../figures/desk.ts";
import { chapters, desktop, open, origin, phone, scrollThrough, useBrowser } from "./harness.ts";
import { root } from "./npm-start.ts";
import { shiftMax, shiftsOf, watchShifts, worstWindow } from "./shifts.ts";

const newPage = useBrowser();

describe("the figures of the course", () => {
  let figures: ReadonlyMap<string, Figure>;
  beforeAll(async () => {
    figures = await drawCourse(root, process.env.CHROMIUM_PATH!);
  }, 120_000);

  it("cover no arrow, no lifeline, no box and no label, and have colors of the course only", () => {
    expect(findingsOf(figures)).toEqual([]);
  });

  it("take up the room that is written down for builds without a browser", () => {
    const [written, drawn] = [readSizes(root), sizesOf(figures)];
    expect(Object.keys(written)).toEqual(Object.keys(drawn));
    // Another machine's text rendering may differ by a pixel or two.
    const far = Object.entries(drawn).filter(([name, size]) =>
      size.some((px, i) => Math.abs(px - written[name]![i]!) > 4),
    );
    expect(far, "npm run figures writes them down").toEqual([]);
  });

  it("fit a phone, or scroll in their frame at most a quarter of it", () => {
    const wide = [...figures].filter(([, { standing }]) => standing.width * 0.75 > phone.width - 32);
    expect(wide.map(([name]) => name)).toEqual([]);
  });
});

describe.each(chapters)("%s", (chapter) => {
  it.each([
    ["a desktop", desktop],
    ["a phone", phone],
  ])("does not move under the reader's eyes while it is scrolled on %s", async (_, viewport) => {
    const { page, close } = await newPage({ viewport });
    await page.addInitScript(watchShifts);
    await open(page, chapter);
    await scrollThrough(page);
    await page.waitForTimeout(500);
    const shifts = await shiftsOf(page);
    expect(worstWindow(shifts), JSON.stringify(shifts.slice(0, 8))).toBeLessThan(shiftMax);
    await close();
  });

  it("has its figures in its HTML, whole, in the colors of either theme and of paper", async () => {
    const { page, close } = await newPage({ javaScriptEnabled: false, colorScheme: "dark" });
    await page.goto(origin + chapter);
    const drawn = page.locator('[data-diagram="drawn"] svg');
    expect(await drawn.count()).toBeGreaterThan(4);
    expect(await page.locator('[data-diagram="waiting"]').count()).toBe(0);
    await close();

    const still = await newPage({ colorScheme: "dark" });
    await open(still.page, chapter);
    expect(await still.page.locator('[data-diagram="drawn"]').evaluateAll(cutLabels)).toEqual([]);
    const inks = async () => still.page.locator('[data-diagram="drawn"] svg .nodeLabel').first().evaluate(inkOf);
    const dark = await inks();
    await still.page.emulateMedia({ media: "print" });
    const paper = await inks();
    expect(luminance(dark)).toBeGreaterThan(0.6);
    expect(luminance(paper)).toBeLessThan(0.05);
    await still.close();
  });
});

it("a figure that comes after a click within the site is fetched and takes the room that was kept for it", async () => {
  const { page, problems, close } = await newPage();
  await open(page, "/docs");
  await page.addScriptTag({ content: `(${watchShifts})()` });
  const clickedAt = await page.evaluate(() => performance.now());
  await page.getByRole("main").getByRole("link", { name: "Rate limiter" }).first().click();
  await page.waitForURL("**/rate-limiter");
  const figure = page.locator("[data-figure]").first();
  await figure.scrollIntoViewIfNeeded();
  await figure.locator("svg").first().waitFor();
  await scrollThrough(page);
  const shifts = await shiftsOf(page);
  const after = shifts.filter(({ at }) => at > clickedAt);
  expect(worstWindow(after), JSON.stringify(after.slice(0, 8))).toBeLessThan(shiftMax);
  expect(problems).toEqual([]);
  await close();
});

/** Labels that the page gives more lines, or more width, than the drawing has room for. Runs in the page. */
function cutLabels(frames: Element[]): string[] {
  return frames.flatMap((frame) =>
    [...frame.querySelectorAll("foreignObject > *")].flatMap((label) => {
      const [own, room] = [label.getBoundingClientRect(), label.parentElement!.getBoundingClientRect()];
      const fits = own.height <= room.height + 2 && own.width <= room.width + 2;
      return fits || own.height === 0
        ? []
        : [`${frame.closest("[data-figure]")?.getAttribute("data-figure")}: ${label.textContent}`];
    }),
  );
}

const inkOf = (element: Element): string => getComputedStyle(element).color;

/** Of `rgb(r, g, b)`, roughly: 0 is black, 1 is white. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => Number(part) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
