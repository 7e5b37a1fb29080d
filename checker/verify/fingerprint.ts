/** What was verified, as a hash: "changed" means by these, never by git, so that it means the same on every machine. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { type Rooms, suiteFolder } from "../subject/rooms.ts";
import { usedIds } from "../subject/subject.ts";

/** The record itself; it names the hash. */
export const VERIFIED = "verified.json";

/**
 * Everything that decides what this exercise's graders say: solution, given parts of its systems, exercises that it
 * uses, its suite folder, what its system's suites share, its example tests, and what the manifest says of it.
 */
export function fingerprintOf(entry: CatalogEntry, rooms: Rooms): string {
  const used = usedIds(entry);
  const systems = [...new Set([entry.id, ...used].map((id) => id.split("/")[0]!))].sort();
  const paths = [
    ...[entry.id, ...used].map((id) => `solutions/${id}.ts`),
    ...systems.flatMap((system) => filesBelow(rooms, `given/${system}`)),
    ...filesBelow(rooms, suiteFolder(entry.id)).filter((path) => !path.endsWith(`/${VERIFIED}`)),
    ...filesIn(rooms, `checker/suites/${entry.system.slug}`),
    `exercises/${entry.id}.test.ts`,
  ];
  const { stages, allow = [], pure = true } = entry.exercise;
  return digest(rooms, paths, JSON.stringify({ stages, uses: used, allow, pure }));
}

/** What all graders stand on. A change there may change any verdict, and usually changes none: it widens the sample. */
const FOUNDATIONS = {
  kit: ["checker/kit"],
  sim: ["sim"],
  given: ["given/common"],
  engine: ["checker/subject", "checker/conform", "checker/judge", "checker/measure"],
} as const;

export type Foundations = Readonly<Record<keyof typeof FOUNDATIONS, string>>;

export function foundationsOf(rooms: Rooms): Foundations {
  const hash = (folders: readonly string[]): string => {
    const paths = folders.flatMap((folder) => filesBelow(rooms, folder));
    return digest(
      rooms,
      paths.filter((path) => !/\.test\.ts$|\/fixtures\//.test(path)),
    );
  };
  const entries = Object.entries(FOUNDATIONS).map(([name, folders]) => [name, hash(folders)]);
  return Object.fromEntries(entries) as Foundations;
}

/** Paths count as well as texts. Line ends do not: git may change them. */
function digest({ root }: Rooms, paths: readonly string[], extra = ""): string {
  const hash = createHash("sha256");
  for (const path of [...new Set(paths)].sort()) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    hash.update(`${path}\0${readFileSync(full, "utf8").replaceAll("\r\n", "\n")}\0`);
  }
  return hash.update(extra).digest("hex").slice(0, 32);
}

function filesIn({ root }: Rooms, folder: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`);
}

function filesBelow({ root }: Rooms, folder: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow({ root }, path) : [path];
  });
}
