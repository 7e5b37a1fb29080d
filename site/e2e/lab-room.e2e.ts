import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { beyondTheEdge, chapters, desktop, open, phone, useBrowser } from "./harness.ts";
import { root } from "./npm-start.ts";

const newPage = useBrowser();
const rooms = JSON.parse(readFileSync(join(root, "site/labs/room.json"), "utf8")) as Record<string, [number, number]>;
/** Another machine breaks a line elsewhere, and a lab has some of them; px. */
const farPx = 60;
const slots = ["scenario", "transport", "picture", "controls", "log"];

describe.each([
  ["a desktop", { viewport: desktop }, 0, 800],
  // With a thumb: everything that is pressed is larger.
  ["a phone", { viewport: phone, hasTouch: true, isMobile: true }, 1, 1600],
] as const)("on %s", (_, device, column, budgetPx) => {
  it.each(chapters)("the labs of %s take up the room that is kept for them", async (chapter) => {
    const { page, close } = await newPage(device);
    for (const { name, lab } of await openLabs(page, chapter)) {
      const height = await heightOf(lab);
      expect(Math.abs(height - rooms[name]![column]), `${name} is ${height} px tall: site/labs/room.json`).toBeLessThan(
        farPx,
      );
    }
    await close();
  });

  it.each(chapters)("the labs of %s stand in the frame, each slot with something in it", async (chapter) => {
    const { page, close } = await newPage(device);
    for (const { name, lab } of await openLabs(page, chapter)) {
      const found = await lab.locator("[data-slot]").evaluateAll((all) => all.map((slot) => slot.dataset.slot));
      expect(
        found.filter((slot) => slot !== "question"),
        name,
      ).toEqual(slots);
      for (const slot of slots) {
        const box = (await lab.locator(`[data-slot="${slot}"]`).boundingBox())!;
        expect(Math.min(box.width, box.height), `${slot} of ${name}`).toBeGreaterThan(20);
      }
    }
    await close();
  });

  it.each(chapters)(`the labs of %s stay within ${budgetPx} px, whatever is chosen in them`, async (chapter) => {
    const { page, problems, close } = await newPage(device);
    for (const { name, lab } of await openLabs(page, chapter)) {
      const check = async (state: string) => {
        expect(await heightOf(lab), `${name}, ${state}`).toBeLessThanOrEqual(budgetPx);
        expect(await spills(lab), `${name}, ${state}`).toEqual([]);
      };
      await check("at its start");
      for (const { what, choose } of await choices(lab)) {
        await choose();
        await check(what);
        for (const { when, go } of await moments(lab)) {
          await go();
          await check(`${what}, ${when}`);
        }
      }
      for (const tab of await lab.getByRole("tab").all()) {
        await tab.click();
        await check(`at the tab ${await tab.textContent()}`);
      }
    }
    expect(await beyondTheEdge(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});

it.each([320, 768, 1024, 1440])("fits a window of %i px, every lab in it", async (width) => {
  const { page, close } = await newPage({ viewport: { width, height: 900 } });
  for (const chapter of chapters) {
    for (const { name, lab } of await openLabs(page, chapter)) expect(await spills(lab), name).toEqual([]);
    expect(await beyondTheEdge(page), chapter).toEqual([]);
  }
  await close();
});

async function openLabs(page: Page, chapter: string) {
  await open(page, chapter);
  const labs = [];
  for (const lab of await page.locator("[data-lab]").all()) {
    await lab.scrollIntoViewIfNeeded();
    await lab.getByText("The lab runs in the browser").waitFor({ state: "hidden" });
    await lab.getByRole("button").first().waitFor();
    labs.push({ name: String(await lab.getAttribute("data-lab")), lab });
  }
  return labs;
}

/** Without the caption. */
function heightOf(lab: Locator): Promise<number> {
  return lab.evaluate((figure) => figure.firstElementChild!.getBoundingClientRect().height);
}

/** Slots, and parts of them behind tabs, whose content is larger than they are and does not scroll. */
function spills(lab: Locator): Promise<string[]> {
  return lab
    .locator('[data-slot], [role="tabpanel"]')
    .evaluateAll((all) =>
      all
        .filter((part) => getComputedStyle(part).overflowY === "visible" && part.scrollHeight > part.clientHeight + 2)
        .map((part) => `${part.dataset.slot ?? part.id}: ${part.scrollHeight} px in ${part.clientHeight} px`),
    );
}

/** All that can be chosen before the run, and every answer to the lab's question. */
async function choices(lab: Locator) {
  const found: { what: string; choose: () => Promise<unknown> }[] = [];
  const chosen = lab.locator('[data-slot="scenario"], [data-slot="question"]');
  for (const radio of await chosen.getByRole("radio").all())
    found.push({ what: await nameOf(radio), choose: () => radio.check({ force: true }) });
  for (const range of await chosen.getByRole("slider").all())
    for (const end of ["min", "max"])
      found.push({
        what: `${await nameOf(range)} at its ${end}`,
        choose: async () => range.fill(String(await range.getAttribute(end))),
      });
  // A button that opens text is not one: that the reader asks for more is no breach.
  const buttons = lab.locator('[data-slot="scenario"] button:not([aria-expanded])');
  for (const button of await buttons.all())
    found.push({
      what: String(await button.textContent()),
      choose: async () => {
        await button.click();
        // What was prepared is done, where something has to be done with it.
        const send = lab.locator('[data-slot="controls"] button[type="submit"]');
        if ((await send.count()) > 0) await send.click();
      },
    });
  return found;
}

/** Five of the run, its end among them; none in a lab without time. */
async function moments(lab: Locator) {
  const time = lab.getByRole("slider", { name: "Time in the run" });
  if ((await time.count()) === 0) return [];
  const endMs = Number(await time.getAttribute("max"));
  return [0, 0.2, 0.4, 0.7, 1].map((share) => {
    const atMs = 100 * Math.round((share * endMs) / 100);
    return { when: `at ${atMs} ms`, go: () => time.fill(String(atMs)) };
  });
}

function nameOf(control: Locator): Promise<string> {
  return control.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? input.value);
}
