/** `bp run`: which service it starts, and what it hands on. What a service does has tests of its own. */

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashOf } from "../learner/file.ts";
import { openProgress } from "../learner/progress.ts";
import { fakeGrader, put, resultOf, scratchRoot } from "../learner/testing.ts";
import { dispatch } from "./main.ts";
import { contextOf, type Recorded, recordingTerminal } from "./testing.ts";

const MAIN = `
import { writeFileSync } from "node:fs";
writeFileSync("handed-on.json", JSON.stringify({ words: process.argv.slice(2), standings: process.env.BP_STANDINGS }));
process.exit(Number(process.argv.at(-1)));
`;

let root = "";
let recorded: Recorded;
beforeEach(() => {
  root = scratchRoot();
  recorded = recordingTerminal();
  put(root, "services/kit/main.ts", MAIN);
  put(root, "services/rate-limiter/service.ts", "");
  put(root, "services/key-value-store/service.ts", "");
  put(root, "services/common/disk.ts", "");
  put(root, "services/node_modules/.package-lock.json", "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bp = (line: string): Promise<number> =>
  dispatch(
    line.split(" "),
    contextOf(
      root,
      recorded,
      fakeGrader((id) => resultOf(id, "passed")),
      { env: { PATH: process.env.PATH } },
    ),
  );

it.each([
  ["run rate-limitr", "Did you mean `rate-limiter`?"],
  ["run common", "There is `key-value-store` or `rate-limiter`."],
  ["run ../rate-limiter", 'Nothing runs as "../rate-limiter"'],
  ["run", "`bp run` needs <system>."],
])("%s is refused with the closest names", async (line, message) => {
  expect(await bp(line)).toBe(2);
  expect(recorded.err).toContain(message);
});

it("hands every word on, and gives back the exit code of the service", async () => {
  for (const code of [1, 3]) expect(await bp(`run rate-limiter --load 5s --kill a@1 --own ${code}`)).toBe(code);
  expect(handedOn().words).toEqual(["rate-limiter", "--load", "5s", "--kill", "a@1", "--own", "3"]);
}, 120_000);

it("says which files have passed, by hash, and which have not", async () => {
  put(root, "exercises/rate-limiter/token-bucket.ts", "mine");
  put(root, "exercises/message-queue/log.ts", "edited");
  const store = openProgress(root);
  const last = { status: "passed", at: "", seed: 1, stagesPassed: 1, stages: 1, measured: true } as const;
  store.update("rate-limiter/token-bucket", () => ({ last: { ...last, file: hashOf("mine") } }));
  store.update("message-queue/log", () => ({ last: { ...last, file: hashOf("as it was") } }));
  await bp("run rate-limiter 0");
  expect(handedOn().standings).toEqual({
    "rate-limiter/token-bucket": { state: "passed", file: hashOf("mine") },
    "message-queue/log": { state: "edited" },
  });
  store.update("rate-limiter/token-bucket", () => ({ last: { ...last, measured: false, file: hashOf("mine") } }));
  await bp("run rate-limiter 0");
  expect(handedOn().standings["rate-limiter/token-bucket"]).toEqual({ state: "not-measured" });
}, 120_000);

function handedOn(): { words: string[]; standings: Record<string, unknown> } {
  const { words, standings } = JSON.parse(readFileSync(join(root, "handed-on.json"), "utf8"));
  return { words, standings: JSON.parse(standings) };
}
