/**
 * Tests that belong to one system (its lab, estimates, helpers of its suites, its pages in a browser) run in CI when
 * something of the system has changed, and for a sample of the others. Its service is a unit of its own.
 *
 *   tsx checker/verify/units.ts            prints the units whose tests this commit has to run
 *   tsx checker/verify/units.ts --record   writes down the units as they are now: their tests have passed
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findPart, isBuilt, systems } from "../../course/manifest.ts";
import { createRandom } from "../../sim/prng.ts";
import { format } from "../stubs/format.ts";
import { type Rooms, repository } from "../subject/rooms.ts";
import { commitOf } from "./choose.ts";
import { labFolder, serviceUnit } from "./unit-tests.ts";

const RECORD = "checker/verify/units.json";
/** Of the units that have not changed: a tenth, at least one; three times as many when what all share has changed. */
const SAMPLE_SHARE = 0.1;
const WIDENED = 3;
/** The key of the fingerprint of what the pages and tests of every system stand on. */
export const SHARED = "(shared)";
const SHARED_PATHS = [
  "checker/kit",
  "course/parameters.ts",
  "docusaurus.config.ts",
  "given/common",
  "package-lock.json",
  "sim",
  ...["components", "css", "figures", "labs/kit", "lib", "plugins", "theme"].map((folder) => `site/${folder}`),
];

/** Files and folders of one unit, all over the house: of a system, or of its service. */
export function unitPaths(unit: string): string[] {
  if (unit.startsWith("services/")) {
    const slug = unit.slice("services/".length);
    const own = ["services/kit", "services/common", "services/postgres", "services/package-lock.json", "given/common"];
    return [unit, ...own, `given/${slug}`, `solutions/${slug}`];
  }
  const slug = unit;
  const part = findPart(slug)?.slug ?? "";
  return [
    `docs/${part}/${slug}.mdx`,
    `course/systems/${slug}.ts`,
    ...["estimates", "interviews"].flatMap((room) => [
      `course/${room}/${slug}.ts`,
      `course/${room}/${slug}.test.ts`,
      `course/${room}/${slug}`,
    ]),
    `site/labs/${labFolder(slug)}`,
    `site/e2e/${slug}.e2e.ts`,
    ...["diagrams", "given", "solutions", "checker/suites"].map((room) => `${room}/${slug}`),
  ];
}

export function unitFingerprint(unit: string, rooms: Rooms): string {
  return fingerprint(unitPaths(unit), rooms);
}

function fingerprint(paths: readonly string[], { root }: Rooms): string {
  const hash = createHash("sha256");
  const visit = (path: string): void => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    const text = textOf(full);
    if (text === null) for (const name of readdirSync(full).sort()) visit(`${path}/${name}`);
    else if (!path.endsWith("/verified.json")) hash.update(`${path}\0${text.replaceAll("\r\n", "\n")}\0`);
  };
  for (const path of paths) visit(path);
  return hash.digest("hex").slice(0, 32);
}

/** Null for a folder. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

type Recorded = Readonly<Record<string, string>>;

/** Changed units, and some of the others, by `draw` and what is recorded alone. In the course's order. */
export function chooseUnits(units: readonly string[], recorded: Recorded, now: Recorded, draw: string): string[] {
  const changed = units.filter((unit) => recorded[unit] !== now[unit]);
  const rest = units.filter((unit) => !changed.includes(unit));
  const size = Math.ceil(rest.length * SAMPLE_SHARE) * (recorded[SHARED] === now[SHARED] ? 1 : WIDENED);
  const drawn = createRandom(0).fork(draw).shuffle(rest).slice(0, size);
  return units.filter((unit) => changed.includes(unit) || drawn.includes(unit));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const slugs = systems.filter(isBuilt).map(({ slug }) => slug);
  const served = slugs.map(serviceUnit).filter((unit) => existsSync(join(repository.root, unit)));
  const units = [...slugs, ...served];
  const now = {
    ...Object.fromEntries(units.map((unit) => [unit, unitFingerprint(unit, repository)])),
    [SHARED]: fingerprint(SHARED_PATHS, repository),
  };
  const path = join(repository.root, RECORD);
  if (process.argv.includes("--record"))
    writeFileSync(path, await format(JSON.stringify(now), RECORD, repository.root));
  else {
    const recorded = JSON.parse(textOf(path) ?? "{}") as Recorded;
    console.log(chooseUnits(units, recorded, now, commitOf(repository)).join(","));
  }
}
