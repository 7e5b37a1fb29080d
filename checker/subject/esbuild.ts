import type { Plugin } from "esbuild";
import { destinationOf, type Subject } from "./subject.ts";

const NAMESPACE = "bp-subject";

/**
 * `bp:subject` is the file under test, as for Vitest (`vite.ts`): for benchmarks, and for code that runs in threads.
 */
export function subjectPlugin(subject: Subject): Plugin {
  return {
    name: NAMESPACE,
    setup(builder) {
      builder.onResolve({ filter: /^bp:subject$/ }, () => ({ path: subject.path, namespace: NAMESPACE }));
      builder.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
        contents: subject.text,
        loader: "ts",
        resolveDir: subject.root,
      }));
      builder.onResolve({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
        const destination = destinationOf(path, subject);
        if (destination.kind === "course") return { path: destination.path };
        if (destination.kind === "package") return { path, external: true };
        return { errors: [{ text: `"${path}" may not be imported here` }] };
      });
    },
  };
}
