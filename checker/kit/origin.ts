/** Where in the learner's file something was thrown, so that a report can name a line that the learner can open. */

/**
 * `token-bucket.ts:46`: the first frame of `stack` that lies in the file `path`; null where there is none. Believes
 * nobody's `stack`.
 */
export function originIn(stack: unknown, path: string | undefined): string | null {
  if (typeof stack !== "string" || path === undefined || path === "") return null;
  for (const frame of stack.split("\n")) {
    // The message comes first, and may hold anything.
    if (!/^\s+at /.test(frame)) continue;
    const at = frame.indexOf(`${path}:`);
    const line = at === -1 ? null : /^\d+/.exec(frame.slice(at + path.length + 1));
    if (line !== null) return `${path.split(/[\\/]/).at(-1)}:${line[0]}`;
  }
  return null;
}
