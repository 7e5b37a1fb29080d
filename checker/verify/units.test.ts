import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { serviceTests, unitsAsked, unitsLeftOut, unitTests } from "./unit-tests.ts";
import { chooseUnits, SHARED, unitFingerprint, unitPaths } from "./units.ts";

const slugs = Array.from({ length: 23 }, (_, i) => `system-${i}`);
const same = Object.fromEntries(slugs.map((slug) => [slug, "as it was"]));

test("what has changed is always tested, and a tenth of the rest with it", () => {
  const chosen = chooseUnits(slugs, same, { ...same, "system-3": "changed", "system-20": "changed" }, "a commit");
  expect(chosen).toEqual(expect.arrayContaining(["system-3", "system-20"]));
  expect(chosen).toHaveLength(2 + 3);
  expect(chosen).toEqual(slugs.filter((slug) => chosen.includes(slug)));
});

test("more of the rest is tested when what all systems share has changed", () => {
  const chosen = chooseUnits(slugs, { ...same, [SHARED]: "as it was" }, { ...same, [SHARED]: "changed" }, "a commit");
  expect(chosen).toHaveLength(9);
});

test("a run in a browser leaves out the systems that were not asked for", () => {
  expect(unitsLeftOut(unitsAsked("object-storage"))).toContain("rate-limiter");
  expect(unitsLeftOut(unitsAsked("object-storage"))).not.toContain("object-storage");
  expect(unitsLeftOut(unitsAsked(null))).toEqual([]);
  expect(unitsAsked("")).toEqual([]);
});

test("another commit draws others, the same commit the same, and all are drawn in time", () => {
  const drawn = (draw: string) => chooseUnits(slugs, same, same, draw);
  expect(drawn("a")).toEqual(drawn("a"));
  const seen = new Set(Array.from({ length: 60 }, (_, i) => drawn(`commit ${i}`)).flat());
  expect(seen.size).toBe(slugs.length);
});

test("a system that was never recorded is tested", () => {
  expect(chooseUnits(["new"], {}, { new: "now" }, "a commit")).toEqual(["new"]);
});

test("a fingerprint changes with any file of the system, and not with line ends or the record of its suites", () => {
  const root = mkdtempSync(join(tmpdir(), "units-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const now = () => unitFingerprint("rate-limiter", { root });
  put("docs/infrastructure/rate-limiter.mdx", "one\ntwo\n");
  put("site/labs/RateLimiter/deep/model.ts", "1");
  const before = now();
  put("docs/infrastructure/rate-limiter.mdx", "one\r\ntwo\r\n");
  put("checker/suites/rate-limiter/token-bucket/verified.json", "{}");
  put("site/labs/KeyValueStore/model.ts", "1");
  expect(now()).toBe(before);
  put("site/labs/RateLimiter/deep/model.ts", "2");
  expect(now()).not.toBe(before);
});

test("a service is a unit of its own: of its files, the frame, the parts that run in it, and nothing else", () => {
  const paths = unitPaths("services/rate-limiter");
  expect(paths).toEqual(
    expect.arrayContaining(["services/rate-limiter", "services/kit", "solutions/rate-limiter", "given/common"]),
  );
  expect(paths.some((path) => /^(?:docs|site|course|checker)/.test(path))).toBe(false);
  expect(unitPaths("rate-limiter")).not.toContain("services/rate-limiter");
  const units = ["rate-limiter", "services/rate-limiter", ""];
  expect(serviceTests(units)).toEqual(["services/rate-limiter/**/*.test.ts"]);
  expect(unitTests(units).some((pattern) => pattern.startsWith("services/"))).toBe(false);
});
