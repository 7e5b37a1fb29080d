/** What the grader makes of a program that starts a database: one that works, and several that do not. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DatabaseLease, databasesAt, type NoDatabase, noDatabaseText } from "./database.ts";

let root: string;
let databases: ReturnType<typeof databasesAt> | null = null;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "databases-"));
  mkdirSync(join(root, "services", "node_modules"), { recursive: true });
  mkdirSync(join(root, "services", "postgres"));
  // Taken for installed: npm's own record is there, and nothing says that more is needed.
  writeFileSync(join(root, "services", "node_modules", ".package-lock.json"), "{}");
});

afterEach(async () => {
  await databases?.stop();
  databases = null;
  rmSync(root, { recursive: true, force: true });
});

function asked(program: string, startMs?: number): Promise<DatabaseLease | NoDatabase> {
  writeFileSync(join(root, "services", "postgres", "main.ts"), program);
  databases = databasesAt(root, startMs);
  return databases();
}

const READY = 'console.log(JSON.stringify({ url: "u", prefix: "backpressure_1_", server: "embedded" }));';
const log = (): string => readFileSync(join(root, "log"), "utf8");
/** Writes down that it starts, and what it is told. */
const LOGGING = () => `import { appendFileSync } from "node:fs";
const log = ${JSON.stringify(join(root, "log"))};
appendFileSync(log, "starts\\n");
process.stdin.on("data", (chunk) => appendFileSync(log, chunk)).on("end", () => process.exit());
${READY}`;

describe("databasesAt", () => {
  it("passes on why there is none, and what to do", async () => {
    const line =
      'console.log(JSON.stringify({ reason: "the disk is full", next: "Free some space" })); process.exit(1);';
    const found = await asked(line);
    expect(found).toEqual({ kind: "unavailable", reason: "the disk is full", next: "Free some space" });
    expect(noDatabaseText(found as NoDatabase)).toBe(
      "No database could be started, so nothing is known about your code: the disk is full. Free some space.",
    );
  });

  it("says how a program ended that said nothing", async () => {
    const found = await asked('throw new TypeError("no such thing");');
    expect(found).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("TypeError: no such thing") });
  });

  it("does not wait for a program that hangs", async () => {
    const found = await asked("setInterval(() => {}, 1_000);", 1_500);
    expect(found).toMatchObject({ kind: "unavailable", reason: "it gave no sign of life for 1.5 s" });
  });

  it("starts one program for all, keeps leases apart, and tells it what is over", async () => {
    const first = (await asked(LOGGING())) as DatabaseLease;
    const second = (await databases!()) as DatabaseLease;
    expect([first.prefix, second.prefix]).toEqual(["backpressure_1_1_", "backpressure_1_2_"]);
    first.release();
    await databases!.stop();
    expect(log()).toBe('starts\n{"drop":"backpressure_1_1_"}\n');
  });

  it("starts another one when the first has ended", async () => {
    const first = (await asked(`${LOGGING()}\nprocess.stdin.on("data", () => process.exit());`)) as DatabaseLease;
    first.release();
    const startsAgain = async (): Promise<boolean> => {
      expect(await databases!()).toMatchObject({ kind: "ready" });
      return log().split("starts").length === 3;
    };
    await expect.poll(startsAgain, { timeout: 60_000, interval: 200 }).toBe(true);
  }, 90_000);
});
