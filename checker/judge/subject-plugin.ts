import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Plugin } from "vitest/config";
import { contractPath, notStartedPath, solutionPath } from "./rooms.ts";

export interface SubjectOptions {
  /** Repository root. */
  readonly root: string;
  /** Absolute path of the file under test. */
  readonly subjectPath: string;
  readonly system: string;
  /** Exercises of the system that the file may import; they are always the course's own. */
  readonly uses?: readonly string[];
  /** Packages and built-ins that the file may import. Absent: anything, for an author who runs a suite by hand. */
  readonly allow?: readonly string[];
}

/**
 * `bp:subject` is the file under test. What it imports is the course's own copy, wherever the file lies: the contract,
 * `NotStarted`, and the exercises it builds on, so that a mistake in one exercise does not fail another.
 *
 * With `allow`, any other import fails here as well, although conformance has refused the file long before.
 */
export function subjectPlugin(options: SubjectOptions | (() => SubjectOptions)): Plugin {
  const current = typeof options === "function" ? options : () => options;
  return {
    name: "bp-subject",
    enforce: "pre",
    async resolveId(source, importer) {
      const { root, subjectPath, system, uses = [], allow } = current();
      if (source === "bp:subject") return subjectPath;
      if (importer === undefined || stripQuery(importer) !== subjectPath) return null;

      if (source.startsWith(".")) {
        const name = basename(source);
        if (name === "contract.ts") return contractPath({ root }, system);
        if (name === "not-started.ts") return notStartedPath({ root });
        const used = uses.find((slug) => name === `${slug}.ts`);
        if (used !== undefined) return solutionPath({ root }, `${system}/${used}`);
      }
      if (allow !== undefined && !allow.includes(source)) throw refusal(source);
      if (isBuiltin(source)) return null;
      // Packages are the repository's, also for a file that lies elsewhere.
      if (!source.startsWith(".") && !isAbsolute(source)) return this.resolve(source, join(root, "checker/index.ts"));
      const beside = isAbsolute(source) ? source : resolve(dirname(subjectPath), source);
      return existsSync(beside) ? beside : null;
    },
    // Vitest and Node's built-ins are resolved past the plugins; what the text says cannot be.
    transform: {
      order: "pre",
      handler(code, id) {
        const { subjectPath, uses = [], allow } = current();
        if (allow === undefined || stripQuery(id) !== subjectPath) return null;
        const given = ["contract.ts", "not-started.ts", ...uses.map((slug) => `${slug}.ts`)];
        for (const node of this.parse(code, { lang: "ts" }).body) {
          const source = "source" in node ? node.source?.value : undefined;
          if (typeof source !== "string" || allow.includes(source)) continue;
          if (!source.startsWith(".") || !given.includes(basename(source))) throw refusal(source);
        }
        return null;
      },
    },
  };
}

function refusal(source: string): Error {
  return new Error(`"${source}" may not be imported here`);
}

function stripQuery(id: string): string {
  const at = id.indexOf("?");
  return at === -1 ? id : id.slice(0, at);
}
