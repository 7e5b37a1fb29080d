/** The frame, by its smallest service: real processes, real deaths. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { chooseFiles, layOut, loadFrom, removeFolder, runFolder } from "./files.ts";
import { Latencies } from "./latencies.ts";
import { askPatiently, endsSoonAfter } from "./patience.ts";
import { freePorts, listenOn } from "./ports.ts";
import { wrapped } from "./report.ts";
import { eventually, isAlive, runService, ServiceProcess, startService } from "./testing.ts";
import { Troupe } from "./troupe.ts";
import { amountOf, killOf } from "./when.ts";

const ID = "rate-limiter/token-bucket";

describe("a run", () => {
  test("drives a part through its death, starts it again, and leaves nothing", async () => {
    const { code, outcome } = await runService("kit/echo", ["--load", "60", "--kill", "echo@20", "--json"]);
    expect(code).toBe(0);
    const { runs, drive, deaths, checks } = outcome();
    expect(runs).toEqual([{ exercise: ID, runs: "reference", why: "not started" }]);
    expect(drive?.requests).toBe(60);
    expect(deaths).toMatchObject([{ part: "echo", how: "SIGKILL", requests: 20 }]);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("ends on %s, and leaves nothing", async (signal) => {
    const service = await startService("kit/echo");
    const { code, stdout } = await service.stop(signal);
    expect(code).toBe(0);
    expect(stdout).toContain("holds    no part ended by itself");
  });

  test("ends on Ctrl-C while it still starts", async () => {
    const service = new ServiceProcess("kit/echo", [], {});
    await eventually("its folder", () =>
      existsSync(join(import.meta.dirname, "../../.backpressure/run", `${service.pid}`)),
    );
    expect((await service.stop()).code).toBe(130);
  });

  test("its parts end when it is killed, and the next run removes its folder", async () => {
    const service = await startService("kit/echo");
    const part = service.partPid("echo");
    process.kill(service.pid, "SIGKILL");
    await eventually("the part to end with its parent", () => !isAlive(part));
    await runService("kit/echo", ["--load", "1"]);
    await service.leavesNothing();
  });

  test("a part that is killed from outside comes back on its port; one that crashes is an accident", async () => {
    const service = await startService("kit/echo");
    const { port } = service.url("echo");
    await service.kill("echo");
    await service.started("echo", 2);
    expect(await echoed(Number(port), "again")).toBe("again");
    process.kill(service.partPid("echo"), "SIGTERM");
    await service.started("echo", 3);
    const { code, stdout } = await service.stop();
    expect(code).toBe(1);
    expect(stdout).toContain("BROKEN   no part ended by itself: echo ended by itself (SIGTERM)");
  });

  test("a load that nothing answers is no success", async () => {
    // Its echo comes in pieces, and the smallest client takes the first for all.
    const words = ["--greeting", "x".repeat(100_000), "--load", "100ms"];
    const { code, stdout } = await runService("kit/echo", words);
    expect(stdout).toContain("BROKEN   the load was answered: 0 answers");
    expect(code).toBe(1);
  });

  test("a port that is taken is passed over, for the next free one", async () => {
    const [port] = (await freePorts(20_000, 1)) as [number];
    const server = createServer();
    await listenOn(server, port);
    onTestFinished(() => void server.close());
    const service = await startService("kit/echo", ["--port", String(port)]);
    expect(Number(service.url("echo").port)).toBeGreaterThan(port);
    await service.stop();
  });

  test("runs the learner's file when it is as it was when it passed", async () => {
    const path = join(import.meta.dirname, "../../exercises", `${ID}.ts`);
    const file = createHash("sha256").update(readFileSync(path)).digest("hex");
    const yours = new ServiceProcess("kit/echo", ["--load", "1"], { standings: { [ID]: { state: "passed", file } } });
    // In this repository it is the stub: it runs, and says so.
    const { code, stderr } = await yours.ended();
    expect([code, stderr]).toEqual([3, expect.stringContaining("NotStarted")]);
    const reference = await runService("kit/echo", ["--load", "1", "--from", "solutions", "--json"], {
      standings: { [ID]: { state: "passed", file } },
    });
    expect(reference.outcome().runs[0]).toMatchObject({ runs: "reference" });
  });

  test.each([
    [["--kill", "gateway@5"], 'There is no part "gateway". There are echo.'],
    [["--kill", "echo"], "expected a part and a moment"],
    [["--load", "much"], "expected requests or seconds"],
    [["--from", "elsewhere"], 'it takes "solutions"'],
    [["--port", "70000"], "expected an integer from 0 to 65000"],
    [["--frobnicate"], "Unknown option '--frobnicate'"],
  ])("refuses %j", async (words, message) => {
    const { code, stderr } = await runService("kit/echo", words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test("a part that still starts answers nothing; killed meanwhile it comes back, and is no accident", async () => {
  const folder = mkdtempSync(join(tmpdir(), "backpressure-part-"));
  const [file, go] = [join(folder, "late.ts"), join(folder, "go")];
  writeFileSync(
    file,
    `import { existsSync } from "node:fs";
    import { runPart } from ${JSON.stringify(join(import.meta.dirname, "part.ts"))};
    runPart(async ({ data }) => {
      while (!existsSync(data)) await new Promise((resolve) => setTimeout(resolve, 5));
      return { onAsk: (question) => (question === "what no channel carries" ? () => {} : "here") };
    });`,
  );
  const deaths: string[] = [];
  const troupe = new Troupe(folder, {
    onFigures: () => {},
    onStarted: () => {},
    onDied: (_, how) => void deaths.push(how),
  });
  onTestFinished(async () => {
    await troupe.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const started = troupe.start({ name: "late", file, data: go });
  const part = troupe.part("late")!;
  await expect(part.ask("are you there?")).rejects.toThrow("still starting");
  writeFileSync(go, "");
  await started;
  expect(await part.ask("are you there?")).toBe("here");
  await expect(part.ask("what no channel carries")).rejects.toThrow("could not be cloned");
  rmSync(go);
  await part.kill();
  await eventually("it to start again", () => part.incarnation === 2);
  await part.kill();
  writeFileSync(go, "");
  expect(await askPatiently(part, "are you there?", 60_000)).toBe("here");
  expect([part.incarnation, deaths, troupe.accidents]).toEqual([3, ["SIGKILL", "SIGKILL"], []]);
});

test("what does not end is waited for until some time after the abort, and no longer", async () => {
  const stop = new AbortController();
  const never = endsSoonAfter(new Promise(() => {}), stop.signal, 1, "too late");
  expect(await endsSoonAfter(Promise.resolve("in time"), stop.signal, 1, "too late")).toBe("in time");
  stop.abort();
  await expect(never).rejects.toThrow("too late");
  await expect(endsSoonAfter(new Promise(() => {}), stop.signal, 1, "too late")).rejects.toThrow("too late");
});

describe("the files that run", () => {
  function course(files: Readonly<Record<string, string>>): string {
    const root = mkdtempSync(join(tmpdir(), "backpressure-files-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    for (const [path, text] of Object.entries({ "exercises/not-started.ts": "", ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  }
  const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

  test("are the learner's where they passed and did not change since, by hash", () => {
    const root = course({ "exercises/s/a.ts": "mine", "exercises/s/b.ts": "edited", "solutions/s/a.ts": "" });
    const standings = {
      "s/a": { state: "passed", file: hashOf("mine") },
      "s/b": { state: "passed", file: hashOf("mine") },
      "s/c": { state: "too-slow", file: hashOf("mine") },
      "s/gone": { state: "passed", file: hashOf("mine") },
    };
    const runs = (isReference: boolean) =>
      chooseFiles(["s/a", "s/b", "s/c", "s/d", "s/gone"], standings, isReference, root).map(({ runs, why }) => [
        runs,
        why,
      ]);
    expect(runs(false)).toEqual([
      ["yours", "passed"],
      ["reference", "yours was edited since its last check"],
      ["reference", "too slow"],
      ["reference", "not started"],
      ["reference", "yours was edited since its last check"],
    ]);
    expect(runs(true).every(([each]) => each === "reference")).toBe(true);
  });

  test("find each other, and the given parts, and do not change when the originals do", async () => {
    const root = course({
      "given/s/number.ts": "export const number = 1;",
      "exercises/s/base.ts": 'import { number } from "../../given/s/number.ts"; export const base = "mine " + number;',
      "solutions/s/base.ts": 'export const base = "the reference";',
      "solutions/s/top.ts": 'import { base } from "./base.ts"; export const top = base;',
    });
    const folder = join(root, "run");
    mkdirSync(folder);
    layOut(folder, [{ exercise: "s/base", runs: "yours", why: "passed" }], root);
    writeFileSync(join(root, "exercises/s/base.ts"), "syntax error");
    expect(await loadFrom<{ top: string }>(folder, "s/top")).toMatchObject({ top: "mine 1" });
    removeFolder(folder);
    expect(existsSync(join(root, "given/s/number.ts"))).toBe(true);
  });

  test("lie in a folder of the run; folders of the dead are removed, those of the living stay", () => {
    const root = course({ ".backpressure/run/999999999/left": "", [`.backpressure/run/${process.ppid}/used`]: "" });
    const folder = runFolder(process.pid, root);
    expect(existsSync(folder)).toBe(true);
    expect(existsSync(join(root, ".backpressure/run/999999999"))).toBe(false);
    expect(existsSync(join(root, `.backpressure/run/${process.ppid}/used`))).toBe(true);
  });
});

test("percentiles are within a percent and a half, also of what another process counted", () => {
  const [all, half] = [new Latencies(), new Latencies()];
  for (let ms = 1; ms <= 1_000; ms++) (ms % 2 === 0 ? all : half).record(ms / 10);
  all.add(half.entries());
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    expect(Math.abs(all.percentile(share) / (share * 100) - 1)).toBeLessThan(0.015);
  }
  expect([all.count, all.maxMs, new Latencies().percentile(0.99)]).toEqual([1_000, 100, 0]);
});

test("lines are wrapped at spaces, under their first words", () => {
  expect(wrapped("holds    one two three", 18)).toBe("holds    one two\n         three");
  expect(wrapped(`serves   ${"x".repeat(30)} y`, 20)).toBe(`serves   ${"x".repeat(30)} y`);
  expect(wrapped("short", 10)).toBe("short");
});

test("amounts and kills are read as they are typed, or refused", () => {
  expect(amountOf("20000")).toEqual({ kind: "requests", requests: 20_000 });
  expect(amountOf("10s")).toEqual({ kind: "time", ms: 10_000 });
  expect(amountOf("250ms")).toEqual({ kind: "time", ms: 250 });
  for (const wrong of ["", "0", "-1", "1.5", "1e3", "5m", "99999999999", " 5", "2147484s"])
    expect(amountOf(wrong)).toBeNull();
  expect(killOf("node-2@5s")).toEqual({ part: "node-2", at: { kind: "time", ms: 5_000 } });
  for (const wrong of ["node-2", "@5", "a@b@5", "a@"]) expect(killOf(wrong)).toBeNull();
});

function echoed(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.once("error", reject);
    socket.once("data", (bytes) => {
      socket.destroy();
      resolve(String(bytes));
    });
  });
}
