import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { axeFindings, beyondTheEdge, open, phone, useBrowser } from "./harness.ts";

const newPage = useBrowser();
const chapter = "/docs/finance/stock-exchange";

async function openLab(page: Page) {
  await open(page, chapter);
  const lab = page.locator('[data-lab="stock-exchange"]');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole("button", { name: "Send" }).waitFor();
  const time = lab.getByRole("slider", { name: "Time in the run" });
  return {
    lab,
    nowMs: async () => Number(await time.inputValue()),
    seek: (ms: number) => time.fill(String(ms)),
    press: (name: string) => lab.getByRole("button", { name, exact: true }).click(),
    pick: (name: string) => lab.getByRole("radio", { name, exact: true }).check({ force: true }),
    predict: (text: string) => lab.getByRole("combobox", { name: /what will it do/ }).selectOption({ label: text }),
    answer: () => lab.locator('[data-slot="controls"] [aria-live]').textContent(),
    open: (tab: string) => lab.getByRole("tab", { name: tab, exact: true }).click(),
    own: () => lab.locator("li[data-order]"),
    log: () => lab.getByText(/\d+ commands, \d+ events/).textContent(),
    compared: () => lab.locator('[data-slot="log"] [aria-live]').textContent(),
  };
}

it("draws the chapter's figures at the size of their text for who prefers reduced motion", async () => {
  const { page, close } = await newPage();
  await open(page, chapter);
  const frame = page.locator('[data-figure="stock-exchange/one-order"]');
  await frame.scrollIntoViewIfNeeded();
  const figure = frame.locator("svg").first();
  await figure.waitFor();
  const [, , width] = (await figure.getAttribute("viewBox"))!.split(" ").map(Number);
  expect(width).toBeLessThan(800);
  await close();
});

describe("the stock exchange's lab", () => {
  it("opens with the reader's two orders in line, and stands still for who prefers reduced motion", async () => {
    const { page, problems, close } = await newPage();
    const lab = await openLab(page);
    expect(await lab.own().count()).toBe(2);
    const [before, log] = [await lab.nowMs(), await lab.log()];
    await page.waitForTimeout(400);
    expect([await lab.nowMs(), await lab.log()]).toEqual([before, log]);
    await lab.press("Step");
    expect(await lab.nowMs()).toBe(before + 50);
    expect(problems).toEqual([]);
    await close();
  });

  it("lets the reader predict, send, and see whether it came so", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    await lab.press("Fill or kill, one lot too many");
    await lab.predict("It is rejected, nothing changes");
    await lab.press("Send");
    expect(await lab.answer()).toContain("As you said. Rejected, insufficient-liquidity");
    await lab.press("Sweep two prices");
    await lab.predict("It trades whole, at once");
    await lab.press("Send");
    expect(await lab.answer()).toMatch(/You said: it trades whole, at once.*Traded \d+ lots with \d+ makers/);
    expect(await lab.answer()).toContain("(1 of 2 predictions right.)");
    expect(await lab.own().count()).toBe(3);
    await close();
  });

  it("keeps a place in line for fewer lots, takes it for more, and cancels", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    await lab.pick("stand still");
    await lab.open("Your orders");
    const first = lab.own().first();
    const id = await first.getAttribute("data-order");
    await first.getByRole("button", { name: /^1 lot fewer/ }).click();
    expect(await lab.answer()).toContain("in the same place");
    await first.getByRole("button", { name: /^1 lot more/ }).click();
    expect(await lab.answer()).toContain("now stand at");
    await first.getByRole("button", { name: /^Cancel/ }).click();
    expect(await lab.answer()).toContain("canceled: as its owner asked");
    expect(await lab.lab.locator(`li[data-order="${id}"]`).count()).toBe(0);
    await close();
  });

  it("replays its log to the same hash, and to another without one command", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    await lab.seek(6_000);
    await lab.open("The log");
    await lab.press("Replay the log");
    expect(await lab.compared()).toContain("The same state");
    expect(await lab.compared()).toContain("every event was the same too");
    await lab.press("Without command");
    expect(await lab.compared()).toContain("the events were others");
    await close();
  });

  it("works from the keyboard: a price from the ladder, a field, and Enter", async () => {
    const { page, close } = await newPage();
    const lab = await openLab(page);
    const bid = lab.lab.getByRole("list", { name: "Bids, the best one first" }).getByRole("button").nth(2);
    await bid.focus();
    await page.keyboard.press("Enter");
    expect(await bid.getAttribute("aria-pressed")).toBe("true");
    const lots = lab.lab.getByRole("spinbutton", { name: "Lots" });
    await lots.fill("4");
    await lots.press("Enter");
    expect(await lab.answer()).toContain("4 lots now stand at");
    expect(await lab.own().count()).toBe(3);
    await close();
  });

  it("fits a phone, and has no serious axe finding there", async () => {
    const { page, close } = await newPage({ viewport: phone, hasTouch: true, isMobile: true });
    const lab = await openLab(page);
    await lab.lab.getByRole("button", { name: "Against my own order" }).tap();
    await lab.lab.getByRole("button", { name: "Send" }).tap();
    expect(await lab.answer()).toContain("it met an order of its own account");
    expect(await beyondTheEdge(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    await close();
  });
});
