import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chapters, desktop, open, phone, useBrowser } from "./harness.ts";
import { root } from "./npm-start.ts";

const newPage = useBrowser();
const rooms = JSON.parse(readFileSync(join(root, "site/labs/room.json"), "utf8")) as Record<string, [number, number]>;
/** Another machine breaks a line elsewhere, and a lab has some of them; px. */
const farPx = 60;

describe.each([
  ["a desktop", desktop, 0],
  ["a phone", phone, 1],
] as const)("on %s", (_, viewport, column) => {
  it.each(chapters)("the labs of %s take up the room that is kept for them", async (chapter) => {
    const { page, close } = await newPage({ viewport });
    await open(page, chapter);
    for (const lab of await page.locator("[data-lab]").all()) {
      const name = String(await lab.getAttribute("data-lab"));
      await lab.scrollIntoViewIfNeeded();
      await lab.getByText("The lab runs in the browser").waitFor({ state: "hidden" });
      await lab.getByRole("button").first().waitFor();
      const height = await lab.evaluate((figure) => figure.firstElementChild!.getBoundingClientRect().height);
      expect(Math.abs(height - rooms[name]![column]), `${name} is ${height} px tall: site/labs/room.json`).toBeLessThan(
        farPx,
      );
    }
    await close();
  });
});
