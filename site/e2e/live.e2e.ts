import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open, useBrowser } from "./harness.ts";

const newPage = useBrowser();
const root = resolve(import.meta.dirname, "../..");
const exercise = "rate-limiter/fixed-window";
const mutant = "counts-refused-calls";
const startMsMax = 300_000;

/** `npm start` itself, on another port and with a copy of the exercises: the learner's own files are not touched. */
describe("a chapter with the grader attached", () => {
  const learner = mkdtempSync(join(tmpdir(), "backpressure-live-"));
  let server: ChildProcess;
  let origin: string;
  let output = "";

  beforeAll(async () => {
    cpSync(join(root, "exercises"), join(learner, "exercises"), { recursive: true });
    const stub = join(root, "exercises", `${exercise}.ts`);
    cpSync(stub, join(learner, "exercises", `${exercise}.ts`));
    const port = await freePort();
    server = spawn(process.execPath, ["checker/bin/start.mjs", "--port", String(port), "--no-open"], {
      cwd: root,
      env: { ...process.env, BP_LEARNER: learner, CI: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    server.stdout!.on("data", keep);
    server.stderr!.on("data", keep);
    const until = Date.now() + startMsMax;
    while (!output.includes("The course is at")) {
      if (server.exitCode !== null || Date.now() > until) throw new Error(`npm start did not come up:\n${output}`);
      await new Promise((done) => setTimeout(done, 200));
    }
    origin = /http:\/\/localhost:\d+/.exec(output)![0];
  }, startMsMax);

  afterAll(async () => {
    const ended = new Promise((done) => server.once("exit", done));
    if (server.exitCode === null && server.kill("SIGTERM")) await ended;
    rmSync(learner, { recursive: true, force: true });
  });

  it("follows the file: a mistake with its explanation, then a pass", { timeout: 240_000 }, async () => {
    const { page, problems, close } = await newPage();
    await open(page, "/docs/infrastructure/rate-limiter", origin);
    const panel = page.locator("#exercise-fixed-window");
    await panel.scrollIntoViewIfNeeded();
    await panel.getByText("This panel follows your file").waitFor();
    await panel.getByText("not started").first().waitFor();

    save(readFileSync(join(root, `checker/suites/${exercise}.mutants/${mutant}.ts`), "utf8"));
    await panel.getByText("Expected").first().waitFor({ timeout: 120_000 });
    await panel.getByText("failed").first().waitFor();
    expect(await panel.getByText("Got", { exact: true }).count()).toBeGreaterThan(0);
    const broken = panel.getByText(/^Broken:/).first();
    expect(await broken.getByRole("link").getAttribute("href")).toMatch(/rate-limiter#[a-z-]+$/);

    save(readFileSync(join(root, `solutions/${exercise}.ts`), "utf8"));
    await panel
      .locator("header")
      .getByText(/passed$/)
      .waitFor({ timeout: 180_000 });
    expect(await panel.getByText("Expected").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  it("answers nobody who lacks the token of this start", async () => {
    const refused = await fetch(`${origin}/__bp/state`);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
  });

  function save(text: string): void {
    writeFileSync(join(learner, "exercises", `${exercise}.ts`), text);
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
