import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { Plugin } from "vitest/config";
import { destinationOf, type Subject } from "./subject.ts";

/**
 * `bp:subject` is the file under test, served from the text that was read. An import that it may not have fails here as
 * well, although conformance has refused the file long before.
 */
export function subjectPlugin(options: Subject | (() => Subject)): Plugin {
  const current = typeof options === "function" ? options : () => options;
  return {
    name: "bp-subject",
    enforce: "pre",
    async resolveId(source, importer) {
      const subject = current();
      if (source === "bp:subject") return subject.path;
      if (importer === undefined || stripQuery(importer) !== subject.path) return null;
      const destination = destinationOf(source, subject);
      if (destination.kind === "refused") throw refusal(source);
      if (destination.kind === "course") return destination.path;
      // Packages are the repository's, also for a file that lies elsewhere.
      return isBuiltin(source) ? null : this.resolve(source, join(subject.root, "checker/index.ts"));
    },
    load(id) {
      const { path, text } = current();
      return stripQuery(id) === path ? text : null;
    },
    // Vitest and Node's built-ins are resolved past the plugins; what the text says cannot be.
    transform: {
      order: "pre",
      handler(code, id) {
        const subject = current();
        if (stripQuery(id) !== subject.path) return null;
        for (const node of this.parse(code, { lang: "ts" }).body) {
          const source = "source" in node ? node.source?.value : undefined;
          if (typeof source === "string" && destinationOf(source, subject).kind === "refused") throw refusal(source);
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
