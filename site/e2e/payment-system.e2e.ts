import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { open, phone, useBrowser } from "./harness.ts";

const newPage = useBrowser();
const chapter = "/docs/finance/payment-system";

async function openLab(page: Page) {
  await open(page, chapter);
  const lab = page.locator('[data-lab="payment-system"]');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole("button").first().waitFor();
  const time = lab.getByRole("slider", { name: "Time in the run" });
  return {
    lab,
    press: (name: string) => lab.getByRole("button", { name, exact: true }).click(),
    say: (name: string) => lab.getByRole("radio", { name, exact: true }).check({ force: true }),
    nowMs: async () => Number(await time.inputValue()),
    seek: (atMs: number) => time.fill(String(atMs)),
    charges: () => lab.locator("[data-charges]").getAttribute("data-charges"),
    inDoubt: () => lab.locator("[data-doubt]").getAttribute("data-doubt"),
    order: () => lab.locator("[data-order-state]").getAttribute("data-order-state"),
    wallet: () => lab.locator("[data-wallet]").getAttribute("data-wallet"),
    job: () => lab.locator("[data-job]").first().getAttribute("data-job"),
    hasHappened: async (text: string | RegExp) => (await lab.locator('[data-slot="log"]').getByText(text).count()) > 0,
  };
}

it("opens with a charge that our order does not know of, and asking ends the doubt", async () => {
  const { page, problems, close } = await newPage();
  const { press, seek, charges, inDoubt, order, wallet, hasHappened } = await openLab(page);
  expect([await charges(), await inDoubt(), await order(), await wallet()]).toEqual(["1", "true", "capturing", "0"]);
  await press("Pay");
  await seek(4500);
  expect(await hasHappened("the same key: the order is there, capturing")).toBe(true);
  expect([await charges(), await inDoubt(), await order(), await wallet()]).toEqual(["1", "false", "captured", "5000"]);
  expect(problems).toEqual([]);
  await close();
});

it("takes a webhook once that comes three times, the last time after a refund", async () => {
  const { page, close } = await newPage();
  const { say, seek, wallet, charges, hasHappened } = await openLab(page);
  await say("Webhook twice");
  await seek(7000);
  expect([await charges(), await wallet()]).toEqual(["1", "5000"]);
  expect(await hasHappened("evt_1 ends the doubt: capture succeeded")).toBe(true);
  await seek(12_000);
  expect([await charges(), await wallet()]).toEqual(["1", "3000"]);
  await close();
});

it("asks after a death, charges twice where it does not, and says so", async () => {
  const { page, close } = await newPage();
  const { lab, press, say, seek, charges, inDoubt } = await openLab(page);
  await say("Worker killed");
  expect([await charges(), await inDoubt()]).toEqual(["1", "true"]);
  await seek(9000);
  expect([await charges(), await inDoubt()]).toEqual(["1", "false"]);
  await press("Reset");
  await say("sends");
  await seek(9000);
  expect([await charges(), await inDoubt()]).toEqual(["2", "false"]);
  expect(await lab.getByText("reconciliation has to find it").count()).toBe(1);
  await close();
});

it("is sabotaged, paid and redriven on a phone", async () => {
  const { page, close } = await newPage({ viewport: phone, hasTouch: true, isMobile: true });
  const { lab, press, say, seek, charges, job } = await openLab(page);
  await say("Dead letter");
  expect([await job(), await charges()]).toEqual(["dead", "1"]);
  await press("All pass");
  await lab.getByRole("tab", { name: "Press" }).click();
  await press("Redrive");
  await seek(10_000);
  expect([await job(), await charges()]).toEqual(["done", "1"]);
  await say("No fault");
  await lab.getByRole("tab", { name: "Sabotage" }).click();
  await lab.getByRole("combobox", { name: "Capture" }).selectOption({ label: "✕ request lost" });
  await seek(1700);
  expect(await charges()).toBe("0");
  await close();
});

it("steps, plays and starts again by key", async () => {
  const { page, close } = await newPage();
  const { lab, nowMs, press } = await openLab(page);
  await lab.getByRole("button", { name: "Step", exact: true }).focus();
  const before = await nowMs();
  await page.keyboard.press("ArrowRight");
  expect(await nowMs()).toBe(before + 20);
  await press("Next event");
  expect(await nowMs()).toBeGreaterThan(before + 20);
  await page.keyboard.press("r");
  expect(await nowMs()).toBe(before);
  const capture = lab.getByRole("combobox", { name: "Capture" });
  await capture.focus();
  await page.keyboard.press("ArrowDown");
  expect(await nowMs()).toBe(before);
  expect(await capture.inputValue()).toBe("request-lost");
  await close();
});
