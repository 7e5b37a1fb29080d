/** What no file of the repository may contain, and how long a file may be. */

import { expect, test } from "vitest";
import { isCode, isSpecimen, isTest, read, repositoryFiles } from "./files.ts";

const LINES_MAX = 450;
/** Long files from before this rule may shrink, never grow. Path to its length. */
const LONGER: Readonly<Record<string, number>> = {};

const files = repositoryFiles().filter((path) => !path.endsWith("package-lock.json"));

const linesWith = (paths: readonly string[], pattern: RegExp): string[] =>
  paths.flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 120)}`] : [])),
  );

const machinePath = /(?:^|[\s"'`(=:])\/(?:work|root|home\/\w+|Users\/\w+)\//;
const registryHost = /https?:\/\/(?:registry\.|npm\.|[\w.-]*(?:artifactory|nexus|verdaccio))/i;
const unfinished = /\b(?:TODO|FIXME|XXX|HACK)\b/;
const skipped = /\b(?:test|it|describe|behavior|stage)\.(?:skip|only|todo|fails)\b\s*[(.]/;

test("the patterns find what they are meant to find", () => {
  expect('cd "/work' + '/main"').toMatch(machinePath);
  expect("see /home" + "/ana/course").toMatch(machinePath);
  expect("docs/work/home/page").not.toMatch(machinePath);
  expect("https://registry" + ".npmjs.org/vitest").toMatch(registryHost);
  expect("// TO" + "DO: later").toMatch(unfinished);
  expect("test" + ".only('a')").toMatch(skipped);
  expect("test.skipIf(browser === null)('a')").not.toMatch(skipped);
});

test("no path of somebody's machine", () => {
  expect(linesWith(files, machinePath)).toEqual([]);
});

test("no registry, neither in text nor in a lock file", () => {
  expect(linesWith(files, registryHost)).toEqual([]);
  const locks = repositoryFiles().filter((path) => path.endsWith("package-lock.json"));
  expect(locks.length).toBeGreaterThan(0);
  expect(linesWith(locks, /"resolved"\s*:/)).toEqual([]);
});

test("nothing unfinished and no test left out", () => {
  const code = files.filter((path) => isCode(path) && path !== "checker/rules/text.test.ts");
  expect(linesWith(code, unfinished)).toEqual([]);
  expect(
    linesWith(
      code.filter((path) => isTest(path) || path.startsWith("checker/suites/")),
      skipped,
    ),
  ).toEqual([]);
});

test(`no code file is longer than ${LINES_MAX} lines`, () => {
  // Mutants and alternatives are a whole solution each, with a line or two more.
  const lengths = files
    .filter((path) => isCode(path) && !isSpecimen(path))
    .map((path) => ({ path, lines: read(path).trimEnd().split("\n").length }));
  const tooLong = lengths.filter(({ path, lines }) => lines > (LONGER[path] ?? LINES_MAX));
  expect(tooLong).toEqual([]);
  const shrunk = Object.entries(LONGER).filter(
    ([path]) => !lengths.some((each) => each.path === path && each.lines > LINES_MAX),
  );
  expect(shrunk, "these are short enough now: take them out of LONGER").toEqual([]);
});

test("relative imports name their extension, so that Node can load a file as it is", () => {
  const code = files.filter((path) => /\.ts$/.test(path) && !isSpecimen(path) && !path.startsWith("site/"));
  // Not in comments.
  const bare = /^(?!\s*(?:\*|\/)).*(?:from|import\()\s*["']\.{1,2}\/[^"']*(?<!\.(?:ts|tsx|mts|mjs|json|js|css))["']/;
  expect(
    linesWith(
      code.filter((path) => !isTest(path)),
      bare,
    ),
  ).toEqual([]);
});
