import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { open, phone, useBrowser } from "./harness.ts";

const newPage = useBrowser();
const chapter = "/docs/infrastructure/rate-limiter";

async function openLab(page: Page) {
  await open(page, chapter);
  const lab = page.locator('[data-lab="rate-limiter"]');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole("button", { name: "Step" }).waitFor();
  const time = lab.getByRole("slider", { name: "Time in the run" });
  const strip = lab.getByRole("slider", { name: /Requests in an interval/ });
  await strip.scrollIntoViewIfNeeded();
  return {
    lab,
    strip,
    nowMs: async () => Number(await time.inputValue()),
    seek: (ms: number) => time.fill(String(ms)),
    over: (name: string) => lab.locator(`[data-track="${name}"]`).getAttribute("data-over"),
    text: (name: string) => lab.locator(`[data-track="${name}"]`).textContent(),
    press: (name: string) => lab.getByRole("button", { name, exact: true }).click(),
    pick: (name: string) => lab.getByRole("radio", { name }).check({ force: true }),
  };
}

describe("the rate limiter's lab", () => {
  it("opens on the boundary attack: the fixed window over its limit, the log not", async () => {
    const { page, problems, close } = await newPage();
    const lab = await openLab(page);
    expect(await lab.over("Fixed window")).toBe("true");
    // Twice the limit is what it promises: shown as a fact, not as a breach.
    expect(await lab.text("Fixed window")).toContain("20 in its worst window");
    expect(await lab.text("Fixed window")).toContain("Promises at most 20: it may pass 10.");
    const inks = await lab.lab.evaluate((root) => {
      const pressure = getComputedStyle(root.querySelector("[data-track] path:last-of-type")!).stroke;
      const fixed = root.querySelector('[data-track="Fixed window"]')!;
      const said = getComputedStyle(fixed.querySelector("[data-over]")!).color;
      const drawn = getComputedStyle(fixed.querySelector('[data-part="above the limit"]')!).fill;
      return { pressure, said, drawn };
    });
    expect([inks.said, inks.drawn]).not.toContain(inks.pressure);
    expect(await lab.lab.locator('[data-broken="true"]').count()).toBe(0);
    expect(await lab.over("Sliding window log")).toBe("false");
    expect(problems).toEqual([]);
    await close();
  });

  it("stands still for a reader who prefers reduced motion, and moves by button, slider and key", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    const before = await lab.nowMs();
    await page.waitForTimeout(400);
    expect(await lab.nowMs()).toBe(before);
    await lab.press("Step");
    expect(await lab.nowMs()).toBe(before + 10);
    await lab.press("Step");
    await page.keyboard.press("ArrowRight");
    expect(await lab.nowMs()).toBe(before + 30);
    await lab.seek(1000);
    expect(await lab.over("Fixed window")).toBe("false");
    await lab.press("Play");
    await expect.poll(lab.nowMs).toBeGreaterThan(1000);
    await lab.press("Pause");
    await lab.press("Reset");
    expect(await lab.nowMs()).toBe(before);
    await close();
  });

  it("takes the keys after a click on its picture, and space plays", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    await lab.lab.locator('[data-track="Token bucket"] svg').click();
    const before = await lab.nowMs();
    await page.keyboard.press("ArrowRight");
    expect(await lab.nowMs()).toBe(before + 10);
    const top = await page.evaluate(() => window.scrollY);
    await page.keyboard.press(" ");
    await lab.lab.getByRole("button", { name: "Pause" }).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(top);
    await close();
  });

  it("plays by itself otherwise", async () => {
    const { page, close } = await newPage({ reducedMotion: "no-preference" });
    const lab = await openLab(page);
    const before = await lab.nowMs();
    await expect.poll(lab.nowMs).toBeGreaterThan(before);
    await close();
  });

  it("answers to patterns, parameters and the seed", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    const letThrough = async () => Number(/(\d+) let through/.exec((await lab.text("Sliding window log")) ?? "")?.[1]);
    await lab.pick("Clock steps back");
    await lab.seek(8000);
    expect(await lab.lab.getByText("the clock steps back by").count()).toBe(1);
    // Eight windows of ten, less what the clock lives through twice.
    expect(await letThrough()).toBeLessThan(75);
    expect(await lab.over("Sliding window log")).toBe("false");
    await lab.pick("Bursts");
    await lab.lab.getByRole("slider", { name: "Capacity of the bucket and the queue" }).fill("25");
    await lab.seek(8000);
    expect(await lab.over("Token bucket")).toBe("true");
    expect(await lab.text("Token bucket")).toContain("Promises at most 35");
    await lab.lab.getByRole("slider", { name: /^Limit/ }).fill("20");
    expect(await lab.text("Sliding window log")).toContain("Promises at most 20");
    await lab.pick("Steady");
    await lab.lab.getByRole("textbox", { name: "Seed" }).fill("77");
    await lab.seek(8000);
    expect(await lab.text("Sliding window log")).toContain("20 in its worst window");
    await close();
  });

  it("takes a drawing from the pointer and from the keyboard", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    await lab.press("Clear");
    expect(await lab.text("Fixed window")).toContain("0 let through, 0 refused");
    const box = (await lab.strip.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.7, box.y + 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.76, box.y + 2, { steps: 6 });
    await page.mouse.up();
    expect(await lab.text("Fixed window")).toMatch(/\d\d in its worst window/);
    expect(await lab.nowMs()).toBeGreaterThan(5500);
    await lab.press("Clear");
    await lab.strip.focus();
    for (const key of ["Home", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"])
      await page.keyboard.press(key);
    expect(await lab.strip.getAttribute("aria-valuetext")).toBe("2 requests from 0.1 s to 0.2 s");
    expect(await lab.text("Sliding window log")).toContain("2 let through, 0 refused");
    await close();
  });

  it("takes a drawing from a finger", async () => {
    const { page, close } = await newPage({ viewport: phone, hasTouch: true, isMobile: true });
    const lab = await openLab(page);
    await lab.press("Clear");
    const box = (await lab.strip.boundingBox())!;
    await page.touchscreen.tap(box.x + box.width * 0.25, box.y + box.height / 2);
    await expect.poll(() => lab.text("Sliding window log")).toContain("10 let through, 0 refused");
    await close();
  });
});

it("the home page's lab answers to its controls", async () => {
  const { page, problems, close } = await newPage();
  await open(page, "/");
  const lab = page.getByRole("region", { name: "Three rate limiters on the same requests" });
  const time = lab.getByRole("slider", { name: "Time in the run" });
  const before = Number(await time.inputValue());
  await lab.getByRole("button", { name: "Step" }).click();
  expect(Number(await time.inputValue())).toBeGreaterThan(before);
  const picture = lab.getByRole("img");
  const seen = await picture.getAttribute("aria-label");
  await lab.getByRole("button", { name: "Send 25 now" }).click();
  await time.fill("9000");
  expect(await picture.getAttribute("aria-label")).not.toBe(seen);
  expect(problems).toEqual([]);
  await close();
});
