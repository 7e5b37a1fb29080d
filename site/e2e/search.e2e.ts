import { describe, expect, it } from "vitest";
import { chapters, open, useBrowser } from "./harness.ts";

const newPage = useBrowser();

describe("search", () => {
  it.each(chapters)("finds %s by its title", async (chapter) => {
    const { page, problems, close } = await newPage();
    await open(page, chapter);
    const title = (await page.locator("main h1").first().textContent())!.trim();
    await open(page, "/");
    const field = page.getByRole("combobox", { name: "Search" }).or(page.getByPlaceholder("Search")).first();
    await field.click();
    await field.pressSequentially(title);
    await page.getByRole("option", { name: title, exact: true }).first().click();
    await page.waitForURL((url) => url.pathname === chapter);
    await page.locator("article mark[data-markjs]").first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it("says so when there is nothing to find", async () => {
    const { page, close } = await newPage();
    await open(page, "/");
    const field = page.getByRole("combobox", { name: "Search" }).or(page.getByPlaceholder("Search")).first();
    await field.click();
    await field.pressSequentially("zzyzxqq");
    await page.getByText(/No results/).waitFor();
    await close();
  });
});
