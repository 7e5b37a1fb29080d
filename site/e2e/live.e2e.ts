import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open, useBrowser } from "./harness.ts";
import { npmStart, reference, type Started, startMsMax, stub, withMistake } from "./npm-start.ts";

const newPage = useBrowser();
const chapter = "/docs/infrastructure/rate-limiter";
/** Refused within a second, because it has none of the exports. */
const unfit = "export const nothing = 1;\n";
/** A verdict with benchmarks, on two cores that do other things too. */
const verdictMsMax = 180_000;
const follows = "This panel follows your file";

/** Each test has an exercise of its own, which begins as a stub. */
describe("a chapter with the grader attached", () => {
  let server: Started;
  beforeAll(async () => {
    server = await npmStart();
  }, startMsMax);
  afterAll(() => server.end());

  it("says what goes on, and calls nothing passed before it is: from a mistake to a pass and back", {
    timeout: 2 * verdictMsMax,
  }, async () => {
    const exercise = "rate-limiter/fixed-window";
    const mistake = withMistake(exercise, "if (remaining >= 0) {", "if (remaining >= -1) {");
    const { page, problems, close } = await newPage();
    await open(page, chapter, server.origin);
    const panel = panelOf(page, exercise);
    await panel.says("not started");
    await panel.text("Write stage 1, “Count inside one window”").waitFor();
    await panel.watch();

    server.save(exercise, mistake);
    await panel.says("failed", verdictMsMax);
    await panel.text(/^Mend stage 1 first: “/).waitFor();
    await panel.text(/^Checked at \d\d:\d\d, took \d+\.\d s\. Seed 42\.$/).waitFor();
    const failed = await panel.seen();
    expect(failed[0]).toBe("not started");
    expect(failed.at(-1)).toBe("failed");
    expect(inOrder(failed, [/^saved, /, /^(reading the file|checking, stage \d of 3), /, /^failed$/])).toBe(true);
    // The first failure is open, with the command that replays it; the others are closed.
    const failures = panel.root.locator("[data-failure]");
    expect(await failures.count()).toBeGreaterThan(1);
    expect(await failures.evaluateAll((all) => all.filter((one) => (one as HTMLDetailsElement).open).length)).toBe(1);
    const first = failures.first();
    await first.getByText("Expected", { exact: true }).waitFor();
    await first.getByText(`npx bp replay ${exercise} --seed 42`).waitFor();
    expect(
      await first
        .getByText(/^Broken:/)
        .getByRole("link")
        .getAttribute("href"),
    ).toMatch(/rate-limiter#[a-z-]+$/);

    server.save(exercise, reference(exercise));
    await panel.says("passed", verdictMsMax);
    const passed = (await panel.seen()).slice(failed.length);
    const steps = [/^saved, verdict old$/, /^checking, stage \d of 3, verdict old$/, /^behaviors pass, measuring$/];
    expect(inOrder(passed, [...steps, /^passed$/])).toBe(true);
    expect(passed.filter((words) => words.startsWith("passed"))).toHaveLength(1);
    const figures = panel.root.getByRole("table").getByText(/of the reference, at least|of at most|, at most ×/);
    await figures.first().waitFor();
    // What is earned: the reference, and the next exercise.
    await panel.text("The reference: solutions/rate-limiter/fixed-window.ts").click();
    await panel.text("export class FixedWindow").waitFor();
    const next = panel.root.getByRole("link", { name: "Sliding window log" });
    expect(await next.getAttribute("href")).toMatch(/#exercise-sliding-window-log$/);

    // Over a mistake the old pass is old from the first moment, and never said again.
    const before = (await panel.seen()).length;
    server.save(exercise, mistake);
    await panel.says("failed", verdictMsMax);
    const again = (await panel.seen()).slice(before);
    expect(again[0]).toBe("saved, verdict old");
    expect(again.at(-1)).toBe("failed");
    expect(again.slice(0, -1).filter((words) => !words.endsWith(", verdict old"))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it("draws the schedule that breaks as lanes", { timeout: verdictMsMax }, async () => {
    const exercise = "rate-limiter/distributed-limiter";
    const forgets = 'if (message.type !== "lease") node.answers.set(message.seq, answer);';
    const { page, close } = await newPage();
    await open(page, chapter, server.origin);
    const panel = panelOf(page, exercise);
    server.save(exercise, withMistake(exercise, "node.answers.set(message.seq, answer);", forgets));
    await panel.says("failed", verdictMsMax);
    const drawn = panel.root.locator("[data-failure]", { has: page.locator("figure svg") }).first();
    if ((await drawn.getAttribute("open")) === null) await drawn.locator("summary").first().click();
    const figure = drawn.locator("figure svg").first();
    await figure.waitFor();
    // One lane a process, and messages between them.
    expect(await figure.locator("path[data-lost]").count()).toBeGreaterThan(1);
    expect(await figure.getByText("store", { exact: true }).count()).toBe(1);
    await close();
  });

  it.each([
    ["sliding-window-log", "a shared worker", () => {}],
    ["sliding-window-counter", "a channel and a lock", () => void Reflect.deleteProperty(globalThis, "SharedWorker")],
  ])("serves eight tabs over one line (%s, %s)", { timeout: verdictMsMax }, async (slug, _, prepare) => {
    const exercise = `rate-limiter/${slug}`;
    const { page, problems, close } = await newPage();
    const context = page.context();
    await context.addInitScript(prepare);
    const pages = [page, ...(await Promise.all(Array.from({ length: 7 }, () => context.newPage())))];
    for (const one of pages) {
      await open(one, chapter, server.origin);
      await panelOf(one, exercise).text(follows).waitFor();
    }
    server.save(exercise, unfit);
    for (const one of pages) await panelOf(one, exercise).says("not conforming", verdictMsMax);
    // The line outlives the tab that was first.
    await page.close();
    server.save(exercise, stub(exercise));
    for (const one of pages.slice(1)) await panelOf(one, exercise).says("not started", verdictMsMax);
    expect(problems).toEqual([]);
    await close();
  });

  it("opens one rung for a double click, and keeps it readable", async () => {
    const { page, close } = await newPage();
    await open(page, chapter, server.origin);
    const panel = panelOf(page, "rate-limiter/fixed-window");
    await panel.root.getByRole("button", { name: "Open hint 1 of 5" }).dblclick();
    await panel.text("Two calls belong to the same window or they do not.").waitFor();
    await panel.root.getByRole("button", { name: "Open hint 2 of 5" }).waitFor();
    await page.reload();
    await panel.root.getByRole("button", { name: "Open hint 2 of 5" }).waitFor();
    expect(await panel.text("Two calls belong to the same window").isVisible()).toBe(false);
    await panel.text("Hint 1 of 5: Which window is it?").click();
    await panel.text("Two calls belong to the same window").waitFor();
    expect(await panel.root.getByText(/^Hint 2 of 5/).count()).toBe(0);
    await close();
  });

  it.skipIf(process.platform !== "linux")(
    "says that the grader's process ended, starts it again, and goes on with what it was checking",
    { timeout: verdictMsMax },
    async () => {
      const exercise = "rate-limiter/token-bucket";
      const { page, problems, close } = await newPage();
      await open(page, chapter, server.origin);
      const panel = panelOf(page, exercise);
      await panel.text(follows).waitFor();
      const ended = panel.text("The grader’s process ended (SIGKILL).").waitFor();
      expect(server.killGrader()).toBe(1);
      await ended;
      await panel.text(follows).waitFor();
      server.save(exercise, reference(exercise));
      await panel.says(/^checking/, verdictMsMax);
      expect(server.killGrader()).toBe(1);
      await panel.says("passed", verdictMsMax);
      expect(problems).toEqual([]);
      await close();
    },
  );

  it("finds the server again when it was started again, without a new page", { timeout: startMsMax }, async () => {
    const exercise = "rate-limiter/leaky-bucket";
    const { page, close } = await newPage();
    await open(page, chapter, server.origin);
    const panel = panelOf(page, exercise);
    await panel.text(follows).waitFor();
    await page.evaluate(() => Object.assign(window, { sameAsBefore: true }));
    await server.stop();
    await panel.text("does not answer. What stands here is what it said last").waitFor();
    await server.start();
    await panel.text(follows).waitFor();
    server.save(exercise, unfit);
    await panel.says("not conforming", verdictMsMax);
    expect(await page.evaluate(() => "sameAsBefore" in window)).toBe(true);
    await close();
  });

  it("answers nobody who lacks the token of this start", async () => {
    const refused = await fetch(`${server.origin}/__bp/state`);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
  });
});

function panelOf(page: Page, id: string) {
  const root = page.locator(`[data-exercise="${id}"]`);
  const state = root.locator("[data-state]");
  return {
    root,
    text: (words: string | RegExp) => root.getByText(words).first(),
    /** Waits until the two words at the top are these. */
    says: (words: string | RegExp, timeout = 30_000) =>
      expect
        .poll(async () => bare((await state.textContent({ timeout: 1_000 }).catch(() => "")) ?? ""), {
          timeout,
          interval: 50,
        })
        .toMatch(typeof words === "string" ? new RegExp(`^${words}$`) : words),
    /** From here on every change of those words is written down, and whether the verdict below them is old. */
    watch: () =>
      root.evaluate((panel) => {
        const seen: string[] = [];
        Object.assign(window, { seenStates: seen });
        const look = () => {
          const old = panel.querySelector("[data-old]")?.getAttribute("data-old") === "true";
          const now = panel.querySelector("[data-state]")?.textContent + (old ? ", verdict old" : "");
          if (seen.at(-1) !== now) seen.push(now);
        };
        look();
        const everything = { childList: true, characterData: true, subtree: true, attributes: true };
        new MutationObserver(look).observe(panel, everything);
      }),
    seen: async () => (await page.evaluate(() => (window as unknown as { seenStates: string[] }).seenStates)).map(bare),
  };
}

/** Without the shape before the words. */
const bare = (text: string): string => text.replace(/^\S+\s+/u, "").trim();

/** True when each pattern is met, one after the other. */
function inOrder(seen: readonly string[], patterns: readonly RegExp[]): boolean {
  let at = 0;
  for (const words of seen) if (at < patterns.length && patterns[at]!.test(words)) at++;
  return at === patterns.length;
}
