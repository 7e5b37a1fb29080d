import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Plugin } from "vitest/config";

export interface SubjectOptions {
  /** Repository root. */
  readonly root: string;
  /** Absolute path of the file under test. */
  readonly subjectPath: string;
  readonly system: string;
}

/** `bp:subject` is the file under test; given parts are always the course's own copy, wherever the file lies. */
export function subjectPlugin({ root, subjectPath, system }: SubjectOptions): Plugin {
  return {
    name: "bp-subject",
    enforce: "pre",
    resolveId(source, importer) {
      if (source === "bp:subject") return subjectPath;
      if (importer === undefined || stripQuery(importer) !== subjectPath || !source.startsWith(".")) return null;
      if (basename(source) === "contract.ts") return join(root, "solutions", system, "contract.ts");
      if (basename(source) === "not-started.ts") return join(root, "exercises", "not-started.ts");
      const beside = isAbsolute(source) ? source : resolve(dirname(subjectPath), source);
      return existsSync(beside) ? beside : null;
    },
  };
}

function stripQuery(id: string): string {
  const at = id.indexOf("?");
  return at === -1 ? id : id.slice(0, at);
}
