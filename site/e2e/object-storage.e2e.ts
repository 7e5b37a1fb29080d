import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { open, phone, useBrowser } from "./harness.ts";

const newPage = useBrowser();
const chapter = "/docs/storage/object-storage";

async function openLab(page: Page, name: "shards" | "raft") {
  await open(page, chapter);
  const lab = page.locator(`[data-lab="object-storage/${name}"]`);
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole("button").first().waitFor();
  return {
    lab,
    press: (name: string) => lab.getByRole("button", { name, exact: true }).click(),
    say: (name: string) => lab.getByRole("radio", { name, exact: true }).check({ force: true }),
    right: () => lab.locator("[data-guess]").getAttribute("data-right"),
  };
}

describe("the lab of shards", () => {
  const conditions = (page: Page) =>
    page
      .locator("[data-shard]")
      .evaluateAll((all) => all.map((shard) => shard.getAttribute("data-condition")?.[0]).join(""));

  it("shows nothing before the reader has said what to expect", async () => {
    const { page, problems, close } = await newPage();
    const { lab, say, right } = await openLab(page, "shards");
    expect(await conditions(page)).toBe("sslsdlssslss");
    expect(await lab.getByText("What is read: say first").count()).toBe(1);
    await say("A refusal");
    expect(await right()).toBe("false");
    await say("The picture");
    expect(await right()).toBe("true");
    expect(await lab.getByText("d3, d5 and d6 were computed from 8 others. None more may go.").count()).toBe(1);
    expect(problems).toEqual([]);
    await close();
  });

  it("loses, damages and brings back a shard by key, and asks anew each time", async () => {
    const { page, close } = await newPage();
    const { lab, press, say, right } = await openLab(page, "shards");
    await press("Bring all back");
    const first = lab.locator('[data-shard="d1"]');
    await first.focus();
    for (const condition of ["lost", "damaged", "sound"]) {
      await page.keyboard.press("Enter");
      expect(await first.getAttribute("data-condition")).toBe(condition);
      expect(await right()).toBeNull();
    }
    await press("Lose 5");
    await say("A refusal");
    expect(await right()).toBe("true");
    await close();
  });

  it("returns wrong bytes without checksums", async () => {
    const { page, close } = await newPage({ viewport: phone });
    const { lab, press, say, right } = await openLab(page, "shards");
    await press("Bring all back");
    await lab.locator('[data-shard="d2"]').click();
    await lab.locator('[data-shard="d2"]').click();
    await say("off");
    await say("Another picture");
    expect(await right()).toBe("true");
    await lab.getByRole("slider", { name: "m, parity shards" }).fill("2");
    expect(await conditions(page)).toBe("s".repeat(10));
    await close();
  });
});

describe("the lab of Raft", () => {
  const nodes = (page: Page) =>
    page
      .locator("[data-node]")
      .evaluateAll((all) => all.map((node) => `${node.getAttribute("data-node")} ${node.getAttribute("data-role")}`));

  it("opens with a leader that is cut off, and steps forward and back to the same picture", async () => {
    const { page, problems, close } = await newPage();
    const { lab, press } = await openLab(page, "raft");
    const time = lab.getByRole("slider", { name: "Time in the run" });
    const before = await lab.locator("ul").first().textContent();
    expect(await lab.locator('[data-role="leader"]').getAttribute("data-cut")).toBe("true");
    await press("Step");
    expect(await time.inputValue()).toBe("730");
    await page.keyboard.press("ArrowLeft");
    expect(await time.inputValue()).toBe("720");
    expect(await lab.locator("ul").first().textContent()).toBe(before);
    await press("Next event");
    await press("Back");
    expect(problems).toEqual([]);
    await close();
  });

  it("decides the question that it asked", async () => {
    const { page, close } = await newPage();
    const { lab, say, right } = await openLab(page, "raft");
    await say("It is overwritten");
    expect(await right()).toBeNull();
    await lab.getByRole("slider", { name: "Time in the run" }).fill("3000");
    expect(await right()).toBe("true");
    expect(await lab.getByText(/^● At most one leader a term/).count()).toBe(1);
    await close();
  });

  it("crashes, restarts, cuts off and proposes at the reader's word", async () => {
    const { page, close } = await newPage({ viewport: phone });
    const { lab, press, say } = await openLab(page, "raft");
    await say("A leader crashes");
    await lab.getByRole("slider", { name: "Time in the run" }).fill("1000");
    const leader = (await nodes(page)).find((node) => node.endsWith("leader"))!.slice(0, 2);
    await press(`Propose ${leader}`);
    await lab.getByRole("slider", { name: "Time in the run" }).fill("1080");
    expect(await lab.getByText(/c1 is committed/).count()).toBe(1);
    await press(`Crash ${leader}`);
    expect(await nodes(page)).toContain(`${leader} down`);
    await press(`Restart ${leader}`);
    await press("Step");
    await press("Step");
    expect(await nodes(page)).toContain(`${leader} follower`);
    await press(`Cut off ${leader}`);
    expect(await lab.locator(`[data-node="${leader}"]`).getAttribute("data-cut")).toBe("true");
    await press("Heal");
    expect(await lab.locator('[data-cut="true"]').count()).toBe(0);
    await close();
  });
});
