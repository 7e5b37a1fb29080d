#!/usr/bin/env node
/**
 * Draws every figure of the course, says what is covered in which, and writes down the room that each takes up.
 *
 *     npm run figures
 *
 * The sizes (site/figures/sizes.json) are for builds without a browser: their pages draw the figures themselves and
 * keep the room free. Exit code: 1 where a figure covers something or does not parse, 2 without a browser.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { register } from "tsx/esm/api";
import { chromium } from "./chromium.mjs";

if (chromium === undefined) {
  console.error("no Chromium found; install it (apt-get install -y chromium) or set CHROMIUM_PATH to its path");
  process.exit(2);
}
register({ tsconfig: false });
const { drawCourse, findingsOf, sizesOf, sizesText } = await import("../figures/course.ts");
const root = resolve(import.meta.dirname, "../..");
const figures = await drawCourse(root, chromium);
const findings = findingsOf(figures);
writeFileSync(join(root, "site/figures/sizes.json"), sizesText(sizesOf(figures)));
for (const finding of findings) console.error(finding);
console.log(`${figures.size} figures, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
