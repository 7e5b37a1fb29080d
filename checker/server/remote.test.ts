import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { catalog } from "../../course/manifest.ts";
import type { GraderService } from "./api.ts";
import graderPlugin from "./plugin.ts";
import { remoteService } from "./remote.ts";

const root = join(import.meta.dirname, "../..");
let service: GraderService | null = null;
afterEach(async () => {
  await service?.close();
  service = null;
});

describe("the grader in its own process", () => {
  it("answers, passes errors on by name, and ends when it is closed", async () => {
    service = remoteService(root);
    const { exercises } = await service.state();
    expect(exercises.map((one) => one.exercise.id)).toEqual(catalog.map((entry) => entry.id));
    await expect(service.check("rate-limiter/nothing", false)).rejects.toMatchObject({ name: "UnknownExercise" });
    await service.close();
    await expect(service.state()).rejects.toThrow("closed");
  }, 20_000);

  it.skipIf(process.platform !== "linux")(
    "starts again when it is killed, says so, and goes on with the check that was under way",
    async () => {
      // Exercises of its own: the repository's are stubs, whose check is over before it can be interrupted.
      const learner = mkdtempSync(join(tmpdir(), "bp-remote-"));
      process.env.BP_LEARNER = learner;
      const id = "rate-limiter/fixed-window";
      mkdirSync(join(learner, "exercises/rate-limiter"), { recursive: true });
      try {
        service = remoteService(root);
        await service.state();
        cpSync(join(root, "solutions", `${id}.ts`), join(learner, "exercises", `${id}.ts`));
        const told: string[] = [];
        let killed = false;
        service.subscribe((event) => {
          told.push(event.kind === "grader" ? event.state : event.kind);
          if (event.kind === "progress" && !killed) {
            killed = true;
            for (const child of childrenOf(process.pid)) if (isGrader(child)) process.kill(child, "SIGKILL");
          }
        });
        await service.ask(id, false);
        await expect.poll(() => told, { timeout: 60_000 }).toContain("result");
        const [ended, back, state] = ["ended", "back", "state"].map((kind) => told.indexOf(kind));
        expect(ended).toBeGreaterThan(told.indexOf("progress"));
        expect(back).toBeGreaterThan(ended!);
        expect(state).toBeGreaterThan(back!);
        expect(told.indexOf("result")).toBeGreaterThan(state!);
      } finally {
        delete process.env.BP_LEARNER;
        rmSync(learner, { recursive: true, force: true });
      }
    },
    90_000,
  );

  it.skipIf(process.platform !== "linux")(
    "does not outlive a parent that is killed",
    async () => {
      const { spawn } = await import("node:child_process");
      const script = `
      import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();
      const { remoteService } = await import(${JSON.stringify(new URL("./remote.ts", import.meta.url).href)});
      const service = remoteService(${JSON.stringify(root)});
      await service.state();
      console.log("ready");
      setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => parent.stdout.once("data", resolve));
      const [child] = childrenOf(parent.pid!);
      expect(child).toBeDefined();
      parent.kill("SIGKILL");
      await expect.poll(() => isAlive(child!), { timeout: 5_000 }).toBe(false);
    },
    20_000,
  );
});

describe("the plugin", () => {
  it("does nothing outside of npm start: a built site has neither token nor API", () => {
    const context = { siteDir: root, baseUrl: "/" } as Parameters<typeof graderPlugin>[0];
    expect(graderPlugin(context)).toEqual({ name: "backpressure-grader" });
  });
});

/** Process ids whose parent is `pid`; Linux only, which is where this is tested. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

const isGrader = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server/host.mjs");

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody has collected is dead enough.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
