import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chapters, open, routes, useBrowser } from "./harness.ts";

const newPage = useBrowser();
const interviews = routes.filter((route) => route.startsWith("/interview/"));

describe.each(interviews)("%s", (route) => {
  it("runs its clock, stops it, and goes on after a reload", async () => {
    const { page, problems, close } = await newPage();
    await open(page, route);
    await page.getByRole("button", { name: "Start the clock" }).click();
    const clock = page.getByRole("timer");
    await expect.poll(() => clock.textContent()).toMatch(/^0:0[1-9]/);
    await page.getByRole("button", { name: "Pause" }).click();
    // It stands once it can be told to go on.
    await page.getByRole("button", { name: "Go on" }).waitFor();
    const paused = await clock.textContent();
    await page.waitForTimeout(1200);
    expect(await clock.textContent()).toBe(paused);
    await page.reload();
    // The page comes as it was built; where the clock stood is known to the browser.
    await expect.poll(() => page.getByRole("timer").textContent()).toBe(paused);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect.poll(() => page.getByRole("timer").textContent()).not.toBe(paused);
    expect(problems).toEqual([]);
    await close();
  });

  it("shows lines when they are due, and answers, hints and boards only when asked", async () => {
    const { page, problems, close } = await newPage();
    await open(page, route);
    await page.getByRole("button", { name: "Start the clock" }).click();
    const lines = page.locator("ol > li[data-kind]");
    const before = await lines.count();
    const skip = page.getByRole("button", { name: "Skip to the next line" });
    while (await skip.isEnabled()) await skip.click();
    expect(await lines.count()).toBeGreaterThan(before + 5);
    const answer = page.locator("details", { has: page.getByText("Model answer", { exact: true }) }).first();
    expect(await answer.locator("p").isVisible()).toBe(false);
    await answer.locator("summary").click();
    expect(await answer.locator("p").isVisible()).toBe(true);
    await page.getByRole("button", { name: "Ask me openly" }).first().click();
    await page.getByRole("button", { name: "Give me a hint" }).first().waitFor();
    const board = page.locator("details", { hasText: "A good board by now" }).first();
    await board.locator("summary").click();
    await board.locator('[data-diagram="drawn"] svg').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it("takes a self-score, and exports and keeps the card", async () => {
    const { page, problems, close } = await newPage();
    await open(page, route);
    await page.getByRole("button", { name: "Start the clock" }).click();
    await page.getByRole("button", { name: "Stop and score" }).click();
    await page.getByText(/A card with gaps has no total/).waitFor();
    for (const shown of await page.getByRole("radio", { name: "shown", exact: true }).all())
      await shown.check({ force: true });
    await page.getByText("0 of 100: No hire").waitFor();
    for (const words of await page.getByLabel(/^Your words/).all()) await words.fill("I said so.");
    await page
      .getByText(/of 100: Hire/)
      .first()
      .waitFor();
    expect(JSON.parse(await downloaded(page, "JSON"))).toBeTruthy();
    expect(await downloaded(page, "Markdown")).toMatch(/^# /m);
    await page.getByRole("button", { name: "Keep in this browser" }).click();
    const kept = page.locator("ol > li", { hasText: /\d{4}-\d\d-\d\d, / });
    expect(await kept.count()).toBe(1);
    await page.reload();
    await kept.waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it("lets a reader score a transcript before it shows the key", async () => {
    const { page, close } = await newPage();
    await open(page, route);
    await page.getByRole("radio", { name: "Score a transcript" }).check({ force: true });
    expect(await page.getByText("Key:").count()).toBe(0);
    for (const group of await page.getByRole("radiogroup", { name: /^Score/ }).all())
      await group.getByRole("radio").nth(2).check({ force: true });
    await page.getByRole("button", { name: "Show the key" }).click();
    await page.getByText("Key:").first().waitFor();
    await page.getByText(/off over \d+ dimensions/).waitFor();
    await close();
  });
});

describe.each(chapters)("the cards of %s", (route) => {
  it("hide the answer, remember what was known, and export", async () => {
    const { page, problems, close } = await newPage();
    await open(page, route);
    const cards = page.getByRole("region", { name: "Retrieval questions" });
    await cards.scrollIntoViewIfNeeded();
    const all = await cards.locator("details").count();
    expect(all).toBeGreaterThanOrEqual(6);
    await cards.getByText(`${all} of ${all} due today.`).waitFor();
    const first = cards.locator("details").first();
    expect(await first.locator("[data-answer]").isVisible()).toBe(false);
    await first.locator("summary").click();
    await first.getByRole("button", { name: "I knew it" }).click();
    await cards.getByText(`${all - 1} of ${all} due today.`).waitFor();
    await page.reload();
    await cards.getByText(`${all - 1} of ${all} due today.`).waitFor();
    const rows = (await downloaded(page, "Export for Anki (TSV)")).split("\n").filter((line) => /\t/.test(line));
    expect(rows.length).toBe(all);
    expect(problems).toEqual([]);
    await close();
  });
});

async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
