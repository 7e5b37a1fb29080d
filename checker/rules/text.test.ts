/** What no file of the repository may contain, how long a file and how wide a line may be. */

import { expect, test } from "vitest";
import { isCode, isSpecimen, isTest, read, repositoryFiles } from "./files.ts";
import { CODE_LINES, CODE_LINES_MAX, COLUMNS_MAX, codeLines, linesCutWithin, wideLines } from "./size.ts";

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

test(`no file holds more than ${CODE_LINES_MAX} lines of code`, () => {
  const long = files
    .filter(isCode)
    // Comments do not count; a file with fewer lines in all is not read.
    .filter((path) => read(path).split("\n").length > CODE_LINES)
    .map((path) => ({ path, lines: codeLines(path, read(path)) }))
    .filter(({ lines }) => lines > CODE_LINES);
  if (long.length > 0) console.warn(`More than ${CODE_LINES} lines of code, worth a look:`, long);
  expect(long.filter(({ lines }) => lines > CODE_LINES_MAX)).toEqual([]);
});

/**
 * A line, comment or code, is at most 120 columns wide. Two kinds of line may be wider: one whose edge lies in a
 * regular expression or right behind it, because that cannot be broken; and in the files of `course/`, which are data,
 * one whose edge lies in a string or right behind it. Mend comments with `npm run rewrap -- <file>`.
 */
test(`no line is wider than ${COLUMNS_MAX} columns`, () => {
  const house = files.filter((path) => isCode(path) && !isSpecimen(path));
  expect(house.length).toBeGreaterThan(300);
  const wide = house.flatMap((path) => {
    const source = read(path);
    const lines = wideLines(source);
    if (lines.length === 0) return [];
    const allowed = linesCutWithin(path, source, path.startsWith("course/") ? ["text", "pattern"] : ["pattern"]);
    return lines.filter((line) => !allowed.has(line)).map((line) => `${path}:${line}`);
  });
  expect(wide).toEqual([]);
});

test("what is private is #private: the language keeps it, not the type checker alone", () => {
  const code = files.filter((path) => isCode(path) && !isSpecimen(path));
  expect(linesWith(code, /^\s*private (?!constructor\b)/)).toEqual([]);
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
